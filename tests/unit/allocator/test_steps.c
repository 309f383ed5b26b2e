/*
 * Equal tasks on agents that are alike: the allocator remembers the steps that they take
 * (bundle_steps.c, launched.c) when it is told of parcels. What comes of it is what comes of it
 * without, and what one counts by hand.
 */
#include "allocator/allocator_internal.h"
#include "unit/allocator/cell.h"

enum { AGENTS = 7, ROUNDS = 12 };

typedef struct Host {
    Cell *cell;
    gboolean has_parcels;
    uint32_t framework;       /* whose turn it is */
    HfParcel *task;           /* cpus:1;mem:100 under role r */
    uint32_t running[AGENTS]; /* tasks */
} Host;

static Host host_with(HfOfferScope scope, HfAgentOrder order, const char *total,
                      gboolean has_parcels)
{
    Host host = {.cell = cell_new(), .has_parcels = has_parcels};
    host.cell->config.offer_scope = scope;
    host.cell->config.agent_order = order;
    cell_start(host.cell);
    for (uint32_t a = 0; a < AGENTS; a++) cell_agent(host.cell, a, total);
    cell_framework(host.cell, 0, "r");
    HfResources task = cell_resources(host.cell, "cpus:1;mem:100");
    hf_resources_allocate(host.cell->catalog, &task, cell_role(host.cell, "r"));
    host.task = hf_parcel_take(host.cell->catalog, &task);
    return host;
}

static Host host_new(HfOfferScope scope, gboolean has_parcels)
{
    return host_with(scope, HF_AGENT_ORDER_SHUFFLED, "cpus:9;mem:1000;ports:[1-9]", has_parcels);
}

static void host_free(Host *host)
{
    hf_parcel_drop(host->cell->catalog, &host->task);
    cell_free(host->cell);
}

static void recover_for(Host *host, uint32_t agent, HfParcel *parcel, gboolean launched,
                        double refuse_seconds)
{
    HfRecovery recovery = {.framework = host->framework,
                           .agent = agent,
                           .role = cell_role(host->cell, "r"),
                           .resources = hf_parcel_resources(parcel),
                           .parcel = host->has_parcels ? parcel : NULL,
                           .refuse_seconds = refuse_seconds,
                           .launched = launched};
    assert_int_equal(hf_allocator_recover(host->cell->allocator, host->cell->now, &recovery),
                     HF_OK);
}

static void recover(Host *host, uint32_t agent, HfParcel *parcel, gboolean launched)
{
    recover_for(host, agent, parcel, launched, HF_NO_FILTER);
}

/* So many tasks go into an offer, as far as they fit; the rest of it goes back. */
static void use(Host *host, HfOffered *offer, uint32_t tasks)
{
    Cell *cell = host->cell;
    HfParcel *left = hf_parcel_ref(offer->resources), *rest;
    host->framework = offer->framework;
    for (; tasks > 0 && hf_parcel_less(cell->catalog, left, host->task, &rest); tasks--) {
        hf_parcel_drop(cell->catalog, &left);
        left = rest;
        HfStatus status = hf_allocator_launched(cell->allocator, offer->framework, offer->agent,
                                                offer->role, hf_parcel_resources(host->task),
                                                host->has_parcels ? host->task : NULL);
        assert_int_equal(status, HF_OK);
        host->running[offer->agent]++;
    }
    if (left != NULL) recover(host, offer->agent, left, FALSE);
    hf_parcel_drop(cell->catalog, &left);
}

static void check_available(const Host *host, uint32_t agent)
{
    char expected[64];
    uint32_t left = 9 - host->running[agent];
    g_snprintf(expected, sizeof expected, "cpus:%u;mem:%u;ports:[1-9]", left,
               100 * left + 100); /* of 10 times the memory, and 9 times the CPUs, of a task */
    HfResources wanted = cell_resources(host->cell, left > 0 ? expected : "mem:100;ports:[1-9]");
    assert_true(hf_resources_equal(host->cell->catalog, &wanted,
                                   hf_allocator_available(host->cell->allocator, agent)));
    hf_resources_clear(host->cell->catalog, &wanted);
}

/* Offers are used, some tasks end; then all is back but what runs. */
static void play(Host *host, uint32_t round)
{
    Cell *cell = host->cell;
    cell_batch(cell);
    for (uint32_t o = 0; o < cell->list.offers.count; o++)
        use(host, &cell->list.offers.at[o], 1 + (round + cell->list.offers.at[o].agent % 2) % 3);
    for (uint32_t a = 0; a < AGENTS; a++)
        for (uint32_t end = (round + a) % 3; end > 0 && host->running[a] > 0; end--) {
            recover(host, a, host->task, TRUE);
            host->running[a]--;
        }
    for (uint32_t a = 0; a < AGENTS; a++) check_available(host, a);
}

