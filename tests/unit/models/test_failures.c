/* Failure models: which hosts they strike, when, and that they leave each other alone. */
#include "unit/models/failures.h"

static Cell *lab(const char *failures)
{
    g_autofree char *text = g_strdup_printf(
        "duration: 2d\n"
        "agents: [{name: big, count: 4, resources: 'cpus:4', attributes: "
        "'rack:r{index/2};kind:big'},\n"
        "         {name: small, count: 2, resources: 'cpus:1', attributes: 'rack:r0'}]\n"
        "frameworks: [{name: f, model: marathon, apps: [{id: /a, mem: 0}]}]\n"
        "failures: %s\n",
        failures);
    return cell_new(text);
}

/* Crashes and returns of one host as text: "-100 +110 ..", in seconds. */
static char *history(const Cell *cell, uint32_t host)
{
    GString *text = g_string_new(NULL);
    for (guint32 i = 0; i < cell->log.count; i++) {
        const HfRecord *record = &cell->log.at[i];
        gboolean down = record->type == HF_RECORD_AGENT_CRASHED;
        if ((!down && record->type != HF_RECORD_AGENT_RETURNED) || record->agent != host) continue;
        g_string_append_printf(text, "%s%c%g", text->len ? " " : "", down ? '-' : '+',
                               hf_time_to_seconds(record->at));
    }
    return g_string_free(text, FALSE);
}

static void check_history(const Cell *cell, uint32_t host, const char *expected)
{
    g_autofree char *is = history(cell, host);
    assert_string_equal(is, expected);
}

static void hosts_crash_and_return_by_their_laws(void **state)
{
    Cell *cell = lab("[{what: agent-crash, mtbf: 100s, down: 10s, agents: [small]}]");
    cell_run(cell, 400 * S);
    for (uint32_t h = 0; h < 4; h++) check_history(cell, h, "");
    for (uint32_t h = 4; h < 6; h++) check_history(cell, h, "-100 +110 -210 +220 -320 +330");
    cell_free(cell);
}

static void every_group_is_struck_unless_some_are_named(void **state)
{
    Cell *cell = lab("[{what: agent-crash, mtbf: 100s, down: 10s}]");
    cell_run(cell, 150 * S);
    for (uint32_t h = 0; h < 6; h++) check_history(cell, h, "-100 +110");
    cell_free(cell);
    cell = lab("[{what: agent-crash, mtbf: 100s, down: 10s, agents: [small, big]}]");
    cell_run(cell, 150 * S);
    for (uint32_t h = 0; h < 6; h++) check_history(cell, h, "-100 +110");
    cell_free(cell);
}

static void how_the_master_finds_out_is_a_choice(void **state)
{
    static const struct {
        const char *keys;
        int64_t visible;
    } cases[] = {{"what: agent-crash, mtbf: 100s, down: 10s", 1},
                 {"what: agent-crash, mtbf: 100s, down: 10s, detect: socket", 1},
                 {"what: agent-crash, mtbf: 100s, down: 10s, detect: ping", 0},
                 {"what: outage, at: 100s, for: 10s", 0},
                 {"what: outage, at: 100s, for: 10s, detect: socket", 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *list = g_strdup_printf("[{%s}]", cases[i].keys);
        Cell *cell = lab(list);
        cell_run(cell, 105 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_AGENT_CRASHED), 6);
        assert_int_equal(cell_record(cell, HF_RECORD_AGENT_CRASHED, 0)->value, cases[i].visible);
        assert_int_equal(cell_count(cell, HF_RECORD_AGENT_DISCONNECTED), cases[i].visible ? 6 : 0);
        cell_free(cell);
    }
}

