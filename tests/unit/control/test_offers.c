/* Frameworks and offers: subscribing, answering, filters, suppress and revive, taking back. */
#include "support/pump.h"

#include <math.h>

#include "control/master_internal.h"

static const HfPeer to_master = {HF_PEER_MASTER, 0};

/* `agents` hosts of these resources, registered by 2 s; no framework yet. */
static HfPump *cluster_of(const HfPumpConfig *config, uint32_t agents, const char *resources)
{
    HfPump *pump = hf_pump_new(config);
    for (uint32_t i = 0; i < agents; i++) hf_pump_add_agent(pump, resources);
    hf_pump_run(pump, HF_SECONDS(2));
    assert_int_equal(hf_master_agents(pump->master), agents);
    return pump;
}

static HfPump *cluster(uint32_t agents, const char *resources)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    return cluster_of(&config, agents, resources);
}

static uint32_t framework(HfPump *pump, const char *name, const char *role)
{
    uint32_t row = hf_pump_add_framework(pump, name, role, HF_CAPABILITY_MULTI_ROLE, FALSE);
    hf_pump_run_for(pump, 0);
    return row;
}

static uint32_t held(HfPump *pump, uint32_t row)
{
    return hf_pump_framework(pump, row)->offers.count;
}

static uint64_t count(HfPump *pump, HfRecordType type)
{
    return hf_trace_count(pump->trace, type);
}

static void assert_available(HfPump *pump, uint32_t agent, const char *expected)
{
    g_autofree char *text = hf_pump_available(pump, agent);
    assert_string_equal(text, expected);
}

static void assert_told(HfPump *pump, uint32_t row, uint64_t task, HfTaskState state,
                        HfTaskReason reason)
{
    const HfPumpUpdate *update = hf_pump_update(pump, row, task);
    assert_non_null(update);
    assert_string_equal(hf_task_state_name(update->status.state), hf_task_state_name(state));
    assert_string_equal(hf_task_reason_name(update->status.reason), hf_task_reason_name(reason));
}

/* ---- subscribing ---- */

static void a_framework_gets_its_id_then_offers_of_every_agent(void **state)
{
    HfPump *pump = cluster(3, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    assert_int_equal(hf_pump_framework(pump, f)->id, 0);
    assert_int_equal(held(pump, f), 3);
    assert_int_equal(hf_pump_framework(pump, f)->offers.at[2].agent, 2);
    assert_string_equal(hf_role_path(pump->catalog, hf_pump_framework(pump, f)->offers.at[0].role),
                        "web");
    assert_available(pump, 0, "");
    assert_int_equal(hf_master_offers_outstanding(pump->master), 3);
    assert_string_equal(hf_master_framework_name(pump->master, 0), "web");
    assert_int_equal(hf_master_framework_peer(pump->master, 0), f);
    hf_pump_free(pump);
}

/* The run that an agent triggers comes behind the messages of that instant, not an interval later.
 */
static void an_agent_is_offered_as_soon_as_it_registers(void **state)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    HfPump *pump = cluster_of(&config, 0, NULL);
    uint32_t f = framework(pump, "web", "web");
    hf_pump_add_agent(pump, "cpus:4;mem:1024");
    while (held(pump, f) == 0) assert_true(hf_pump_step(pump));
    assert_int_equal(pump->now, pump->last[HF_RECORD_AGENT_REGISTERED].at);
    hf_pump_free(pump);
}

static void subscribing_twice_gives_the_same_id(void **state)
{
    HfPump *pump = cluster(1, "cpus:4;mem:1024");
    hf_pump_rule(pump, HF_MESSAGE_SUBSCRIBE, HF_PUMP_TWICE, 0, 1);
    uint32_t f = framework(pump, "web", "web");
    assert_int_equal(hf_master_frameworks(pump->master), 1);
    assert_int_equal(hf_pump_framework(pump, f)->id, 0);
    assert_int_equal(count(pump, HF_RECORD_FRAMEWORK_SUBSCRIBED), 1);
    hf_pump_free(pump);
}

/* Mesos rows: 698. */
static void a_framework_of_two_roles_gets_offers_of_each(void **state)
{
    HfPump *pump = cluster(2, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "both", "a,b");
    assert_int_equal(held(pump, f), 2);
    HfPumpFramework *self = hf_pump_framework(pump, f);
    assert_int_not_equal(self->offers.at[0].role, self->offers.at[1].role);
    hf_pump_free(pump);
}

static void calls_of_somebody_else_are_ignored(void **state)
{
    HfPump *pump = cluster(1, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    HfMessage *foreign =
        hf_pump_message(pump, HF_MESSAGE_TEARDOWN, (HfPeer){HF_PEER_FRAMEWORK, 7}, to_master);
    foreign->framework = 0; /* names web, comes from another address */
    hf_pump_send(pump, foreign);
    HfMessage *unknown =
        hf_pump_message(pump, HF_MESSAGE_TEARDOWN, (HfPeer){HF_PEER_FRAMEWORK, 0}, to_master);
    unknown->framework = 3;
    hf_pump_send(pump, unknown);
    hf_pump_run_for(pump, 0);
    assert_int_equal(count(pump, HF_RECORD_FRAMEWORK_REMOVED), 0);
    assert_int_equal(held(pump, f), 1);
    hf_pump_free(pump);
}

/* As to a master that came to lead a moment ago, and has offered nothing yet. */
static void answers_to_a_master_that_never_made_an_offer_do_nothing(void **state)
{
    HfPump *pump = cluster(0, "");
    uint32_t f = framework(pump, "web", "web");
    static const HfMessageType answers[] = {HF_MESSAGE_DECLINE, HF_MESSAGE_ACCEPT};
    for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
        HfMessage *answer =
            hf_pump_message(pump, answers[i], (HfPeer){HF_PEER_FRAMEWORK, f}, to_master);
        answer->framework = hf_pump_framework(pump, f)->id;
        hf_vec_push(&answer->ids, HF_OFFER_TURN + 5);
        hf_vec_push(&answer->ids, UINT64_MAX);
        hf_pump_send(pump, answer);
        hf_pump_run_for(pump, 0);
    }
    assert_int_equal(count(pump, HF_RECORD_OFFER_DECLINED), 0);
    assert_int_equal(count(pump, HF_RECORD_OFFER_ACCEPTED), 0);
    hf_pump_free(pump);
}

