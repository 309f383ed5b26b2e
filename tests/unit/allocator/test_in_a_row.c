/*
 * In scope cell, agents that are like most are given in a row, and what was offered comes back in a
 * row (give_in_a_row, move_row_back). A twin whose frameworks have minima of their own, and that
 * returns offers one by one, goes no such way, and must come to the same.
 */
#include <json-glib/json-glib.h>

#include "allocator/allocator_internal.h"
#include "base/random.h"
#include "unit/allocator/cell.h"

enum { AGENTS = 12, FRAMEWORKS = 3, STEPS = 120, SEEDS = 12, HELD = 4096 };

static const char *const role_of[FRAMEWORKS] = {"r", "r", "s"};

typedef struct Twin {
    Cell *cell;
    gboolean is_slow;
    HfOffered held[HELD]; /* offers that are out, with a reference each; [count] */
    uint32_t count;
    uint32_t running[FRAMEWORKS][AGENTS]; /* CPUs of its tasks */
} Twin;

static void add_framework(Twin *twin, uint32_t framework)
{
    char name[16];
    g_snprintf(name, sizeof name, "f%u", framework);
    HfRoleId role = cell_role(twin->cell, role_of[framework]);
    HfQuantities any = {0};
    assert_true(hf_quantities_parse(twin->cell->catalog, "cpus:0.001", &any, NULL));
    HfRoleMinimum minimum = {role, &any, 1};
    HfFrameworkSpec spec = {.name = name,
                            .roles = &role,
                            .role_count = 1,
                            .capabilities = HF_CAPABILITY_MULTI_ROLE,
                            .active = TRUE,
                            .minima = twin->is_slow ? &minimum : NULL,
                            .minimum_count = twin->is_slow};
    assert_int_equal(hf_allocator_framework_add(twin->cell->allocator, twin->cell->now, framework,
                                                &spec, NULL, 0),
                     HF_OK);
    hf_quantities_clear(&any);
}

static Twin *twin_new(gboolean is_slow)
{
    Twin *twin = g_new0(Twin, 1);
    Cell *cell = twin->cell = cell_new();
    twin->is_slow = is_slow;
    cell->config.agent_order = HF_AGENT_ORDER_SHUFFLED;
    cell->config.offer_scope = HF_OFFER_SCOPE_CELL;
    cell_minimum(cell, "cpus:2");
    cell_start(cell);
    for (uint32_t f = 0; f < FRAMEWORKS; f++) add_framework(twin, f);
    for (uint32_t a = 0; a < AGENTS; a++) {
        g_autofree char *total = g_strdup_printf("cpus:%d", a % 2 == 1 ? 11 : 4);
        cell_agent(cell, a, total);
    }
    return twin;
}

static void twin_free(Twin *twin)
{
    for (uint32_t h = 0; h < twin->count; h++)
        hf_parcel_drop(twin->cell->catalog, &twin->held[h].resources);
    cell_free(twin->cell);
    g_free(twin);
}

static const char *run(Twin *twin, gboolean is_batch)
{
    const char *text = is_batch ? cell_batch(twin->cell) : cell_run(twin->cell);
    for (uint32_t o = 0; o < twin->cell->list.offers.count; o++) {
        assert_true(twin->count < HELD);
        twin->held[twin->count++] = twin->cell->list.offers.at[o];
        hf_parcel_ref(twin->cell->list.offers.at[o].resources);
    }
    return text;
}

/* Some offers of a framework end: a task of one CPU, or of all, is launched in some, the others
 * come back. */
