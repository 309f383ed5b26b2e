/*
 * Everything at once, drawn at random: legal and illegal calls of frameworks, messages that are
 * lost, doubled and late, hosts that crash, return, fall silent and are heard again. After each
 * step the master recounts itself; when the weather clears, everything must come back into order.
 * A failure names its seed. HOLDFAST_SOUP_SEEDS=n tries n seeds of each kind instead of 6.
 */
#include "support/pump.h"

#include <math.h>
#include <stdio.h>

#define HOSTS      6
#define FRAMEWORKS 4
#define STEPS      4000

static const HfPeer to_master = {HF_PEER_MASTER, 0};

typedef struct Soup {
    HfPump *pump;
    HfStream dice;
    uint64_t recent[32]; /* ids of offers seen lately, for stale and foreign answers */
    uint32_t seen;
    gboolean is_wild;       /* illegal calls and forged messages too */
    gboolean has_failovers; /* then no framework is torn down: a new master does not know that one
                               was, and nobody is left to acknowledge for its tasks */
} Soup;

static uint32_t below(Soup *soup, uint32_t bound)
{
    return (uint32_t)hf_stream_below(&soup->dice, bound);
}

static double refuse_time(Soup *soup)
{
    static const double times[] = {0, 0.2, 1, 5, 30, 1e9, 1e300, -1, -5};
    uint32_t i = below(soup, G_N_ELEMENTS(times) + 1);
    return i < G_N_ELEMENTS(times) ? times[i] : (double)NAN;
}

static const char *task_resources(Soup *soup)
{
    static const char *const texts[] = {
        "cpus:0.5", "cpus:1;mem:128", "cpus:2;mem:512", "mem:64", "ports:[31000-31004]", "cpus:100",
        "",         "gpus:1"};
    return texts[below(soup, G_N_ELEMENTS(texts))];
}

static uint64_t some_offer(Soup *soup, uint32_t framework)
{
    HfPumpFramework *self = hf_pump_framework(soup->pump, framework);
    if (self->offers.count > 0 && (!soup->is_wild || below(soup, 5) > 0)) {
        uint64_t id = self->offers.at[below(soup, self->offers.count)].id;
        soup->recent[soup->seen++ % G_N_ELEMENTS(soup->recent)] = id;
        return id;
    }
    return soup->recent[below(soup, G_N_ELEMENTS(soup->recent))];
}

static void accept_some(Soup *soup, uint32_t framework)
{
    uint64_t ids[3];
    HfPumpTask tasks[4];
    uint32_t id_count = soup->is_wild ? below(soup, 4) : 1, task_count = below(soup, 5);
    for (uint32_t i = 0; i < id_count; i++) ids[i] = some_offer(soup, framework);
    for (uint32_t i = 0; i < task_count; i++)
        tasks[i] =
            (HfPumpTask){.id = below(soup, 60),
                         .resources = task_resources(soup),
                         .duration = below(soup, 4) ? HF_SECONDS(below(soup, 200)) : HF_TIME_NEVER,
                         .end = below(soup, 2) ? HF_TASK_FINISHED : HF_TASK_FAILED};
    hf_pump_accept(soup->pump, framework, ids, id_count, tasks, task_count, refuse_time(soup));
}

static void call_of_a_framework(Soup *soup)
{
    HfPump *pump = soup->pump;
    uint32_t framework = below(soup, pump->frameworks->len);
    switch (below(soup, 12)) {
    case 0:
        hf_pump_revive(pump, framework);
        break;
    case 1:
        if (below(soup, 4) == 0) hf_pump_suppress(pump, framework);
        break;
    case 2:
    case 3:
        hf_pump_kill(pump, framework, below(soup, 60));
        break;
    case 4:
    case 5:
        if (hf_pump_framework(pump, framework)->offers.count > 0)
            hf_pump_decline(pump, framework, refuse_time(soup));
        break;
    case 6:
        if (below(soup, 20) > 0 || pump->frameworks->len > 30 || soup->has_failovers) break;
        hf_pump_teardown(pump, framework);
        hf_pump_add_framework(pump, "late", below(soup, 2) ? "a" : "b/c",
                              below(soup, 2) ? HF_CAPABILITY_PARTITION_AWARE : 0,
                              (gboolean)below(soup, 2));
        break;
    default:
        accept_some(soup, framework);
    }
}

