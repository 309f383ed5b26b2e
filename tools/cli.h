/*
 * What every subcommand shares: its description, its options, and how it speaks.
 *
 * A command is a constant table (HfCommand) with a constant table of options (HfOption). From these
 * come the parser, --help, the man page and the shell completion, so they cannot disagree. Data
 * goes to stdout, talk to stderr; a complaint reads "holdfast: error: ...".
 */
#ifndef HF_TOOLS_CLI_H
#define HF_TOOLS_CLI_H

#include <glib.h>
#include <stddef.h>

/* Exit status of the program; scripts rely on these numbers. */
typedef enum HfExit {
    HF_EXIT_OK = 0,
    HF_EXIT_FAILURE = 1,     /* failed while running: I/O, a missing program */
    HF_EXIT_USAGE = 2,       /* bad usage or bad input */
    HF_EXIT_EXPECTATION = 3, /* an expectation or a baseline not met */
    HF_EXIT_INVARIANT = 4    /* an invariant broken: a bug in Holdfast */
} HfExit;

typedef enum HfOptionKind {
    HF_OPTION_FLAG,   /* gboolean, TRUE when given */
    HF_OPTION_TEXT,   /* char *, owned; the last one given counts */
    HF_OPTION_TEXTS,  /* char **, owned and NULL-terminated; may be repeated */
    HF_OPTION_FILE,   /* char *, owned: a path, completed as such */
    HF_OPTION_CHOICE, /* int: index of the word given among those of `value`, as in "text|json" */
    HF_OPTION_COUNT,  /* gint64 >= 1 */
    HF_OPTION_SEED,   /* HfSeedOption: any 64-bit number */
    HF_OPTION_TIME    /* gint64: a duration such as 90s, in ns; > 0 */
} HfOptionKind;

typedef struct HfSeedOption {
    gboolean given;
    guint64 value;
} HfSeedOption;

/* One option; `offset` is that of the field in the command's own struct of options. */
typedef struct HfOption {
    const char *name; /* without the dashes; NULL ends a table */
    char letter;      /* one-letter form, 0 = none */
    HfOptionKind kind;
    const char *value; /* what stands for the value in help: "DIR", "text|json"; NULL for a flag */
    const char *help;  /* one line, no full stop */
    size_t offset;
} HfOption;

/* Options that every command takes, before its name or after. */
typedef struct HfGlobals {
    gboolean help, version, quiet, no_progress;
    int format; /* HF_FORMAT_TEXT or HF_FORMAT_JSON */
} HfGlobals;
enum { HF_FORMAT_TEXT, HF_FORMAT_JSON };
extern const HfOption hf_global_options[];

typedef struct HfCommand {
    const char *name;
    const char *summary; /* one line, lower case, no full stop */
    const char *usage;   /* the arguments after the options: "FILE..." */
    const char
        *description; /* paragraphs for --help and the man page, separated by an empty line */
    const HfOption *options;           /* may be NULL: none of its own */
    gboolean hidden;                   /* serves the build, not people */
    int (*run)(int argc, char **argv); /* argv[0] is the command's name; returns an HfExit */
} HfCommand;

/* All commands, in the order of --help, ended by one without a name. */
extern const HfCommand *const hf_commands[];

/*
 * Read the options and arguments of a command.
 * Shape:  *options (the struct that the table's offsets point into, zeroed or set to defaults by
 *         the caller) and *globals are filled; *args_out is a new NULL-terminated list of the other
 *         arguments, to be freed with g_strfreev. Owned fields are freed by hf_cli_clear().
 * Errors: FALSE if the command has nothing more to do: --help was printed or the usage is bad (said
 *         on stderr); *exit_out is then what to return, and there is nothing to free.
 */
gboolean hf_cli_parse(const HfCommand *command, int argc, char **argv, void *options,
                      HfGlobals *globals, char ***args_out, int *exit_out);

/* Free what the options own, and the list of arguments; both may be NULL. */
void hf_cli_clear(const HfCommand *command, void *options, char **args);

/*
 * Global options given before the command's name are moved behind it, so that one parser reads all.
 * Returns a new list without the program's name (free the list alone: g_free), its length in
 * *count_out; NULL if an option is unknown there or lacks its value (said on stderr).
 */
char **hf_cli_command_first(int argc, char **argv, int *count_out);

/* The help of one command; free with g_free. */
char *hf_cli_help(const HfCommand *command);

/* "holdfast: error: ..." and "holdfast: ..." on stderr, as one line each. */
void hf_cli_error(const char *format, ...) G_GNUC_PRINTF(1, 2);
void hf_cli_note(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* Say the error and free it; returns `code`, so that a command can return it. */
int hf_cli_fail(HfExit code, GError *error);

/* An error of usage, with a pointer to --help; returns HF_EXIT_USAGE. */
int hf_cli_usage_error(const HfCommand *command, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* TRUE once SIGINT, SIGTERM or SIGHUP has come: finish cleanly. A second one ends the program at
 * once. */
gboolean hf_cli_interrupted(void);

/* TRUE if progress is to be drawn: stderr is a terminal and neither option forbids it. */
gboolean hf_cli_wants_progress(const HfGlobals *globals);

#endif