/* Mean time between failures and mean time down, of 6 hosts in 2 days, by the law of each. */
static void times_follow_their_laws(void **state)
{
    static const char *const laws[] = {
        "{law: exponential, mean: %s}", "{law: weibull, mean: %s, shape: 0.7}",
        "{law: lognormal, mean: %s, sigma: 1}", "{law: gamma, mean: %s, shape: 2}",
        "{law: uniform, min: 0s, max: %s}"};
    for (size_t i = 0; i < G_N_ELEMENTS(laws); i++) {
        gboolean uniform = strstr(laws[i], "uniform") != NULL;
        GString *up = g_string_new(laws[i]), *down = g_string_new(laws[i]);
        g_string_replace(up, "%s", uniform ? "20m" : "10m", 0);
        g_string_replace(down, "%s", uniform ? "2m" : "1m", 0);
        g_autofree char *list =
            g_strdup_printf("[{what: agent-crash, mtbf: %s, down: %s}]", up->str, down->str);
        Cell *cell = lab(list);
        cell_run(cell, 2 * HF_NS_PER_DAY);
        double count = cell_count(cell, HF_RECORD_AGENT_CRASHED);
        /* 6 x 2880 min / 11 min = 1571 cycles. The spread of a cycle is at most 1.5 of its mean,
         * so that of the count is below 1571 x 1.5 / sqrt(1571) = 59; four of it are allowed. */
        assert_true(fabs(count - 1571) < 4 * 59);
        HfTime sum = 0, since[6] = {0};
        for (guint32 k = 0; k < cell->log.count; k++) {
            const HfRecord *record = &cell->log.at[k];
            if (record->type == HF_RECORD_AGENT_CRASHED) since[record->agent] = record->at;
            if (record->type == HF_RECORD_AGENT_RETURNED) sum += record->at - since[record->agent];
        }
        double mean = hf_time_to_seconds(sum) / cell_count(cell, HF_RECORD_AGENT_RETURNED);
        assert_true(fabs(mean - 60) < 4 * 60 * 1.5 / sqrt(count));
        cell_free(cell);
        g_string_free(up, TRUE);
        g_string_free(down, TRUE);
    }
}

static void one_model_does_not_shift_the_failures_of_another(void **state)
{
    Cell *one = lab("[{what: agent-crash, agents: [big], mtbf: {law: exponential, mean: 1h},"
                    " down: {law: exponential, mean: 5m}}]");
    Cell *two =
        lab("[{what: agent-crash, agents: [big], mtbf: {law: exponential, mean: 1h},"
            " down: {law: exponential, mean: 5m}},"
            " {what: agent-crash, agents: [small], mtbf: {law: weibull, mean: 1h, shape: 2},"
            " down: 1m}]");
    cell_run(one, 2 * HF_NS_PER_DAY);
    cell_run(two, 2 * HF_NS_PER_DAY);
    for (uint32_t h = 0; h < 4; h++) {
        g_autofree char *before = history(one, h);
        assert_true(strlen(before) > 100);
        check_history(two, h, before);
    }
    check_history(one, 4, "");
    g_autofree char *small = history(two, 4), *other = history(two, 5);
    assert_true(strlen(small) > 100);
    assert_string_not_equal(small, other); /* each host has a stream of its own */
    cell_free(one);
    cell_free(two);
}

static void an_outage_strikes_by_attribute_and_group(void **state)
{
    static const struct {
        const char *keys;
        const char *struck; /* a letter for each host */
    } cases[] = {{"", "xxxxxx"},
                 {", agents: [big]", "xxxx.."},
                 {", attribute: 'rack:r0'", "xx..xx"},
                 {", attribute: 'rack:r1'", "..xx.."},
                 {", attribute: 'rack:r0', agents: [small]", "....xx"},
                 {", attribute: 'rack:r0;kind:big'", "xx...."}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *list =
            g_strdup_printf("[{what: outage, at: 1h, for: 30m%s}]", cases[i].keys);
        Cell *cell = lab(list);
        cell_run(cell, 2 * HF_NS_PER_DAY);
        for (uint32_t h = 0; h < 6; h++)
            check_history(cell, h, cases[i].struck[h] == 'x' ? "-3600 +5400" : "");
        cell_free(cell);
    }
}

static void an_outage_may_come_again_and_again(void **state)
{
    Cell *cell = lab("[{what: outage, at: 100s, for: 20s, every: 50s, agents: [small]}]");
    cell_run(cell, 260 * S);
    check_history(cell, 4, "-100 +120 -150 +170 -200 +220 -250");
    check_history(cell, 0, "");
    cell_free(cell);
}

static void an_outage_brings_back_only_what_it_took_down(void **state)
{
    Cell *cell = lab("[{what: outage, at: 100s, for: 20s}]");
    cell_run(cell, 90 * S);
    hf_world_host_crash(cell->world, 1, TRUE);
    cell_run(cell, 200 * S);
    check_history(cell, 0, "-100 +120");
    check_history(cell, 1, "-90");
    cell_free(cell);
}

static void a_crash_that_finds_the_host_down_waits_for_the_next(void **state)
{
    Cell *cell = lab("[{what: agent-crash, agents: [small], mtbf: 100s, down: 10s},"
                     " {what: outage, at: 95s, for: 50s, agents: [small]}]");
    cell_run(cell, 400 * S);
    /* Down by the outage at 95; the crash due at 100 finds it so, and is due again at 200. */
    check_history(cell, 4, "-95 +145 -200 +210 -310 +320");
    cell_free(cell);
}

