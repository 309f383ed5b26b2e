/*
 * Equal tasks on agents that are alike: the allocator remembers the steps that they take
 * (bundle_steps.c, launched.c) when it is told of parcels. What comes of it is what comes of it
 * without, and what one counts by hand.
 */
#include "unit/allocator/cell.h"

enum { AGENTS = 7, ROUNDS = 12 };

typedef struct Host {
    Cell *cell;
    gboolean has_parcels;
    HfParcel *task;           /* cpus:1;mem:100 under role r */
    uint32_t running[AGENTS]; /* tasks */
} Host;

static Host host_new(HfOfferScope scope, gboolean has_parcels)
{
    Host host = {.cell = cell_new(), .has_parcels = has_parcels};
    host.cell->config.offer_scope = scope;
    host.cell->config.agent_order = HF_AGENT_ORDER_SHUFFLED;
    cell_start(host.cell);
    for (uint32_t a = 0; a < AGENTS; a++) cell_agent(host.cell, a, "cpus:9;mem:1000;ports:[1-9]");
    cell_framework(host.cell, 0, "r");
    HfResources task = cell_resources(host.cell, "cpus:1;mem:100");
    hf_resources_allocate(host.cell->catalog, &task, cell_role(host.cell, "r"));
    host.task = hf_parcel_take(host.cell->catalog, &task);
    return host;
}

static void host_free(Host *host)
{
    hf_parcel_drop(host->cell->catalog, &host->task);
    cell_free(host->cell);
}

static void recover(Host *host, uint32_t agent, HfParcel *parcel, gboolean launched)
{
    HfRecovery recovery = {.agent = agent,
                           .role = cell_role(host->cell, "r"),
                           .resources = hf_parcel_resources(parcel),
                           .parcel = host->has_parcels ? parcel : NULL,
                           .refuse_seconds = HF_NO_FILTER,
                           .launched = launched};
    assert_int_equal(hf_allocator_recover(host->cell->allocator, host->cell->now, &recovery),
                     HF_OK);
}

/* So many tasks go into an offer, as far as they fit; the rest of it goes back. */
static void use(Host *host, HfOffered *offer, uint32_t tasks)
{
    Cell *cell = host->cell;
    HfParcel *left = hf_parcel_ref(offer->resources), *rest;
    for (; tasks > 0 && hf_parcel_less(cell->catalog, left, host->task, &rest); tasks--) {
        hf_parcel_drop(cell->catalog, &left);
        left = rest;
        HfStatus status = hf_allocator_launched(cell->allocator, 0, offer->agent, offer->role,
                                                hf_parcel_resources(host->task),
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
        cmocka_unit_test(a_part_of_what_was_launched_may_end),
    };
    hf_test_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
