/* The marathon model: instances are kept, wherever an offer fits, with back-off and constraints. */
#include "unit/models/lab.h"

#define MS HF_NS_PER_MS

static Cell *lab(uint32_t count, const char *agent, const char *framework)
{
    g_autofree char *text = g_strdup_printf("duration: 1h\n"
                                            "network: {latency: 0s}\n"
                                            "agents: [{name: a, count: %u, resources: '%s'}]\n"
                                            "frameworks: [{name: f, model: marathon, %s}]\n",
                                            count, agent, framework);
    return cell_new(text);
}

static uint32_t running(const Cell *cell)
{
    return cell->world->run_slots.live;
}

static uint32_t running_on(const Cell *cell, uint32_t host)
{
    uint32_t count = 0;
    for (uint32_t row = cell->world->hosts[host].first_run; row != NO_ROW;
         row = cell->world->runs.at[row].next)
        count++;
    return count;
}

static void instances_are_started_and_kept(void **state)
{
    Cell *cell = lab(3, "cpus:4;mem:4000;ports:[31000-31009]",
                     "apps: [{id: /a, instances: 5, cpus: 1, mem: 100},"
                     " {id: /b, instances: 2, cpus: 2, mem: 200, usage: 0.5}]");
    cell_run(cell, 30 * S);
    assert_int_equal(running(cell), 7);
    uint32_t halves = 0;
    for (uint32_t i = 0; i < 7; i++) {
        const HfRecord *launched = cell_record(cell, HF_RECORD_TASK_LAUNCHED, i);
        assert_true(launched->value == 1 || launched->value == 2); /* the app, from 1 */
        halves += cell_record(cell, HF_RECORD_TASK_STARTED, i)->value == 500;
    }
    assert_int_equal(halves, 2);
    assert_int_equal(hf_recorder_tasks_waiting(hf_world_recorder(cell->world)), 0);
    assert_int_equal(cell_count(cell, HF_RECORD_SUPPRESSED), 1);
    cell_run(cell, 3600 * S);
    assert_int_equal(running(cell), 7);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_LAUNCHED), 7);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_WAITED), 7);
    cell_free(cell);
}

/* 3, then 5, twice that, and half of that, though the entry says 3. */
static void scale_by_counts_from_what_there_is(void **state)
{
    Cell *cell = lab(3, "cpus:4;mem:4000",
                     "apps: [{id: /a, instances: 3, cpus: 1, mem: 100}], deployments: ["
                     "{at: 30m, app: /a, scale_by: 0.5}, {at: 10m, app: /a, scale: 5}, "
                     "{at: 20m, app: /a, scale_by: 2}]");
    static const uint32_t wanted[] = {3, 5, 10, 5};
    for (uint32_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
        cell_run(cell, (600 * i + 300) * S);
        assert_int_equal(running(cell), wanted[i]);
    }
    cell_free(cell);
    g_autofree char *many =
        lab_complaint("duration: 1h\nagents: [{name: n, count: 1, resources: 'cpus:4;mem:8192'}]\n"
                      "frameworks: [{name: f, model: marathon, apps: [{id: /a, instances: 100}],\n"
                      "  deployments: [{at: 1m, app: /a, scale_by: 1e6}]}]\n");
    assert_contains(many, "deployments[0]: /a would have more than 10000000 instances");
}

static void what_does_not_fit_goes_on_waiting(void **state)
{
    Cell *cell = lab(2, "cpus:2;mem:4000", "apps: [{id: /a, instances: 9}]");
    cell_run(cell, 600 * S);
    assert_int_equal(running(cell), 4);
    assert_int_equal(hf_recorder_tasks_waiting(hf_world_recorder(cell->world)), 5);
    assert_int_equal(cell_count(cell, HF_RECORD_SUPPRESSED), 0);
    cell_free(cell);
}