static void wrong_targets_are_refused(void **state)
{
    static const struct {
        const char *failures, *complaint;
    } cases[] = {
        {"[{what: agent-crash, mtbf: 1h, down: 1m, agents: [bog]}]",
         "failures[0]: agents: there is no group of agents named \"bog\"; did you mean \"big\"?"},
        {"[{what: outage, at: 1h, for: 1m, agents: [big, smol]}]",
         "failures[0]: agents: there is no group of agents named \"smol\""},
        {"[{what: outage, at: 1h, for: 1m, attribute: 'rack:r9'}]",
         "failures[0]: no agent is of these groups and has these attributes"},
        {"[{what: outage, at: 1h, for: 1m, every: 30s}]", "must be longer than `for`"},
        {"[{what: outage, at: 1h, for: 1m, every: 60s}]", "must be longer than `for`"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strdup_printf("duration: 1d\n"
                            "agents: [{name: big, count: 4, resources: 'cpus:4;mem:4000', "
                            "attributes: 'rack:r{index/2}'}]\n"
                            "frameworks: [{name: f, model: marathon, apps: [{id: /a}]}]\n"
                            "failures: %s\n",
                            cases[i].failures);
        g_autofree char *message = lab_complaint(text);
        assert_contains(message, cases[i].complaint);
    }
}

/* ---- agents' processes, reboots, lost hosts ---- */

/* One host whose four tasks have been running for a while. */
static Cell *one_host(const char *checkpoint, const char *more, const char *failures)
{
    g_autofree char *text =
        g_strdup_printf("duration: 2d\n%s\n"
                        "agents: [{name: a, count: 1, resources: 'cpus:4'}]\n"
                        "frameworks: [{name: f, model: marathon, checkpoint: %s,"
                        " apps: [{id: /a, mem: 0, instances: 4}]}]\n"
                        "failures: %s\n",
                        more, checkpoint, failures);
    return cell_new(text);
}

static void executors_with_checkpoint_outlive_their_agents_process(void **state)
{
    for (int checkpoint = 0; checkpoint < 2; checkpoint++) {
        Cell *cell = one_host(checkpoint ? "true" : "false", "",
                              "[{what: agent-restart, at: 100s, down: 10s}]");
        cell_run(cell, 105 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_AGENT_STOPPED), 1);
        assert_int_equal(runs_on(cell, 0), checkpoint ? 4 : 0);
        cell_run(cell, 200 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_AGENT_STARTED), 1);
        assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REREGISTERED), 1);
        assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), checkpoint ? 4 : 8);
        cell_free(cell);
    }
}

/* They wait for 15 minutes, or as long as they are told, and then end. */
static void executors_wait_for_their_agent_no_longer_than_the_recovery_timeout(void **state)
{
    static const struct {
        const char *key;
        HfTime limit;
    } cases[] = {{"", 900 * S}, {"agent: {recovery_timeout: 1m}", 60 * S}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Cell *cell = one_host("true", cases[i].key, "[{what: agent-restart, at: 100s, down: 20m}]");
        cell_run(cell, 100 * S + cases[i].limit - 1);
        assert_int_equal(runs_on(cell, 0), 4);
        cell_run(cell, 100 * S + cases[i].limit);
        assert_int_equal(runs_on(cell, 0), 0);
        cell_free(cell);
    }
}

static void executors_lost_meanwhile_are_given_up(void **state)
{
    Cell *cell = one_host("true", "agent: {executor_reregistration_timeout: 5s}",
                          "[{what: agent-restart, at: 100s, down: 10s, lose_executors: 1}]");
    cell_run(cell, 114 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REREGISTERED), 0);
    cell_run(cell, 130 * S);
    uint32_t failed = 0;
    for (guint32 i = 0; i < cell->log.count; i++)
        failed += cell->log.at[i].type == HF_RECORD_TASK_STATE &&
                  cell->log.at[i].state == HF_TASK_LOST &&
                  cell->log.at[i].reason == HF_REASON_EXECUTOR_REREGISTRATION_TIMEOUT;
    assert_int_equal(failed, 4);
    cell_free(cell);
}

