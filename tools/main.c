/*
 * The program `holdfast`: finds the command, and holds what is the same for all of them: signals,
 * GSL's error handling, the report of a broken invariant, and the check that standard output took
 * everything.
 */
#include <errno.h>
#include <glib.h>
#include <gsl/gsl_errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocator/policy.h"
#include "base/assert.h"
#include "base/near.h"
#include "tools/commands.h"
#include "tools/version.h"

/* What only a signal handler and the assertion hook read: neither can be handed an argument. */
static volatile sig_atomic_t interrupted;
static struct {
    int argc;
    char **argv;
} program;

static void on_signal(int number)
{
    interrupted = 1;
}

gboolean hf_cli_interrupted(void)
{
    return interrupted != 0;
}

/* The first signal asks, the second one (default action restored) ends the program. */
static void catch_signals(void)
{
    struct sigaction action = {0};
    action.sa_handler = on_signal;
    action.sa_flags = (int)SA_RESETHAND;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* A terminal that closes ends a run like the others; under nohup it goes on. */
    struct sigaction before;
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(SIGHUP, &action, NULL);
}

/* Whether it is the answer of a policy that is not one of ours ("policy NAME: ..."). */
static gboolean is_of_library(const char *expression)
{
    static const char start[] = "policy ";
    if (!g_str_has_prefix(expression, start)) return FALSE;
    for (const HfPolicyOps *const *policy = hf_policies; *policy != NULL; policy++) {
        size_t length = strlen((*policy)->name);
        const char *name = expression + strlen(start);
        if (strncmp(name, (*policy)->name, length) == 0 && name[length] == ':') return FALSE;
    }
    return TRUE;
}

/* A broken invariant: runs are repeatable, so the command line is the way back to it. */
static void report_invariant(const char *expression, const char *file, int line)
{
    gboolean is_theirs = is_of_library(expression);
    fflush(stdout);
    if (is_theirs)
        hf_cli_error("%s: the policy of the library broke the rules of allocator/policy.h",
                     expression);
    else
        hf_cli_error("broken invariant at %s:%d: %s", file, line, expression);
    g_autoptr(GString) command = g_string_new("holdfast");
    for (int i = 1; i < program.argc; i++) {
        gboolean is_plain = program.argv[i][0] != '\0' &&
                            strspn(program.argv[i], G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS
                                   "-_=+./:,@%") == strlen(program.argv[i]);
        g_autofree char *word =
            is_plain ? g_strdup(program.argv[i]) : g_shell_quote(program.argv[i]);
        g_string_append_printf(command, " %s", word);
    }
    if (is_theirs) {
        hf_cli_note("the same again: %s", command->str);
        _Exit(HF_EXIT_FAILURE);
    }
    hf_cli_note("this is a bug in Holdfast; please report it with: %s", command->str);
    hf_cli_note("version %s, commit %s", HF_VERSION, HF_COMMIT);
    _Exit(HF_EXIT_INVARIANT);
}

static void print_help(void)
{
    printf(
        "Usage: holdfast COMMAND [OPTION]... [ARGUMENT]...\n\n"
        "A testbed for offer-based cluster scheduling: simulates a cluster of agents under an\n"
        "allocation policy, frameworks and failures, and measures how busy and how fair it is.\n\n"
        "Commands:\n");
    for (const HfCommand *const *command = hf_commands; *command != NULL; command++) {
        if (!(*command)->hidden) printf("  %-12s %s\n", (*command)->name, (*command)->summary);
    }
    printf(
        "\n'holdfast COMMAND --help' tells more, and so does the manual page holdfast(1).\n"
        "Exit status: 0 done; 1 failure while running; 2 bad usage or bad input; 3 an expectation "
        "or\na baseline not met; 4 an invariant broken (a bug in Holdfast).\n");
}

static const HfCommand *find_command(const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (const HfCommand *const *command = hf_commands; *command != NULL; command++) {
        if (strcmp((*command)->name, name) == 0) return *command;
        if (!(*command)->hidden) g_ptr_array_add(names, (char *)(*command)->name);
    }
    g_ptr_array_add(names, NULL);
    const char *near = hf_near_find(name, (const char *const *)names->pdata);
    if (near != NULL)
        hf_cli_error("unknown command '%s'; did you mean '%s'? (see 'holdfast --help')", name,
                     near);
    else
        hf_cli_error("unknown command '%s' (see 'holdfast --help')", name);
    return NULL;
}

static gboolean has_word(int count, char **list, const char *a, const char *b)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(list[i], "--") == 0) break;
        if (strcmp(list[i], a) == 0 || strcmp(list[i], b) == 0) return TRUE;
    }
    return FALSE;
}

static int dispatch(int argc, char **argv)
{
    int count = 0;
    g_autofree char **list = hf_cli_command_first(argc, argv, &count);
    if (list == NULL) return HF_EXIT_USAGE;
    if (has_word(count, list, "--version", "--version")) {
        printf("holdfast %s (commit %s)\n", HF_VERSION, HF_COMMIT);
        return HF_EXIT_OK;
    }
    gboolean has_command = count > 0 && list[0][0] != '-';
    gboolean asks_help = count > 0 && strcmp(list[0], "help") == 0;
    if (asks_help && count > 1 && list[1][0] != '-') {
        const HfCommand *command = find_command(list[1]);
        if (command == NULL) return HF_EXIT_USAGE;
        g_autofree char *help = hf_cli_help(command);
        fputs(help, stdout);
        return HF_EXIT_OK;
    }
    if (asks_help || (!has_command && has_word(count, list, "--help", "-h"))) {
        print_help();
        return HF_EXIT_OK;
    }
    if (!has_command) {
        hf_cli_error("no command given (see 'holdfast --help')");
        return HF_EXIT_USAGE;
    }
    const HfCommand *command = find_command(list[0]);
    return command != NULL ? command->run(count, list) : HF_EXIT_USAGE;
}

int main(int argc, char **argv)
{
    program.argc = argc;
    program.argv = argv;
    hf_assert_hook = report_invariant;
    gsl_set_error_handler_off();
    catch_signals();
    int code = dispatch(argc, argv);
    /* A full disk behind a pipe or redirection must not look like success. */
    errno = 0;
    if (fflush(stdout) != 0 || ferror(stdout)) {
        hf_cli_error("cannot write to standard output: %s",
                     errno != 0 ? g_strerror(errno) : "not everything was taken");
        if (code == HF_EXIT_OK) code = HF_EXIT_FAILURE;
    }
    return code;
}