/* `keys` choose how the framework hears of the loss. */
static void check_relaunch_after_crash(const char *keys, gboolean visible)
{
    g_autofree char *all =
        g_strdup_printf("apps: [{id: /a, instances: 6, cpus: 1, mem: 100}], %s", keys);
    Cell *cell = lab(4, "cpus:3;mem:4000", all);
    cell_run(cell, 100 * S);
    assert_int_equal(running(cell), 6);
    uint32_t host = 0;
    while (running_on(cell, host) == 0) host++;
    uint32_t lost = running_on(cell, host);
    hf_world_host_crash(cell->world, host, visible);
    assert_int_equal(running(cell), 6 - lost);
    cell_run(cell, 250 * S);
    assert_int_equal(running(cell), 6);
    assert_int_equal(running_on(cell, host), 0);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_REPLACED), lost);
    for (uint32_t i = 0; i < lost; i++) {
        const HfRecord *replaced = cell_record(cell, HF_RECORD_TASK_REPLACED, i);
        assert_int_equal(replaced->state, 0); /* elsewhere */
        assert_int_not_equal(replaced->agent, host);
        /* As soon as it knows: offers come at once when it revives, or within the interval. */
        assert_true(replaced->value <= 6 * S);
    }
    hf_world_host_return(cell->world, host);
    cell_run(cell, 3600 * S);
    assert_int_equal(running(cell), 6); /* none too many when the host is back */
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 6 + lost);
    cell_free(cell);
}

static void instances_of_a_crashed_host_are_started_elsewhere(void **state)
{
    check_relaunch_after_crash("checkpoint: false", TRUE);
    check_relaunch_after_crash("checkpoint: true", TRUE);
    check_relaunch_after_crash("checkpoint: true", FALSE);
    check_relaunch_after_crash("capabilities: [PARTITION_AWARE]", TRUE);
    check_relaunch_after_crash("capabilities: [PARTITION_AWARE]", FALSE);
}

static void an_instance_that_can_go_nowhere_else_is_relaunched_on_its_host(void **state)
{
    Cell *cell = lab(1, "cpus:1;mem:1000", "checkpoint: false, apps: [{id: /a}]");
    cell_run(cell, 100 * S);
    hf_world_host_crash(cell->world, 0, TRUE);
    cell_run(cell, 130 * S);
    hf_world_host_return(cell->world, 0);
    cell_run(cell, 200 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_REPLACED), 1);
    const HfRecord *replaced = cell_record(cell, HF_RECORD_TASK_REPLACED, 0);
    assert_int_equal(replaced->state, 1);
    assert_int_equal(replaced->agent, 0);
    /* It heard of the loss at 100 s; the host registers again within a second after 130 s. */
    assert_true(replaced->value >= 30 * S && replaced->value <= 31 * S);
    cell_free(cell);
}

/* From the end of a task to the launch of the next, by which the back-off can be seen. */
static void check_gaps(const char *keys, const HfTime *gaps, uint32_t count)
{
    g_autofree char *all = g_strdup_printf("min_revive_interval: 0s, %s", keys);
    Cell *cell = lab(1, "cpus:1;mem:1000", all);
    cell_run(cell, 3600 * S);
    assert_true(cell_count(cell, HF_RECORD_TASK_LAUNCHED) > count);
    for (uint32_t i = 0; i < count; i++) {
        HfTime gap = cell_record(cell, HF_RECORD_TASK_LAUNCHED, i + 1)->at -
                     cell_record(cell, HF_RECORD_TASK_ENDED, i)->at;
        if (gap != gaps[i]) fail_msg("%s: gap %u is %g s", keys, i, hf_time_to_seconds(gap));
    }
    cell_free(cell);
}

static void back_off_grows_with_each_failure_up_to_its_limit(void **state)
{
    const HfTime doubled[] = {1 * S, 2 * S, 4 * S, 8 * S, 10 * S, 10 * S, 10 * S};
    check_gaps("backoff: 1s, backoff_factor: 2, max_backoff: 10s,"
               " apps: [{id: /a, lifetime: 500ms}]",
               doubled, G_N_ELEMENTS(doubled));
    const HfTime constant[] = {3 * S, 3 * S, 3 * S};
    check_gaps("backoff: 3s, backoff_factor: 1, apps: [{id: /a, lifetime: 500ms}]", constant,
               G_N_ELEMENTS(constant));
    const HfTime marathons[] = {1 * S, 1150 * MS, 1322500000, 1520875000};
    check_gaps("apps: [{id: /a, lifetime: 500ms}]", marathons, G_N_ELEMENTS(marathons));
}

