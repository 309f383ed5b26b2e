/*
 * YAML as a tree that remembers where each value stood. Aliases are expanded, keys of a mapping are
 * unique scalars, and the tree is bounded in depth and size; what the values mean is not known
 * here.
 */
#ifndef HF_SCENARIO_NODE_H
#define HF_SCENARIO_NODE_H

#include <glib.h>
#include <stdint.h>

struct HfScenarioStore;
struct HfComplaints;

typedef enum HfNodeKind { HF_NODE_SCALAR, HF_NODE_SEQUENCE, HF_NODE_MAPPING } HfNodeKind;

typedef struct HfNode HfNode;
struct HfNode {
    HfNodeKind kind;
    gboolean is_plain;     /* scalar: written without quotes */
    uint32_t line, column; /* from 1; line 0: not from a file */
    const char *origin;    /* file name, or the override */
    const char *text;      /* scalar; NUL-terminated, valid UTF-8 */
    uint32_t count, room;  /* children */
    HfNode **keys;         /* mapping: [count] scalars; sequence: NULL */
    HfNode **items;        /* [count] */
};

/*
 * Parse one YAML document.
 * Shape:  nodes live in the store. `origin` is borrowed; `has_lines` FALSE for text that is not in
 *         a file, whose places are then left out of messages.
 * Errors: NULL after a complaint (syntax, several documents, bad UTF-8, NUL, recursion, limits).
 *         A repeated key is a complaint, too, but the tree is given: the first one counts.
 */
HfNode *hf_node__parse(struct HfScenarioStore *store, const char *text, gsize size,
                       const char *origin, gboolean has_lines, struct HfComplaints *complaints);

HfNode *hf_node__new(struct HfScenarioStore *store, HfNodeKind kind, const HfNode *place);
HfNode *hf_node__copy(struct HfScenarioStore *store, const HfNode *node);
uint64_t hf_node__size(const HfNode *node); /* nodes in the tree */

/* Value of a key, or NULL. */
HfNode *hf_node__get(const HfNode *mapping, const char *key);

/* Append; key NULL for a sequence. Keys are not checked for repetition. */
void hf_node__append(struct HfScenarioStore *store, HfNode *parent, HfNode *key, HfNode *item);

/* Take a key out of a mapping; no effect when it is not there. */
void hf_node__remove(HfNode *mapping, const char *key);

/* "a mapping", "a list" or the quoted text: what was found, for messages; newly allocated. */
char *hf_node__describe(const HfNode *node);

#endif
