/*
 * The key tables: what may stand in a scenario file. A table describes one YAML mapping and the C
 * struct it fills; the parser, its messages, the JSON Schema, the man page's key reference,
 * `holdfast list keys` and the scenario digest are all made from it, so they cannot disagree.
 *
 * A model describes its own keys with a table of the same kind and is handed the filled struct:
 *
 *     typedef struct BatchConfig { HfLaw arrivals; int64_t cpus; } BatchConfig;
 *     static const HfKey batch_keys[] = {
 *         {.name = "arrivals", .type = HF_KEY_LAW, .unit = HF_UNIT_DURATION, .is_required = TRUE,
 *          .offset = offsetof(BatchConfig, arrivals), .help = "Gap between two jobs."},
 *         {.name = "cpus", .type = HF_KEY_AMOUNT, .fallback = "1",
 *          .offset = offsetof(BatchConfig, cpus), .help = "CPUs of one task."},
 *         {0}};
 *     static const HfKeyTable batch_table = {"batch", sizeof(BatchConfig), batch_keys, ...};
 */
#ifndef HF_SCENARIO_KEYS_H
#define HF_SCENARIO_KEYS_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a key holds, how it is written, and the type of the struct member it fills. Everything
 * pointed to belongs to the scenario and lives as long as it. Absent and without a default: the
 * member stays zero (NULL, 0, FALSE, an HfLaw whose kind is NULL, an empty list).
 */
typedef enum HfKeyType {
    HF_KEY_BOOL,     /* gboolean: true, false */
    HF_KEY_INT,      /* int64_t: 12, 1000000, 1e6 */
    HF_KEY_U64,      /* uint64_t: 0 .. 18446744073709551615 (seeds) */
    HF_KEY_DOUBLE,   /* double: finite */
    HF_KEY_FRACTION, /* double 0..1 unless the key says otherwise: 0.25 or 25% */
    HF_KEY_DURATION, /* HfTime (ns): 90s, 15m, 1.5h, 7d; or one of `words` */
    HF_KEY_RATE,     /* double, per second: 3/s, 2/min, 0.5/h */
    HF_KEY_MEMORY,   /* int64_t milli-MB, the unit of resource scalars: 512 (MB), 64GiB, 4TB. As in
                        Mesos every unit is a power of 1024 bytes: MB = MiB, GB = GiB, ... */
    HF_KEY_AMOUNT,   /* int64_t milli-units of any other scalar, >= 0: 0.5, 4 */
    HF_KEY_STRING,   /* const char *, not empty */
    HF_KEY_NAME,     /* const char *: letters, digits, '.', '_', '-'; starts with letter or digit */
    HF_KEY_ROLE,     /* const char *: a Mesos role path such as eng/web, or * */
    HF_KEY_ENUM,     /* int (or an enum): one of `words` */
    HF_KEY_FLAGS,    /* uint32_t: a list of `words`, their values or-ed */
    HF_KEY_POLICY,   /* HfPolicyChoice: one of the registry's policies, or the path of a library of
                        one, written relative to the scenario file */
    HF_KEY_FILE,     /* const char *, the path to open; written relative to the scenario file */
    HF_KEY_FILES,    /* const char **, NULL-terminated: a list of such files */
    HF_KEY_TRACE,    /* const char *, the path to open: relative to the scenario or in a directory
                        of traces. When it is missing, the message ends with the key's `help`, which
                        therefore says where the data can be had */
    HF_KEY_RESOURCES,     /* const char *: "cpus:8;mem:32768;ports:[31000-32000]", checked */
    HF_KEY_QUANTITIES,    /* const char *: "cpus:40;mem:80000", checked */
    HF_KEY_QUANTITY_SETS, /* const char *: alternatives, "cpus:0.01|mem:32", checked */
    HF_KEY_ATTRIBUTES,    /* const char *: "rack:r1;zone:us_east", checked; may hold templates */
    HF_KEY_LAW,      /* HfLaw, prepared: 5m | {law: weibull, mean: 180d, shape: 0.7}, in `unit` */
    HF_KEY_STRINGS,  /* const char **, NULL-terminated: a list of strings */
    HF_KEY_EXPECTS,  /* const HfExpect **, NULL-terminated, never NULL: a list of expectations */
    HF_KEY_SETTINGS, /* const struct HfNode *: path -> value, as in overrides (arms alone) */
    HF_KEY_JSON, /* const char *: JSON of Mesos's own, as text; the registry's check_json judges it
                    by the key's name */
    HF_KEY_DOCUMENT, /* HfDocument: a JSON file of another program's, written relative to the
                        scenario and bound by the sub-table; see there */
    HF_KEY_IGNORED,  /* no member: a value that has the key's `shape` and changes nothing here */
    HF_KEY_TABLE,    /* the sub-table's struct, in place. Absent: its defaults, or all zero when it
                        has a required key */
    HF_KEY_LIST,     /* HF_LIST(struct): a list of mappings of the sub-table */
    HF_KEY_MAP,   /* HF_LIST(struct): role -> mapping of the sub-table, sorted by role (so the order
                     of keys in a file never matters); the struct begins with `const char *name`,
                     which the table does not list */
    HF_KEY_MODEL, /* HfModelChoice: names a model of `family`; the keys beside it that the table
                     does not know are the model's own and fill its config */
} HfKeyType;