static void answer(Twin *twin, HfStream stream, uint32_t framework, double refuse_seconds)
{
    Cell *cell = twin->cell;
    HfReturned back[HELD];
    HfReturns returns;
    HfRoleId role = cell_role(cell, role_of[framework]);
    uint32_t kept = 0, count = 0;
    for (uint32_t h = 0; h < twin->count; h++) {
        HfOffered *offer = &twin->held[h];
        double drawn = hf_stream_uniform(&stream);
        if (offer->framework != framework || drawn < 0.2) {
            twin->held[kept++] = *offer;
        } else if (drawn < 0.5) {
            HfResources task = cell_resources(cell, "cpus:1");
            HfResources left = {0};
            hf_resources_copy(cell->catalog, &left, hf_parcel_resources(offer->resources));
            hf_resources_allocate(cell->catalog, &task, role);
            if (drawn < 0.4) hf_resources_copy(cell->catalog, &task, &left);
            twin->running[framework][offer->agent] +=
                (uint32_t)(hf_resources_at(&task, 0)->milli / 1000);
            assert_int_equal(
                hf_allocator_launched(cell->allocator, framework, offer->agent, role, &task, NULL),
                HF_OK);
            hf_resources_subtract(cell->catalog, &left, &task);
            HfRecovery recovery = {.framework = framework,
                                   .agent = offer->agent,
                                   .role = role,
                                   .resources = &left,
                                   .refuse_seconds = refuse_seconds};
            assert_int_equal(hf_allocator_recover(cell->allocator, cell->now, &recovery), HF_OK);
            hf_resources_clear(cell->catalog, &task);
            hf_resources_clear(cell->catalog, &left);
            hf_parcel_drop(cell->catalog, &offer->resources);
        } else {
            back[count++] = (HfReturned){offer->agent, offer->resources};
        }
    }
    twin->count = kept;
    hf_allocator_returns(cell->allocator, framework, role, refuse_seconds, &returns);
    if (!twin->is_slow)
        assert_int_equal(hf_allocator_return(cell->allocator, cell->now, &returns, back, count),
                         HF_OK);
    for (uint32_t i = 0; i < count; i++) {
        HfRecovery recovery = {.framework = framework,
                               .agent = back[i].agent,
                               .role = role,
                               .resources = hf_parcel_resources(back[i].resources),
                               .refuse_seconds = refuse_seconds};
        if (twin->is_slow)
            assert_int_equal(hf_allocator_recover(cell->allocator, cell->now, &recovery), HF_OK);
        hf_parcel_drop(cell->catalog, &back[i].resources);
    }
}

/* Tasks end, or give back one CPU. */
static void end_tasks(Twin *twin, HfStream stream)
{
    for (uint32_t f = 0; f < FRAMEWORKS; f++)
        for (uint32_t a = 0; a < AGENTS; a++) {
            if (twin->running[f][a] == 0 || hf_stream_uniform(&stream) < 0.8) continue;
            assert_int_equal(
                cell_recover(twin->cell, f, a, role_of[f], "cpus:1", HF_NO_FILTER, TRUE), HF_OK);
            twin->running[f][a]--;
        }
}

/* An agent may have less than is held there, for a while. */
static void change_total(Twin *twin, HfStream stream)
{
    uint32_t agent = (uint32_t)(hf_stream_uniform(&stream) * AGENTS);
    uint32_t cpus = 1 + (uint32_t)(hf_stream_uniform(&stream) * 12);
    g_autofree char *total = g_strdup_printf("cpus:%u", cpus);
    cell_total(twin->cell, agent, total);
}

/* It leaves its role while it still holds something there, which then comes back. */
static void give_up(Twin *twin, uint32_t framework)
{
    Cell *cell = twin->cell;
    run(twin, TRUE);
    cell_framework_as(cell, framework, "t", HF_CAPABILITY_MULTI_ROLE, TRUE, TRUE);
    uint32_t kept = 0;
    for (uint32_t h = 0; h < twin->count; h++) {
        HfOffered *offer = &twin->held[h];
        if (offer->framework != framework) {
            twin->held[kept++] = *offer;
            continue;
        }
        HfRecovery recovery = {.framework = framework,
                               .agent = offer->agent,
                               .role = offer->role,
                               .resources = hf_parcel_resources(offer->resources),
                               .refuse_seconds = HF_NO_FILTER};
        assert_int_equal(hf_allocator_recover(cell->allocator, cell->now, &recovery), HF_OK);
        hf_parcel_drop(cell->catalog, &offer->resources);
    }
    twin->count = kept;
    for (uint32_t a = 0; a < AGENTS; a++)
        for (; twin->running[framework][a] > 0; twin->running[framework][a]--)
            assert_int_equal(
                cell_recover(cell, framework, a, role_of[framework], "cpus:1", HF_NO_FILTER, TRUE),
                HF_OK);
}

static char *state_of(const Twin *twin)
{
    JsonNode *node = hf_allocator_state(twin->cell->allocator);
    char *text = json_to_string(node, FALSE);
    json_node_unref(node);
    return text;
}

