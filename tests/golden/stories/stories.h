/* A story: what is done, and what it is called; see test_stories.c. */
#ifndef HF_TESTS_GOLDEN_STORIES_STORIES_H
#define HF_TESTS_GOLDEN_STORIES_STORIES_H

#include "support/pump.h"

typedef struct Story {
    const char *name; /* of its file */
    const char *what; /* its first line */
    void (*tell)(HfPump *pump);
    HfTime offer_timeout; /* 0 = none */
    gboolean explicit_heartbeats;
    HfTime removal_interval; /* 0 = no limit on removals */
} Story;

/* Each ends with a story without a name. */
extern const Story stories[], stories_of_volumes[];

#endif
