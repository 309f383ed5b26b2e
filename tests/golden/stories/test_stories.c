/*
 * Small stories of the control plane, every message and record with its time, compared to the byte
 * with NAME.jsonl beside this file. Messages (`"msg"`) stand where they arrive, lost ones
 * (`"lost"`) where they get lost; records (`"ev"`) stand where they are made. Every message takes 1
 * ms.
 *
 * Why the lines that matter must be so is in WHY.txt; each reason there names a line, which must be
 * in its story, and each story has reasons.
 *
 * When a story changes on purpose, write it anew with UPDATE_GOLDEN=1 in the environment, read the
 * difference, and give the reason in the commit:
 *     UPDATE_GOLDEN=1 BUILD/tests/golden/stories/t_golden_stories
 */
#include "golden/stories/stories.h"

#include <stdio.h>
#include <string.h>

static char *tell(const Story *story)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.latency = HF_NS_PER_MS;
    config.log_messages = config.has_minimum = TRUE;
    config.master.explicit_heartbeats = story->explicit_heartbeats;
    config.master.agent_removal_interval = story->removal_interval;
    if (story->offer_timeout > 0) config.master.offer_timeout = story->offer_timeout;
    HfPump *pump = hf_pump_new(&config);
    story->tell(pump);
    g_autofree char *lines = hf_pump_take_text(pump);
    hf_pump_free(pump);
    return g_strdup_printf("{\"story\":\"%s\"}\n%s", story->what, lines);
}

/* Print the first line that differs. */
static void show_difference(const char *expected, const char *actual)
{
    g_auto(GStrv) want = g_strsplit(expected, "\n", -1);
    g_auto(GStrv) have = g_strsplit(actual, "\n", -1);
    guint i = 0;
    while (want[i] != NULL && have[i] != NULL && strcmp(want[i], have[i]) == 0) i++;
    printf("line %u\n  expected %s\n  actual   %s\n", i + 1, want[i] ? want[i] : "the end",
           have[i] ? have[i] : "the end");
}

static void is_told_as_agreed(void **state)
{
    const Story *story = *state;
    g_autofree char *path =
        g_strconcat(HF_SOURCE_DIR, "/tests/golden/stories/", story->name, ".jsonl", NULL);
    g_autofree char *actual = tell(story);
    if (g_getenv("UPDATE_GOLDEN") != NULL) {
        assert_true(g_file_set_contents(path, actual, -1, NULL));
        return;
    }
    g_autofree char *expected = NULL;
    if (!g_file_get_contents(path, &expected, NULL, NULL))
        fail_msg("%s cannot be read; UPDATE_GOLDEN=1 writes it", path);
    if (strcmp(expected, actual) != 0) {
        show_difference(expected, actual);
        fail_msg("%s is told otherwise", story->name);
    }
}

/* ---- why ---- */

/* Is there a line of this message or event within the millisecond? */
static gboolean has_line(char **lines, const char *when, const char *name)
{
    g_autofree char *message = g_strconcat("\":\"", name, "\"", NULL);
    HfTime from = (HfTime)(g_ascii_strtod(when, NULL) * 1000 + 0.5) * HF_NS_PER_MS;
    for (char **line = lines; *line != NULL; line++) {
        if (!g_str_has_prefix(*line, "{\"t\":") || strstr(*line, message) == NULL) continue;
        HfTime at = g_ascii_strtoll(*line + strlen("{\"t\":"), NULL, 10);
        if (at >= from && at < from + HF_NS_PER_MS) return TRUE;
    }
    return FALSE;
}

/* "2.001 task_launched: Mesos 2.3: ..." or "never task_ended: Mesos 4.3: ..." */
static void check_reason(const char *story, const char *text, char **lines, const char *reason)
{
    g_auto(GStrv) parts = g_strsplit(reason, ": ", 3);
    if (g_strv_length(parts) != 3 || !g_str_has_prefix(parts[1], "Mesos "))
        fail_msg("%s: no place, section and reason in: %s", story, reason);
    g_auto(GStrv) place = g_strsplit(parts[0], " ", 2);
    g_autofree char *quoted = g_strconcat("\"", place[1], "\"", NULL);
    if (strcmp(place[0], "never") == 0) {
        if (strstr(text, quoted) != NULL) fail_msg("%s: there is one: %s", story, reason);
    } else if (!has_line(lines, place[0], place[1])) {
        fail_msg("%s: no such line: %s", story, reason);
    }
}

static char *golden_of(const char *story)
{
    g_autofree char *path =
        g_strconcat(HF_SOURCE_DIR, "/tests/golden/stories/", story, ".jsonl", NULL);
    char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL)) fail_msg("%s cannot be read", path);
    return text;
}

static gboolean is_story(const char *name)
{
    const Story *const all[] = {stories, stories_of_volumes};
    for (gsize k = 0; k < G_N_ELEMENTS(all); k++)
        for (const Story *story = all[k]; story->name != NULL; story++)
            if (strcmp(story->name, name) == 0) return TRUE;
    return FALSE;
}

static void the_reasons_hold(void **state)
{
    g_autofree char *why = NULL;
    assert_true(
        g_file_get_contents(HF_SOURCE_DIR "/tests/golden/stories/WHY.txt", &why, NULL, NULL));
    g_auto(GStrv) sections = g_strsplit(why, "\n## ", -1);
    guint reasons = 0;
    for (char **section = sections + 1; *section != NULL; section++) {
        g_auto(GStrv) said = g_strsplit(*section, "\n", -1);
        if (!is_story(said[0])) fail_msg("no story is called %s", said[0]);
        g_autofree char *text = golden_of(said[0]);
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        guint before = reasons;
        for (char **line = said + 1; *line != NULL; line++) {
            if (**line == '\0') continue;
            check_reason(said[0], text, lines, *line);
            reasons++;
        }
        if (reasons == before) fail_msg("%s has no reasons", said[0]);
    }
    printf("%u reasons\n", reasons);
}

static void each_story_has_reasons(void **state)
{
    const Story *const all[] = {stories, stories_of_volumes};
    g_autofree char *why = NULL;
    assert_true(
        g_file_get_contents(HF_SOURCE_DIR "/tests/golden/stories/WHY.txt", &why, NULL, NULL));
    for (gsize k = 0; k < G_N_ELEMENTS(all); k++)
        for (const Story *story = all[k]; story->name != NULL; story++) {
            g_autofree char *title = g_strconcat("\n## ", story->name, "\n", NULL);
            if (strstr(why, title) == NULL) fail_msg("%s has no reasons", story->name);
        }
}

static void add_tests(GArray *tests, const Story *story)
{
    for (; story->name != NULL; story++) {
        struct CMUnitTest test = {
            .name = story->name, .test_func = is_told_as_agreed, .initial_state = (void *)story};
        g_array_append_val(tests, test);
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest about_reasons[] = {
        cmocka_unit_test(the_reasons_hold),
        cmocka_unit_test(each_story_has_reasons),
    };
    g_autoptr(GArray) tests = g_array_new(FALSE, FALSE, sizeof(struct CMUnitTest));
    add_tests(tests, stories);
    add_tests(tests, stories_of_volumes);
    g_array_append_vals(tests, about_reasons, G_N_ELEMENTS(about_reasons));
    return _cmocka_run_group_tests("stories", (const struct CMUnitTest *)(void *)tests->data,
                                   tests->len, NULL, NULL);
}
