/* "Did you mean ...?": the known word that a mistyped one was probably meant to be. */
#ifndef HF_BASE_NEAR_H
#define HF_BASE_NEAR_H

/*
 * The nearest of `known` (NULL-terminated; NULL = none) to `word`, if it is near enough to be a
 * slip: at most a third of its letters differ, and at least one is right (insert, delete, change or
 * swap of two neighbours count one each; letter case counts nothing). Of equally near ones the one
 * with the longest common beginning, then the first. NULL when none is near.
 * Cost: the product of the lengths for each known word; words beyond 64 letters are near to
 * nothing.
 */
const char *hf_near_find(const char *word, const char *const *known);

/*
 * The known word that is a part of `word`, or that `word` is a part of: its beginning or its end,
 * and three letters or more. "duration" for "task_duration", "mem" for "memory", "drain_agent" for
 * "drain". Of several the one with the longest part, then the one of nearest length, then the
 * first. NULL when there is none.
 */
const char *hf_near_part(const char *word, const char *const *known);

#endif
