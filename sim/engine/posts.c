/* The queue of posts, where it is not in the way; see posts_internal.h. */
#include "engine/posts_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void hf_posts__grow(HfPosts *posts)
{
    uint32_t room = MAX(posts->room * 2, 64);
    posts->at =
        hf_memory_grow_huge(posts->at, posts->room * sizeof *posts->at, room * sizeof *posts->at);
    /* it was full: what lay before the head follows upon the old end */
    if (posts->head > 0)
        memcpy(posts->at + posts->room, posts->at, posts->head * sizeof *posts->at);
    posts->room = room;
    posts->allocations++;
}

void hf_posts__check(const HfPosts *posts, uint64_t floor)
{
    HF_ASSERT(posts->count <= posts->room && posts->count <= posts->peak);
    for (uint32_t i = 0; i < posts->count; i++) {
        const HfPost *post = hf_posts__at(posts, i);
        HF_ASSERT(post->key.high >= floor && hf_key__slot(post->key.low) == 0);
        HF_ASSERT(i == 0 || hf_key__less(hf_posts__at(posts, i - 1)->key, post->key));
    }
}
