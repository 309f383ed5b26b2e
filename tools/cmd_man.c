/*
 * `holdfast man`: the manual page, from the program's own tables. The build runs it; what a command
 * or a scenario key does is written once, in its table.
 */
#include <stdio.h>
#include <string.h>

#include "audit/audit.h"
#include "resource/era.h"
#include "resource/quirks.h"
#include "scenario/reference.h"
#include "tools/commands.h"
#include "tools/registry.h"
#include "tools/version.h"
#include "world/metrics.h"
#include "world/tables.h"

/* Text in which nothing is markup: dashes stay dashes, and no line is taken for a request. */
static void put_text(GString *page, const char *text)
{
    gboolean at_start = TRUE;
    for (; *text != '\0'; text++) {
        if (at_start && (*text == '.' || *text == '\'')) g_string_append(page, "\\&");
        if (*text == '\\')
            g_string_append(page, "\\e");
        else if (*text == '-')
            g_string_append(page, "\\-");
        else
            g_string_append_c(page, *text);
        at_start = *text == '\n';
    }
}

/* Paragraphs divided by an empty line. */
static void put_paragraphs(GString *page, const char *text, const char *between)
{
    g_auto(GStrv) parts = g_strsplit(text, "\n\n", -1);
    for (char **part = parts; *part != NULL; part++) {
        if (part != parts) g_string_append_printf(page, "%s\n", between);
        put_text(page, *part);
        g_string_append_c(page, '\n');
    }
}

static void put_options(GString *page, const HfOption *option)
{
    for (; option != NULL && option->name != NULL; option++) {
        g_string_append(page, ".TP\n\\fB");
        if (option->letter) g_string_append_printf(page, "\\-%c\\fR, \\fB", option->letter);
        g_string_append(page, "\\-\\-");
        put_text(page, option->name);
        g_string_append(page, "\\fR");
        if (option->value != NULL) {
            g_string_append(page, " \\fI");
            put_text(page, option->value);
            g_string_append(page, "\\fR");
        }
        g_string_append_c(page, '\n');
        put_text(page, option->help);
        g_string_append(page, ".\n");
    }
}

static void put_commands(GString *page)
{
    g_string_append(page, ".SH COMMANDS\n");
    for (const HfCommand *const *command = hf_commands; *command != NULL; command++) {
        if ((*command)->hidden) continue;
        g_string_append_printf(page, ".SS holdfast %s [\\fIOPTION\\fR]...\\& ", (*command)->name);
        put_text(page, (*command)->usage);
        g_string_append_c(page, '\n');
        put_paragraphs(page, (*command)->description, ".PP");
        put_options(page, (*command)->options);
    }
    g_string_append(page, ".SH OPTIONS OF EVERY COMMAND\nBefore the command's name or after it.\n");
    put_options(page, hf_global_options);
}

static void put_entry(GString *page, const char *term, const char *text)
{
    g_string_append(page, ".TP\n\\fB");
    put_text(page, term);
    g_string_append(page, "\\fR\n");
    put_text(page, text);
    g_string_append_c(page, '\n');
}

typedef struct Entry {
    const char *term, *text;
} Entry;

static void put_entries(GString *page, const char *title, const Entry *entries, size_t count)
{
    g_string_append_printf(page, ".SH %s\n", title);
    for (size_t i = 0; i < count; i++) put_entry(page, entries[i].term, entries[i].text);
}

static void put_run_files(GString *page)
{
    g_string_append(page,
                    ".SH FILES OF A RUN\n"
                    "A run is written under a temporary name and gets its own when it is whole.\n");
    put_entry(page, "run.json",
              "What was run and how it ended: scenario, seed, version, digests, counts, time and "
              "memory.");
    put_entry(page, "summary.json", "Every metric with its value, unit and description.");
    for (const HfTable *table = hf_tables; table->file != NULL; table++)
        put_entry(page, table->file, table->help);
    put_entry(page, "tasks.csv", "each task, from submission to its end");
    put_entry(
        page, "arms.csv",
        "where the scenario has arms: their utilization side by side; each arm has a directory of "
        "its own beside it");
    put_entry(
        page, "crossover.csv",
        "where arms differ in how long a service waits for its old host (same_wait): what waiting "
        "and what rebuilding cost, and where they are equal; also in run.json");
    put_entry(page, "verdicts.json",
              "with arms or replications: what was expected, and whether it was met");
    put_entry(page, "replications.csv",
              "with replications: every metric of every run, with the seed of the run");
    put_entry(page, "intervals.csv",
              "with replications: mean, half width of its confidence interval, least and greatest "
              "of each metric");
    put_entry(page, "plots/", "what 'holdfast plot' drew, and the script of each figure");
}

static void put_metrics(GString *page)
{
    g_string_append(page, ".SH METRICS\n");
    put_paragraphs(
        page,
        "What a run measures, after its warm-up, and what expectations may name. Words in\n"
        "capitals stand for a resource, role, framework or number.",
        ".PP");
    for (const HfMetricKind *kind = hf_metric_kinds; kind->pattern != NULL; kind++) {
        g_autofree char *term = g_strdup_printf("%s (%s)", kind->pattern, kind->unit);
        put_entry(page, term, kind->help);
    }
}

static void put_eras(GString *page)
{
    g_string_append(page, ".SH ERAS\n");
    put_paragraphs(
        page,
        "What the eras of Mesos differ in, by the first era that has it. An earlier era "
        "does as told\nbehind \"before\"; what it does not know is refused by this name.",
        ".PP");
    for (int rule = 0; rule < HF_RULES; rule++) {
        const HfEraRuleInfo *info = &hf_era_rules[rule];
        g_autofree char *term =
            g_strdup_printf("%s (era %s; Mesos %s, %s)", info->name, hf_era_name(info->since),
                            info->release, info->source);
        g_autofree char *text = g_strconcat(info->after, " Before: ", info->before, NULL);
        put_entry(page, term, text);
    }
}

