/*
 * Random histories of agents, frameworks, declines, tasks, weights and quota, played to three
 * allocators at once: the fast one, the same one visiting everybody, and the naive twin. Every run
 * must make equal offers, and what is available must be equal after every step. The twin knows DRF
 * alone; under other policies the first two are compared. A history that fails is shrunk by leaving
 * steps out, and printed as seed and steps.
 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/twin.h"
#include "resource/text.h"

enum { AGENTS = 6, FRAMEWORKS = 5, STEPS = 250 };

typedef enum Kind {
    AGENT_ADD,
    AGENT_UPDATE,
    AGENT_REMOVE,
    AGENT_ACTIVE,
    FRAMEWORK_ADD,
    FRAMEWORK_REMOVE,
    FRAMEWORK_ACTIVE,
    SUPPRESS,
    REVIVE,
    DECLINE,
    TASKS, /* part of an offer comes back, the rest stays */
    WEIGHT,
    QUOTA,
    EVENT_RUN,
    BATCH,
    LATER,
    KINDS
} Kind;

static const struct {
    Kind kind;
    uint32_t weight;
} mix[] = {{AGENT_ADD, 5},     {AGENT_UPDATE, 2},     {AGENT_REMOVE, 1},     {AGENT_ACTIVE, 2},
           {FRAMEWORK_ADD, 4}, {FRAMEWORK_REMOVE, 1}, {FRAMEWORK_ACTIVE, 2}, {SUPPRESS, 3},
           {REVIVE, 3},        {DECLINE, 30},         {TASKS, 10},           {WEIGHT, 2},
           {QUOTA, 3},         {EVENT_RUN, 12},       {BATCH, 18},           {LATER, 4}};

typedef struct Step {
    Kind kind;
    uint32_t a, b, c; /* what they mean depends on the step and is taken modulo what there is */
} Step;

/* Something a framework holds. */
typedef struct Piece {
    uint32_t framework, agent;
    HfRoleId role;
    HfResources resources; /* with allocation role */
} Piece;

typedef struct World {
    HfCatalog *catalog;
    HfAllocator *fast, *full;
    HfTwin *twin; /* NULL = not under this policy */
    HfQuantities min[2];
    HfRoleId roles[6];
    gboolean has_agent[AGENTS], has_framework[FRAMEWORKS];
    gboolean agent_active[AGENTS], framework_active[FRAMEWORKS];
    uint32_t framework_roles[FRAMEWORKS]; /* bits of roles[] */
    GArray *pieces;
    HfTime now, next_batch;
    HfOfferList fast_list, full_list;
    GString *trouble; /* what differed; empty = nothing */
} World;

static const char *const role_paths[] = {"a", "a/b", "a/c", "b", "c/d", "*"};
static const char *const totals[] = {
    "cpus:4;mem:1024",
    "cpus:2;mem:512;disk:100;ports:[1-10]",
    "cpus:8;mem:4096;cpus(S:a):2;mem(S:a):256",
    "cpus:1;mem:256;cpus(D:a,p=x)(D:a/b,p=y):1;mem(S:b):512",
    "cpus:3;mem:300;cpus{rev}:2",
    "cpus:0.009;mem:31;disk:500",
};

/* ---- The world ---- */

static HfResources parse(World *world, const char *text)
{
    HfResources resources = {0};
    assert_true(hf_resources_parse_canonical(world->catalog, text, &resources, NULL));
    return resources;
}

/* What is the same for a whole history. */
typedef struct Setting {
    const HfPolicyOps *policy;
    gboolean shuffled, minimum;
    HfEra era;
} Setting;