static void fate_of_a_host(Soup *soup)
{
    HfPump *pump = soup->pump;
    uint32_t row = below(soup, pump->hosts->len);
    HfPumpHost *host = hf_pump_host(pump, row);
    if (host->agent.state == HF_AGENT_DOWN) {
        hf_pump_boot(pump, row);
    } else if (host->is_cut) {
        hf_pump_heal(pump, row);
    } else if (below(soup, 3) == 0) {
        hf_pump_stop(pump, row);
    } else if (below(soup, 3) > 0) {
        hf_pump_crash(pump, row, (gboolean)below(soup, 2));
    } else {
        hf_pump_cut(pump, row);
    }
}

static void fate_of_a_scheduler(Soup *soup)
{
    uint32_t row = below(soup, soup->pump->frameworks->len);
    const HfPumpFramework *framework = hf_pump_framework(soup->pump, row);
    if (framework->is_down)
        hf_pump_scheduler_start(soup->pump, row);
    else if (hf_driver_framework(framework->driver) != HF_ROW_NONE)
        hf_pump_scheduler_stop(soup->pump, row);
}

static void fate_of_the_master(Soup *soup)
{
    if (hf_master_is_down(soup->pump->master))
        hf_pump_master_lead(soup->pump);
    else if (below(soup, 4) == 0)
        hf_pump_master_crash(soup->pump);
}

/* What no honest peer would say, in a form that the host could still carry. */
static void forgery(Soup *soup)
{
    static const HfMessageType types[] = {
        HF_MESSAGE_REREGISTER_AGENT, HF_MESSAGE_REGISTER_AGENT, HF_MESSAGE_STATUS_UPDATE,
        HF_MESSAGE_ACKNOWLEDGE,      HF_MESSAGE_PONG,           HF_MESSAGE_KILL,
        HF_MESSAGE_REVIVE,           HF_MESSAGE_DECLINE};
    HfPump *pump = soup->pump;
    HfMessageType type = types[below(soup, G_N_ELEMENTS(types))];
    gboolean is_of_agent = type == HF_MESSAGE_REREGISTER_AGENT ||
                           type == HF_MESSAGE_REGISTER_AGENT || type == HF_MESSAGE_STATUS_UPDATE ||
                           type == HF_MESSAGE_PONG;
    uint32_t row = below(soup, is_of_agent ? pump->hosts->len : pump->frameworks->len);
    HfMessage *message = hf_pump_message(
        pump, type, (HfPeer){is_of_agent ? HF_PEER_AGENT : HF_PEER_FRAMEWORK, row}, to_master);
    message->agent = below(soup, 8);
    message->framework = below(soup, pump->frameworks->len + 2);
    message->task = below(soup, 8) ? below(soup, 60) : UINT64_MAX;
    message->refuse_seconds = refuse_time(soup);
    message->status = (HfTaskStatus){.framework = below(soup, pump->frameworks->len + 2),
                                     .task = message->task,
                                     .state = (HfTaskState)below(soup, HF_TASK_STATES),
                                     .latest = (HfTaskState)below(soup, HF_TASK_STATES),
                                     .agent = message->agent,
                                     .needs_ack = TRUE};
    uint64_t offer = soup->recent[below(soup, G_N_ELEMENTS(soup->recent))];
    if (type == HF_MESSAGE_DECLINE) hf_vec_push(&message->ids, offer);
    if (type == HF_MESSAGE_REREGISTER_AGENT || type == HF_MESSAGE_REGISTER_AGENT) {
        const HfAgent *agent = &hf_pump_host(pump, row)->agent;
        hf_agent_introduce(agent, message);
    } else if (!is_of_agent) {
        HfRoleId role = below(soup, 4);
        if (type == HF_MESSAGE_REVIVE) hf_vec_push(&message->roles, role);
    }
    for (uint32_t i = below(soup, 5); i-- > 0 && type == HF_MESSAGE_REREGISTER_AGENT;) {
        HfTaskReport report = {.task = below(soup, 60),
                               .framework = below(soup, pump->frameworks->len + 1),
                               .role = hf_role_find(pump->catalog, "a"),
                               .state = (HfTaskState)below(soup, HF_TASK_UNREACHABLE)};
        report.resources = hf_pump_parcel(pump, task_resources(soup));
        hf_vec_push(&message->reports, report);
    }
    hf_pump_send(pump, message);
}