static char *state_of(const Host *host)
{
    JsonNode *node = hf_allocator_state(host->cell->allocator);
    char *text = json_to_string(node, FALSE);
    json_node_unref(node);
    return text;
}

static void steps_end_where_the_long_way_does(void **state)
{
    static const HfOfferScope scopes[] = {HF_OFFER_SCOPE_AGENT, HF_OFFER_SCOPE_CELL};
    for (size_t s = 0; s < G_N_ELEMENTS(scopes); s++) {
        Host one = host_new(scopes[s], TRUE), other = host_new(scopes[s], FALSE);
        for (uint32_t round = 0; round < ROUNDS; round++) {
            play(&one, round);
            play(&other, round);
            g_autofree char *known = state_of(&one), *counted = state_of(&other);
            assert_string_equal(known, counted);
        }
        host_free(&one);
        host_free(&other);
    }
}

/* ---- Agents with room for just so many tasks: the last one takes all of an offer ---- */

enum { ROOM = 5 };

static void note(const Host *host, GString *told)
{
    g_autofree char *state = state_of(host);
    g_string_append(told, state);
    g_string_append_c(told, '\n');
}

/* So many tasks into each offer. */
static void fill(Host *host, uint32_t tasks, GString *told)
{
    cell_batch(host->cell);
    for (uint32_t o = 0; o < host->cell->list.offers.count; o++)
        use(host, &host->cell->list.offers.at[o], tasks);
    note(host, told);
}

/* One task of each agent. */
static void end_one(Host *host, double refuse_seconds, GString *told)
{
    for (uint32_t a = 0; a < AGENTS; a++) recover_for(host, a, host->task, TRUE, refuse_seconds);
    note(host, told);
}

static void tell_of_full_agents(Host *host, GString *told)
{
    Cell *cell = host->cell;
    for (int round = 0; round < 4; round++) { /* what happens here is known from then on */
        fill(host, ROOM, told);
        for (int end = 0; end < ROOM; end++) end_one(host, HF_NO_FILTER, told);
    }
    fill(host, ROOM, told);
    end_one(host, HF_NO_FILTER, told);
    cell_batch(cell); /* offered and not answered while the same ends, and is launched again */
    end_one(host, HF_NO_FILTER, told);
    fill(host, ROOM, told);
    end_one(host, 60.0, told);
    for (uint32_t a = 0; a < AGENTS; a++) cell_total(cell, a, "cpus:2;mem:200"); /* too little */
    note(host, told);
    end_one(host, HF_NO_FILTER, told);
    for (uint32_t a = 0; a < AGENTS; a++) cell_total(cell, a, "cpus:7;mem:700");
    note(host, told);
    for (uint32_t a = 0; a < AGENTS; a++) recover(host, a, host->task, FALSE);
    cell_framework_as(cell, 0, "s", HF_CAPABILITY_MULTI_ROLE, TRUE, TRUE); /* r is given up */
    end_one(host, HF_NO_FILTER, told);
    end_one(host, HF_NO_FILTER, told); /* with the last of them its part in r ends */
}

/* The same story with parcels and without. */
static void compare(HfOfferScope scope, HfAgentOrder order, const char *total,
                    void (*tell)(Host *host, GString *told))
{
    GString *told[2] = {g_string_new(NULL), g_string_new(NULL)};
    for (int has_parcels = 0; has_parcels < 2; has_parcels++) {
        Host host = host_with(scope, order, total, has_parcels);
        tell(&host, told[has_parcels]);
        host_free(&host);
    }
    assert_string_equal(told[0]->str, told[1]->str);
    for (int t = 0; t < 2; t++) g_string_free(told[t], TRUE);
}

static void full_agents_go_the_same_way(void **state)
{
    static const HfOfferScope scopes[] = {HF_OFFER_SCOPE_AGENT, HF_OFFER_SCOPE_CELL};
    static const HfAgentOrder orders[] = {HF_AGENT_ORDER_SHUFFLED, HF_AGENT_ORDER_SORTED};
    for (size_t i = 0; i < 4; i++)
        compare(scopes[i / 2], orders[i % 2], "cpus:5;mem:500", tell_of_full_agents);
}

