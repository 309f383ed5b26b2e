/* Options of a command: every kind of value, where global options may stand, and what is refused.
 */
#include "support/test.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "tools/cli.h"

typedef struct Options {
    gboolean audit;
    char *out;
    char **sets;
    int events;
    gint64 reps;
    HfSeedOption seed;
    gint64 until;
} Options;

static const HfOption option_table[] = {
    {"audit", 'a', HF_OPTION_FLAG, NULL, "recount", offsetof(Options, audit)},
    {"output", 'o', HF_OPTION_FILE, "DIR", "where to", offsetof(Options, out)},
    {"set", 0, HF_OPTION_TEXTS, "KEY=VALUE", "override", offsetof(Options, sets)},
    {"events", 0, HF_OPTION_CHOICE, "none|jsonl", "events", offsetof(Options, events)},
    {"reps", 0, HF_OPTION_COUNT, "N", "repetitions", offsetof(Options, reps)},
    {"seed", 0, HF_OPTION_SEED, "N", "seed", offsetof(Options, seed)},
    {"until", 0, HF_OPTION_TIME, "T", "stop at", offsetof(Options, until)},
    {0}};

static const HfCommand command = {
    .name = "test", .summary = "", .usage = "FILE", .description = "", .options = option_table};

typedef struct Parsed {
    Options options;
    HfGlobals globals;
    char **args;
    int code;
    gboolean ok;
} Parsed;

/* Parse words divided by blanks; complaints go nowhere. */
static Parsed parse(const char *line)
{
    Parsed parsed = {.code = -1};
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    fflush(stderr);
    int kept = dup(STDERR_FILENO);
    assert_non_null(freopen("/dev/null", "w", stderr));
    parsed.ok = hf_cli_parse(&command, (int)g_strv_length(words), words, &parsed.options,
                             &parsed.globals, &parsed.args, &parsed.code);
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    return parsed;
}

static void clear(Parsed *parsed)
{
    hf_cli_clear(&command, &parsed->options, parsed->args);
}

static void every_kind_of_value_is_read(void **state)
{
    Parsed parsed = parse("test -a one -o dir --set a=1 --set=b=2 --events jsonl two --reps 3 "
                          "--seed 18446744073709551615 --until 90s --format=json -q");
    assert_true(parsed.ok);
    assert_true(parsed.options.audit);
    assert_string_equal(parsed.options.out, "dir");
    assert_string_equal(parsed.options.sets[0], "a=1");
    assert_string_equal(parsed.options.sets[1], "b=2");
    assert_null(parsed.options.sets[2]);
    assert_int_equal(parsed.options.events, 1);
    assert_int_equal(parsed.options.reps, 3);
    assert_true(parsed.options.seed.given);
    assert_true(parsed.options.seed.value == G_MAXUINT64);
    assert_int_equal(parsed.options.until, 90 * HF_NS_PER_SECOND);
    assert_int_equal(parsed.globals.format, HF_FORMAT_JSON);
    assert_true(parsed.globals.quiet);
    assert_string_equal(parsed.args[0], "one");
    assert_string_equal(parsed.args[1], "two");
    assert_null(parsed.args[2]);
    clear(&parsed);
}

static void the_last_of_a_repeated_option_counts(void **state)
{
    Parsed parsed = parse("test -o first -o second");
    assert_true(parsed.ok);
    assert_string_equal(parsed.options.out, "second");
    clear(&parsed);
}

static void behind_two_dashes_everything_is_an_argument(void **state)
{
    Parsed parsed = parse("test -- --audit -x");
    assert_true(parsed.ok);
    assert_false(parsed.options.audit);
    assert_string_equal(parsed.args[0], "--audit");
    assert_string_equal(parsed.args[1], "-x");
    assert_null(parsed.args[2]);
    clear(&parsed);
}

static void bad_options_end_with_status_2(void **state)
{
    static const char *const lines[] = {
        "test --nonsense",      "test -z",
        "test --reps 0",        "test --reps -1",
        "test --reps 1e3",      "test --seed 0x10",
        "test --seed -1",       "test --seed 18446744073709551616",
        "test --until 90",      "test --until -5s",
        "test --events all",    "test --events",
        "test --audit=yes",     "test -o",
        "test --output=",       "test --format xml",
        "test -o dir --broken",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        Parsed parsed = parse(lines[i]);
        if (parsed.ok || parsed.code != HF_EXIT_USAGE)
            fail_msg("%s: ok %d, code %d", lines[i], parsed.ok, parsed.code);
    }
}

/* The words after moving, joined by blanks; NULL if refused. */
static char *moved(const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    int count = -1;
    g_autofree char **list = hf_cli_command_first((int)g_strv_length(words), words, &count);
    if (list == NULL) return NULL;
    assert_int_equal(count, g_strv_length(list));
    return g_strjoinv(" ", list);
}

static void global_options_move_behind_the_command(void **state)
{
    static const struct {
        const char *typed, *read;
    } cases[] = {
        {"holdfast run a", "run a"},
        {"holdfast -q run a", "run -q a"},
        {"holdfast --format json --quiet run a -o b", "run --format json --quiet a -o b"},
        {"holdfast --format=json run", "run --format=json"},
        {"holdfast -- run -q", "run -q"},
        {"holdfast --help", "--help"},
        {"holdfast", ""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *read = moved(cases[i].typed);
        assert_non_null(read);
        assert_string_equal(read, cases[i].read);
    }
}

static void an_option_of_a_command_is_not_global(void **state)
{
    assert_null(moved("holdfast --output x run"));
    assert_null(moved("holdfast -o x run"));
    assert_null(moved("holdfast --format"));
}

static void help_lists_every_option(void **state)
{
    g_autofree char *help = hf_cli_help(&command);
    for (const HfOption *option = option_table; option->name != NULL; option++)
        assert_non_null(strstr(help, option->name));
    assert_non_null(strstr(help, "--no-progress"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_value_is_read),
        cmocka_unit_test(the_last_of_a_repeated_option_counts),
        cmocka_unit_test(behind_two_dashes_everything_is_an_argument),
        cmocka_unit_test(bad_options_end_with_status_2),
        cmocka_unit_test(global_options_move_behind_the_command),
        cmocka_unit_test(an_option_of_a_command_is_not_global),
        cmocka_unit_test(help_lists_every_option),
    };
    hf_test_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
