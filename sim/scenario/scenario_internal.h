/*
 * What the files of this layer share: the store that owns all memory of a loaded set, the list of
 * complaints, and small helpers on text.
 */
#ifndef HF_SCENARIO_SCENARIO_INTERNAL_H
#define HF_SCENARIO_SCENARIO_INTERNAL_H

#include "base/arena.h"
#include "base/assert.h"
#include "base/law.h"
#include "resource/catalog.h"
#include "scenario/keys.h"
#include "scenario/node.h"
#include "scenario/scenario.h"

#define HF_SCENARIO_TEXT_MAX  (16 * 1024 * 1024) /* bytes of one file */
#define HF_SCENARIO_DEPTH_MAX 64
#define HF_SCENARIO_NODES_MAX 1000000
#define HF_COMPLAINTS_MAX     50

/* Owns everything a set points to. The arena gives zeroed memory through hf_store__take(). */
struct HfScenarioStore {
    HfArena *arena;
    GPtrArray *laws;    /* HfLaw *, in the arena, to be cleared */
    GPtrArray *expects; /* HfExpect *, owned */
};
typedef struct HfScenarioStore HfScenarioStore;

HfScenarioStore *hf_store__new(void);
void hf_store__free(HfScenarioStore *store);
void *hf_store__take(HfScenarioStore *store, size_t size);
char *hf_store__text(HfScenarioStore *store, const char *text, gssize size);
char *hf_store__printf(HfScenarioStore *store, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Every mistake found, in order; equal messages (from several arms) are kept once. */
struct HfComplaints {
    GPtrArray *texts;     /* char * */
    GHashTable *seen;     /* borrows the texts */
    HfScenarioError code; /* of the first */
};
typedef struct HfComplaints HfComplaints;

void hf_complaints__init(HfComplaints *complaints);
void hf_complaints__clear(HfComplaints *complaints);

/* Note `place: path: text`. `at` NULL: no place; `path` NULL or empty: none. Always FALSE. */
gboolean hf_complain(HfComplaints *complaints, const HfNode *at, const char *path,
                     const char *format, ...) G_GNUC_PRINTF(4, 5);

/* The same for something that could not be read. */
gboolean hf_complain_io(HfComplaints *complaints, const HfNode *at, const char *path,
                        const char *format, ...) G_GNUC_PRINTF(4, 5);

/* "..." with control characters escaped and long text cut, for messages; newly allocated. */
char *hf_text__quoted(const char *text);

/* "a, b or c" of names; newly allocated. */
char *hf_text__join(const char *const *names, const char *last);

/*
 * Read a plain decimal number at the start of text: sign, digits, fraction, exponent; no hex, no
 * infinity.
 * Shape:  *end_out is behind it. FALSE when there is none; +-HUGE_VAL when it does not fit.
 */
gboolean hf_number__scan(const char *text, const char **end_out, double *value_out);

/* Factor of a unit of memory in MB, time in seconds; 0 when unknown. */
double hf_unit__memory_mb(const char *name);
double hf_unit__seconds(const char *name);

/*
 * Replace {index}, {index/N} and {index%N}.
 * Errors: NULL and a static reason for any other brace.
 */
char *hf_template__expand(const char *text, uint64_t index, const char **why_out);

/* Apply one path = value to a tree; FALSE after a complaint. `at` is the place of the setting. */
gboolean hf_override__apply(HfScenarioStore *store, HfNode *root, const char *path,
                            const HfNode *value, const HfNode *at, HfComplaints *complaints);

/* Apply KEY=VALUE; FALSE after a complaint. */
gboolean hf_override__apply_text(HfScenarioStore *store, HfNode *root, const char *setting,
                                 HfComplaints *complaints);

/* What filling structs needs to know, and where it is. */
typedef struct HfBinder {
    HfScenarioStore *store;
    const HfScenarioOptions *options;
    HfCatalog *catalog;           /* for checking resources; its ids go no further */
    const char *directory;        /* that files are relative to */
    const char *const *arm_names; /* NULL-terminated or NULL: first part of names in expectations */
    HfComplaints *complaints;
    GString *path;    /* of the value being read: agents[0].resources */
    gboolean is_json; /* inside a document */
} HfBinder;

/* Note `place: path so far: text`. Always FALSE. */
gboolean hf_bind__complain(HfBinder *binder, const HfNode *node, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* Complain of a key that neither `table` nor `model` (NULL: none) has: with what was probably
 * meant, or where it would be known (bind_unknown.c). Always FALSE. */
gboolean hf_bind__unknown_key(HfBinder *binder, const HfKeyTable *table, const HfKeyTable *model,
                              const HfNode *key);

/*
 * Fill one member from a value (bind_scalar.c; laws in bind_law.c; the rest in bind.c). FALSE after
 * at least one complaint; the member is then not to be used.
 */
typedef gboolean (*HfFill)(HfBinder *binder, const HfKey *key, const HfNode *node, void *member);
gboolean hf_fill__bool(HfBinder *b, const HfKey *key, const HfNode *node, void *member);
gboolean hf_fill__int(HfBinder *b, const HfKey *key, const HfNode *node, void *member);
gboolean hf_fill__u64(HfBinder *b, const HfKey *key, const HfNode *node, void *member);
gboolean hf_fill__number(HfBinder *b, const HfKey *key, const HfNode *node, void *member);
gboolean hf_fill__duration(HfBinder *b, const HfKey *key, const HfNode *node, void *member);
gboolean hf_fill__milli(HfBinder *b, const HfKey *key, const HfNode *node, void *member);
gboolean hf_fill__text(HfBinder *b, const HfKey *key, const HfNode *node, void *member);
gboolean hf_fill__policy(HfBinder *b, const HfKey *key, const HfNode *node, void *member);
gboolean hf_fill__enum(HfBinder *b, const HfKey *key, const HfNode *node, void *member);
gboolean hf_fill__flags(HfBinder *b, const HfKey *key, const HfNode *node, void *member);
gboolean hf_fill__file(HfBinder *b, const HfKey *key, const HfNode *node, void *member);
gboolean hf_fill__files(HfBinder *b, const HfKey *key, const HfNode *node, void *member);
gboolean hf_fill__strings(HfBinder *b, const HfKey *key, const HfNode *node, void *member);
gboolean hf_fill__json(HfBinder *b, const HfKey *key, const HfNode *node, void *member);
gboolean hf_fill__document(HfBinder *b, const HfKey *key, const HfNode *node, void *member);
gboolean hf_fill__ignored(HfBinder *b, const HfKey *key, const HfNode *node, void *member);
gboolean hf_fill__expects(HfBinder *b, const HfKey *key, const HfNode *node, void *member);
gboolean hf_fill__law(HfBinder *b, const HfKey *key, const HfNode *node, void *member);

/* The text of a scalar with a value, or NULL after a complaint `expected WHAT, got ...`. */
const char *hf_bind__scalar(HfBinder *binder, const HfNode *node, const char *what);

/* FALSE after a complaint that `value`, in the key's base unit, is out of the key's range. */
gboolean hf_bind__check_range(HfBinder *binder, const HfKey *key, const HfNode *node, double value);

/* A value in a unit (of a law or one of its parameters) as a plain double. */
gboolean hf_bind__quantity(HfBinder *binder, HfUnit unit, const HfNode *node, double *value_out);

/* The node at a place such as resources[0].name below `node`, as far as there is one. */
const HfNode *hf_node__at(const HfNode *node, const char *path);

/* 3/s as a number per second; FALSE after a complaint. */
gboolean hf_bind__rate(HfBinder *binder, const HfNode *node, double *value_out);

/* The path to open of a file (or trace); NULL after a complaint, which ends with `hint`. */
const char *hf_bind__path(HfBinder *binder, const HfNode *node, gboolean is_trace,
                          const char *hint);

/*
 * Fill a struct of a table from a mapping: every key of the file is known, every key of the table
 * given, defaulted or left zero. FALSE after at least one complaint. `record` is zeroed memory of
 * table->struct_size.
 */
gboolean hf_bind__table(HfBinder *binder, const HfNode *node, const HfKeyTable *table,
                        void *record);

/* Fold a bound record into a digest; `node` as it was bound, or NULL (all defaults). */
void hf_bind__digest(HfDigest *digest, const HfNode *node, const HfKeyTable *table,
                     const void *record);

/* A bound of a key's range as one would write it: 15m, 0.5, 64 MB; newly allocated. */
char *hf_key__bound_text(const HfKey *key, double bound);

/* Rules between the parts of one scenario; FALSE after a complaint. `root` is what it was bound
 * from. */
gboolean hf_validate__scenario(const HfNode *root, const HfScenario *scenario,
                               HfComplaints *complaints);
/* Its parts on quota, and on what the era does not have (validate_rules.c). */
void hf_validate__quota(const HfNode *root, const HfScenario *scenario, HfComplaints *complaints);
/* Agents of a region need a master of one. */
void hf_validate__regions(const HfNode *root, const HfScenario *scenario, HfComplaints *complaints);
void hf_validate__stores(const HfNode *root, const HfScenario *scenario, HfComplaints *complaints);
void hf_validate__era(const HfNode *root, const HfScenario *scenario, HfComplaints *complaints);
/* The value of a role's key; the role itself when the key is not written. */
const HfNode *hf_validate__role_node(const HfNode *root, const HfScenarioRole *role,
                                     const char *key);

/* What the names in expectations may be; they may begin with an arm. */
typedef struct HfMetricNames {
    const HfScenario *scenario;  /* with its `arm` */
    const HfNode *root;          /* what it was read from */
    const char *const *patterns; /* of the registry; NULL: any name will do */
    const char *const *arms;     /* NULL-terminated; NULL: none */
} HfMetricNames;
/* Names of other arms are not looked at. FALSE after complaints; `list` is what `expects` was read
 * from, and `path` its key. */
gboolean hf_metric_names__check(const HfMetricNames *names, const HfNode *list, const char *path,
                                const HfExpect *const *expects, HfComplaints *complaints);

/* A table with the place where it stands in a file: agents[], frameworks[batch], roles.NAME. */
typedef struct HfSection {
    char *path;               /* "" for the file itself */
    const HfKeyTable *table;  /* NULL: a model without keys */
    const HfModelKeys *model; /* whose keys these are; NULL: the scenario's own */
} HfSection;

/* Every table in order, outer ones first; a GPtrArray of HfSection that owns them. */
GPtrArray *hf_reference__sections(const HfScenarioRegistry *registry);

/* Why a list of roles is not good, newly allocated; NULL when it is: a list key has no type of
 * entry. */
char *hf_tables__wrong_roles(const char **roles);

extern const HfKeyTable hf_arm__table;
extern const HfKeyTable hf_framework__table;
extern const HfKeyTable hf_master__table;
extern const HfKeyTable hf_role__table;
extern const HfKeyTable hf_operator__table;
extern const HfKeyTable hf_store_keys__table;
extern const HfKeyTable hf_agent_flags__table;

#endif