/* Policy equal: it stays away; the next restart, with the old flags, brings it back. */
static void an_agent_with_other_flags_may_refuse_to_start(void **state)
{
    Cell *cell = one_host("true", "",
                          "[{what: agent-restart, at: 100s, resources: 'cpus:8'},"
                          " {what: agent-restart, at: 200s, resources: 'cpus:4'}]");
    cell_run(cell, 150 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REFUSED), 1);
    assert_int_equal(cell_record(cell, HF_RECORD_AGENT_REFUSED, 0)->value,
                     HF_REFUSAL_RECONFIGURATION);
    assert_false(hf_world_agent_is_up(cell->world, 0));
    cell_run(cell, 250 * S);
    assert_true(hf_world_agent_is_up(cell->world, 0));
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REREGISTERED), 1);
    cell_free(cell);
    cell = one_host("true", "agent: {reconfiguration_policy: additive}",
                    "[{what: agent-restart, at: 100s, resources: 'cpus:8'}]");
    cell_run(cell, 150 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REFUSED), 0);
    HfResources *expected = (HfResources *)cell->world->hosts[0].total;
    assert_int_equal(
        hf_resources_milli(expected, hf_kind_find(hf_world_catalog(cell->world), "cpus")), 8000);
    cell_free(cell);
}

/* Under which id a rebooted host comes back: by the era, or as told. */
static void a_reboot_keeps_the_agent_id_since_mesos_1_4(void **state)
{
    static const struct {
        const char *era, *keys;
        uint32_t agents;
    } cases[] = {{"", "", 1}, {"era: '0.23'", "", 2}, {"", ", agent_id: new", 2}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        for (int silently = 0; silently < 2; silently++) {
            g_autofree char *list =
                g_strdup_printf("[{what: reboot, at: 100s, down: 10s, detect: %s%s}]",
                                silently ? "ping" : "socket", cases[i].keys);
            Cell *cell = one_host("true", cases[i].era, list);
            cell_run(cell, 200 * S);
            assert_int_equal(hf_master_agents(hf_world_master(cell->world)), cases[i].agents);
            assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REMOVED), cases[i].agents - 1);
            assert_int_equal(runs_on(cell, 0), 4);
            cell_free(cell);
        }
    }
}

static void a_lost_host_is_replaced_by_an_empty_one_or_never(void **state)
{
    Cell *cell = one_host("true", "", "[{what: host-loss, at: 100s, replaced_after: 1h}]");
    cell_run(cell, 100 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_DISK_LOST), 1);
    assert_int_equal(cell->world->hosts[0].agent.disk.agent_id, HF_ROW_NONE);
    cell_run(cell, 3800 * S);
    assert_int_equal(hf_master_agents(hf_world_master(cell->world)), 2);
    cell_free(cell);
    cell = one_host("true", "", "[{what: host-loss, at: 100s}]");
    cell_run(cell, HF_NS_PER_DAY);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_RETURNED), 0);
    cell_free(cell);
}

/* One after the other, evenly; the next wave begins where the first one began. */
static void hosts_are_struck_in_waves(void **state)
{
    Cell *cell =
        lab("[{what: reboot, at: 100s, every: 1000s, over: 400s, down: 10s, agents: [big]}]");
    cell_run(cell, 1250 * S);
    check_history(cell, 0, "-100 +110 -1100 +1110");
    check_history(cell, 1, "-200 +210 -1200 +1210");
    check_history(cell, 2, "-300 +310");
    check_history(cell, 3, "-400 +410");
    check_history(cell, 4, "");
    cell_free(cell);
}

/* The first so many of the hosts, again and again. */
static void a_fraction_of_the_hosts_is_struck_over_and_over(void **state)
{
    Cell *cell = lab("[{what: reboot, at: 100s, every: 1000s, down: 10s, fraction: 0.5}]");
    cell_run(cell, 2500 * S);
    for (uint32_t h = 0; h < 3; h++) check_history(cell, h, "-100 +110 -1100 +1110 -2100 +2110");
    for (uint32_t h = 3; h < 6; h++) check_history(cell, h, "");
    cell_free(cell);
    cell = lab("[{what: reboot, mtbf: 100s, down: 10s, attribute: 'rack:r1'}]");
    cell_run(cell, 250 * S);
    check_history(cell, 0, "");
    check_history(cell, 2, "-100 +110 -210 +220");
    cell_free(cell);
}

/* Mesos rows: 362. A successor with another role: what ran goes on, and what is launched from then
 * on is of that role. */
