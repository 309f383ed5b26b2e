/* What master.policy takes: a name, or the path of a library that somebody else opens. */
#include "fixture.h"

#include <glib/gstdio.h>

typedef struct Folder {
    char *path;
    char *opened; /* the path that open_fake() was given last */
} Folder;

static int setup(void **state)
{
    Folder *folder = g_new0(Folder, 1);
    folder->path = g_dir_make_tmp("hf-policies-XXXXXX", NULL);
    const char *const names[] = {"mine.so", "other.so", "bad.so", NULL};
    for (const char *const *name = names; *name != NULL; name++) {
        g_autofree char *file = g_build_filename(folder->path, *name, NULL);
        assert_true(g_file_set_contents(file, "", 0, NULL));
    }
    *state = folder;
    return 0;
}

static int teardown(void **state)
{
    Folder *folder = *state;
    const char *const names[] = {"mine.so", "other.so", "bad.so", NULL};
    for (const char *const *name = names; *name != NULL; name++) {
        g_autofree char *file = g_build_filename(folder->path, *name, NULL);
        g_unlink(file);
    }
    g_rmdir(folder->path);
    g_free(folder->path);
    g_free(folder->opened);
    g_free(folder);
    return 0;
}

/* Every library but bad.so holds the policy "mine". */
static gboolean open_fake(void *data, const char *path, HfPolicyChoice *choice_out, GError **error)
{
    Folder *folder = data;
    g_free(folder->opened);
    folder->opened = g_strdup(path);
    if (g_str_has_suffix(path, "bad.so")) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "it is bad");
        return FALSE;
    }
    *choice_out = (HfPolicyChoice){"mine", (const struct HfPolicyOps *)folder};
    return TRUE;
}

/* A scenario in the folder with this policy. */
static HfScenarioSet *load(Folder *folder, const char *policy, GError **error)
{
    HfScenarioRegistry opens = registry;
    opens.open_policy = open_fake;
    opens.open_policy_data = folder;
    HfScenarioOptions options = {.registry = &opens};
    g_autofree char *text = g_strdup_printf(
        SMALL "master: {policy: %s}\nframeworks: [{name: i, model: idle}]\n", policy);
    g_autofree char *path = g_build_filename(folder->path, "t.yaml", NULL);
    return hf_scenario_parse(text, strlen(text), path, &options, NULL, error);
}

static void a_library_is_found_beside_the_scenario(void **state)
{
    Folder *folder = *state;
    g_autofree char *expected = g_build_filename(folder->path, "mine.so", NULL);
    g_autoptr(HfScenarioSet) set = load(folder, "mine.so", NULL);
    assert_non_null(set);
    assert_string_equal(folder->opened, expected);
    assert_string_equal(set->arms[0]->master.policy.name, "mine");
    assert_ptr_equal(set->arms[0]->master.policy.library, folder);
    g_autoptr(HfScenarioSet) absolute = load(folder, expected, NULL);
    assert_non_null(absolute);
    assert_string_equal(folder->opened, expected);
}

static void a_built_in_policy_needs_no_library(void **state)
{
    Folder *folder = *state;
    g_autoptr(HfScenarioSet) set = load(folder, "random", NULL);
    assert_non_null(set);
    assert_null(folder->opened);
    assert_null(set->arms[0]->master.policy.library);
}

/* Where it lies is no part of the scenario, what it is called is. */
static void the_digest_counts_the_name_of_the_policy(void **state)
{
    g_autoptr(HfScenarioSet) mine = load(*state, "./mine.so", NULL);
    g_autoptr(HfScenarioSet) other = load(*state, "other.so", NULL);
    g_autoptr(HfScenarioSet) random = load(*state, "random", NULL);
    assert_string_equal(mine->arms[0]->digest, other->arms[0]->digest);
    assert_string_not_equal(mine->arms[0]->digest, random->arms[0]->digest);
}

static void what_is_wrong_with_a_library_is_said_with_its_place(void **state)
{
    Folder *folder = *state;
    g_autoptr(GError) error = NULL;
    assert_null(load(folder, "./bad.so", &error));
    g_autofree char *expected = g_strdup_printf(
        "%s/t.yaml:5:18: master.policy: %s/./bad.so: it is bad", folder->path, folder->path);
    assert_string_equal(error->message, expected);
    g_clear_error(&error);
    assert_null(load(folder, "./none.so", &error));
    assert_non_null(strstr(error->message, ":5:18: master.policy: no such file: \"./none.so\""));
}

static void a_program_without_libraries_refuses_a_path(void **state)
{
    (void)state;
    refuse_with(SMALL "master: {policy: ./mine.so}\nframeworks: []\n", NULL,
                "t.yaml:5:18: master.policy: unknown policy \"./mine.so\"; known: drf, random, "
                "static");
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_library_is_found_beside_the_scenario, setup, teardown),
        cmocka_unit_test_setup_teardown(a_built_in_policy_needs_no_library, setup, teardown),
        cmocka_unit_test_setup_teardown(the_digest_counts_the_name_of_the_policy, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_wrong_with_a_library_is_said_with_its_place, setup,
                                        teardown),
        cmocka_unit_test(a_program_without_libraries_refuses_a_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