static Soup start(uint64_t seed, gboolean is_wild, gboolean explicit_heartbeats)
{
    Soup soup = {.is_wild = is_wild, .has_failovers = seed % 1000 > 500};
    hf_stream_init(&soup.dice, seed, "soup", 0);
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.seed = seed;
    config.master.explicit_heartbeats = explicit_heartbeats;
    config.failover_timeout = HF_SECONDS(60) * (HfTime)(seed % 4);
    if (soup.has_failovers) {
        config.failover_timeout = HF_TIME_NEVER;
        if (seed % 3 == 0) config.master.registry_latency = hf_law_constant(0.3);
    }
    config.latency = seed % 3 ? HF_SECONDS(0.05) : 0;
    if (seed % 2) config.master.offer_timeout = HF_SECONDS(20);
    if (is_wild) config.lose = config.twice = config.late = 30;
    soup.pump = hf_pump_new(&config);
    static const char *const totals[] = {"cpus:4;mem:1024", "cpus:8;mem:4096;ports:[31000-31009]",
                                         "cpus:1;mem:256"};
    static const char *const roles[] = {"a", "b", "b/c", "a,d"};
    for (uint32_t i = 0; i < HOSTS; i++)
        hf_pump_add_agent(soup.pump, totals[i % G_N_ELEMENTS(totals)]);
    for (uint32_t i = 0; i < FRAMEWORKS; i++)
        hf_pump_add_framework(
            soup.pump, roles[i], roles[i],
            HF_CAPABILITY_MULTI_ROLE | (i % 2 ? HF_CAPABILITY_PARTITION_AWARE : 0), i / 2 % 2);
    return soup;
}

static void stir(Soup *soup)
{
    for (uint32_t step = 0; step < STEPS; step++) {
        uint32_t draw = below(soup, 100);
        if (draw < 78)
            hf_pump_step(soup->pump);
        else if (draw < 95)
            call_of_a_framework(soup);
        else if (draw < 97)
            fate_of_a_host(soup);
        else if (draw < 98)
            fate_of_a_scheduler(soup);
        else if (soup->is_wild && (draw < 99 || !soup->has_failovers))
            forgery(soup);
        else if (soup->has_failovers)
            fate_of_the_master(soup);
        if (!hf_master_is_down(soup->pump->master)) hf_master_check(soup->pump->master);
    }
}

/* All is mended; then a silence long enough for every agent to be given up and to come back with
 * what it has, for an order lost in a short one is found out by that alone. */
