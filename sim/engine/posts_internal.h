/*
 * Posts: events that nobody will cancel, scheduled in the order in which they fire, as messages of
 * constant latency are. They need no place in an event list, only one in a queue: the key, and what
 * the event is, in one piece of memory that is written once and read in order.
 *
 * The order of all events is that of their keys, whether they are in the list or here. The slot in
 * the key of a post is 0: there is no record.
 */
#ifndef HF_ENGINE_POSTS_INTERNAL_H
#define HF_ENGINE_POSTS_INTERNAL_H

#include "engine/key_internal.h"

typedef struct HfPost {
    HfEventKey key;
    uint64_t what, arg; /* as of HfEventRecord */
} HfPost;

_Static_assert(sizeof(HfPost) == 32, "two posts fill one cache line");

/* A queue in a ring; room is 0 or a power of two. */
typedef struct HfPosts {
    HfPost *at;
    uint32_t head, count, room, peak;
    uint64_t last; /* `high` of the newest, or of one that has gone */
    uint64_t allocations;
} HfPosts;

void hf_posts__grow(HfPosts *posts);
/* Keys ascend from head on, and none is below `floor`. */
void hf_posts__check(const HfPosts *posts, uint64_t floor);

/* The one that is `behind` places behind the first; there must be one. */
static inline const HfPost *hf_posts__at(const HfPosts *posts, uint32_t behind)
{
    return &posts->at[(posts->head + behind) & (posts->room - 1)];
}

/* Would a key of this `high` come last? One of the same `high` has a greater sequence number. */
static inline gboolean hf_posts__takes(const HfPosts *posts, uint64_t high)
{
    return posts->last <= high;
}

/* There must be room. */
static inline void hf_posts__push(HfPosts *posts, HfEventKey key, uint64_t what, uint64_t arg)
{
    uint32_t count = posts->count;
    HfPost *post = &posts->at[(posts->head + count) & (posts->room - 1)];
    posts->count = ++count;
    posts->last = key.high;
    hf_key__put(&post->key, key);
    post->what = what;
    post->arg = arg;
    if (G_UNLIKELY(count > posts->peak)) posts->peak = count;
}

/* A queue that is empty begins anew at the front: what lies there was written not long ago,
 * whatever its room had to be once. */
static inline void hf_posts__drop_first(HfPosts *posts)
{
    posts->count--;
    posts->head = posts->count == 0 ? 0 : (posts->head + 1) & (posts->room - 1);
}

#endif