static World *world_new(const Setting *setting)
{
    World *world = g_new0(World, 1);
    world->catalog = hf_catalog_new(setting->minimum ? HF_QUIRK_COLLAPSE_COUNT : 0);
    hf_quantities_set(&world->min[0], HF_KIND_CPUS, 10);
    hf_quantities_set(&world->min[1], HF_KIND_MEM, 32000);
    HfAllocatorConfig config;
    hf_allocator_config_init(&config);
    config.policy = setting->policy;
    config.era = setting->era;
    if (!setting->shuffled) config.agent_order = HF_AGENT_ORDER_SORTED;
    config.min_allocatable = world->min;
    config.min_allocatable_count = setting->minimum ? 2 : 0;
    world->fast = hf_allocator_new(world->catalog, &config);
    world->full = hf_allocator_new(world->catalog, &config);
    hf_allocator_full_visits(world->full, TRUE);
    if (setting->policy == hf_policies[0] && !setting->shuffled && setting->era == HF_ERA_1_11)
        world->twin =
            hf_twin_new(world->catalog, config.interval, world->min, config.min_allocatable_count);
    for (size_t r = 0; r < G_N_ELEMENTS(role_paths); r++)
        assert_true(hf_role_intern(world->catalog, role_paths[r], &world->roles[r], NULL));
    hf_allocator_batch_armed(world->fast);
    hf_allocator_batch_armed(world->full);
    if (world->twin != NULL) hf_twin_batch_armed(world->twin);
    world->next_batch = config.interval;
    world->pieces = g_array_new(FALSE, TRUE, sizeof(Piece));
    world->trouble = g_string_new(NULL);
    return world;
}

static void drop_piece(World *world, guint p)
{
    hf_resources_clear(world->catalog, &g_array_index(world->pieces, Piece, p).resources);
    g_array_remove_index(world->pieces, p);
}

static void world_free(World *world)
{
    while (world->pieces->len > 0) drop_piece(world, world->pieces->len - 1);
    hf_offer_list_clear(world->catalog, &world->fast_list);
    hf_offer_list_clear(world->catalog, &world->full_list);
    hf_allocator_free(world->fast);
    hf_allocator_free(world->full);
    if (world->twin != NULL) hf_twin_free(world->twin);
    hf_catalog_free(world->catalog);
    g_array_unref(world->pieces);
    g_string_free(world->trouble, TRUE);
    g_free(world);
}

/* ---- Checks ---- */

static void check_available(World *world)
{
    for (uint32_t a = 0; a < AGENTS; a++) {
        HfResources expected = {0};
        if (!world->has_agent[a]) continue;
        if (world->twin != NULL)
            hf_twin_available(world->twin, a, &expected);
        else
            hf_resources_copy(world->catalog, &expected, hf_allocator_available(world->full, a));
        const HfResources *actual = hf_allocator_available(world->fast, a);
        if (!hf_resources_equal(world->catalog, &expected, actual)) {
            g_autofree char *x = hf_resources_to_text(world->catalog, &expected);
            g_autofree char *y = hf_resources_to_text(world->catalog, actual);
            g_string_append_printf(world->trouble, "available on a%u: expected %s, fast %s\n", a, x,
                                   y);
        }
        hf_resources_clear(world->catalog, &expected);
    }
}

/* twin_lines: NULL when there is no twin */
static void check_offers(World *world, char *twin_lines)
{
    g_autofree char *twin = twin_lines;
    g_autofree char *fast = hf_twin_lines(world->catalog, &world->fast_list);
    g_autofree char *full = hf_twin_lines(world->catalog, &world->full_list);
    if (strcmp(fast, full) != 0)
        g_string_append_printf(world->trouble, "fast:\n%s\nfull visits:\n%s\n", fast, full);
    if (twin != NULL && strcmp(fast, twin) != 0)
        g_string_append_printf(world->trouble, "fast:\n%s\ntwin:\n%s\n", fast, twin);
    for (uint32_t o = 0; o < world->fast_list.offers.count; o++) {
        const HfOffered *offer = &world->fast_list.offers.at[o];
        Piece piece = {offer->framework, offer->agent, offer->role, {0}};
        hf_resources_copy(world->catalog, &piece.resources, &offer->resources);
        g_array_append_val(world->pieces, piece);
    }
    hf_offer_list_reset(world->catalog, &world->fast_list);
    hf_offer_list_reset(world->catalog, &world->full_list);
}

/* ---- Steps ---- */