static void a_successor_may_have_other_roles(void **state)
{
    Cell *cell =
        two_frameworks("10m", "[{what: framework-failover, at: 110s, down: 10s, frameworks: "
                              "[jobs], roles: [eng/night]}]");
    cell_run(cell, 5000 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_FRAMEWORK_RESUBSCRIBED), 1);
    assert_int_equal(cell_count(cell, HF_RECORD_JOB_FINISHED), 50);
    HfRoleId night = hf_role_find(cell->world->catalog, "eng/night");
    assert_int_not_equal(night, HF_ROLE_NONE);
    uint32_t of_night = 0;
    for (uint32_t i = 0; i < cell_count(cell, HF_RECORD_TASK_LAUNCHED); i++) {
        const HfRecord *launched = cell_record(cell, HF_RECORD_TASK_LAUNCHED, i);
        if (launched->role == night) of_night++;
        if (launched->role == night) assert_true(launched->at >= 120 * S);
    }
    assert_true(of_night > 40);
    cell_free(cell);
}

/* Frameworks of one entry are struck together by the entry's name, or one by its own. */
static void several_of_one_entry_fail_by_either_name(void **state)
{
    static const struct {
        const char *name;
        uint32_t ends;
    } cases[] = {{"web", 3}, {"web-1", 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(
            "duration: 1h\n"
            "agents: [{name: a, count: 4, resources: 'cpus:4'}]\n"
            "frameworks: [{name: web, count: 3, model: marathon, apps: [{id: /a, mem: 0}]},\n"
            "             {name: other, model: marathon, apps: [{id: /a, mem: 0}]}]\n"
            "failures: [{what: framework-failover, at: 110s, down: 10s, frameworks: [%s]}]\n",
            cases[i].name);
        Cell *cell = cell_new(text);
        cell_run(cell, 200 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_SCHEDULER_STARTED), cases[i].ends);
        for (uint32_t k = 0; k < cases[i].ends; k++)
            assert_int_equal(cell_record(cell, HF_RECORD_SCHEDULER_STARTED, k)->framework,
                             cases[i].ends == 1 ? 1 : k);
        cell_free(cell);
    }
}

static void a_successor_in_time_finishes_what_was_begun(void **state)
{
    Cell *cell = two_frameworks("10m", "[{what: framework-failover, at: 110s, every: 150s, down: "
                                       "40s}]");
    cell_run(cell, 5000 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_FRAMEWORK_REMOVED), 0);
    assert_true(cell_count(cell, HF_RECORD_FRAMEWORK_RESUBSCRIBED) > 50);
    assert_int_equal(cell_count(cell, HF_RECORD_JOB_FINISHED), 50);
    uint32_t runs = 0;
    for (uint32_t h = 0; h < 4; h++) runs += runs_on(cell, h);
    assert_int_equal(runs, 4);
    cell_free(cell);
}

static void a_successor_too_late_finds_nothing(void **state)
{
    Cell *cell = two_frameworks(
        "1m", "[{what: framework-failover, at: 110s, down: 61s, frameworks: [web]}]");
    cell_run(cell, 5000 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_FRAMEWORK_REMOVED), 1);
    assert_int_equal(cell_count(cell, HF_RECORD_SCHEDULER_STARTED), 1);
    assert_int_equal(cell_count(cell, HF_RECORD_FRAMEWORK_RESUBSCRIBED), 0);
    for (uint32_t h = 0; h < 4; h++) assert_int_equal(runs_on(cell, h), 0);
    assert_int_equal(cell_count(cell, HF_RECORD_JOB_FINISHED), 50);
    cell_free(cell);
}

