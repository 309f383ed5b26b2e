/*
 * The key tables for readers: JSON Schema for editors, the key reference of the man page, the
 * lists of the program. All from the tables and the registry, nothing written twice.
 */
#ifndef HF_SCENARIO_REFERENCE_H
#define HF_SCENARIO_REFERENCE_H

#include "scenario/keys.h"

/* A JSON Schema (draft 2020-12) of scenario files, pretty-printed; newly allocated. */
char *hf_scenario_schema(const HfScenarioRegistry *registry);

/* Sections of roff (man macros) that describe every key; newly allocated. */
char *hf_scenario_keys_roff(const HfScenarioRegistry *registry);

/* The same as Markdown. */
char *hf_scenario_keys_markdown(const HfScenarioRegistry *registry);

/*
 * Visit every key, parents first, in table order. `path` is e.g. "agents[].count",
 * "roles.NAME.weight" or, for a key of a model, "frameworks[batch].arrivals"; valid during the
 * call.
 */
typedef void (*HfKeyVisit)(const char *path, const HfKey *key, void *data);
void hf_scenario_keys_each(const HfScenarioRegistry *registry, HfKeyVisit visit, void *data);

/* "duration", "list of strings", "one of drf, random": what a key takes; newly allocated. */
char *hf_key_type_text(const HfKey *key, const HfScenarioRegistry *registry);

/* "> 0", "1 .. 900": the range of a key in its base unit; NULL when the type's own. */
char *hf_key_range_text(const HfKey *key);

/* "at, every, reserve_resources, ...": the keys of what a key takes, and where those of its model
 * are told; NULL when it takes no mappings. Newly allocated. */
char *hf_key_inner_text(const HfKey *key);

/*
 * Visit the keys that `path` means: that very path; else all that differ from it in indices and
 * models alone; else all whose last word it is.
 * Errors: FALSE and HF_SCENARIO_ERROR_INPUT naming near misses, when there is none.
 */
gboolean hf_scenario_key_find(const HfScenarioRegistry *registry, const char *path,
                              HfKeyVisit visit, void *data, GError **error);

/*
 * Everything about one key as a few lines of text, for `holdfast explain-key`.
 * Shape:  newly allocated. `path` as in hf_scenario_keys_each(), with or without indices.
 * Errors: NULL and HF_SCENARIO_ERROR_INPUT naming near misses.
 */
char *hf_scenario_key_explain(const HfScenarioRegistry *registry, const char *path, GError **error);

#endif