/* Tasks of two frameworks under one role are the same parcel: what ends is that of the one. */
static void tell_of_two(Host *host, GString *told)
{
    uint32_t first[AGENTS];
    cell_framework(host->cell, 1, "r");
    for (int round = 0; round < 4; round++) {
        for (int task = 0; task < 2; task++) {
            cell_batch(host->cell);
            for (uint32_t o = 0; o < host->cell->list.offers.count; o++) {
                HfOffered *offer = &host->cell->list.offers.at[o];
                if (task == 0) first[offer->agent] = offer->framework;
                use(host, offer, 1);
                if (task == 1) assert_int_equal(offer->framework, 1 - first[offer->agent]);
            }
            assert_int_equal(host->cell->list.offers.count, AGENTS);
        }
        note(host, told);
        for (int task = 0; task < 2; task++) { /* the older one first */
            for (uint32_t a = 0; a < AGENTS; a++) {
                host->framework = task == 0 ? first[a] : 1 - first[a];
                recover(host, a, host->task, TRUE);
            }
            note(host, told);
        }
    }
}

static void the_same_task_of_another_stays(void **state)
{
    compare(HF_OFFER_SCOPE_CELL, HF_AGENT_ORDER_SHUFFLED, "cpus:2;mem:200", tell_of_two);
}

/* Another parcel, which stands in the same place of the table of bundles by parcels. */
static HfParcel *parcel_beside(Cell *cell, const HfParcel *parcel)
{
    GPtrArray *others = g_ptr_array_new();
    HfParcel *beside = NULL;
    for (int mem = 1; beside == NULL && mem < 100000; mem++) {
        g_autofree char *text = g_strdup_printf("cpus@r:1;mem@r:%.3f", mem * 0.001);
        HfResources content = cell_resources(cell, text);
        HfParcel *other = hf_parcel_take(cell->catalog, &content);
        if (hf_parcel_number(other) % HF_BUNDLES_NAMED ==
            hf_parcel_number(parcel) % HF_BUNDLES_NAMED)
            beside = hf_parcel_ref(other);
        g_ptr_array_add(others, other);
    }
    assert_non_null(beside);
    for (guint i = 0; i < others->len; i++) {
        HfParcel *other = g_ptr_array_index(others, i);
        hf_parcel_drop(cell->catalog, &other);
    }
    g_ptr_array_free(others, TRUE);
    return beside;
}

static void tell_of_other(Host *host, GString *told)
{
    HfParcel *task = host->task, *other = parcel_beside(host->cell, task);
    for (int round = 0; round < 3; round++) {
        fill(host, 1, told);
        end_one(host, HF_NO_FILTER, told);
    }
    host->task = other;
    fill(host, 1, told);
    host->task = task;
    fill(host, 1, told);
    host->task = other;
    end_one(host, HF_NO_FILTER, told);
    host->task = task;
    hf_parcel_drop(host->cell->catalog, &other);
}

static void a_parcel_is_told_from_another_in_its_place(void **state)
{
    compare(HF_OFFER_SCOPE_CELL, HF_AGENT_ORDER_SHUFFLED, "cpus:1;mem:100", tell_of_other);
    compare(HF_OFFER_SCOPE_CELL, HF_AGENT_ORDER_SHUFFLED, "cpus:2;mem:200", tell_of_other);
}

/* What does not come back as it was launched is found in the sum of all that is. */
static void a_part_of_what_was_launched_may_end(void **state)
{
    Host host = host_new(HF_OFFER_SCOPE_AGENT, TRUE);
    cell_batch(host.cell);
    use(&host, &host.cell->list.offers.at[0], 3);
    uint32_t agent = host.cell->list.offers.at[0].agent;
    assert_int_equal(cell_recover(host.cell, 0, agent, "r", "cpus:4", HF_NO_FILTER, TRUE),
                     HF_CONFLICT);
    assert_int_equal(cell_recover(host.cell, 0, agent, "r", "cpus:2;mem:200", HF_NO_FILTER, TRUE),
                     HF_OK);
    recover(&host, agent, host.task, TRUE);
    host.running[agent] = 0;
    check_available(&host, agent);
    assert_int_equal(cell_recover(host.cell, 0, agent, "r", "cpus:1", HF_NO_FILTER, TRUE),
                     HF_CONFLICT);
    host_free(&host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_end_where_the_long_way_does),
        cmocka_unit_test(full_agents_go_the_same_way),
        cmocka_unit_test(the_same_task_of_another_stays),
        cmocka_unit_test(a_parcel_is_told_from_another_in_its_place),
        cmocka_unit_test(a_part_of_what_was_launched_may_end),
    };
    hf_test_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