static void do_agent(World *world, const Step *step)
{
    uint32_t agent = step->a % AGENTS;
    const char *text = totals[step->b % G_N_ELEMENTS(totals)];
    HfResources total = parse(world, text);
    char name[8];
    g_snprintf(name, sizeof name, "a%u", agent);
    HfAgentSpec spec = {.name = name,
                        .total = &total,
                        .capabilities = HF_AGENT_CAPABILITY_ALL,
                        .owner = HF_ROLE_NONE};
    if (step->kind == AGENT_ADD && !world->has_agent[agent]) {
        assert_int_equal(hf_allocator_agent_add(world->fast, world->now, agent, &spec, NULL, 0), 0);
        assert_int_equal(hf_allocator_agent_add(world->full, world->now, agent, &spec, NULL, 0), 0);
        if (world->twin != NULL) hf_twin_agent_add(world->twin, agent, name, &total);
        world->has_agent[agent] = world->agent_active[agent] = TRUE;
    } else if (step->kind == AGENT_UPDATE && world->has_agent[agent]) {
        hf_allocator_agent_update(world->fast, world->now, agent, &spec);
        hf_allocator_agent_update(world->full, world->now, agent, &spec);
        if (world->twin != NULL) hf_twin_agent_update(world->twin, agent, &total);
    } else if (step->kind == AGENT_REMOVE && world->has_agent[agent]) {
        hf_allocator_agent_remove(world->fast, world->now, agent);
        hf_allocator_agent_remove(world->full, world->now, agent);
        if (world->twin != NULL) hf_twin_agent_remove(world->twin, agent);
        world->has_agent[agent] = FALSE;
        for (guint p = world->pieces->len; p-- > 0;)
            if (g_array_index(world->pieces, Piece, p).agent == agent) drop_piece(world, p);
    } else if (step->kind == AGENT_ACTIVE && world->has_agent[agent]) {
        gboolean active = world->agent_active[agent] = !world->agent_active[agent];
        HfStatus (*call)(HfAllocator *, HfTime, uint32_t) =
            active ? hf_allocator_agent_activate : hf_allocator_agent_deactivate;
        call(world->fast, world->now, agent);
        call(world->full, world->now, agent);
        if (world->twin != NULL) hf_twin_agent_active(world->twin, agent, active);
    }
    hf_resources_clear(world->catalog, &total);
}

static void add_framework(World *world, uint32_t framework, uint32_t bits, uint32_t capabilities)
{
    HfRoleId roles[G_N_ELEMENTS(role_paths)];
    char name[8];
    g_snprintf(name, sizeof name, "f%u", framework);
    HfFrameworkSpec spec = {
        .name = name, .roles = roles, .capabilities = capabilities, .active = TRUE};
    for (uint32_t r = 0; r < G_N_ELEMENTS(role_paths); r++)
        if (bits >> r & 1) roles[spec.role_count++] = world->roles[r];
    assert_int_equal(hf_allocator_framework_add(world->fast, world->now, framework, &spec, NULL, 0),
                     0);
    assert_int_equal(hf_allocator_framework_add(world->full, world->now, framework, &spec, NULL, 0),
                     0);
    if (world->twin != NULL)
        hf_twin_framework_add(world->twin, framework, name, roles, spec.role_count, capabilities);
    world->has_framework[framework] = world->framework_active[framework] = TRUE;
    world->framework_roles[framework] = bits;
}

static void do_framework(World *world, const Step *step)
{
    uint32_t framework = step->a % FRAMEWORKS;
    if (step->kind == FRAMEWORK_ADD && !world->has_framework[framework]) {
        uint32_t bits = step->b & step->c & ((1U << G_N_ELEMENTS(role_paths)) - 1);
        if (bits == 0) bits = 1U << step->b % G_N_ELEMENTS(role_paths);
        uint32_t capabilities = HF_CAPABILITY_MULTI_ROLE;
        if (step->c & 64) capabilities |= HF_CAPABILITY_REVOCABLE_RESOURCES;
        if (step->c & 128) capabilities |= HF_CAPABILITY_RESERVATION_REFINEMENT;
        add_framework(world, framework, bits, capabilities);
    } else if (step->kind == FRAMEWORK_REMOVE && world->has_framework[framework]) {
        hf_allocator_framework_remove(world->fast, world->now, framework);
        hf_allocator_framework_remove(world->full, world->now, framework);
        if (world->twin != NULL) hf_twin_framework_remove(world->twin, framework);
        world->has_framework[framework] = FALSE;
        for (guint p = world->pieces->len; p-- > 0;)
            if (g_array_index(world->pieces, Piece, p).framework == framework) drop_piece(world, p);
    } else if (step->kind == FRAMEWORK_ACTIVE && world->has_framework[framework]) {
        gboolean active = world->framework_active[framework] = !world->framework_active[framework];
        HfStatus (*call)(HfAllocator *, HfTime, uint32_t) =
            active ? hf_allocator_framework_activate : hf_allocator_framework_deactivate;
        call(world->fast, world->now, framework);
        call(world->full, world->now, framework);
        if (world->twin != NULL) hf_twin_framework_active(world->twin, framework, active);
    }
}