static void when_a_failure_strikes_is_said_in_one_way(void **state)
{
    static const struct {
        const char *keys, *complaint;
    } cases[] = {{"what: reboot", "at: this, `mtbf` or `preset` must be given"},
                 {"what: reboot, at: 1s, mtbf: 1s", "mtbf: cannot stand beside `at`"},
                 {"what: reboot, mtbf: 1s, every: 1s", "mtbf: cannot stand beside `every`"},
                 {"what: reboot, mtbf: 1s, over: 1s", "mtbf: cannot stand beside `over`"},
                 {"what: reboot, at: 1s, every: 1m, over: 2m",
                  "over: a wave must be over before the next begins"},
                 {"what: host-loss, at: 1s, agents: [nobody]", "named \"nobody\""},
                 {"what: framework-failover, at: 1s, frameworks: [g]", "no framework named \"g\""},
                 {"what: framework-failover, at: 1s, roles: []", "at least one role is needed"},
                 {"what: framework-failover, at: 1s, roles: [a, b, a]", "\"a\": it is named twice"},
                 {"what: framework-failover, at: 1s, roles: [a//b]", "empty component"},
                 {"what: slow-link, at: 1s", "latency: this or `loss` must be given"},
                 {"what: scheduler-partition, at: 1s, frameworks: [g]", "named \"g\""},
                 {"what: reboot, at: 1s, fraction: 0.01", "is in the fraction"},
                 {"what: agent-restart, at: 1s, dies_while_writing: target, resources: 'cpus:1'",
                  "cannot stand beside new"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strdup_printf("duration: 1h\n"
                            "agents: [{name: a, count: 4, resources: 'cpus:4;mem:4000'}]\n"
                            "frameworks: [{name: f, model: marathon, apps: [{id: /a}]}]\n"
                            "failures: [{%s}]\n",
                            cases[i].keys);
        g_autofree char *complaint = lab_complaint(text);
        assert_contains(complaint, cases[i].complaint);
    }
}

/* Of two frameworks with 8 tasks each those of f fail at 1 h, all of them, or about half. */
static void tasks_fail_by_themselves(void **state)
{
    static const struct {
        const char *keys;
        uint32_t least, most;
    } cases[] = {
        {"frameworks: [f]", 8, 8}, {"frameworks: [f], part: 0.5", 1, 7}, {"part: 1", 16, 16}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(
            "duration: 2h\nagents: [{name: n, count: 4, resources: 'cpus:8;mem:4000'}]\n"
            "frameworks: [{name: f, model: marathon, role: f, apps: [{id: /a, instances: 8}]},\n"
            "  {name: g, model: marathon, role: g, apps: [{id: /a, instances: 8}]}]\n"
            "failures: [{what: task-failure, at: 1h, %s}]\n",
            cases[i].keys);
        Cell *cell = cell_new(text);
        cell_run(cell, 2 * HF_NS_PER_HOUR);
        uint32_t failed = 0;
        for (guint32 r = 0; r < cell->log.count; r++) {
            const HfRecord *record = &cell->log.at[r];
            if (record->type != HF_RECORD_TASK_ENDED) continue;
            assert_int_equal(record->state, HF_TASK_FAILED);
            assert_int_equal(record->at, HF_NS_PER_HOUR);
            failed++;
        }
        assert_in_range(failed, cases[i].least, cases[i].most);
        assert_int_equal(cell_count(cell, HF_RECORD_AGENT_CRASHED), 0);
        assert_int_equal(cell->world->run_slots.live, 16); /* they run again */
        cell_free(cell);
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_crash_and_return_by_their_laws),
        cmocka_unit_test(every_group_is_struck_unless_some_are_named),
        cmocka_unit_test(hosts_are_struck_in_waves),
        cmocka_unit_test(how_the_master_finds_out_is_a_choice),
        cmocka_unit_test(times_follow_their_laws),
        cmocka_unit_test(one_model_does_not_shift_the_failures_of_another),
        cmocka_unit_test(an_outage_strikes_by_attribute_and_group),
        cmocka_unit_test(an_outage_may_come_again_and_again),
        cmocka_unit_test(an_outage_brings_back_only_what_it_took_down),
        cmocka_unit_test(a_crash_that_finds_the_host_down_waits_for_the_next),
        cmocka_unit_test(wrong_targets_are_refused),
        cmocka_unit_test(executors_with_checkpoint_outlive_their_agents_process),
        cmocka_unit_test(executors_wait_for_their_agent_no_longer_than_the_recovery_timeout),
        cmocka_unit_test(executors_lost_meanwhile_are_given_up),
        cmocka_unit_test(an_agent_with_other_flags_may_refuse_to_start),
        cmocka_unit_test(a_reboot_keeps_the_agent_id_since_mesos_1_4),
        cmocka_unit_test(a_lost_host_is_replaced_by_an_empty_one_or_never),
        cmocka_unit_test(a_fraction_of_the_hosts_is_struck_over_and_over),
        cmocka_unit_test(a_successor_may_have_other_roles),
        cmocka_unit_test(several_of_one_entry_fail_by_either_name),
        cmocka_unit_test(a_successor_in_time_finishes_what_was_begun),
        cmocka_unit_test(a_successor_too_late_finds_nothing),
        cmocka_unit_test(when_a_failure_strikes_is_said_in_one_way),
        cmocka_unit_test(tasks_fail_by_themselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