static void a_row_is_what_each_would_have_been(void **state)
{
    (void)state;
    uint64_t offers = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        Twin *fast = twin_new(FALSE), *slow = twin_new(TRUE);
        HfStream draws;
        hf_stream_init(&draws, seed, "in-a-row", 0);
        for (uint32_t step = 0; step < STEPS; step++) {
            gboolean is_batch = hf_stream_uniform(&draws) < 0.7;
            g_autofree char *expected = g_strdup(run(slow, is_batch));
            assert_string_equal(run(fast, is_batch), expected);
            offers += fast->cell->list.offers.count;
            uint32_t framework = (uint32_t)(hf_stream_uniform(&draws) * FRAMEWORKS);
            double refuse = hf_stream_uniform(&draws) < 0.8 ? HF_NO_FILTER : 3;
            HfStream same;
            hf_stream_init(&same, seed, "answers", step);
            answer(fast, same, framework, refuse);
            answer(slow, same, framework, refuse);
            if (step % 4 == 3) {
                end_tasks(fast, same);
                end_tasks(slow, same);
            }
            if (step % 8 == 5) {
                change_total(fast, same);
                change_total(slow, same);
            }
            g_autofree char *one = state_of(fast), *other = state_of(slow);
            assert_string_equal(one, other);
        }
        give_up(fast, 0);
        give_up(slow, 0);
        g_autofree char *one = state_of(fast), *other = state_of(slow);
        assert_string_equal(one, other);
        twin_free(fast);
        twin_free(slow);
    }
    assert_in_range(offers, 2000, 1000000);
}

/* Of the role r. */
static HfParcel *parcel_of(Cell *cell, const char *text)
{
    HfResources content = cell_resources(cell, text);
    hf_resources_allocate(cell->catalog, &content, cell_role(cell, "r"));
    return hf_parcel_take(cell->catalog, &content);
}

/* Of each offer this task is launched, and the rest comes back. */
static void launch_on_each(Cell *cell, HfParcel *task)
{
    assert_string_not_equal(cell_batch(cell), "");
    assert_int_equal(cell->list.offers.count, AGENTS);
    for (uint32_t o = 0; o < AGENTS; o++) {
        const HfOffered *offer = &cell->list.offers.at[o];
        HfResources left = {0};
        hf_resources_copy(cell->catalog, &left, hf_parcel_resources(offer->resources));
        hf_resources_subtract(cell->catalog, &left, hf_parcel_resources(task));
        assert_int_equal(hf_allocator_launched(cell->allocator, 0, offer->agent, offer->role,
                                               hf_parcel_resources(task), task),
                         HF_OK);
        HfRecovery recovery = {.agent = offer->agent,
                               .role = offer->role,
                               .resources = &left,
                               .refuse_seconds = HF_NO_FILTER};
        assert_int_equal(hf_allocator_recover(cell->allocator, cell->now, &recovery), HF_OK);
        hf_resources_clear(cell->catalog, &left);
    }
}

/* Five grants stand in the row of their agent: four tasks, and an offer of the rest. When a task
 * gives back a part of what it has, that is offered, too, and they move. */
static void an_agent_with_many_grants_has_room_for_one_more_offer(void **state)
{
    (void)state;
    enum { TASKS = 4 };
    Cell *cell = cell_new();
    cell->config.agent_order = HF_AGENT_ORDER_SHUFFLED;
    cell->config.offer_scope = HF_OFFER_SCOPE_CELL;
    cell_minimum(cell, "cpus:0.1");
    cell_start(cell);
    cell_framework(cell, 0, "r");
    for (uint32_t a = 0; a < AGENTS; a++) cell_agent(cell, a, "cpus:8");
    HfParcel *task = parcel_of(cell, "cpus:1"), *half = parcel_of(cell, "cpus:0.5");
    for (uint32_t i = 0; i < TASKS; i++) launch_on_each(cell, task);
    assert_string_not_equal(cell_batch(cell), "");
    for (uint32_t a = 0; a < AGENTS; a++) {
        HfRecovery recovery = {.agent = a,
                               .role = cell_role(cell, "r"),
                               .resources = hf_parcel_resources(half),
                               .parcel = half,
                               .refuse_seconds = HF_NO_FILTER,
                               .launched = TRUE};
        assert_int_equal(cell->allocator->agents.at[a].grants.count, TASKS + 1);
        assert_int_equal(cell->allocator->agents.at[a].grants.room, 0);
        assert_int_equal(hf_allocator_recover(cell->allocator, cell->now, &recovery), HF_OK);
    }
    assert_string_not_equal(cell_batch(cell), "");
    assert_int_equal(cell->list.offers.count, AGENTS);
    for (uint32_t a = 0; a < AGENTS; a++) {
        assert_int_equal(cell->allocator->agents.at[a].grants.count, TASKS + 2);
        assert_in_range(cell->allocator->agents.at[a].grants.room, TASKS + 2, 64);
    }
    hf_parcel_drop(cell->catalog, &task);
    hf_parcel_drop(cell->catalog, &half);
    cell_free(cell);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_what_each_would_have_been),
        cmocka_unit_test(an_agent_with_many_grants_has_room_for_one_more_offer),
    };
    hf_test_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
