/*
 * A run directory that appears whole or not at all: everything is written under a temporary name
 * beside it, which takes its place when all is there. Every write is checked, so a full disk is an
 * error and never a short table.
 */
#ifndef HF_TOOLS_RUN_DIR_H
#define HF_TOOLS_RUN_DIR_H

#include <glib.h>
#include <stdio.h>

typedef struct HfRunDir HfRunDir;

/*
 * Prepare to write `path`. If something is there already: an error, unless `replace` and it is a
 * run directory (it has a run.json), which is then removed when the new one is whole.
 */
HfRunDir *hf_run_dir_new(const char *path, gboolean replace, GError **error);

/* Without hf_run_dir_commit() before: removes what was written. NULL allowed. */
void hf_run_dir_free(HfRunDir *dir);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfRunDir, hf_run_dir_free)

const char *hf_run_dir_path(const HfRunDir *dir); /* the name it will have */

/* Make a subdirectory (one arm). */
gboolean hf_run_dir_add(HfRunDir *dir, const char *name, GError **error);

/* Take a subdirectory away again; no effect if anything is in it. */
void hf_run_dir_drop(HfRunDir *dir, const char *name);

/* Write one file; `name` may have a subdirectory before it. */
gboolean hf_run_dir_write(HfRunDir *dir, const char *name, const char *text, gssize size,
                          GError **error);

/* A file that is written bit by bit; hf_run_file_close tells whether all of it arrived. */
typedef struct HfRunFile HfRunFile;
HfRunFile *hf_run_file_open(HfRunDir *dir, const char *name, GError **error);
void hf_run_file_append(HfRunFile *file, const char *text,
                        size_t size); /* errors are kept for close */
gboolean hf_run_file_failed(const HfRunFile *file);
gboolean hf_run_file_close(HfRunFile *file, GError **error); /* frees the file in any case */

/* All is written: give it its name. */
gboolean hf_run_dir_commit(HfRunDir *dir, GError **error);

#endif
