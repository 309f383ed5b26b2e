/* The gate of the benchmarks: what counts as worse than before. */
#include "support/test.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "tools/baseline.h"

static JsonObject *parse(const char *text)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    assert_true(json_parser_load_from_data(parser, text, -1, NULL));
    return json_object_ref(json_node_get_object(json_parser_get_root(parser)));
}

/* One workload at one size: a ladder and the heap beside it. */
static JsonObject *results(double moves, double bytes, int allocations, double ladder_ns,
                           double heap_ns)
{
    g_autofree char *text = g_strdup_printf(
        "{\"results\": ["
        "{\"suite\": \"engine\", \"workload\": \"hold\", \"structure\": \"ladder\","
        " \"pending\": 100, \"ns_least\": %g, \"moves_per_op\": %g, \"compares_per_op\": 4,"
        " \"bytes_per_pending\": %g, \"allocations\": %d},"
        "{\"suite\": \"engine\", \"workload\": \"hold\", \"structure\": \"heap\","
        " \"pending\": 100, \"ns_least\": %g, \"moves_per_op\": 9, \"compares_per_op\": 9,"
        " \"bytes_per_pending\": 40, \"allocations\": 0}]}",
        ladder_ns, moves, bytes, allocations, heap_ns);
    return parse(text);
}

/* The complaints, joined by '|'. */
static char *compare(JsonObject *now, JsonObject *before, const char *workload)
{
    g_autoptr(GPtrArray) worse = hf_baseline_compare(now, before, NULL, workload);
    g_ptr_array_add(worse, NULL);
    char *text = g_strjoinv("|", (char **)worse->pdata);
    json_object_unref(now);
    json_object_unref(before);
    return text;
}

static void equal_and_better_results_pass(void **state)
{
    g_autofree char *equal = compare(results(3, 50, 0, 20, 100), results(3, 50, 0, 20, 100), NULL);
    assert_string_equal(equal, "");
    g_autofree char *better = compare(results(2, 40, 0, 10, 100), results(3, 50, 0, 20, 100), NULL);
    assert_string_equal(better, "");
}

static void nanoseconds_alone_are_no_matter(void **state)
{
    /* Everything is ten times slower: another machine. */
    g_autofree char *text = compare(results(3, 50, 0, 200, 1000), results(3, 50, 0, 20, 100), NULL);
    assert_string_equal(text, "");
}

static void growth_beyond_the_slack_is_named(void **state)
{
    /* 3 * 1.02 + 0.005 = 3.065 moves and 50 * 1.02 + 0.005 = 51.005 bytes are allowed. */
    g_autofree char *within =
        compare(results(3.06, 51, 0, 20, 100), results(3, 50, 0, 20, 100), NULL);
    assert_string_equal(within, "");
    g_autofree char *moves =
        compare(results(3.07, 50, 0, 20, 100), results(3, 50, 0, 20, 100), NULL);
    assert_string_equal(moves, "engine hold ladder 100: moves_per_op 3.07, baseline 3");
    g_autofree char *bytes = compare(results(3, 52, 0, 20, 100), results(3, 50, 0, 20, 100), NULL);
    assert_string_equal(bytes, "engine hold ladder 100: bytes_per_pending 52, baseline 50");
    g_autofree char *allocation =
        compare(results(3, 50, 1, 20, 100), results(3, 50, 0, 20, 100), NULL);
    assert_string_equal(allocation, "engine hold ladder 100: allocations 1, baseline 0");
}

static void the_ladder_may_not_fall_back_to_the_heap(void **state)
{
    /* The ratio was 0.2; up to 1 passes, on a machine of any speed. */
    g_autofree char *within =
        compare(results(3, 50, 0, 199, 200), results(3, 50, 0, 20, 100), NULL);
    assert_string_equal(within, "");
    g_autofree char *slow = compare(results(3, 50, 0, 250, 200), results(3, 50, 0, 20, 100), NULL);
    assert_string_equal(slow,
                        "engine hold ladder 100: time relative to the heap 1.25, baseline 0.2");
    /* It was 0.8; up to 1.6 passes. */
    g_autofree char *near = compare(results(3, 50, 0, 155, 100), results(3, 50, 0, 80, 100), NULL);
    assert_string_equal(near, "");
    g_autofree char *far = compare(results(3, 50, 0, 165, 100), results(3, 50, 0, 80, 100), NULL);
    assert_string_equal(far,
                        "engine hold ladder 100: time relative to the heap 1.65, baseline 0.8");
}

