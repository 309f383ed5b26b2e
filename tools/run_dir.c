/* Writing beside, then renaming; see run_dir.h. */
#include "tools/run_dir.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

struct HfRunDir {
    char *path, *temporary;
    gboolean is_replacing, is_committed;
};

struct HfRunFile {
    FILE *stream;
    char *path;
    int error; /* errno of the first failure */
};

static gboolean fail(GError **error, int code, const char *what, const char *path)
{
    g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(code), "cannot %s %s: %s", what,
                path, g_strerror(code));
    return FALSE;
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (g_file_test(child, G_FILE_TEST_IS_DIR) && !g_file_test(child, G_FILE_TEST_IS_SYMLINK))
            remove_tree(child);
        else
            g_unlink(child);
    }
    g_rmdir(path);
}

static gboolean may_be_replaced(const char *path, gboolean replace, GError **error)
{
    g_autofree char *mark = g_build_filename(path, "run.json", NULL);
    if (!replace) {
        g_set_error(
            error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
            "%s exists already; choose another directory with -o, or replace it with --force",
            path);
        return FALSE;
    }
    if (g_file_test(mark, G_FILE_TEST_IS_REGULAR)) return TRUE;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                "%s is not a run directory (it has no run.json), so --force does not replace it",
                path);
    return FALSE;
}

HfRunDir *hf_run_dir_new(const char *path, gboolean replace, GError **error)
{
    g_autofree char *plain = g_strdup(path);
    for (size_t n = strlen(plain); n > 1 && plain[n - 1] == '/'; n--) plain[n - 1] = '\0';
    gboolean exists = g_file_test(plain, G_FILE_TEST_EXISTS);
    if (exists && !may_be_replaced(plain, replace, error)) return NULL;
    g_autofree char *parent = g_path_get_dirname(plain);
    if (g_mkdir_with_parents(parent, 0777) != 0) {
        fail(error, errno, "make directory", parent);
        return NULL;
    }
    g_autofree char *temporary = g_strdup_printf("%s.partial-XXXXXX", plain);
    if (g_mkdtemp_full(temporary, 0777) == NULL) {
        fail(error, errno, "make a directory beside", plain);
        return NULL;
    }
    HfRunDir *dir = g_new0(HfRunDir, 1);
    dir->path = g_steal_pointer(&plain);
    dir->temporary = g_steal_pointer(&temporary);
    dir->is_replacing = exists;
    return dir;
}

void hf_run_dir_free(HfRunDir *dir)
{
    if (dir == NULL) return;
    if (!dir->is_committed) remove_tree(dir->temporary);
    g_free(dir->path);
    g_free(dir->temporary);
    g_free(dir);
}

const char *hf_run_dir_path(const HfRunDir *dir)
{
    return dir->path;
}

gboolean hf_run_dir_add(HfRunDir *dir, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(dir->temporary, name, NULL);
    return g_mkdir(path, 0777) == 0 ? TRUE : fail(error, errno, "make directory", path);
}

void hf_run_dir_drop(HfRunDir *dir, const char *name)
{
    g_autofree char *path = g_build_filename(dir->temporary, name, NULL);
    g_rmdir(path);
}

gboolean hf_run_dir_write(HfRunDir *dir, const char *name, const char *text, gssize size,
                          GError **error)
{
    HfRunFile *file = hf_run_file_open(dir, name, error);
    if (file == NULL) return FALSE;
    hf_run_file_append(file, text, size < 0 ? strlen(text) : (size_t)size);
    return hf_run_file_close(file, error);
}

HfRunFile *hf_run_file_open(HfRunDir *dir, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(dir->temporary, name, NULL);
    FILE *stream = g_fopen(path, "w");
    if (stream == NULL) {
        fail(error, errno, "write", path);
        return NULL;
    }
    HfRunFile *file = g_new0(HfRunFile, 1);
    file->stream = stream;
    file->path = g_steal_pointer(&path);
    return file;
}

void hf_run_file_append(HfRunFile *file, const char *text, size_t size)
{
    if (file->error == 0 && size > 0 && fwrite(text, 1, size, file->stream) != size)
        file->error = errno;
}

gboolean hf_run_file_failed(const HfRunFile *file)
{
    return file->error != 0;
}

gboolean hf_run_file_close(HfRunFile *file, GError **error)
{
    if (fclose(file->stream) != 0 && file->error == 0) file->error = errno;
    gboolean good = file->error == 0 ? TRUE : fail(error, file->error, "write", file->path);
    g_free(file->path);
    g_free(file);
    return good;
}

gboolean hf_run_dir_commit(HfRunDir *dir, GError **error)
{
    g_autofree char *old = g_strdup_printf("%s.replaced", dir->temporary);
    if (dir->is_replacing && g_rename(dir->path, old) != 0)
        return fail(error, errno, "replace", dir->path);
    if (g_rename(dir->temporary, dir->path) != 0)
        return fail(error, errno, "name the finished directory", dir->path);
    dir->is_committed = TRUE;
    if (dir->is_replacing) remove_tree(old);
    return TRUE;
}