static void clear_weather(Soup *soup)
{
    HfPump *pump = soup->pump;
    pump->config.lose = pump->config.twice = pump->config.late = 0;
    if (hf_master_is_down(pump->master)) hf_pump_master_lead(pump);
    for (guint h = 0; h < pump->hosts->len; h++) {
        if (hf_pump_host(pump, h)->is_cut) hf_pump_heal(pump, h);
        if (hf_pump_host(pump, h)->agent.state == HF_AGENT_DOWN) hf_pump_boot(pump, h);
    }
    for (guint f = 0; f < pump->frameworks->len; f++)
        if (hf_pump_framework(pump, f)->is_down) hf_pump_scheduler_start(pump, f);
    hf_pump_run_for(pump, 30 * HF_NS_PER_MINUTE);
    for (guint h = 0; h < pump->hosts->len; h++) hf_pump_cut(pump, h);
    hf_pump_run_for(pump, 5 * HF_NS_PER_MINUTE);
    for (guint h = 0; h < pump->hosts->len; h++) hf_pump_heal(pump, h);
    hf_pump_run_for(pump, 30 * HF_NS_PER_MINUTE);
}

/* Every agent is registered, owes nobody an update, and master and agents know of the same tasks.
 */
static void assert_in_order(Soup *soup, uint64_t seed)
{
    HfPump *pump = soup->pump;
    uint32_t known = 0;
    for (guint h = 0; h < pump->hosts->len; h++) {
        const HfAgent *agent = &hf_pump_host(pump, h)->agent;
        if (agent->state != HF_AGENT_REGISTERED ||
            !hf_master_agent_is_registered(pump->master, agent->id))
            fail_msg("seed %d: host %u is not registered (%d, id %u)", (int)seed, h, agent->state,
                     agent->id);
        for (const HfAgentTask *task = NULL; (task = hf_agent_next_task(agent, task)) != NULL;)
            if (task->update_count > 0)
                fail_msg("seed %d: host %u still owes an update", (int)seed, h);
        known += agent->tasks.count;
        if (agent->tasks.count != hf_pump_host(pump, h)->runs.count)
            fail_msg("seed %d: agent and executor of host %u disagree", (int)seed, h);
    }
    if (!soup->is_wild && known != hf_master_tasks(pump->master))
        fail_msg("seed %d: the agents know %u tasks, the master %u", (int)seed, known,
                 hf_master_tasks(pump->master));
}

static void run_seeds(uint64_t first, gboolean is_wild)
{
    const char *count = g_getenv("HOLDFAST_SOUP_SEEDS");
    uint64_t end = first + (count ? g_ascii_strtoull(count, NULL, 10) : 6);
    for (uint64_t seed = first; seed < end; seed++) {
        Soup soup = start(seed, is_wild, (gboolean)(seed / 2 % 2));
        stir(&soup);
        clear_weather(&soup);
        assert_in_order(&soup, seed);
        hf_pump_free(soup.pump);
    }
}

/* With connections that lose nothing but what was under way to the dead: beside its account, the
 * master's orders must never make a host run more than it has (the pump checks that). */
static void crashes_and_partitions_leave_everything_in_order(void **state)
{
    run_seeds(1, FALSE);
}

static void lost_doubled_late_and_forged_messages_never_break_the_account(void **state)
{
    run_seeds(100001, TRUE);
}

/* The same with masters that end and are succeeded. */
static void masters_come_and_go(void **state)
{
    run_seeds(501, FALSE);
    run_seeds(100501, TRUE);
}

static void the_same_soup_has_the_same_digest(void **state)
{
    char digest[2][HF_DIGEST_TEXT_SIZE], other[HF_DIGEST_TEXT_SIZE];
    for (int i = 0; i < 2; i++) {
        Soup soup = start(7, TRUE, FALSE);
        stir(&soup);
        hf_trace_digest(soup.pump->trace, digest[i]);
        hf_pump_free(soup.pump);
    }
    Soup soup = start(8, TRUE, FALSE);
    stir(&soup);
    hf_trace_digest(soup.pump->trace, other);
    hf_pump_free(soup.pump);
    assert_string_equal(digest[0], digest[1]);
    assert_string_not_equal(digest[0], other);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crashes_and_partitions_leave_everything_in_order),
        cmocka_unit_test(lost_doubled_late_and_forged_messages_never_break_the_account),
        cmocka_unit_test(masters_come_and_go),
        cmocka_unit_test(the_same_soup_has_the_same_digest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