static void back_off_starts_anew_after_a_run_that_lasts(void **state)
{
    /* Runs of 3 s last longer than 1 and 2 s of back-off, but not longer than 4 s. */
    const HfTime short_backoff[] = {1 * S, 1 * S, 1 * S, 1 * S};
    check_gaps("backoff: 1s, backoff_factor: 2, apps: [{id: /a, lifetime: 3s}]", short_backoff,
               G_N_ELEMENTS(short_backoff));
    const HfTime long_backoff[] = {4 * S, 8 * S, 16 * S, 32 * S};
    check_gaps("backoff: 4s, backoff_factor: 2, apps: [{id: /a, lifetime: 3s}]", long_backoff,
               G_N_ELEMENTS(long_backoff));
}

static void a_lost_agent_is_no_failure_of_the_app(void **state)
{
    Cell *cell = lab(2, "cpus:1;mem:1000",
                     "checkpoint: false, min_revive_interval: 0s, backoff: 100s, apps: [{id: /a}]");
    for (uint32_t i = 1; i <= 4; i++) {
        cell_run(cell, i * 50 * S);
        uint32_t host = running_on(cell, 0) ? 0 : 1;
        assert_int_equal(running_on(cell, host), 1);
        hf_world_host_crash(cell->world, host, TRUE);
        cell_run(cell, (i * 50 + 25) * S);
        assert_int_equal(running_on(cell, 1 - host), 1); /* at once, on the other */
        hf_world_host_return(cell->world, host);
    }
    cell_free(cell);
}

static void unique_hosts_hold_one_instance_each(void **state)
{
    Cell *cell = lab(5, "cpus:10;mem:10000",
                     "checkpoint: false, apps: [{id: /a, instances: 5, unique_hosts: true},"
                     " {id: /b, instances: 3}]");
    for (uint32_t i = 1; i <= 20; i++) {
        cell_run(cell, i * 100 * S);
        uint32_t instances = 0;
        for (uint32_t h = 0; h < 5; h++) {
            uint32_t here = 0;
            for (uint32_t row = cell->world->hosts[h].first_run; row != NO_ROW;
                 row = cell->world->runs.at[row].next)
                for (uint32_t l = 0; l < cell_count(cell, HF_RECORD_TASK_LAUNCHED); l++) {
                    const HfRecord *launched = cell_record(cell, HF_RECORD_TASK_LAUNCHED, l);
                    here += launched->id == cell->world->runs.at[row].task && launched->value == 1;
                }
            assert_true(here <= 1);
            instances += here;
        }
        assert_int_equal(instances, 5);
        hf_world_host_crash(cell->world, i % 5, i % 2);
        cell_run(cell, i * 100 * S + 20 * S);
        for (uint32_t h = 0; h < 5; h++) /* one of /a and those of /b: nothing of /a goes twice */
            assert_true(running_on(cell, h) <= 4);
        hf_world_host_return(cell->world, i % 5);
    }
    cell_free(cell);
}

/* Ports taken on each agent, by what runs there. */
typedef struct Ports {
    HfWorld *world;
    uint8_t taken[4][10];
    uint32_t most;
} Ports;

static void on_record(void *context, const HfRecord *record)
{
    Ports *ports = context;
    if (record->type != HF_RECORD_TASK_STARTED && record->type != HF_RECORD_TASK_ENDED) return;
    uint32_t width = 0;
    for (uint32_t i = 0; i < hf_resources_count(record->resources); i++) {
        const HfResource *entry = hf_resources_at(record->resources, i);
        if (entry->kind != HF_KIND_PORTS) continue;
        for (uint32_t r = 0; r < entry->ranges->count; r++) {
            for (uint64_t p = entry->ranges->at[r].begin; p <= entry->ranges->at[r].end; p++) {
                assert_true(p >= 31000 && p <= 31009);
                uint8_t *port = &ports->taken[record->agent][p - 31000];
                assert_int_equal(*port, record->type == HF_RECORD_TASK_ENDED);
                *port = record->type == HF_RECORD_TASK_STARTED;
                width++;
            }
        }
    }
    assert_int_equal(width, 3);
    ports->most = MAX(ports->most, width);
}

