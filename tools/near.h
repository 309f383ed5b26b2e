/* "Did you mean ...?": the known word that a mistyped one was probably meant to be. */
#ifndef HF_TOOLS_NEAR_H
#define HF_TOOLS_NEAR_H

/*
 * The first of the NULL-terminated `known` with the fewest edits to `word` (insert, delete,
 * replace, or swap of two neighbours), if they are at most a third of its letters; else NULL.
 */
const char *hf_near_find(const char *word, const char *const *known);

#endif