static void do_offers_wanted(World *world, const Step *step)
{
    uint32_t framework = step->a % FRAMEWORKS, role = step->b % G_N_ELEMENTS(role_paths);
    if (!world->has_framework[framework] || !world->framework_active[framework]) return;
    if (!(world->framework_roles[framework] >> role & 1)) return;
    HfRoleId id = world->roles[role];
    if (step->kind == SUPPRESS) {
        hf_allocator_suppress(world->fast, world->now, framework, &id, 1);
        hf_allocator_suppress(world->full, world->now, framework, &id, 1);
        if (world->twin != NULL) hf_twin_suppress(world->twin, framework, id);
    } else {
        hf_allocator_revive(world->fast, world->now, framework, &id, 1);
        hf_allocator_revive(world->full, world->now, framework, &id, 1);
        if (world->twin != NULL) hf_twin_revive(world->twin, framework, id);
    }
}

static void recover(World *world, const Piece *piece, const HfResources *resources, double seconds)
{
    HfRecovery recovery = {.framework = piece->framework,
                           .agent = piece->agent,
                           .role = piece->role,
                           .resources = resources,
                           .refuse_seconds = seconds};
    assert_int_equal(hf_allocator_recover(world->fast, world->now, &recovery), HF_OK);
    assert_int_equal(hf_allocator_recover(world->full, world->now, &recovery), HF_OK);
    if (world->twin != NULL)
        hf_twin_recover(world->twin, world->now, piece->framework, piece->agent, piece->role,
                        resources, seconds > 0.0 ? hf_time_from_seconds(seconds) : 0);
}

static void do_piece(World *world, const Step *step)
{
    static const double filters[] = {HF_NO_FILTER, 0.0, 0.5, 1.0, 2.0, 3.5, 5.0, 1000.0};
    if (world->pieces->len == 0) return;
    guint p = step->a % world->pieces->len;
    Piece *piece = &g_array_index(world->pieces, Piece, p);
    double seconds = filters[step->b % G_N_ELEMENTS(filters)];
    HfResources back = {0};
    if (step->kind == DECLINE) {
        hf_resources_copy(world->catalog, &back, &piece->resources);
    } else {
        for (uint32_t i = 0; i < hf_resources_count(&piece->resources); i++) {
            HfResource entry = *hf_resources_at(&piece->resources, i);
            if (!(step->c >> i & 1)) continue;
            if (hf_kind_type(world->catalog, entry.kind) == HF_TYPE_SCALAR && step->c & 256)
                entry.milli = MAX(entry.milli / 3, 1);
            hf_resources_add_one(world->catalog, &back, &entry);
        }
    }
    if (!hf_resources_is_empty(&back)) {
        recover(world, piece, &back, seconds);
        hf_resources_subtract(world->catalog, &piece->resources, &back);
    }
    hf_resources_clear(world->catalog, &back);
    if (hf_resources_is_empty(&piece->resources)) drop_piece(world, p);
}

static void do_weight(World *world, const Step *step)
{
    static const double weights[] = {1.0, 2.0, 0.5, 3.0};
    HfRoleId role = world->roles[step->a % G_N_ELEMENTS(role_paths)];
    double weight = weights[step->b % G_N_ELEMENTS(weights)];
    hf_allocator_weight_set(world->fast, world->now, role, weight);
    hf_allocator_weight_set(world->full, world->now, role, weight);
    if (world->twin != NULL) hf_twin_weight(world->twin, role, weight);
}