/* ---- accept ---- */

/* 4 - 1.5 cpus and 1024 - 512 MB are left, come back with the filter of the ACCEPT, and are offered
 * again when it is over: 5 s after the accept at 2 s the batch at 7 s finds it just gone. */
static void what_an_accept_leaves_is_filtered_for_five_seconds(void **state)
{
    HfPump *pump = cluster(1, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    hf_pump_launch(pump, f, 1, "cpus:1.5;mem:512", HF_TIME_NEVER);
    hf_pump_run_for(pump, 0);
    assert_available(pump, 0, "cpus:2.5;mem:512");
    assert_int_equal(pump->last[HF_RECORD_OFFER_ACCEPTED].value, 5000);
    assert_int_equal(count(pump, HF_RECORD_TASK_LAUNCHED), 1);
    hf_pump_run(pump, HF_SECONDS(6.9));
    assert_int_equal(held(pump, f), 0);
    hf_pump_run(pump, HF_SECONDS(8));
    assert_int_equal(held(pump, f), 1);
    assert_available(pump, 0, "");
    hf_pump_free(pump);
}

static void an_accept_that_takes_everything_leaves_no_filter_and_no_rest(void **state)
{
    HfPump *pump = cluster(1, "cpus:4;mem:1024;ports:[31000-31009]");
    uint32_t f = framework(pump, "web", "web");
    hf_pump_launch(pump, f, 1, "cpus:4;mem:1024;ports:[31000-31009]", HF_SECONDS(1));
    hf_pump_run(pump, HF_SECONDS(2.5));
    assert_int_equal(held(pump, f), 0);
    assert_available(pump, 0, "");
    hf_pump_run(pump, HF_SECONDS(4)); /* it ended at 3 s; nothing hinders the next batch */
    assert_int_equal(held(pump, f), 1);
    hf_pump_free(pump);
}

/* Mesos rows: 675. Two offers of one agent: the first is what was declined and offered again, the
 * second what a task gave back. */
static void two_offers_of_one_agent_are_used_together(void **state)
{
    HfPump *pump = cluster(1, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    HfPumpTask half = {.id = 1, .resources = "cpus:2;mem:512", .duration = HF_SECONDS(1.5)};
    hf_pump_accept(pump, f, &hf_pump_framework(pump, f)->offers.at[0].id, 1, &half, 1, 0);
    hf_pump_run(pump, HF_SECONDS(5)); /* the rest is offered at 3 s, the task's at 4 s */
    assert_int_equal(held(pump, f), 2);
    HfPumpFramework *self = hf_pump_framework(pump, f);
    uint64_t both[] = {self->offers.at[0].id, self->offers.at[1].id};
    HfPumpTask whole = {.id = 2, .resources = "cpus:4;mem:1024", .duration = HF_TIME_NEVER};
    hf_pump_accept(pump, f, both, 2, &whole, 1, 5);
    hf_pump_run_for(pump, 0);
    assert_told(pump, f, 2, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_int_equal(count(pump, HF_RECORD_OFFER_ACCEPTED), 3);
    assert_int_equal(hf_master_offers_outstanding(pump->master), 0);
    hf_pump_free(pump);
}

/* Mesos rows: 544. */
static void an_accept_without_tasks_is_a_decline(void **state)
{
    HfPump *pump = cluster(1, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    hf_pump_accept(pump, f, &hf_pump_framework(pump, f)->offers.at[0].id, 1, NULL, 0, 3);
    hf_pump_run_for(pump, 0);
    assert_int_equal(count(pump, HF_RECORD_OFFER_ACCEPTED), 0);
    assert_int_equal(pump->last[HF_RECORD_OFFER_DECLINED].value, 3000);
    assert_available(pump, 0, "cpus:4;mem:1024");
    hf_pump_free(pump);
}

/* ---- accepts that are wrong as a whole ---- */

/* One task on these offers; it must be refused, and all of them be free at once and unfiltered. */
static void expect_refusal(uint32_t capabilities, HfTaskState told,
                           uint64_t (*choose)(HfPump *, guint), guint offer_count,
                           guint still_valid)
{
    HfPump *pump = cluster(2, "cpus:4;mem:1024");
    uint32_t f =
        hf_pump_add_framework(pump, "web", "web", HF_CAPABILITY_MULTI_ROLE | capabilities, FALSE);
    hf_pump_run_for(pump, 0);
    assert_int_equal(held(pump, f), 2);
    uint64_t ids[3];
    for (guint i = 0; i < offer_count; i++) ids[i] = choose(pump, i);
    HfPumpTask task = {.id = 9, .resources = "cpus:1", .duration = HF_TIME_NEVER};
    hf_pump_accept(pump, f, ids, offer_count, &task, 1, 3600);
    hf_pump_run_for(pump, 0);
    assert_told(pump, f, 9, told, HF_REASON_INVALID_OFFERS);
    assert_int_equal(hf_pump_update(pump, f, 9)->status.agent, HF_ROW_NONE);
    assert_false(hf_pump_update(pump, f, 9)->status.needs_ack);
    assert_int_equal(count(pump, HF_RECORD_ACCEPT_INVALID), 1);
    assert_int_equal(count(pump, HF_RECORD_TASK_LAUNCHED), 0);
    assert_int_equal(count(pump, HF_RECORD_OFFER_DECLINED), still_valid);
    if (still_valid > 0) assert_int_equal(pump->last[HF_RECORD_OFFER_DECLINED].value, -1);
    uint32_t before = hf_pump_framework(pump, f)->offered;
    hf_pump_run(pump, HF_SECONDS(4)); /* offered again by the next batch: there is no filter */
    assert_int_equal(hf_pump_framework(pump, f)->offered, before + still_valid);
    hf_pump_free(pump);
}

static uint64_t offer_of_each_agent(HfPump *pump, guint i)
{
    return hf_pump_framework(pump, 0)->offers.at[i].id;
}

static uint64_t first_offer(HfPump *pump, guint i)
{
    return hf_pump_framework(pump, 0)->offers.at[0].id;
}

static uint64_t first_offer_and_none(HfPump *pump, guint i)
{
    return i == 0 ? hf_pump_framework(pump, 0)->offers.at[0].id : UINT64_C(77) << 32 | 5;
}

static uint64_t no_offer(HfPump *pump, guint i)
{
    return 0;
}

/* Mesos rows: 676. */
static void offers_of_two_agents_cannot_be_used_together(void **state)
{
    expect_refusal(0, HF_TASK_LOST, offer_of_each_agent, 2, 2);
}

/* Mesos rows: 677. */
static void a_framework_that_knows_partitions_is_told_dropped(void **state)
{
    expect_refusal(HF_CAPABILITY_PARTITION_AWARE, HF_TASK_DROPPED, offer_of_each_agent, 2, 2);
}

/* Mesos rows: 678. */
static void an_offer_named_twice_makes_the_accept_invalid(void **state)
{
    expect_refusal(0, HF_TASK_LOST, first_offer, 2, 1);
}

/* Mesos rows: 679. */
static void an_offer_named_twice_is_dropped_for_the_aware(void **state)
{
    expect_refusal(HF_CAPABILITY_PARTITION_AWARE, HF_TASK_DROPPED, first_offer, 2, 1);
}

static void an_unknown_offer_makes_the_accept_invalid(void **state)
{
    expect_refusal(0, HF_TASK_LOST, first_offer_and_none, 2, 1);
    expect_refusal(0, HF_TASK_LOST, no_offer, 1, 0);
}

static void an_accept_without_offers_is_invalid(void **state)
{
    expect_refusal(0, HF_TASK_LOST, no_offer, 0, 0);
}

/* Mesos rows: 680. Both roles of one framework hold a part of the one agent. */
static void offers_of_two_roles_cannot_be_used_together(void **state)
{
    HfPump *pump = cluster(1, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "both", "a,b");
    HfPumpTask half = {.id = 1, .resources = "cpus:2;mem:512", .duration = HF_TIME_NEVER};
    hf_pump_accept(pump, f, &hf_pump_framework(pump, f)->offers.at[0].id, 1, &half, 1, 0);
    hf_pump_run(pump, HF_SECONDS(4)); /* role b now holds the rest */
    assert_int_equal(held(pump, f), 1);
    uint64_t rest = hf_pump_framework(pump, f)->offers.at[0].id;
    hf_pump_kill(pump, f, 1);
    hf_pump_run(pump, HF_SECONDS(5.5));
    HfPumpFramework *self = hf_pump_framework(pump, f);
    assert_int_equal(self->offers.count, 2);
    assert_int_not_equal(self->offers.at[0].role, self->offers.at[1].role);
    uint64_t ids[] = {rest, self->offers.at[1].id};
    HfPumpTask task = {.id = 2, .resources = "cpus:4;mem:1024", .duration = HF_TIME_NEVER};
    hf_pump_accept(pump, f, ids, 2, &task, 1, 5);
    hf_pump_run_for(pump, 0);
    assert_told(pump, f, 2, HF_TASK_LOST, HF_REASON_INVALID_OFFERS);
    hf_pump_free(pump);
}

/* The owner keeps what somebody else tries to use. */
static void an_offer_of_another_framework_stays_with_its_owner(void **state)
{
    HfPump *pump = cluster(1, "cpus:4;mem:1024");
    uint32_t owner = framework(pump, "owner", "web");
    uint32_t thief = framework(pump, "thief", "web");
    HfPumpTask task = {.id = 1, .resources = "cpus:1", .duration = HF_TIME_NEVER};
    uint64_t id = hf_pump_framework(pump, owner)->offers.at[0].id;
    hf_pump_accept(pump, thief, &id, 1, &task, 1, 5);
    hf_pump_run_for(pump, 0);
    assert_told(pump, thief, 1, HF_TASK_LOST, HF_REASON_INVALID_OFFERS);
    assert_int_equal(hf_master_offers_outstanding(pump->master), 1);
    hf_pump_launch(pump, owner, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, 0);
    assert_told(pump, owner, 1, HF_TASK_RUNNING, HF_REASON_NONE);
    hf_pump_free(pump);
}

/* Rows of offers are used again, their ids are not. */
static void an_offer_cannot_be_answered_twice(void **state)
{
    HfPump *pump = cluster(1, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    uint64_t id = hf_pump_framework(pump, f)->offers.at[0].id;
    hf_pump_decline(pump, f, 0);
    hf_pump_run(pump, HF_SECONDS(3.5));
    assert_int_equal(held(pump, f), 1);
    assert_int_equal((uint32_t)hf_pump_framework(pump, f)->offers.at[0].id, (uint32_t)id);
    HfPumpTask task = {.id = 1, .resources = "cpus:1", .duration = HF_TIME_NEVER};
    hf_pump_accept(pump, f, &id, 1, &task, 1, 5);
    hf_pump_run_for(pump, 0);
    assert_told(pump, f, 1, HF_TASK_LOST, HF_REASON_INVALID_OFFERS);
    assert_int_equal(held(pump, f), 1);
    assert_int_equal(hf_master_offers_outstanding(pump->master), 1);
    hf_pump_free(pump);
}

/* ---- tasks that are wrong, each for itself ---- */

/* Mesos rows: 545. 4 cpus: 1 + 2 fit, 1.5 more do not, 1 more does; nothing of the rest is left. */
static void each_task_of_an_accept_stands_for_itself(void **state)
{
    HfPump *pump = cluster(1, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    const HfPumpTask tasks[] = {
        {.id = 1, .resources = "cpus:1", .duration = HF_TIME_NEVER},
        {.id = 2, .resources = "", .duration = HF_TIME_NEVER},
        {.id = 3, .resources = "cpus:2", .duration = HF_TIME_NEVER},
        {.id = 4, .resources = "cpus:1.5", .duration = HF_TIME_NEVER},
        {.id = 1, .resources = "cpus:1", .duration = HF_TIME_NEVER},
        {.id = UINT64_C(1) << 40, .resources = "cpus:1", .duration = HF_TIME_NEVER},
        {.id = 5, .resources = "gpus:1", .duration = HF_TIME_NEVER},
        {.id = 6, .resources = "cpus:1;mem:1024", .duration = HF_TIME_NEVER},
    };
    hf_pump_accept(pump, f, &hf_pump_framework(pump, f)->offers.at[0].id, 1, tasks,
                   G_N_ELEMENTS(tasks), 5);
    hf_pump_run_for(pump, 0);
    assert_told(pump, f, 2, HF_TASK_ERROR, HF_REASON_TASK_INVALID);
    assert_told(pump, f, 3, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_told(pump, f, 4, HF_TASK_ERROR, HF_REASON_TASK_INVALID);
    assert_told(pump, f, UINT64_C(1) << 40, HF_TASK_ERROR, HF_REASON_TASK_INVALID);
    assert_told(pump, f, 5, HF_TASK_ERROR, HF_REASON_TASK_INVALID);
    assert_told(pump, f, 6, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_int_equal(count(pump, HF_RECORD_TASK_LAUNCHED), 3); /* 1, 3 and 6 */
    assert_int_equal(count(pump, HF_RECORD_ACCEPT_INVALID), 0);
    assert_int_equal(hf_master_tasks(pump->master), 3);
    assert_available(pump, 0, "");
    hf_pump_free(pump);
}

static void the_id_of_a_live_task_cannot_be_used_again(void **state)
{
    HfPump *pump = cluster(2, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    hf_pump_launch(pump, f, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_launch(pump, f, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, 0);
    assert_int_equal(count(pump, HF_RECORD_TASK_LAUNCHED), 1);
    assert_int_equal(hf_master_tasks(pump->master), 1);
    hf_pump_free(pump);
}

static void two_frameworks_may_use_the_same_task_id(void **state)
{
    HfPump *pump = cluster(2, "cpus:4;mem:1024");
    uint32_t a = framework(pump, "a", "a");
    hf_pump_decline(pump, a, 3600);
    uint32_t b = framework(pump, "b", "b");
    hf_pump_launch(pump, a, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_launch(pump, b, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, 0);
    assert_told(pump, a, 1, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_told(pump, b, 1, HF_TASK_RUNNING, HF_REASON_NONE);
    hf_pump_free(pump);
}

/* ---- decline and filters ---- */

/* When what was declined at 2.5 s is offered again. */
static double offered_again_at(double refuse_seconds)
{
    HfPump *pump = cluster(1, "cpus:4;mem:1024");
    hf_pump_run(pump, HF_SECONDS(2.5));
    uint32_t f = framework(pump, "web", "web");
    hf_pump_decline(pump, f, refuse_seconds);
    while (held(pump, f) == 0 && pump->now < HF_SECONDS(40)) hf_pump_step(pump);
    double at = hf_time_to_seconds(pump->now);
    hf_pump_free(pump);
    return at;
}

/* Batches come at each second. A filter ends s after the decline, and lasts an interval at least.
 */
static void a_declined_offer_comes_again_when_its_filter_is_over(void **state)
{
    assert_float_equal(offered_again_at(5), 8, 0);     /* 2.5 + 5 = 7.5, the batch after it */
    assert_float_equal(offered_again_at(0), 3, 0);     /* no filter: the next batch */
    assert_float_equal(offered_again_at(0.001), 4, 0); /* raised to one interval: 3.5 */
    assert_float_equal(offered_again_at(20), 23, 0);   /* 22.5 */
}

/* Filters.refuse_seconds < 0 or not a number means the default of 5 s (MESOS 3.5). */
static void a_refuse_time_that_means_nothing_is_five_seconds(void **state)
{
    assert_float_equal(offered_again_at(-1), 8, 0);
    assert_float_equal(offered_again_at(-7), 8, 0);
    assert_float_equal(offered_again_at((double)NAN), 8, 0);
}

static void nobody_refuses_for_longer_than_a_year(void **state)
{
    HfPump *pump = cluster(1, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    hf_pump_decline(pump, f, 1e300);
    hf_pump_run_for(pump, 0);
    assert_int_equal(pump->last[HF_RECORD_OFFER_DECLINED].value, INT64_C(365) * 86400 * 1000);
    hf_pump_free(pump);
}

static void a_filter_holds_for_one_framework_alone(void **state)
{
    HfPump *pump = cluster(1, "cpus:4;mem:1024");
    uint32_t a = framework(pump, "a", "a");
    hf_pump_decline(pump, a, 3600);
    uint32_t b = framework(pump, "b", "b");
    assert_int_equal(held(pump, a), 0);
    assert_int_equal(held(pump, b), 1);
    hf_pump_free(pump);
}

static void declining_what_one_does_not_hold_changes_nothing(void **state)
{
    HfPump *pump = cluster(1, "cpus:4;mem:1024");
    uint32_t a = framework(pump, "a", "a");
    uint32_t b = framework(pump, "b", "b");
    HfMessage *message =
        hf_pump_message(pump, HF_MESSAGE_DECLINE, (HfPeer){HF_PEER_FRAMEWORK, b}, to_master);
    message->framework = hf_pump_framework(pump, b)->id;
    message->refuse_seconds = 5;
    uint64_t id = hf_pump_framework(pump, a)->offers.at[0].id;
    hf_vec_push(&message->ids, id);
    hf_vec_push(&message->ids, id - HF_OFFER_TURN);
    hf_vec_push(&message->ids, id + 1);
    hf_vec_push(&message->ids, 0);
    hf_pump_send(pump, message);
    hf_pump_run_for(pump, 0);
    assert_int_equal(count(pump, HF_RECORD_OFFER_DECLINED), 0);
    assert_int_equal(hf_master_offers_outstanding(pump->master), 1);
    hf_pump_free(pump);
}

static void a_decline_that_arrives_twice_declines_once(void **state)
{
    HfPump *pump = cluster(1, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    hf_pump_rule(pump, HF_MESSAGE_DECLINE, HF_PUMP_TWICE, 0, 1);
    hf_pump_decline(pump, f, 5);
    hf_pump_run_for(pump, 0);
    assert_int_equal(count(pump, HF_RECORD_OFFER_DECLINED), 1);
    hf_pump_free(pump);
}

/* What a vacant row has instead of an id is none, whoever names it. */
static void the_id_of_a_vacant_row_is_nobodys(void **state)
{
    HfPump *pump = cluster(1, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    HfMessage *message =
        hf_pump_message(pump, HF_MESSAGE_DECLINE, (HfPeer){HF_PEER_FRAMEWORK, f}, to_master);
    message->framework = hf_pump_framework(pump, f)->id;
    hf_pump_decline(pump, f, 5);
    hf_pump_run_for(pump, 0);
    hf_vec_push(&message->ids, pump->master->offers.at[0].id);
    hf_pump_send(pump, message);
    hf_pump_run_for(pump, 0);
    assert_int_equal(count(pump, HF_RECORD_OFFER_DECLINED), 1);
    assert_int_equal(hf_master_offers_outstanding(pump->master), 0);
    hf_pump_free(pump);
}

static uint32_t row_held(HfPump *pump, uint32_t row, uint32_t offer)
{
    return (uint32_t)hf_pump_framework(pump, row)->offers.at[offer].id;
}

/* Rows that became vacant last are taken first, then new ones. */
static void rows_of_offers_are_used_again(void **state)
{
    HfPump *pump = cluster(3, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    for (uint32_t i = 0; i < 3; i++) assert_int_equal(row_held(pump, f, i), i);
    hf_pump_decline_at_once(pump, f, 0);
    hf_pump_run_for(pump, HF_SECONDS(0.5));
    hf_pump_add_agent(pump, "cpus:4;mem:1024");
    hf_pump_run_for(pump, HF_SECONDS(4));
    assert_int_equal(held(pump, f), 4);
    gboolean had[4] = {FALSE};
    for (uint32_t i = 0; i < 4; i++) had[row_held(pump, f, i)] = TRUE;
    for (uint32_t i = 0; i < 4; i++) assert_true(had[i]);
    assert_int_equal(row_held(pump, f, 0), 2);
    hf_pump_free(pump);
}

/* After 2^31 offers in one row the next would repeat an id, so the row is left alone; whether they
 * end in a list or each for itself. */
static void a_row_whose_ids_ran_out_is_not_used_again(void **state)
{
    HfPump *pump = cluster(2, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    for (uint32_t i = 0; i < 2; i++) {
        uint64_t last = (uint64_t)(UINT32_MAX - 2) << 32 | row_held(pump, f, i);
        pump->master->offers.at[row_held(pump, f, i)].id = last;
        hf_pump_framework(pump, f)->offers.at[i].id = last;
    }
    hf_pump_decline(pump, f, 0);
    hf_pump_launch(pump, f, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, HF_SECONDS(10));
    assert_int_equal(held(pump, f), 2);
    assert_int_equal(hf_master_offers_outstanding(pump->master), 2);
    assert_int_equal(row_held(pump, f, 0) + row_held(pump, f, 1), 2 + 3);
    hf_pump_free(pump);
}

static void note_offer(void *context, uint32_t framework, HfRoleId role,
                       const HfResources *resources)
{
    GString *text = context;
    g_string_append_printf(text, "%d ", (int)hf_resources_milli(resources, HF_KIND_CPUS));
}

/* Nobody does while offers come and go; then they stand there in the order in which they were made,
 * whatever their rows, and the pump recounts them after each step. */
static void offers_are_listed_when_somebody_asks(void **state)
{
    static const char *const tasks[] = {"cpus:1;mem:64", "cpus:2;mem:64", "cpus:0.5;mem:64",
                                        "cpus:0.5;mem:832"};
    HfPump *pump = cluster(1, "cpus:4;mem:1024");
    g_autoptr(GString) text = g_string_new(NULL);
    uint32_t f = framework(pump, "web", "web");
    for (int i = 0; i < 4; i++) {
        hf_pump_launch(pump, f, (uint64_t)i + 1, tasks[i], i < 3 ? HF_SECONDS(30) : HF_TIME_NEVER);
        hf_pump_run_for(pump, HF_SECONDS(8));
    }
    hf_pump_run_for(pump, HF_SECONDS(30));
    assert_int_equal(held(pump, f), 3);
    hf_pump_decline(pump, f, 0); /* the oldest, in the first row, becomes the newest there */
    hf_pump_run_for(pump, HF_SECONDS(8));
    assert_int_equal(held(pump, f), 3);
    assert_false(pump->master->are_offers_linked);
    hf_master_offers_of(pump->master, 0, note_offer, text);
    assert_true(pump->master->are_offers_linked);
    assert_string_equal(text->str, "1000 500 2000 ");
    hf_pump_decline(pump, f, 0);
    hf_pump_run_for(pump, HF_SECONDS(8));
    g_string_truncate(text, 0);
    hf_master_offers_of(pump->master, 0, note_offer, text);
    assert_string_equal(text->str, "2000 1000 500 ");
    hf_pump_free(pump);
}

/* ---- suppress and revive ---- */

static void suppressing_stops_offers_and_reviving_brings_them_at_once(void **state)
{
    HfPump *pump = cluster(1, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    hf_pump_suppress(pump, f);
    hf_pump_decline(pump, f, 0);
    hf_pump_run(pump, HF_SECONDS(10.5));
    assert_int_equal(held(pump, f), 0);
    hf_pump_revive(pump, f);
    hf_pump_run_for(pump, 0);
    assert_int_equal(held(pump, f), 1);
    assert_int_equal(count(pump, HF_RECORD_SUPPRESSED), 1);
    assert_int_equal(count(pump, HF_RECORD_REVIVED), 1);
    hf_pump_free(pump);
}

static void suppressing_leaves_offers_that_are_out(void **state)
{
    HfPump *pump = cluster(1, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    hf_pump_suppress(pump, f);
    hf_pump_run(pump, HF_SECONDS(5));
    hf_pump_launch(pump, f, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, 0);
    assert_told(pump, f, 1, HF_TASK_RUNNING, HF_REASON_NONE);
    hf_pump_free(pump);
}

static void reviving_clears_filters(void **state)
{
    HfPump *pump = cluster(1, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    hf_pump_decline(pump, f, 3600);
    hf_pump_run(pump, HF_SECONDS(10.5));
    assert_int_equal(held(pump, f), 0);
    hf_pump_revive(pump, f);
    hf_pump_run_for(pump, 0);
    assert_int_equal(held(pump, f), 1);
    hf_pump_free(pump);
}

/* "SUPPRESS/REVIVE with an unknown role drops the whole call" (MESOS 4.5). */
static void one_foreign_role_drops_the_whole_call(void **state)
{
    HfPump *pump = cluster(1, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    HfRoleId mine, other;
    assert_true(hf_role_intern(pump->catalog, "web", &mine, NULL));
    assert_true(hf_role_intern(pump->catalog, "other", &other, NULL));
    HfMessage *message =
        hf_pump_message(pump, HF_MESSAGE_SUPPRESS, (HfPeer){HF_PEER_FRAMEWORK, f}, to_master);
    message->framework = 0;
    hf_vec_push(&message->roles, mine);
    hf_vec_push(&message->roles, other);
    hf_pump_send(pump, message);
    hf_pump_decline(pump, f, 0);
    hf_pump_run(pump, HF_SECONDS(4));
    assert_int_equal(count(pump, HF_RECORD_SUPPRESSED), 0);
    assert_int_equal(held(pump, f), 1);
    hf_pump_free(pump);
}

/* ---- offers taken back ---- */

/* Mesos rows: 687, 688, 689. offer_timeout 30 s: at 32 s the one offer held since 2 s is taken back
 * and told, the accepted and the declined one are not; it has no filter, so a batch offers it. */
static void an_offer_held_too_long_expires(void **state)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.master.offer_timeout = HF_SECONDS(30);
    HfPump *pump = cluster_of(&config, 3, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    hf_pump_launch(pump, f, 1, "cpus:4;mem:1024", HF_TIME_NEVER);
    hf_pump_decline(pump, f, 3600);
    hf_pump_run(pump, HF_SECONDS(32) - 1);
    assert_int_equal(count(pump, HF_RECORD_OFFER_EXPIRED), 0);
    while (count(pump, HF_RECORD_OFFER_EXPIRED) == 0) hf_pump_step(pump);
    assert_int_equal(pump->now, HF_SECONDS(32));
    hf_pump_run(pump, HF_SECONDS(33.5));
    assert_int_equal(count(pump, HF_RECORD_OFFER_EXPIRED), 1);
    assert_int_equal(hf_pump_framework(pump, f)->rescinds, 1);
    assert_int_equal(held(pump, f), 1);
    hf_pump_free(pump);
}

/* The next offer takes the row of one that was declined, and has a deadline of its own. */
static void an_offer_does_not_expire_in_the_place_of_another(void **state)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.master.offer_timeout = HF_SECONDS(10);
    HfPump *pump = cluster_of(&config, 1, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    while (held(pump, f) == 0) hf_pump_step(pump);
    HfTime first = pump->last[HF_RECORD_OFFER_SENT].at;
    hf_pump_run(pump, first + HF_SECONDS(5.5));
    hf_pump_decline(pump, f, 0);
    hf_pump_run(pump, first + HF_SECONDS(10));
    HfTime second = pump->last[HF_RECORD_OFFER_SENT].at;
    assert_true(second > first + HF_SECONDS(5));
    hf_pump_run(pump, second + HF_SECONDS(10) - 1);
    assert_int_equal(count(pump, HF_RECORD_OFFER_EXPIRED), 0);
    hf_pump_run(pump, second + HF_SECONDS(10));
    assert_int_equal(count(pump, HF_RECORD_OFFER_EXPIRED), 1);
    hf_pump_free(pump);
}

static void without_a_timeout_offers_are_held_for_ever(void **state)
{
    HfPump *pump = cluster(1, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    hf_pump_run(pump, HF_SECONDS(3000));
    assert_int_equal(held(pump, f), 1);
    assert_int_equal(hf_pump_framework(pump, f)->offered, 1);
    hf_pump_free(pump);
}

/* An accept that was on its way when the offer was taken back comes too late. */
static void an_accept_after_the_rescind_is_invalid(void **state)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.master.offer_timeout = HF_SECONDS(10);
    config.latency = HF_SECONDS(0.1);
    HfPump *pump = cluster_of(&config, 1, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    while (held(pump, f) == 0) hf_pump_step(pump);
    hf_pump_run(pump, pump->last[HF_RECORD_OFFER_SENT].at + HF_SECONDS(9.95));
    hf_pump_launch(pump, f, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, HF_SECONDS(0.5));
    assert_int_equal(count(pump, HF_RECORD_OFFER_EXPIRED), 1);
    assert_told(pump, f, 1, HF_TASK_LOST, HF_REASON_INVALID_OFFERS);
    hf_pump_free(pump);
}

/* ---- teardown ---- */

/* Mesos rows: 543. Tasks are marked killed at once and without updates, offers come back, and the
 * agents are told to shut the framework down. */
static void a_teardown_gives_everything_back_at_once(void **state)
{
    HfPump *pump = cluster(2, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    hf_pump_launch(pump, f, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run(pump, HF_SECONDS(2.5));
    guint32 told = hf_pump_framework(pump, f)->updates.count;
    hf_pump_teardown(pump, f);
    hf_pump_run_for(pump, 0);
    assert_available(pump, 0, "cpus:4;mem:1024");
    assert_available(pump, 1, "cpus:4;mem:1024");
    assert_int_equal(hf_master_tasks(pump->master), 0);
    assert_int_equal(hf_master_offers_outstanding(pump->master), 0);
    assert_int_equal(hf_pump_framework(pump, f)->updates.count, told);
    assert_int_equal(pump->last[HF_RECORD_TASK_STATE].state, HF_TASK_KILLED);
    assert_int_equal(pump->last[HF_RECORD_TASK_STATE].reason, HF_REASON_FRAMEWORK_REMOVED);
    assert_int_equal(hf_pump_host(pump, 0)->runs.count, 0);
    assert_int_equal(hf_pump_host(pump, 0)->agent.tasks.count, 0); /* the master acknowledged */
    uint32_t next = framework(pump, "next", "web");
    assert_int_equal(hf_pump_framework(pump, next)->id, 1);
    assert_int_equal(held(pump, next), 2);
    hf_pump_free(pump);
}

/* Does the text have "key":number, behind the place, which moves on? */
static void assert_next(const char **text, const char *key, uint64_t number)
{
    g_autofree char *part = g_strdup_printf("\"%s\":%" G_GUINT64_FORMAT ",", key, number);
    *text = strstr(*text, part);
    assert_non_null(*text);
    *text += strlen(part);
}

/* The newest first, whatever row it stands in: the first offer comes again when it is declined, the
 * first task's row is used again by the last one. */
static void a_teardown_takes_the_newest_first(void **state)
{
    HfPump *pump = cluster(6, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    hf_pump_launch(pump, f, 1, "cpus:4;mem:1024", HF_SECONDS(1));
    hf_pump_launch(pump, f, 2, "cpus:4;mem:1024", HF_TIME_NEVER);
    hf_pump_launch(pump, f, 3, "cpus:4;mem:1024", HF_TIME_NEVER);
    hf_pump_run_for(pump, HF_SECONDS(4));
    hf_pump_launch(pump, f, 4, "cpus:4;mem:1024", HF_TIME_NEVER);
    hf_pump_decline(pump, f, 0);
    hf_pump_run_for(pump, HF_SECONDS(4));
    assert_int_equal(hf_master_tasks(pump->master), 3);
    assert_int_equal(held(pump, f), 3);
    uint64_t ids[3];
    for (int i = 0; i < 3; i++) ids[i] = hf_pump_framework(pump, f)->offers.at[i].id;
    assert_true(hf_handle_unpack(ids[0]).row > hf_handle_unpack(ids[1]).row);
    g_string_truncate(pump->text, 0);
    hf_pump_teardown(pump, f);
    hf_pump_run_for(pump, 0);
    const char *text = pump->text->str;
    for (int i = 2; i >= 0; i--) assert_next(&text, "offer", ids[i]);
    for (uint64_t task = 4; task > 1; task--) assert_next(&text, "task", task);
    hf_pump_free(pump);
}

/* The master gives them back in several lists: all of them can be offered again. */
static void a_long_list_that_is_declined_comes_back_whole(void **state)
{
    enum { AGENTS = 600 };
    HfPump *pump = cluster(AGENTS, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    hf_pump_run_for(pump, HF_SECONDS(4));
    assert_int_equal(held(pump, f), AGENTS);
    hf_pump_decline_at_once(pump, f, 0);
    hf_pump_run_for(pump, HF_SECONDS(4));
    assert_int_equal(count(pump, HF_RECORD_OFFER_DECLINED), AGENTS);
    assert_int_equal(held(pump, f), AGENTS);
    hf_pump_free(pump);
}

static void what_a_framework_says_after_its_teardown_is_ignored(void **state)
{
    HfPump *pump = cluster(1, "cpus:4;mem:1024");
    uint32_t f = framework(pump, "web", "web");
    hf_pump_teardown(pump, f);
    hf_pump_launch(pump, f, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_teardown(pump, f);
    hf_pump_revive(pump, f);
    hf_pump_run(pump, HF_SECONDS(5));
    assert_int_equal(count(pump, HF_RECORD_FRAMEWORK_REMOVED), 1);
    assert_int_equal(count(pump, HF_RECORD_TASK_LAUNCHED), 0);
    assert_int_equal(count(pump, HF_RECORD_REVIVED), 0);
    assert_null(hf_pump_update(pump, f, 1));
    hf_pump_free(pump);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_framework_gets_its_id_then_offers_of_every_agent),
        cmocka_unit_test(an_agent_is_offered_as_soon_as_it_registers),
        cmocka_unit_test(subscribing_twice_gives_the_same_id),
        cmocka_unit_test(a_framework_of_two_roles_gets_offers_of_each),
        cmocka_unit_test(calls_of_somebody_else_are_ignored),
        cmocka_unit_test(answers_to_a_master_that_never_made_an_offer_do_nothing),
        cmocka_unit_test(what_an_accept_leaves_is_filtered_for_five_seconds),
        cmocka_unit_test(an_accept_that_takes_everything_leaves_no_filter_and_no_rest),
        cmocka_unit_test(two_offers_of_one_agent_are_used_together),
        cmocka_unit_test(an_accept_without_tasks_is_a_decline),
        cmocka_unit_test(offers_of_two_agents_cannot_be_used_together),
        cmocka_unit_test(a_framework_that_knows_partitions_is_told_dropped),
        cmocka_unit_test(an_offer_named_twice_makes_the_accept_invalid),
        cmocka_unit_test(an_offer_named_twice_is_dropped_for_the_aware),
        cmocka_unit_test(an_unknown_offer_makes_the_accept_invalid),
        cmocka_unit_test(an_accept_without_offers_is_invalid),
        cmocka_unit_test(offers_of_two_roles_cannot_be_used_together),
        cmocka_unit_test(an_offer_of_another_framework_stays_with_its_owner),
        cmocka_unit_test(an_offer_cannot_be_answered_twice),
        cmocka_unit_test(each_task_of_an_accept_stands_for_itself),
        cmocka_unit_test(the_id_of_a_live_task_cannot_be_used_again),
        cmocka_unit_test(two_frameworks_may_use_the_same_task_id),
        cmocka_unit_test(a_declined_offer_comes_again_when_its_filter_is_over),
        cmocka_unit_test(a_refuse_time_that_means_nothing_is_five_seconds),
        cmocka_unit_test(nobody_refuses_for_longer_than_a_year),
        cmocka_unit_test(a_filter_holds_for_one_framework_alone),
        cmocka_unit_test(declining_what_one_does_not_hold_changes_nothing),
        cmocka_unit_test(a_decline_that_arrives_twice_declines_once),
        cmocka_unit_test(the_id_of_a_vacant_row_is_nobodys),
        cmocka_unit_test(rows_of_offers_are_used_again),
        cmocka_unit_test(a_row_whose_ids_ran_out_is_not_used_again),
        cmocka_unit_test(offers_are_listed_when_somebody_asks),
        cmocka_unit_test(suppressing_stops_offers_and_reviving_brings_them_at_once),
        cmocka_unit_test(suppressing_leaves_offers_that_are_out),
        cmocka_unit_test(reviving_clears_filters),
        cmocka_unit_test(one_foreign_role_drops_the_whole_call),
        cmocka_unit_test(an_offer_held_too_long_expires),
        cmocka_unit_test(an_offer_does_not_expire_in_the_place_of_another),
        cmocka_unit_test(without_a_timeout_offers_are_held_for_ever),
        cmocka_unit_test(an_accept_after_the_rescind_is_invalid),
        cmocka_unit_test(a_teardown_gives_everything_back_at_once),
        cmocka_unit_test(a_teardown_takes_the_newest_first),
        cmocka_unit_test(a_long_list_that_is_declined_comes_back_whole),
        cmocka_unit_test(what_a_framework_says_after_its_teardown_is_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