static void what_is_missing_is_worse(void **state)
{
    g_autofree char *text = compare(parse("{\"results\": []}"), results(3, 50, 0, 20, 100), NULL);
    assert_string_equal(text, "engine hold ladder 100: in the baseline, but not measured|"
                              "engine hold heap 100: in the baseline, but not measured");
    g_autofree char *other = compare(parse("{\"results\": []}"), results(3, 50, 0, 20, 100), "mm1");
    assert_string_equal(other, "");
}

/* Two phases of one workload of the allocator, told apart by name and size. */
static JsonObject *phases(int visited, int tried, int agents)
{
    g_autofree char *text = g_strdup_printf(
        "{\"results\": ["
        "{\"suite\": \"allocator\", \"workload\": \"DeclineOffers\", \"variant\": \"\","
        " \"phase\": \"decline\", \"agents\": %d, \"frameworks\": 5, \"agents_visited\": 0},"
        "{\"suite\": \"allocator\", \"workload\": \"DeclineOffers\", \"variant\": \"\","
        " \"phase\": \"run\", \"agents\": %d, \"frameworks\": 5, \"agents_visited\": %d,"
        " \"frameworks_tried\": %d}]}",
        agents, agents, visited, tried);
    return parse(text);
}

static void phases_of_the_allocator_are_compared_by_their_work(void **state)
{
    g_autofree char *equal = compare(phases(10, 12, 10), phases(10, 12, 10), NULL);
    assert_string_equal(equal, "");
    g_autofree char *more = compare(phases(10, 13, 10), phases(10, 12, 10), NULL);
    assert_string_equal(more, "allocator DeclineOffers run 10 5: frameworks_tried 13, baseline 12");
    g_autofree char *other = compare(phases(10, 12, 20), phases(10, 12, 10), "hold");
    assert_string_equal(other, "");
    g_autofree char *missing = compare(phases(10, 12, 20), phases(10, 12, 10), "DeclineOffers");
    assert_string_equal(missing, "allocator DeclineOffers decline 10 5: in the baseline, but not "
                                 "measured|allocator DeclineOffers run 10 5: in the baseline, but "
                                 "not measured");
    g_autoptr(JsonObject) now = phases(20, 12, 10);
    g_autoptr(JsonObject) before = phases(10, 12, 10);
    g_autoptr(GPtrArray) engine = hf_baseline_compare(now, before, "engine", NULL);
    assert_int_equal(engine->len, 0);
    g_autoptr(GPtrArray) allocator = hf_baseline_compare(now, before, "allocator", NULL);
    assert_int_equal(allocator->len, 1);
}

static void a_file_that_is_no_baseline_is_refused(void **state)
{
    static const char *const texts[] = {
        "", "[]", "{}", "{\"results\": 1}", "{\"results\": [1]}", "{\"results\": ["};
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("holdfast-baseline-XXXXXX", &path, NULL);
    assert_true(fd >= 0 && g_close(fd, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        assert_true(g_file_set_contents(path, texts[i], -1, NULL));
        g_autoptr(GError) error = NULL;
        assert_null(hf_baseline_load(path, &error));
        assert_true(g_str_has_prefix(error->message, path));
    }
    g_remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_and_better_results_pass),
        cmocka_unit_test(nanoseconds_alone_are_no_matter),
        cmocka_unit_test(growth_beyond_the_slack_is_named),
        cmocka_unit_test(the_ladder_may_not_fall_back_to_the_heap),
        cmocka_unit_test(what_is_missing_is_worse),
        cmocka_unit_test(phases_of_the_allocator_are_compared_by_their_work),
        cmocka_unit_test(a_file_that_is_no_baseline_is_refused),
    };
    hf_test_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
