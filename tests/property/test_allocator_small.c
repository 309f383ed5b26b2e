/*
 * Small worlds, exhaustively: all sequences of up to five operations over two agents, two roles,
 * two frameworks and two kinds of resources, played to the fast allocator, the same one visiting
 * everybody, and the naive twin, with the invariants (reference/trio.h). From two starts: nothing,
 * and a world in which agents and frameworks have come and offers are out; with flat roles and with
 * nested ones.
 *
 * Every sequence of up to three operations is played. Of longer ones, those that led to a state
 * seen before are not continued (answers, offers and what is available are compared all the same;
 * whole states are for new ones): equal in all that the twin keeps, so that nothing it knows of can
 * differ later. What the fast allocator remembers besides (who is settled, which shares are stale)
 * is not part of that state; the random histories (test_allocator_twin.c) are about it.
 */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "reference/trio.h"
#include "resource/text.h"

enum { DEPTH = 5, DEPTH_WHOLE = 2, SETUP = 4 };

typedef struct World {
    HfCatalog *catalog;
    HfRoleId roles[2];
    HfResources total[2], smaller;
    HfQuantities guarantee;
    HfLimits limit;
} World;

/* An operation; FALSE when it does not apply here. */
typedef gboolean Operation(const World *world, HfTrio *trio, uint32_t which);

static gboolean add_agent(const World *world, HfTrio *trio, uint32_t which)
{
    HfAgentSpec spec = {.total = &world->total[which],
                        .capabilities = HF_AGENT_CAPABILITY_ALL,
                        .owner = HF_ROLE_NONE};
    if (trio->agents[which].is_known) return FALSE;
    hf_trio_agent_add(trio, which, &spec, NULL, 0);
    return TRUE;
}

static gboolean remove_agent(const World *world, HfTrio *trio, uint32_t which)
{
    if (!trio->agents[which].is_known) return FALSE;
    hf_trio_agent_remove(trio, which);
    return TRUE;
}

static gboolean shrink_agent(const World *world, HfTrio *trio, uint32_t which)
{
    HfAgentSpec spec = {.total = &world->smaller,
                        .capabilities = HF_AGENT_CAPABILITIES_KEEP,
                        .owner = HF_ROLE_NONE};
    if (!trio->agents[which].is_known) return FALSE;
    hf_trio_agent_update(trio, which, &spec);
    return TRUE;
}

static gboolean switch_agent(const World *world, HfTrio *trio, uint32_t which)
{
    if (!trio->agents[which].is_known) return FALSE;
    hf_trio_agent_active(trio, which, !trio->agents[which].is_active);
    return TRUE;
}

/* f0 is in both roles, f1 in the second. */
static gboolean add_framework(const World *world, HfTrio *trio, uint32_t which)
{
    HfFrameworkSpec spec = {.roles = world->roles + which,
                            .role_count = 2 - which,
                            .capabilities =
                                HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_RESERVATION_REFINEMENT,
                            .active = TRUE};
    if (trio->frameworks[which].is_known) return FALSE;
    hf_trio_framework_add(trio, which, &spec, NULL);
    return TRUE;
}

static gboolean remove_framework(const World *world, HfTrio *trio, uint32_t which)
{
    if (!trio->frameworks[which].is_known) return FALSE;
    hf_trio_framework_remove(trio, which);
    return TRUE;
}

static gboolean switch_framework(const World *world, HfTrio *trio, uint32_t which)
{
    if (!trio->frameworks[which].is_known) return FALSE;
    hf_trio_framework_active(trio, which, !trio->frameworks[which].is_active);
    return TRUE;
}

static gboolean suppress_or_revive(const World *world, HfTrio *trio, uint32_t which)
{
    const HfTrioFramework *row = &trio->frameworks[which];
    if (!row->is_known || !row->is_active) return FALSE;
    if (row->suppressed->len == 0)
        hf_trio_suppress(trio, which, &world->roles[1], 1);
    else
        hf_trio_revive(trio, which, NULL, 0);
    return TRUE;
}

/* The piece `which / 2` comes back, without a filter or with one of two intervals. */
static gboolean decline(const World *world, HfTrio *trio, uint32_t which)
{
    HfResources all = {0};
    if (which / 2 >= trio->pieces->len) return FALSE;
    hf_resources_copy(world->catalog, &all,
                      &g_array_index(trio->pieces, HfPiece, which / 2).resources);
    hf_trio_recover(trio, which / 2, &all, which % 2 == 0 ? HF_NO_FILTER : 2.0);
    hf_resources_clear(world->catalog, &all);
    return TRUE;
}