static void do_quota(World *world, const Step *step)
{
    static const char *const guarantees[] = {"", "cpus:2", "cpus:4;mem:1024", "mem:512", ""};
    static const char *const limits[] = {"", "cpus:3", "cpus:6;mem:2048", "mem:600", "cpus:0", ""};
    HfRoleId role = world->roles[step->a % G_N_ELEMENTS(role_paths)];
    if (hf_role_depth(world->catalog, role) > 1) return;
    HfQuantities guarantee = {0};
    HfLimits limit = {0};
    const char *text = guarantees[step->b % G_N_ELEMENTS(guarantees)];
    if (*text != '\0') assert_true(hf_quantities_parse(world->catalog, text, &guarantee, NULL));
    text = limits[step->c % G_N_ELEMENTS(limits)];
    if (*text != '\0') assert_true(hf_limits_parse(world->catalog, text, &limit, NULL));
    if (!hf_era_has(hf_allocator_era(world->fast), HF_RULE_QUOTA_LIMITS)) hf_limits_clear(&limit);
    hf_allocator_quota_set(world->fast, world->now, role, &guarantee, &limit);
    hf_allocator_quota_set(world->full, world->now, role, &guarantee, &limit);
    if (world->twin != NULL) hf_twin_quota(world->twin, role, &guarantee, &limit);
    hf_quantities_clear(&guarantee);
    hf_limits_clear(&limit);
}

static void do_run(World *world, const Step *step)
{
    if (step->kind == EVENT_RUN) {
        if (!hf_allocator_wants_run(world->fast)) return;
        hf_allocator_run(world->fast, world->now, &world->fast_list);
        hf_allocator_run(world->full, world->now, &world->full_list);
        check_offers(world, world->twin ? hf_twin_run(world->twin, world->now) : NULL);
        return;
    }
    world->now = world->next_batch;
    hf_allocator_batch(world->fast, world->now, &world->fast_list);
    hf_allocator_batch(world->full, world->now, &world->full_list);
    check_offers(world, world->twin ? hf_twin_batch(world->twin, world->now) : NULL);
    hf_allocator_batch_armed(world->fast);
    hf_allocator_batch_armed(world->full);
    if (world->twin != NULL) hf_twin_batch_armed(world->twin);
    world->next_batch += HF_NS_PER_SECOND;
}

static void do_step(World *world, const Step *step)
{
    switch (step->kind) {
    case AGENT_ADD:
    case AGENT_UPDATE:
    case AGENT_REMOVE:
    case AGENT_ACTIVE:
        do_agent(world, step);
        break;
    case FRAMEWORK_ADD:
    case FRAMEWORK_REMOVE:
    case FRAMEWORK_ACTIVE:
        do_framework(world, step);
        break;
    case SUPPRESS:
    case REVIVE:
        do_offers_wanted(world, step);
        break;
    case DECLINE:
    case TASKS:
        do_piece(world, step);
        break;
    case WEIGHT:
        do_weight(world, step);
        break;
    case QUOTA:
        do_quota(world, step);
        break;
    case EVENT_RUN:
    case BATCH:
        do_run(world, step);
        break;
    default:
        world->now = MIN(world->now + HF_NS_PER_SECOND / 4, world->next_batch);
        break;
    }
    check_available(world);
}

/* ---- Histories ---- */

static void make_history(uint64_t seed, gboolean quota, Step *steps)
{
    HfStream stream;
    hf_stream_init(&stream, seed, "allocator-twin", 0);
    uint32_t sum = 0;
    for (size_t m = 0; m < G_N_ELEMENTS(mix); m++) sum += mix[m].weight;
    for (int s = 0; s < STEPS; s++) {
        uint64_t at = hf_stream_below(&stream, sum);
        size_t m = 0;
        while (at >= mix[m].weight) at -= mix[m++].weight;
        steps[s] = (Step){mix[m].kind, (uint32_t)hf_stream_u64(&stream),
                          (uint32_t)hf_stream_u64(&stream), (uint32_t)hf_stream_u64(&stream)};
        if (!quota && steps[s].kind == QUOTA) steps[s].kind = BATCH;
    }
}

