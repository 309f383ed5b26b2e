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
 * NAME.yaml among the scenarios that come with the program. A path with a '/' comes back as it is,
 * and so does a directory, to be reported by whoever opens it.
 * Shape:  newly allocated.
 * Errors: NULL when the name means nothing; near misses among the program's scenarios are named.
 */
char *hf_paths_scenario(const char *name, GError **error);

/* Names of the scenarios in `folder`, without ".yaml", sorted; newly allocated, NULL-terminated. */
char **hf_paths_scenarios(const char *folder, GError **error);

/*
 * Directories where a trace that a scenario names is looked for: those of the environment variable
 * HOLDFAST_TRACES (divided by ':'), else the traces kept beside the source tree, if they are there.
 * Newly allocated, NULL-terminated; may be empty.
 */
char **hf_paths_trace_dirs(void);

#endif