static void ports_are_distinct_on_an_agent(void **state)
{
    Cell *cell = lab(4, "cpus:100;mem:100000;ports:[31000-31004,31006-31009]",
                     "checkpoint: false,"
                     " apps: [{id: /a, instances: 20, ports: 3,"
                     " lifetime: {law: exponential, mean: 60s}}]");
    Ports ports = {.world = cell->world};
    hf_trace_listen(hf_world_trace(cell->world), on_record, &ports);
    for (uint32_t i = 1; i <= 10; i++) {
        cell_run(cell, i * 100 * S);
        hf_world_host_crash(cell->world, i % 4, TRUE);
        cell_run(cell, i * 100 * S + 30 * S);
        hf_world_host_return(cell->world, i % 4);
    }
    assert_int_equal(ports.most, 3);
    assert_true(cell_count(cell, HF_RECORD_TASK_STARTED) > 100);
    for (uint32_t h = 0; h < 4; h++)
        assert_true(running_on(cell, h) <= 3); /* 9 ports: three each */
    cell_free(cell);
}

static void an_app_must_ask_for_something(void **state)
{
    g_autofree char *message =
        lab_complaint("duration: 1h\nagents: [{name: a, count: 1, resources: 'cpus:1;mem:1000'}]\n"
                      "frameworks: [{name: f, model: marathon,"
                      " apps: [{id: /x}, {id: /y, cpus: 0, mem: 0}]}]\n");
    assert_string_equal(message,
                        "frameworks[0] (f): apps[1] (/y): an instance must ask for something");
}

static void an_app_that_no_host_can_hold_is_refused(void **state)
{
    g_autofree char *message =
        lab_complaint("duration: 1h\nagents: [{name: a, count: 2, resources: 'cpus:4;mem:1000'}]\n"
                      "frameworks: [{name: f, model: marathon, apps: [{id: /x, cpus: 5}]}]\n");
    assert_string_equal(message, "frameworks[0] (f): apps[0] (/x): no host is large enough for one "
                                 "instance, which asks for cpus:5; mem:128; a-0 has cpus:4; "
                                 "mem:1000");
}

/* Answers take 600 ms, so that most agents ask to be registered twice; what is reserved and
 * launched between these requests stays, and no volume is left behind. */
static void residents_settle_on_agents_that_asked_twice(void **state)
{
    Cell *cell = cell_new("duration: 1h\n"
                          "network: {latency: 300ms}\n"
                          "agents: [{name: a, count: 40, resources: 'cpus:4;mem:1024;disk:100'}]\n"
                          "frameworks:\n"
                          "  - {name: db, model: marathon, role: db, principal: db,\n"
                          "     apps: [{id: /d, instances: 40, cpus: 1, mem: 64, disk: 50,"
                          " residency: true, unique_hosts: true}]}\n");
    cell_run(cell, 600 * S);
    uint32_t denied = 0;
    for (guint32 i = 0; i < cell->log.count; i++)
        denied += cell->log.at[i].type == HF_RECORD_TASK_STATE &&
                  cell->log.at[i].reason == HF_REASON_RESOURCES_UNKNOWN;
    assert_int_equal(denied, 0);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 40);
    assert_int_equal(cell_count(cell, HF_RECORD_VOLUME_DISOWNED), 0);
    cell_free(cell);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(residents_settle_on_agents_that_asked_twice),
        cmocka_unit_test(instances_are_started_and_kept),
        cmocka_unit_test(scale_by_counts_from_what_there_is),
        cmocka_unit_test(what_does_not_fit_goes_on_waiting),
        cmocka_unit_test(instances_of_a_crashed_host_are_started_elsewhere),
        cmocka_unit_test(an_instance_that_can_go_nowhere_else_is_relaunched_on_its_host),
        cmocka_unit_test(back_off_grows_with_each_failure_up_to_its_limit),
        cmocka_unit_test(back_off_starts_anew_after_a_run_that_lasts),
        cmocka_unit_test(a_lost_agent_is_no_failure_of_the_app),
        cmocka_unit_test(unique_hosts_hold_one_instance_each),
        cmocka_unit_test(ports_are_distinct_on_an_agent),
        cmocka_unit_test(an_app_must_ask_for_something),
        cmocka_unit_test(an_app_that_no_host_can_hold_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