/* One unit of each kind of the first piece is launched, or ends. */
static gboolean launch_or_finish(const World *world, HfTrio *trio, uint32_t which)
{
    HfResources part = {0};
    if (trio->pieces->len == 0) return FALSE;
    const HfPiece *piece = &g_array_index(trio->pieces, HfPiece, 0);
    for (uint32_t i = 0; i < hf_resources_count(&piece->resources); i++) {
        HfResource entry = *hf_resources_at(&piece->resources, i);
        entry.milli = MIN(entry.milli, 1000);
        hf_resources_add_one(world->catalog, &part, &entry);
    }
    if (piece->is_launched)
        hf_trio_recover(trio, 0, &part, HF_NO_FILTER);
    else
        hf_trio_launch(trio, 0, &part);
    hf_resources_clear(world->catalog, &part);
    return TRUE;
}

/* The first entry of the first piece is reserved for its role, or the reservation undone. */
static gboolean reserve_or_not(const World *world, HfTrio *trio, uint32_t which)
{
    HfOperation operation = {0};
    const HfResources share = {0};
    if (trio->pieces->len == 0) return FALSE;
    const HfPiece *piece = &g_array_index(trio->pieces, HfPiece, 0);
    HfResource entry = *hf_resources_at(&piece->resources, 0);
    if (piece->is_launched) return FALSE;
    if (hf_meta_is_unreserved(world->catalog, entry.meta)) {
        HfReservation top = {HF_RESERVATION_DYNAMIC, piece->role, HF_TEXT_NONE, 0};
        operation.type = HF_OPERATION_RESERVE;
        entry.meta = hf_meta_push_reservation(world->catalog, entry.meta, &top);
    } else if (hf_meta_is_dynamic(world->catalog, entry.meta)) {
        operation.type = HF_OPERATION_UNRESERVE;
    } else {
        return FALSE;
    }
    hf_resources_add_one(world->catalog, &operation.resources, &entry);
    hf_trio_convert(trio, 0, &operation, &share);
    hf_operation_clear(world->catalog, &operation);
    return TRUE;
}

static gboolean weigh(const World *world, HfTrio *trio, uint32_t which)
{
    hf_trio_weight(trio, world->roles[1], 2.0);
    return TRUE;
}

/* The first role gets a guarantee, the second a limit. */
static gboolean set_quota(const World *world, HfTrio *trio, uint32_t which)
{
    const HfQuantities no_guarantee = {0};
    const HfLimits no_limit = {0};
    if (hf_role_depth(world->catalog, world->roles[which]) > 1) return FALSE;
    hf_trio_quota(trio, world->roles[which], which == 0 ? &world->guarantee : &no_guarantee,
                  which == 0 ? &no_limit : &world->limit);
    return TRUE;
}

static gboolean batch(const World *world, HfTrio *trio, uint32_t which)
{
    hf_trio_tick(trio, trio->next_batch - trio->now);
    return TRUE;
}

static const struct {
    Operation *run;
    uint32_t which;
} operations[] = {
    {add_agent, 0},
    {add_agent, 1},
    {add_framework, 0},
    {add_framework, 1}, /* the first SETUP make the second start */
    {remove_agent, 0},
    {shrink_agent, 0},
    {switch_agent, 0},
    {remove_framework, 0},
    {remove_framework, 1},
    {switch_framework, 0},
    {suppress_or_revive, 0},
    {suppress_or_revive, 1},
    {decline, 0},
    {decline, 1},
    {decline, 2},
    {decline, 3},
    {launch_or_finish, 0},
    {reserve_or_not, 0},
    {weigh, 0},
    {set_quota, 0},
    {set_quota, 1},
    {batch, 0},
};
#define OPERATIONS ((uint32_t)G_N_ELEMENTS(operations))

/* ---- The search ---- */

typedef struct Sequence {
    uint8_t at[DEPTH];
} Sequence;

typedef struct Tally {
    uint64_t sequences, states, offers;
} Tally;

static void world_init(World *world, gboolean is_nested)
{
    static const char *const totals[] = {"cpus:2;mem:2", "cpus:1;mem:2;cpus(S:a):1"};
    *world = (World){.catalog = hf_catalog_new(0)};
    hf_role_intern(world->catalog, "a", &world->roles[0], NULL);
    hf_role_intern(world->catalog, is_nested ? "a/b" : "b", &world->roles[1], NULL);
    for (int a = 0; a < 2; a++)
        assert_true(
            hf_resources_parse_canonical(world->catalog, totals[a], &world->total[a], NULL));
    assert_true(
        hf_resources_parse_canonical(world->catalog, "cpus:1;mem:2", &world->smaller, NULL));
    assert_true(hf_quantities_parse(world->catalog, "cpus:2", &world->guarantee, NULL));
    assert_true(hf_limits_parse(world->catalog, "cpus:1;mem:3", &world->limit, NULL));
}

