/*
 * Users with endless demand fill a cell, one task at a time, through the real allocator: whoever is
 * offered an agent launches one task there and gives the rest back at once, or, if no task of his
 * fits, refuses it for good (what is free only shrinks). So every cycle is one step of the
 * progressive filling of the DRF paper (algorithm 1), with discrete tasks.
 */
#ifndef HF_TESTS_UNIT_ALLOCATOR_FILLING_H
#define HF_TESTS_UNIT_ALLOCATOR_FILLING_H

#include "unit/allocator/cell.h"

#define FILLING_KINDS      3
#define FILLING_USERS_MAX  6
#define FILLING_AGENTS_MAX 4

static const char *const filling_names[FILLING_KINDS] = {"cpus", "mem", "disk"};

typedef struct Filling {
    const HfPolicyOps *policy;
    gboolean in_one_role; /* the users are frameworks of one role, not roles */
    uint64_t seed;
    uint32_t agents, users;
    int64_t has[FILLING_AGENTS_MAX][FILLING_KINDS]; /* whole units; 0 = has no such kind */
    int64_t task[FILLING_USERS_MAX][FILLING_KINDS];
    double weight[FILLING_USERS_MAX];                /* 0 = 1; of roles alone */
    uint32_t limit[FILLING_USERS_MAX];               /* tasks he has; 0 = endless */
    uint32_t owner[FILLING_AGENTS_MAX];              /* user + 1; 0 = nobody */
    uint32_t tasks[FILLING_USERS_MAX];               /* out: how many run in the end */
    int64_t left[FILLING_AGENTS_MAX][FILLING_KINDS]; /* out: what nobody uses */
} Filling;

static inline int64_t filling_total(const Filling *filling, uint32_t kind)
{
    int64_t total = 0;
    for (uint32_t a = 0; a < filling->agents; a++) total += filling->has[a][kind];
    return total;
}

static inline gboolean filling_fits(const Filling *filling, uint32_t user, const int64_t *amount)
{
    for (uint32_t k = 0; k < FILLING_KINDS; k++)
        if (filling->task[user][k] > amount[k]) return FALSE;
    return TRUE;
}

static inline void filling_text(const int64_t *amount, GString *out)
{
    g_string_truncate(out, 0);
    for (uint32_t k = 0; k < FILLING_KINDS; k++)
        if (amount[k] > 0)
            g_string_append_printf(out, "%s%s:%" G_GINT64_FORMAT, out->len > 0 ? ";" : "",
                                   filling_names[k], amount[k]);
}

static inline void filling_role(const Filling *filling, uint32_t user, char *out, size_t size)
{
    g_snprintf(out, size, filling->in_one_role ? "all" : "u%u", user);
}

static inline void filling_start(Filling *filling, Cell *cell, GString *text)
{
    char name[16];
    cell->config.policy = filling->policy;
    hf_stream_init(&cell->config.stream, filling->seed, "allocator", 0);
    cell_start(cell);
    for (uint32_t u = 0; u < filling->users; u++) {
        filling_role(filling, u, name, sizeof name);
        if (filling->weight[u] > 0)
            hf_allocator_weight_set(cell->allocator, 0, cell_role(cell, name), filling->weight[u]);
        cell_framework(cell, u, name);
        filling->tasks[u] = 0;
    }
    for (uint32_t a = 0; a < filling->agents; a++) {
        memcpy(filling->left[a], filling->has[a], sizeof filling->left[a]);
        filling_text(filling->has[a], text);
        HfResources total = cell_resources(cell, text->str);
        g_snprintf(name, sizeof name, "a%u", a);
        HfAgentSpec spec = cell_agent_spec(name, &total);
        if (filling->owner[a] > 0) {
            char role[16];
            filling_role(filling, filling->owner[a] - 1, role, sizeof role);
            spec.owner = cell_role(cell, role);
        }
        assert_int_equal(hf_allocator_agent_add(cell->allocator, 0, a, &spec, NULL, 0), HF_OK);
        hf_resources_clear(cell->catalog, &total);
    }
}

/* Answer one offer, which is all that is left of its agent. */
static inline void filling_answer(Filling *filling, Cell *cell, const HfOffered *offer,
                                  GString *text)
{
    int64_t *left = filling->left[offer->agent];
    uint32_t user = offer->framework;
    gboolean takes = filling_fits(filling, user, left) &&
                     (filling->limit[user] == 0 || filling->tasks[user] < filling->limit[user]);
    if (takes) {
        for (uint32_t k = 0; k < FILLING_KINDS; k++) left[k] -= filling->task[user][k];
        filling->tasks[user]++;
    }
    filling_text(left, text);
    if (text->len == 0) return;
    assert_int_equal(cell_recover(cell, user, offer->agent,
                                  hf_role_path(cell->catalog, offer->role), text->str,
                                  takes ? HF_NO_FILTER : 364 * 86400.0, FALSE),
                     HF_OK);
}

/* Until nobody is offered anything any more. */
static inline void filling_run(Filling *filling)
{
    Cell *cell = cell_new();
    GString *text = g_string_new(NULL);
    filling_start(filling, cell, text);
    for (;;) {
        cell_batch(cell);
        if (cell->list.offers.count == 0) break;
        for (uint32_t o = 0; o < cell->list.offers.count; o++)
            filling_answer(filling, cell, &cell->list.offers.at[o], text);
    }
    g_string_free(text, TRUE);
    cell_free(cell);
}

#endif
