/*
 * Operators in the world: calls of the scenario, made at their time, and what the master answered.
 */
#ifndef HF_WORLD_OPERATORS_H
#define HF_WORLD_OPERATORS_H

#include "world/world.h"

/* One call that was made. */
typedef struct HfOperatorAnswer {
    HfTime at;
    uint32_t entry; /* index in scenario->operators */
    HfCallType type;
    int status; /* 200, 202, 400, 403, 404, 409 */
    char *why;  /* the message; NULL = none */
} HfOperatorAnswer;

/*
 * Is this text a body for that key of an operator's entry, or access control lists ("acls")?
 * Shape:  NULL when it is; else why not, newly allocated, with the place inside it in *path_out.
 */
char *hf_operators_check_json(const char *key, const char *json, char **path_out);

uint32_t hf_world_answers(const HfWorld *world);
const HfOperatorAnswer *hf_world_answer(const HfWorld *world, uint32_t i);

#endif