static void world_clear(World *world)
{
    hf_resources_clear(world->catalog, &world->total[0]);
    hf_resources_clear(world->catalog, &world->total[1]);
    hf_resources_clear(world->catalog, &world->smaller);
    hf_quantities_clear(&world->guarantee);
    hf_limits_clear(&world->limit);
    hf_catalog_free(world->catalog);
}

/* Play a sequence after the setup; what came before the last operation was checked already. NULL
 * when its last operation does not apply. */
static HfTrio *play(const World *world, uint32_t setup, const Sequence *sequence, uint32_t depth,
                    gboolean is_written)
{
    HfAllocatorConfig config;
    hf_allocator_config_init(&config);
    config.agent_order = HF_AGENT_ORDER_SORTED;
    HfTrio *trio = hf_trio_new(world->catalog, &config, HF_CANARY_NONE);
    trio->is_checked = is_written;
    if (is_written) hf_trio_write_script(trio);
    for (uint32_t o = 0; o < setup; o++) operations[o].run(world, trio, operations[o].which);
    for (uint32_t d = 0; d < depth; d++) {
        trio->is_checked = is_written || d + 1 == depth;
        if (operations[sequence->at[d]].run(world, trio, operations[sequence->at[d]].which))
            continue;
        hf_trio_free(trio);
        return NULL;
    }
    if (is_written) hf_trio_check_states(trio);
    return trio;
}

static void report(const World *world, uint32_t setup, const Sequence *sequence, uint32_t depth)
{
    g_autoptr(HfTrio) trio = play(world, setup, sequence, depth, TRUE);
    fprintf(stderr, "%s%s", trio->script->str, trio->trouble->str);
    fail_msg("the sequence above fails");
}

/* All sequences one longer than those given; returns those that are worth continuing. */
static GArray *extend(const World *world, uint32_t setup, const GArray *sequences, uint32_t depth,
                      GHashTable *seen, Tally *tally)
{
    GArray *longer = g_array_new(FALSE, FALSE, sizeof(Sequence));
    for (guint s = 0; s < sequences->len; s++)
        for (uint32_t o = 0; o < OPERATIONS; o++) {
            Sequence next = g_array_index(sequences, Sequence, s);
            next.at[depth] = (uint8_t)o;
            g_autoptr(HfTrio) trio = play(world, setup, &next, depth + 1, FALSE);
            if (trio == NULL) continue;
            tally->sequences++;
            tally->offers += trio->offers;
            gboolean is_new = g_hash_table_add(seen, hf_twin_print(trio->twin, trio->now));
            if (is_new || depth < DEPTH_WHOLE) {
                hf_trio_check_states(trio);
                g_array_append_val(longer, next);
            }
            if (hf_trio_fails(trio)) report(world, setup, &next, depth + 1);
        }
    return longer;
}

static void explore(uint32_t setup, gboolean is_nested)
{
    World world;
    Tally tally = {0};
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GArray *sequences = g_array_new(FALSE, TRUE, sizeof(Sequence));
    const char *given = g_getenv("HOLDFAST_DEPTH");
    uint32_t depth = given != NULL ? (uint32_t)g_ascii_strtoull(given, NULL, 10) : DEPTH;
    world_init(&world, is_nested);
    g_array_set_size(sequences, 1);
    for (uint32_t d = 0; d < MIN(depth, DEPTH); d++) {
        GArray *longer = extend(&world, setup, sequences, d, seen, &tally);
        g_array_unref(sequences);
        sequences = longer;
    }
    tally.states = g_hash_table_size(seen);
    print_message("%s roles, %s: %" G_GUINT64_FORMAT
                  " sequences of up to %u operations, %" G_GUINT64_FORMAT
                  " states, %" G_GUINT64_FORMAT " offers\n",
                  is_nested ? "nested" : "flat", setup > 0 ? "offers out" : "from nothing",
                  tally.sequences, MIN(depth, DEPTH), tally.states, tally.offers);
    g_array_unref(sequences);
    world_clear(&world);
}

static void from_nothing(void **state)
{
    (void)state;
    explore(0, FALSE);
    explore(0, TRUE);
}

static void with_offers_out(void **state)
{
    (void)state;
    explore(SETUP, FALSE);
    explore(SETUP, TRUE);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_nothing),
        cmocka_unit_test(with_offers_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