/* What a law's value is measured in; also what its parameters with a unit are written in. */
typedef enum HfUnit {
    HF_UNIT_NONE,     /* a plain number: counts, sizes, factors */
    HF_UNIT_DURATION, /* draws are seconds; written 90s, 5m */
    HF_UNIT_MEMORY,   /* draws are MB (2^20 bytes); written 512, 64GiB */
} HfUnit;

/* Which list of the registry a model is looked up in. */
typedef enum HfModelFamily {
    HF_MODELS_FRAMEWORKS,
    HF_MODELS_FAILURES,
    HF_MODELS_WORKLOADS,
    HF_MODELS_AGENT_TRACES,
    HF_MODEL_FAMILIES
} HfModelFamily;

/* A word that stands for a value: of an enum, a flag, or a duration ("none", "auto"). */
typedef struct HfKeyWord {
    const char *name; /* NULL ends the list */
    int64_t value;
    const char *help;
} HfKeyWord;

struct HfKeyTable;

typedef struct HfKey {
    const char *name; /* as in the file; NULL ends the table */
    HfKeyType type;
    size_t offset;        /* of the member in the table's struct */
    gboolean is_required; /* then `fallback` is NULL */
    const char *fallback; /* the default as it would be written in the file; NULL: stays zero */
    double minimum;       /* legal range, inclusive, in the key's written base unit: seconds, MB, */
    double maximum;       /* per second, 1. Equal (both 0): the type's own range alone. For a law:
                             the range of a constant; draws of other laws are clamped into it. */
    gboolean above_minimum;       /* TRUE: must be > minimum */
    HfUnit unit;                  /* HF_KEY_LAW */
    const HfKeyWord *words;       /* HF_KEY_ENUM, HF_KEY_FLAGS; may be given for HF_KEY_DURATION,
                                     HF_KEY_INT, HF_KEY_MEMORY, HF_KEY_AMOUNT (a word stands for its
                                     value) and HF_KEY_QUANTITY_SETS (any word gives NULL) */
    const struct HfKeyTable *sub; /* HF_KEY_TABLE, HF_KEY_LIST, HF_KEY_MAP, HF_KEY_DOCUMENT */
    char shape;                   /* HF_KEY_IGNORED: '{' mapping, '[' list, '"' text, '0' number,
                                     'b' true or false; 0 = anything */
    HfModelFamily family;         /* HF_KEY_MODEL */
    /* How mappings of `sub` may be written in short (HF_KEY_TABLE, HF_KEY_LIST): */
    const char *short_key; /* a bare value stands for a mapping with this key alone; NULL: it is an
                              error */
    const char *marker;    /* HF_KEY_LIST of a document: a root, or a first entry of one that is a
                              list,    with this key is of this list rather than of the first */
    gboolean is_tuple;     /* as a list of the values of its keys, in their order, and only so */
    size_t given; /* 1 + offset of a gboolean that is TRUE when the key is written; 0 = none */
    gboolean is_remark; /* left out of the scenario digest: does not change a run, or (the seed) is
                           told beside it */
    const char *help;   /* one or two sentences; units; Mesos's name if it has one */
    const char *source; /* where the default comes from; NULL */
} HfKey;

