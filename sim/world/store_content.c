/* What lies where in a store; see store_content.h. */
#include "world/store_content.h"

#include "base/assert.h"

#define NOWHERE UINT16_MAX
#define NONE    UINT32_MAX

typedef struct HfSlot { /* a replica of a group */
    uint16_t server;    /* NOWHERE = it is not there */
    uint16_t away;      /* server that has it, and is down; it may be made anew meanwhile */
    HfTime due;         /* when it may */
} HfSlot;

struct HfStoreContent {
    uint32_t groups, replicas, servers;
    gboolean has_shared_disks;
    HfSlot *slots;     /* [groups * replicas] */
    HfTime *born;      /* [groups] when it began anew; -1 = never */
    gboolean *is_lost; /* [servers] */
    uint32_t *stopped; /* [servers] times that it was stopped and not yet started */
    uint32_t making;   /* slot; NONE */
    uint16_t target;
    HfStream stream;
};

static HfSlot *slots_of(const HfStoreContent *content, uint32_t group)
{
    return &content->slots[group * content->replicas];
}

static gboolean is_there(const HfStoreContent *content, uint32_t server)
{
    return !content->is_lost[server] && content->stopped[server] == 0;
}

static uint32_t live_of(const HfStoreContent *content, uint32_t group)
{
    uint32_t live = 0;
    for (uint32_t i = 0; i < content->replicas; i++)
        live += slots_of(content, group)[i].server != NOWHERE;
    return live;
}

/* Nobody has anything of it, not even one that is down. */
static gboolean is_gone(const HfStoreContent *content, uint32_t group)
{
    for (uint32_t i = 0; i < content->replicas; i++) {
        const HfSlot *slot = &slots_of(content, group)[i];
        if (slot->server != NOWHERE || slot->away != NOWHERE) return FALSE;
    }
    return TRUE;
}

static gboolean has(const HfStoreContent *content, uint32_t group, uint32_t server)
{
    for (uint32_t i = 0; i < content->replicas; i++)
        if (slots_of(content, group)[i].server == server) return TRUE;
    return FALSE;
}

/* A server that is there and has none of the group, drawn evenly; NOWHERE = there is none. */
static uint16_t draw_server(HfStoreContent *content, uint32_t group)
{
    uint32_t free_count = 0;
    for (uint32_t s = 0; s < content->servers; s++)
        free_count += is_there(content, s) && !has(content, group, s);
    if (free_count == 0) return NOWHERE;
    uint64_t pick = hf_stream_below(&content->stream, free_count);
    for (uint32_t s = 0;; s++)
        if (is_there(content, s) && !has(content, group, s) && pick-- == 0) return (uint16_t)s;
}

/* Replicas on servers that are there, as far as there are: of a group of which nothing is left, so
 * that it begins anew, empty; or where another head sees the same disks. */
static void fill(HfStoreContent *content, uint32_t group)
{
    for (uint32_t i = 0; i < content->replicas; i++) {
        HfSlot *slot = &slots_of(content, group)[i];
        if (slot->server == NOWHERE) slot->server = draw_server(content, group);
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
    content->stopped = g_new0(uint32_t, content->servers);
    content->making = NONE;
    content->stream = *stream;
    for (uint32_t i = 0; i < content->groups * content->replicas; i++)
        content->slots[i].server = content->slots[i].away = NOWHERE;
    for (uint32_t g = 0; g < content->groups; g++) {
        fill(content, g);
        HF_ASSERT(live_of(content, g) == content->replicas); /* no more replicas than servers */
    }
    return content;
}

void hf_store_content_free(HfStoreContent *content)
{
    if (content == NULL) return;
    g_free(content->slots);
    g_free(content->born);
    g_free(content->is_lost);
    g_free(content->stopped);
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
            HfSlot *slot = &slots_of(content, g)[i];
            if (slot->server != server && slot->away != server) continue;
            if (part < 1 && hf_stream_uniform(&content->stream) >= part) continue;
            if (slot->server == server) {
                slot->server = NOWHERE;
                slot->due = due;
            }
            if (slot->away == server) slot->away = NOWHERE; /* due as it was */
            is_hit = TRUE;
        }
        if (!is_hit || !is_gone(content, g)) continue;
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
        if (content->has_shared_disks || is_gone(content, g)) fill(content, g);
}

void hf_store_content_stop(HfStoreContent *content, uint32_t server, HfTime due)
{
    HF_ASSERT(server < content->servers);
    if (content->has_shared_disks || content->stopped[server]++ > 0) return;
    for (uint32_t i = 0; i < content->groups * content->replicas; i++) {
        HfSlot *slot = &content->slots[i];
        if (slot->server != server) continue;
        slot->server = NOWHERE;
        slot->away = (uint16_t)server;
        slot->due = due;
    }
}

uint32_t hf_store_content_start(HfStoreContent *content, uint32_t server)
{
    uint32_t surplus = 0;
    HF_ASSERT(server < content->servers);
    if (content->has_shared_disks) return 0;
    HF_ASSERT(content->stopped[server] > 0);
    if (--content->stopped[server] > 0 || content->is_lost[server]) return 0;
    for (uint32_t i = 0; i < content->groups * content->replicas; i++) {
        HfSlot *slot = &content->slots[i];
        if (slot->away != server) continue;
        slot->away = NOWHERE;
        if (slot->server == NOWHERE)
            slot->server = (uint16_t)server;
        else
            surplus++;
    }
    for (uint32_t g = 0; g < content->groups; g++) /* lost while there was nowhere to begin anew */
        if (is_gone(content, g)) fill(content, g);
    return surplus;
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
    uint32_t missing = 0;
    for (uint32_t g = 0; g < content->groups; g++) {
        uint32_t live = live_of(content, g);
        if (live > 0) missing += content->replicas - live;
    }
    return missing;
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
    if (!is_there(content, content->target) || slot->server != NOWHERE) return FALSE;
    if (live_of(content, group) == 0 || has(content, group, content->target)) return FALSE;
    slot->server = content->target;
    return TRUE;
}
