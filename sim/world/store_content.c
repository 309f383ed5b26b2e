/* What lies where in a store; see store_content.h. */
#include "world/store_content.h"

#include "base/assert.h"

#define NOWHERE UINT16_MAX
#define NONE    UINT32_MAX

typedef struct HfSlot { /* a replica of a group */
    uint16_t server;    /* NOWHERE = it is missing */
    HfTime due;         /* while it is: when it may be made anew */
} HfSlot;

struct HfStoreContent {
    uint32_t groups, replicas, servers;
    gboolean has_shared_disks;
    HfSlot *slots;     /* [groups * replicas] */
    HfTime *born;      /* [groups] when it began anew; -1 = never */
    gboolean *is_lost; /* [servers] */
    uint32_t missing;
    uint32_t making; /* slot; NONE */
    uint16_t target;
    HfStream stream;
};

static uint32_t live_of(const HfStoreContent *content, uint32_t group)
{
    uint32_t live = 0;
    for (uint32_t i = 0; i < content->replicas; i++)
        live += content->slots[group * content->replicas + i].server != NOWHERE;
    return live;
}

static gboolean has(const HfStoreContent *content, uint32_t group, uint32_t server)
{
    for (uint32_t i = 0; i < content->replicas; i++)
        if (content->slots[group * content->replicas + i].server == server) return TRUE;
    return FALSE;
}

/* A server that is there and has none of the group, drawn evenly; NOWHERE = there is none. */
static uint16_t draw_server(HfStoreContent *content, uint32_t group)
{
    uint32_t free_count = 0;
    for (uint32_t s = 0; s < content->servers; s++)
        free_count += !content->is_lost[s] && !has(content, group, s);
    if (free_count == 0) return NOWHERE;
    uint64_t pick = hf_stream_below(&content->stream, free_count);
    for (uint32_t s = 0;; s++)
        if (!content->is_lost[s] && !has(content, group, s) && pick-- == 0) return (uint16_t)s;
}

/* Replicas on servers that are there, as far as there are: of a group of which nothing is left, so
 * that it begins anew, empty; or where another head sees the same disks. */
static void fill(HfStoreContent *content, uint32_t group)
{
    for (uint32_t i = 0; i < content->replicas; i++) {
        HfSlot *slot = &content->slots[group * content->replicas + i];
        if (slot->server != NOWHERE) continue;
        slot->server = draw_server(content, group);
        content->missing -= slot->server != NOWHERE;
    }
}

HfStoreContent *hf_store_content_new(const HfStoreRules *rules, const HfStream *stream)
{
    HfStoreContent *content = g_new0(HfStoreContent, 1);
    content->servers = (uint32_t)rules->servers;
    content->has_shared_disks = rules->has_shared_disks;
    content->groups = rules->has_shared_disks ? 1 : (uint32_t)rules->groups;
    content->replicas = (uint32_t)(rules->has_shared_disks ? rules->servers : rules->replicas);
    content->slots = g_new0(HfSlot, content->groups * content->replicas);
    content->born = g_new(HfTime, content->groups);
    for (uint32_t g = 0; g < content->groups; g++) content->born[g] = -1;
    content->is_lost = g_new0(gboolean, content->servers);
    content->making = NONE;
    content->stream = *stream;
    content->missing = content->groups * content->replicas;
    for (uint32_t i = 0; i < content->missing; i++) content->slots[i].server = NOWHERE;
    for (uint32_t g = 0; g < content->groups; g++) fill(content, g);
    HF_ASSERT(content->missing == 0); /* no more replicas than servers */
    return content;
}

void hf_store_content_free(HfStoreContent *content)
{
    if (content == NULL) return;
    g_free(content->slots);
    g_free(content->born);
    g_free(content->is_lost);
    g_free(content);
}

uint32_t hf_store_content_lose(HfStoreContent *content, uint32_t server, double part, HfTime now,
                               HfTime due)
{
    HF_ASSERT(server < content->servers && !content->is_lost[server] && part > 0 && part <= 1);
    uint32_t lost = 0;
    if (part == 1) content->is_lost[server] = TRUE;
    for (uint32_t g = 0; g < content->groups; g++) {
        gboolean is_hit = FALSE;
        for (uint32_t i = 0; i < content->replicas; i++) {
            HfSlot *slot = &content->slots[g * content->replicas + i];
            if (slot->server != server) continue;
            if (part < 1 && hf_stream_uniform(&content->stream) >= part) continue;
            slot->server = NOWHERE;
            slot->due = due;
            content->missing++;
            is_hit = TRUE;
        }
        if (!is_hit || live_of(content, g) > 0) continue;
        lost += content->born[g] != now;
        content->born[g] = now;
        fill(content, g);
    }
    return lost;
}

void hf_store_content_replace(HfStoreContent *content, uint32_t server)
{
    HF_ASSERT(server < content->servers && content->is_lost[server]);
    content->is_lost[server] = FALSE;
    for (uint32_t g = 0; g < content->groups; g++)
        if (content->has_shared_disks || live_of(content, g) == 0) fill(content, g);
}

gboolean hf_store_content_is_lost(const HfStoreContent *content, uint32_t server)
{
    return content->is_lost[server];
}

uint32_t hf_store_content_groups(const HfStoreContent *content)
{
    return content->groups;
}

uint32_t hf_store_content_missing(const HfStoreContent *content)
{
    return content->missing;
}

gboolean hf_store_content_begin(HfStoreContent *content, HfTime now)
{
    uint32_t best = NONE, fewest = NONE;
    HF_ASSERT(content->making == NONE);
    for (uint32_t i = 0; i < content->groups * content->replicas; i++) {
        if (content->slots[i].server != NOWHERE || content->slots[i].due > now) continue;
        uint32_t live = live_of(content, i / content->replicas);
        if (live == 0 || live >= fewest) continue;
        best = i;
        fewest = live;
    }
    if (best == NONE) return FALSE;
    content->target = draw_server(content, best / content->replicas);
    if (content->target == NOWHERE) return FALSE; /* nor for a group with more of them */
    content->making = best;
    return TRUE;
}

gboolean hf_store_content_made(HfStoreContent *content)
{
    HF_ASSERT(content->making != NONE);
    HfSlot *slot = &content->slots[content->making];
    uint32_t group = content->making / content->replicas;
    content->making = NONE;
    if (content->is_lost[content->target] || slot->server != NOWHERE) return FALSE;
    if (live_of(content, group) == 0 || has(content, group, content->target)) return FALSE;
    slot->server = content->target;
    content->missing--;
    return TRUE;
}