/* The first step after which something differs, or `count`. The difference goes to *trouble_out. */
static int play(const Step *steps, int count, const Setting *setting, char **trouble_out)
{
    World *world = world_new(setting);
    int s = 0;
    while (s < count) {
        do_step(world, &steps[s]);
        if (world->trouble->len > 0) break;
        s++;
    }
    if (trouble_out != NULL && s < count) *trouble_out = g_strdup(world->trouble->str);
    world_free(world);
    return s;
}

/* Leave out steps as long as the history still fails; returns how many are left. */
static int shrink(Step *steps, int count, const Setting *setting)
{
    for (int size = count / 2; size > 0; size /= 2)
        for (int from = 0; from + size <= count;) {
            Step rest[STEPS];
            memcpy(rest, steps, (size_t)from * sizeof *rest);
            memcpy(rest + from, steps + from + size, (size_t)(count - from - size) * sizeof *rest);
            int failed = play(rest, count - size, setting, NULL);
            if (failed < count - size) {
                count = failed + 1;
                memcpy(steps, rest, (size_t)count * sizeof *rest);
            } else {
                from += size;
            }
        }
    return count;
}

static void check_history(uint64_t seed, const HfPolicyOps *policy, gboolean shuffled, HfEra era)
{
    static const char *const names[] = {"agent-add",
                                        "agent-update",
                                        "agent-remove",
                                        "agent-active",
                                        "framework-add",
                                        "framework-remove",
                                        "framework-active",
                                        "suppress",
                                        "revive",
                                        "decline",
                                        "tasks",
                                        "weight",
                                        "quota",
                                        "run",
                                        "batch",
                                        "later"};
    Step steps[STEPS];
    Setting setting = {policy, shuffled, seed % 3 != 0, era};
    make_history(seed, seed % 2 == 0, steps);
    int failed = play(steps, STEPS, &setting, NULL);
    if (failed == STEPS) return;
    int count = shrink(steps, failed + 1, &setting);
    g_autofree char *trouble = NULL;
    play(steps, count, &setting, &trouble);
    for (int s = 0; s < count; s++)
        print_message("%s %u %u %u\n", names[steps[s].kind], steps[s].a, steps[s].b, steps[s].c);
    fail_msg("era %s, policy %s%s, seed %" G_GUINT64_FORMAT ", %d steps:\n%s", hf_era_name(era),
             policy->name, shuffled ? ", shuffled" : "", seed, count, trouble);
}

/* HOLDFAST_HISTORIES=N plays N instead of 400 histories of 250 steps. */
static uint64_t histories(void)
{
    const char *given = g_getenv("HOLDFAST_HISTORIES");
    return given != NULL ? g_ascii_strtoull(given, NULL, 10) : 400;
}

static void three_allocators_agree_on_random_histories(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= histories(); seed++)
        check_history(seed, hf_policies[0], FALSE, HF_ERA_1_11);
}

/* Who is left out of a run must not matter to the others under any policy, sorted or shuffled. */
static void every_policy_makes_the_same_offers_when_all_are_visited(void **state)
{
    (void)state;
    for (uint32_t p = 0; hf_policies[p] != NULL; p++)
        for (uint64_t seed = 1; seed <= histories() / 10; seed++)
            check_history(seed + 1000 * (p + 1), hf_policies[p], seed % 4 != 0, HF_ERA_1_11);
}

/* Nor in any era. */
static void every_era_makes_the_same_offers_when_all_are_visited(void **state)
{
    (void)state;
    for (int era = 0; era < HF_ERAS; era++)
        for (uint64_t seed = 1; seed <= histories() / 8; seed++)
            check_history(seed + 100000 * ((uint64_t)era + 1), hf_policies[0], seed % 4 != 0,
                          (HfEra)era);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_allocators_agree_on_random_histories),
        cmocka_unit_test(every_policy_makes_the_same_offers_when_all_are_visited),
        cmocka_unit_test(every_era_makes_the_same_offers_when_all_are_visited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