static void put_quirks(GString *page)
{
    g_string_append(page, ".SH QUIRKS\n");
    put_paragraphs(page,
                   "Where the code of Mesos does something else than its documents say: what is "
                   "done by default,\nand with master.quirks strict.",
                   ".PP");
    for (const HfQuirkInfo *quirk = hf_quirks; quirk->name != NULL; quirk++) {
        g_autofree char *term = g_strdup_printf("%s (%s)", quirk->name, quirk->source);
        g_autofree char *text = g_strconcat(quirk->documented, " Strict: ", quirk->strict, NULL);
        put_entry(page, term, text);
    }
}

static void put_invariants(GString *page)
{
    g_string_append(page, ".SH INVARIANTS\n");
    put_paragraphs(
        page,
        "What must hold in every run, and where it is checked: by the auditor that recounts "
        "the trace\n(run --audit), or by tests.",
        ".PP");
    for (const HfInvariantInfo *info = hf_invariants; info->id != NULL; info++) {
        g_autofree char *text = g_strdup_printf("%s. Checked: %s.", info->rule, info->where);
        put_entry(page, info->id, text);
    }
}

static void put_fixed_sections(GString *page)
{
    static const Entry statuses[] = {
        {"0", "Done."},
        {"1", "Failure while running: a file that cannot be read or written, a missing program."},
        {"2", "Bad usage or bad input."},
        {"3", "An expectation of the scenario, or a baseline, was not met."},
        {"4", "An invariant was broken: a bug in Holdfast. The message says how to repeat it."},
    };
    static const Entry variables[] = {
        {"HOLDFAST_TRACES",
         "Directories, divided by colons, where traces that a scenario names are "
         "looked for."},
    };
    static const Entry examples[] = {
        {"holdfast run quickstart -o out", "Run a scenario that comes with the program."},
        {"holdfast plot out", "Draw what that run left."},
        {"holdfast check mine.yaml", "Say everything that is wrong with a scenario file."},
        {"holdfast schema > holdfast.schema.json", "A JSON Schema, for editors."},
    };
    put_entries(page, "EXIT STATUS", statuses, G_N_ELEMENTS(statuses));
    put_run_files(page);
    put_entries(page, "ENVIRONMENT", variables, G_N_ELEMENTS(variables));
    put_entries(page, "EXAMPLES", examples, G_N_ELEMENTS(examples));
}

static char *make_page(void)
{
    GString *page = g_string_new(NULL);
    g_string_append_printf(
        page,
        ".\\\" Made by 'holdfast man' from the program's tables.\n"
        ".TH HOLDFAST 1 \"\" \"Holdfast %s\" \"User Commands\"\n"
        ".SH NAME\nholdfast \\- a testbed for offer\\-based cluster scheduling\n"
        ".SH SYNOPSIS\n.B holdfast\n.I COMMAND\n[\\fIOPTION\\fR]... [\\fIARGUMENT\\fR]...\n"
        ".SH DESCRIPTION\n",
        HF_VERSION);
    put_paragraphs(
        page,
        "Holdfast simulates a cluster of agents under offer-based two-level scheduling as Apache\n"
        "Mesos does it: an allocation policy makes offers, frameworks accept or decline them, "
        "agents\n"
        "fail and return. It measures how busy the cluster is, how fair, and how long work "
        "waits.\n\n"
        "A scenario file says what the cluster is made of and what happens to it; running it "
        "leaves\n"
        "a directory of tables, from which figures are drawn. Equal scenario and seed give an "
        "equal\n"
        "run, to the last byte of its trace.\n\n"
        "Results go to standard output, everything else to standard error.",
        ".PP");
    put_commands(page);
    put_fixed_sections(page);
    g_string_append(page, ".SH SCENARIO FILES\n");
    put_paragraphs(page,
                   "A scenario is a YAML file. Unknown, repeated, missing and out-of-range keys "
                   "are errors with\n"
                   "their place. Quantities carry units: 90s, 15m, 7d; memory and disk are MB "
                   "(2^20 bytes) as in\n"
                   "Mesos, or 64GiB. Resources, attributes and the master's settings are spelled "
                   "as Mesos spells\n"
                   "them. Every key, where it may stand and what it means:",
                   ".PP");
    HfRegistry registry;
    hf_registry_init(&registry);
    g_autofree char *keys = hf_scenario_keys_roff(&registry.scenario);
    g_string_append(page, keys);
    put_eras(page);
    put_quirks(page);
    put_invariants(page);
    put_metrics(page);
    return g_string_free(page, FALSE);
}

static int run(int argc, char **argv)
{
    HfGlobals globals;
    g_auto(GStrv) args = NULL;
    int code;
    if (!hf_cli_parse(&hf_cmd_man, argc, argv, NULL, &globals, &args, &code)) return code;
    if (args[0] != NULL) return hf_cli_usage_error(&hf_cmd_man, "takes no argument");
    g_autofree char *page = make_page();
    fputs(page, stdout);
    return HF_EXIT_OK;
}

const HfCommand hf_cmd_man = {
    .name = "man",
    .summary = "print the manual page",
    .usage = "",
    .description = "Prints the manual page in roff, for the build to install.",
    .hidden = TRUE,
    .run = run,
};
