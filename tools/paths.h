/*
 * Where the program's data lies: plots/ and scenarios/. The same program works from the build tree,
 * installed, and installed elsewhere than configured.
 */
#ifndef HF_TOOLS_PATHS_H
#define HF_TOOLS_PATHS_H

#include <glib.h>

/*
 * The directory called `name`: beside the executable (../share/holdfast/NAME), in the source tree
 * when the executable lies in the build tree, else where it was configured to be installed.
 * Shape:  newly allocated; NULL if there is none, with an error that names the places looked at.
 */
char *hf_paths_find(const char *name, GError **error);

/*
 * The scenario file that `name` means: the file of that path if there is one, else NAME or
 * NAME.yaml among the scenarios that come with the program. Newly allocated, never NULL: a name
 * that means nothing comes back as it is, to be reported by whoever opens it.
 */
char *hf_paths_scenario(const char *name);

/*
 * Directories where a trace that a scenario names is looked for: those of the environment variable
 * HOLDFAST_TRACES (divided by ':'), else the traces kept beside the source tree, if they are there.
 * Newly allocated, NULL-terminated; may be empty.
 */
char **hf_paths_trace_dirs(void);

#endif