/*
 * Check what no single key can: relations between members of one filled struct.
 * Shape:  on FALSE, *why_out is a newly allocated sentence and *key_out the name of the key to
 *         point at, or a path below the mapping (groups[0].apps[1].id), or NULL for the mapping as
 *         a whole; static or interned (g_intern_string).
 */
typedef gboolean (*HfKeyCheck)(const void *record, const char **key_out, char **why_out);

typedef struct HfKeyTable {
    const char *name; /* used as title in the reference: "master", "batch" */
    size_t struct_size;
    const HfKey *keys; /* ended by a key without name; NULL: no keys */
    const char *help;  /* one or two sentences */
    HfKeyCheck check;  /* NULL: nothing more to check; runs only when every key was good */
} HfKeyTable;

/*
 * What HF_KEY_DOCUMENT fills: a JSON file, in which numbers are not texts, null is as if the key
 * were absent, and places in messages are the file's own. The root is a mapping of the key's
 * sub-table; where it is a list, or has none of the keys of that table that are lists, it is the
 * value of the first of those (or of the one whose `marker` it has), or its only entry. The
 * scenario's digest counts what the file says, not its name.
 */
typedef struct HfDocument {
    const void *record;        /* the sub-table's struct; NULL: not given */
    const char *path;          /* as in messages */
    const struct HfNode *root; /* as it was bound */
} HfDocument;

/* A model as the scenario layer sees it. `keys` NULL: it has no keys of its own. */
typedef struct HfModelKeys {
    const char *name;
    const char *help; /* first sentence is shown by `holdfast list models` */
    const HfKeyTable *keys;
} HfModelKeys;

typedef struct HfModelChoice {
    const HfModelKeys *model; /* NULL: not given */
    const void *config;       /* keys->struct_size bytes; NULL when the model has no keys */
} HfModelChoice;

/* What HF_KEY_POLICY fills. */
typedef struct HfPolicyChoice {
    const char *name; /* its own; NULL: not given */
    const struct HfPolicyOps
        *library; /* the policy of a library; NULL: the built-in one of that name */
} HfPolicyChoice;

/* What the program knows besides the scenario's own tables. Borrowed by what is loaded with it. */
typedef struct HfScenarioRegistry {
    const HfModelKeys *const *models[HF_MODEL_FAMILIES]; /* NULL-terminated each; NULL: none */
    const char *const *policies;                         /* NULL-terminated */
    /* The policy of the library at `path`, which stays there as long as what is loaded with it.
     * Errors: FALSE, with a message that names neither path nor key. NULL: there are no such. */
    gboolean (*open_policy)(void *data, const char *path, HfPolicyChoice *choice_out,
                            GError **error);
    void *open_policy_data;
    /* Forms of the names of metrics, `framework.FRAMEWORK.running`: a word in capitals stands for a
     * name. No arm is called as their first words. NULL-terminated; NULL: unknown. */
    const char *const *metrics;
    /* NULL when the text is what the key of this name may hold; else why not (newly allocated), and
     * the place inside it. Itself NULL: anything is. */
    char *(*check_json)(const char *key, const char *json, char **path_out);
} HfScenarioRegistry;

/* A list that a key fills: `at` points to `count` structs. */
#define HF_LIST(type)                                                                              \
    struct {                                                                                       \
        const type *at;                                                                            \
        uint32_t count;                                                                            \
    }

/* The same without a type, as the reader fills it. */
typedef HF_LIST(void) HfAnyList;

/*
 * A sub-table of one key, `model`, whose member is an HfModelChoice of family workloads: a
 * framework model that takes its jobs from a workload gives it as `.sub` of an HF_KEY_TABLE key
 * over an HfWorkloadKeys member, and its users write `workload: {model: swf, file: ..., ...}`.
 */
typedef struct HfWorkloadKeys {
    HfModelChoice choice;
} HfWorkloadKeys;
extern const HfKeyTable hf_workload_table;

/* The key of that name, or NULL. */
const HfKey *hf_key_find(const HfKeyTable *table, const char *name);

/* The model of that name in a family, or NULL. */
const HfModelKeys *hf_registry_find(const HfScenarioRegistry *registry, HfModelFamily family,
                                    const char *name);

/* The singular of a family in prose: "framework model", "failure", ... */
const char *hf_model_family_name(HfModelFamily family);

#endif
