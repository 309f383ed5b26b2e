/* One master after another: what the next one finds, and what it is told. */
#include "unit/control/operators.h"

#define MINUTE 60.0

typedef struct Setting {
    uint32_t hosts;
    HfTime failover_timeout, latency;
    double registry_latency; /* s; 0 = none */
    HfTime removal_interval;
    uint32_t capabilities;
    gboolean explicit_heartbeats;
    double removal_limit; /* 0 = 1 */
    HfRegistryLimits limits;
} Setting;

/* Hosts of 4 cpus; a framework whose task 1 of 1 cpu runs on the first since 2 s. What is left is
 * refused for an hour. */
static HfPump *reign(const Setting *setting)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.failover_timeout =
        setting->failover_timeout ? setting->failover_timeout : HF_SECONDS(60 * MINUTE);
    config.latency = setting->latency;
    config.log_messages = TRUE;
    config.master.agent_removal_interval = setting->removal_interval;
    config.master.explicit_heartbeats = setting->explicit_heartbeats;
    if (setting->registry_latency > 0)
        config.master.registry_latency = hf_law_constant(setting->registry_latency);
    if (setting->registry_latency > 15)
        config.master.registry_store_timeout = HF_SECONDS(60 * MINUTE);
    if (setting->removal_limit > 0)
        config.master.recovery_agent_removal_limit = setting->removal_limit;
    if (setting->limits.max_agent_age > 0) config.master.registry_limits = setting->limits;
    HfPump *pump = hf_pump_new(&config);
    for (uint32_t i = 0; i < MAX(setting->hosts, 1); i++)
        hf_pump_add_agent(pump, "cpus:4;mem:1024");
    hf_pump_run(pump, HF_SECONDS(2.5));
    hf_pump_add_framework(pump, "web", "web", HF_CAPABILITY_MULTI_ROLE | setting->capabilities,
                          TRUE);
    hf_pump_run_for(pump, 2 * setting->latency + HF_SECONDS(2 * setting->registry_latency));
    HfPumpFramework *web = hf_pump_framework(pump, 0);
    while (web->offers.count > 0) {
        HfPumpTask task = {.id = 1, .resources = "cpus:1", .duration = HF_TIME_NEVER};
        uint64_t id = web->offers.at[0].id;
        gboolean is_first = web->offers.at[0].host == 0;
        hf_pump_accept(pump, 0, &id, 1, &task, is_first, 3600);
    }
    hf_pump_run_for(pump, 4 * setting->latency);
    assert_int_equal(hf_pump_update(pump, 0, 1)->status.state, HF_TASK_RUNNING);
    return pump;
}

static guint32 runs(HfPump *pump, uint32_t host)
{
    return hf_pump_host(pump, host)->runs.count;
}

/* The agent of a host; ids are given out in the order of registration. */
static gboolean is_registered(HfPump *pump, uint32_t host)
{
    return hf_master_agent_is_registered(pump->master, hf_pump_host(pump, host)->agent.id);
}

/* A verdict is on its way to the registry: the host said so when its silence ended in one. */
static gboolean is_writing(HfPump *pump)
{
    return hf_master_changes_waiting(pump->master) > 0;
}

/* ---- who comes first ---- */

/* Mesos rows: 538, 539, 575, 694. Whether the framework or the agent is back first: the task is
 * booked once, and the rest of its agent is offered. */
static void the_order_in_which_they_return_does_not_matter(void **state)
{
    for (int agent_first = 0; agent_first < 2; agent_first++) {
        HfPump *pump = reign(&(Setting){0});
        if (agent_first) hf_pump_scheduler_stop(pump, 0);
        hf_pump_master_failover(pump, HF_SECONDS(10));
        assert_int_equal(hf_master_tasks(pump->master), 0);
        hf_pump_run_for(pump, HF_SECONDS(2));
        assert_int_equal(count(pump, HF_RECORD_FRAMEWORK_RECOVERED), agent_first);
        if (agent_first) {
            assert_available(pump, "cpus:3;mem:1024"); /* nobody is offered anything */
            hf_pump_scheduler_start(pump, 0);
            hf_pump_run_for(pump, HF_SECONDS(2));
        }
        assert_int_equal(hf_master_tasks(pump->master), 1);
        assert_int_equal(hf_pump_framework(pump, 0)->offers.count, 1);
        assert_available(pump, "");
        hf_pump_decline_all(pump, 0, 3600);
        hf_pump_run_for(pump, 0);
        assert_available(pump, "cpus:3;mem:1024");
        hf_pump_kill(pump, 0, 1);
        hf_pump_run_for(pump, HF_SECONDS(1));
        assert_told(pump, 1, HF_TASK_KILLED, HF_REASON_NONE);
        hf_pump_free(pump);
    }
}

/* Filters, offers and suppression die with the master; framework ids do not. */
static void what_the_old_master_said_is_void(void **state)
{
    HfPump *pump = reign(&(Setting){0});
    hf_pump_revive(pump, 0);
    hf_pump_run_for(pump, 0);
    uint64_t stale = hf_pump_framework(pump, 0)->offers.at[0].id;
    hf_pump_master_failover(pump, HF_SECONDS(1));
    assert_int_equal(count(pump, HF_RECORD_OFFER_RESCINDED), 1);
    hf_pump_run_for(pump, HF_SECONDS(3));
    assert_int_equal(hf_pump_framework(pump, 0)->offers.count, 1);
    assert_int_not_equal(hf_pump_framework(pump, 0)->offers.at[0].id, stale);
    HfPumpTask task = {.id = 2, .resources = "cpus:1", .duration = HF_TIME_NEVER};
    hf_pump_accept(pump, 0, &stale, 1, &task, 1, 0);
    hf_pump_run_for(pump, 0);
    assert_told(pump, 2, HF_TASK_LOST, HF_REASON_INVALID_OFFERS);
    assert_int_equal(hf_pump_framework(pump, 0)->id, 0);
    hf_pump_free(pump);
}

/* Mesos rows: 692. */
static void ids_are_never_given_out_twice(void **state)
{
    HfPump *pump = reign(&(Setting){.hosts = 2});
    hf_pump_master_failover(pump, HF_SECONDS(1));
    hf_pump_run_for(pump, HF_SECONDS(2));
    hf_pump_add_agent(pump, "cpus:1");
    hf_pump_add_framework(pump, "late", "late", 0, FALSE);
    hf_pump_run_for(pump, HF_SECONDS(2));
    assert_int_equal(hf_pump_host(pump, 0)->agent.id + hf_pump_host(pump, 1)->agent.id, 1);
    assert_int_equal(hf_pump_host(pump, 2)->agent.id, 2);
    assert_int_equal(hf_pump_framework(pump, 1)->id, 1);
    hf_pump_free(pump);
}

/* Fast, slow, and twice in a row: nothing is lost as long as agents and schedulers live. */
static void failovers_may_follow_each_other(void **state)
{
    static const double downs[] = {0, 0.5, 30, 200};
    for (gsize i = 0; i < G_N_ELEMENTS(downs); i++) {
        HfPump *pump = reign(&(Setting){.hosts = 3});
        hf_pump_master_failover(pump, HF_SECONDS(downs[i]));
        hf_pump_run_for(pump, HF_SECONDS(0.4)); /* some are back by then */
        hf_pump_master_failover(pump, HF_SECONDS(downs[i]));
        hf_pump_run_for(pump, HF_SECONDS(5));
        assert_int_equal(hf_master_tasks(pump->master), 1);
        assert_int_equal(runs(pump, 0), 1);
        assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 0);
        assert_int_equal(updates(pump), 1); /* RUNNING; nobody was told anything else */
        hf_pump_free(pump);
    }
}

/* ---- what is under way is lost ---- */

/* The order to run a task crosses the end of the master; so does an ACCEPT. Neither has an effect,
 * and who asks is told, once the agent is back. */
static void what_was_under_way_has_no_effect(void **state)
{
    HfPump *pump = reign(
        &(Setting){.latency = HF_SECONDS(0.1), .capabilities = HF_CAPABILITY_PARTITION_AWARE});
    hf_pump_revive(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(0.2));
    hf_pump_launch(pump, 0, 2, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, HF_SECONDS(0.15)); /* booked; RUN_TASK is half way */
    assert_int_equal(hf_master_tasks(pump->master), 2);
    hf_pump_master_failover(pump, HF_SECONDS(0.01));
    hf_pump_run_for(pump, HF_SECONDS(0.3));
    hf_pump_reconcile(pump, 0, 2, 0);
    hf_pump_run_for(pump, HF_SECONDS(0.3));
    hf_pump_run_for(pump, HF_SECONDS(3));
    assert_int_equal(runs(pump, 0), 1);
    hf_pump_reconcile(pump, 0, 2, 0);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_told(pump, 2, HF_TASK_GONE, HF_REASON_RECONCILIATION);
    hf_pump_free(pump);
}

/* Orders of a master that leads no more (a zombie) arrive at nobody who listens. */
static void orders_of_an_earlier_master_are_ignored(void **state)
{
    HfPump *pump = reign(&(Setting){.latency = HF_SECONDS(1)});
    hf_pump_kill(pump, 0, 1);
    hf_pump_run_for(pump, HF_SECONDS(1)); /* KILL_TASK leaves the master now */
    hf_pump_master_failover(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(10));
    assert_int_equal(runs(pump, 0), 1);
    hf_pump_free(pump);
}

/* A task ends while no master leads: its update comes late, and its resources are free. */
static void an_end_that_no_master_saw_is_told(void **state)
{
    HfPump *pump = reign(&(Setting){0});
    hf_pump_revive(pump, 0);
    hf_pump_run_for(pump, 0);
    hf_pump_launch(pump, 0, 2, "cpus:2", HF_SECONDS(5));
    hf_pump_run_for(pump, HF_SECONDS(1));
    hf_pump_scheduler_stop(pump, 0);
    hf_pump_master_failover(pump, HF_SECONDS(20));
    hf_pump_run_for(pump, HF_SECONDS(2));
    assert_available(pump, "cpus:3;mem:1024");
    assert_int_equal(hf_master_tasks(pump->master), 2); /* until it is acknowledged */
    hf_pump_scheduler_start(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(60));
    assert_told(pump, 2, HF_TASK_FINISHED, HF_REASON_NONE);
    assert_int_equal(hf_master_tasks(pump->master), 1);
    hf_pump_free(pump);
}

/* ---- agents that do not come back ---- */

/* Mesos rows: 682, 683, 708. Nothing is said of tasks on an agent that may yet be back; after 10
 * min it is unreachable, of which frameworks hear, but not of its tasks. It may return later. */
static void an_agent_has_ten_minutes_to_return(void **state)
{
    HfPump *pump = reign(&(Setting){.hosts = 2, .capabilities = HF_CAPABILITY_PARTITION_AWARE});
    hf_pump_cut(pump, 0);
    hf_pump_master_failover(pump, HF_SECONDS(1));
    hf_pump_run_for(pump, HF_SECONDS(2));
    guint before = updates(pump);
    hf_pump_reconcile(pump, 0, 1, hf_pump_host(pump, 0)->agent.id);
    hf_pump_reconcile(pump, 0, 1, HF_ROW_NONE);
    hf_pump_kill(pump, 0, 1);
    hf_pump_run_for(pump, HF_SECONDS(9 * MINUTE));
    assert_int_equal(updates(pump), before);
    assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 0);
    hf_pump_run_for(pump, HF_SECONDS(1 * MINUTE));
    assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 1);
    assert_int_equal(hf_pump_framework(pump, 0)->failures, 1);
    assert_int_equal(updates(pump), before);
    hf_pump_reconcile(pump, 0, 1, hf_pump_host(pump, 0)->agent.id);
    hf_pump_run_for(pump, 0);
    assert_told(pump, 1, HF_TASK_UNREACHABLE, HF_REASON_RECONCILIATION);
    hf_pump_heal(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(2 * MINUTE));
    assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_SLAVE_REREGISTERED);
    assert_int_equal(hf_master_tasks(pump->master), 1);
    hf_pump_free(pump);
}

/* Mesos rows: 684, 685, 686. One in time is not given up; of the others one a minute, and who is
 * back before its turn is spared. */
static void removals_after_a_failover_wait_for_permits(void **state)
{
    HfPump *pump = reign(&(Setting){.hosts = 4, .removal_interval = HF_SECONDS(2 * MINUTE)});
    uint32_t host_of[4];
    for (uint32_t a = 0; a < 4; a++) host_of[a] = hf_master_agent_host(pump->master, a);
    for (uint32_t h = 0; h < 4; h++) hf_pump_cut(pump, h);
    hf_pump_master_failover(pump, HF_SECONDS(1));
    hf_pump_run_for(pump, HF_SECONDS(5 * MINUTE));
    hf_pump_heal(pump, host_of[0]);
    hf_pump_run_for(pump, HF_SECONDS(5 * MINUTE));
    assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 1); /* agent 1 */
    hf_pump_heal(pump, host_of[2]);
    hf_pump_run_for(pump, HF_SECONDS(5 * MINUTE));
    assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 2); /* and agent 3 */
    assert_true(is_registered(pump, host_of[0]));
    assert_false(is_registered(pump, host_of[1]));
    assert_true(is_registered(pump, host_of[2]));
    assert_false(is_registered(pump, host_of[3]));
    hf_pump_free(pump);
}

/* --recovery_agent_removal_limit: 2 of 4 are missing, and at most 40 % may be. */
static void a_master_that_would_lose_too_many_agents_ends(void **state)
{
    for (int may = 0; may < 2; may++) {
        HfPump *pump = reign(&(Setting){.hosts = 4, .removal_limit = may ? 0.5 : 0.4});
        hf_pump_cut(pump, 2);
        hf_pump_cut(pump, 3);
        hf_pump_master_failover(pump, HF_SECONDS(1));
        hf_pump_run_for(pump, HF_SECONDS(11 * MINUTE));
        assert_int_equal(count(pump, HF_RECORD_MASTER_LOST), may ? 1 : 2);
        assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), may ? 2 : 0);
        if (!may) {
            assert_int_equal(hf_master_end(pump->master), HF_MASTER_END_REMOVAL_LIMIT);
            hf_pump_master_lead(pump);
            hf_pump_run_for(pump, HF_SECONDS(5));
            assert_true(is_registered(pump, 0));
        }
        hf_pump_free(pump);
    }
}

/* Mesos rows: 551. Silent, unreachable, another master, and back: its task is booked again, whether
 * or not its framework knows partitions. */
static void an_unreachable_agent_may_return_to_another_master(void **state)
{
    for (int aware = 0; aware < 2; aware++) {
        HfPump *pump = reign(&(Setting){.capabilities = aware ? HF_CAPABILITY_PARTITION_AWARE : 0});
        hf_pump_cut(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(2 * MINUTE));
        assert_told(pump, 1, aware ? HF_TASK_UNREACHABLE : HF_TASK_LOST, HF_REASON_SLAVE_REMOVED);
        hf_pump_master_failover(pump, HF_SECONDS(1));
        hf_pump_run_for(pump, HF_SECONDS(2));
        assert_int_equal(pump->last[HF_RECORD_AGENT_RECOVERED].state, HF_REGISTRY_UNREACHABLE);
        hf_pump_heal(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(2 * MINUTE));
        assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_SLAVE_REREGISTERED);
        assert_int_equal(hf_master_tasks(pump->master), 1);
        hf_pump_free(pump);
    }
}

/* ---- frameworks ---- */

/* A framework whose scheduler never comes back: its tasks run on, an operator can tear it down. */
static void a_framework_known_from_agents_can_be_torn_down(void **state)
{
    HfPump *pump = reign(&(Setting){.failover_timeout = HF_SECONDS(10)});
    hf_pump_scheduler_stop(pump, 0);
    hf_pump_master_failover(pump, HF_SECONDS(1));
    hf_pump_run_for(pump, HF_SECONDS(30 * MINUTE)); /* the timeout died with the old master */
    assert_int_equal(runs(pump, 0), 1);
    assert_int_equal(count(pump, HF_RECORD_FRAMEWORK_REMOVED), 0);
    assert_call(pump, HF_CALL_TEARDOWN, "{'framework_id':{'value':'web'}}", 200);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(runs(pump, 0), 0);
    assert_available(pump, "cpus:4;mem:1024");
    hf_pump_free(pump);
}

/* A framework that was removed is forgotten with the master; its id may come again. */
static void a_completed_framework_is_forgotten(void **state)
{
    HfPump *pump = reign(&(Setting){0});
    hf_pump_teardown(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(1));
    hf_pump_master_failover(pump, HF_SECONDS(1));
    hf_pump_run_for(pump, HF_SECONDS(2));
    assert_int_equal(runs(pump, 0), 0);
    uint32_t successor = hf_pump_add_successor(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(2));
    assert_int_equal(hf_pump_framework(pump, successor)->errors, 0);
    assert_int_equal(hf_pump_framework(pump, successor)->id, 0);
    hf_pump_free(pump);
}

/* ---- what operators said ---- */

#define QUOTA(role, n)                                                                             \
    "{'quota_request':{'role':'" role "','force':true,'guarantee':[{'name':'cpus',"                \
    "'type':'SCALAR','scalar':{'value':" #n "}}]}}"
#define WEIGHT(role, n) "{'weight_infos':[{'role':'" role "','weight':" #n "}]}"

/* Mesos rows: 470, 512. */
static void quotas_and_weights_are_in_the_registry(void **state)
{
    HfPump *pump = reign(&(Setting){0});
    assert_call(pump, HF_CALL_SET_QUOTA, QUOTA("db", 2), 200);
    assert_call(pump, HF_CALL_UPDATE_WEIGHTS, WEIGHT("web", 3), 200);
    hf_pump_master_failover(pump, HF_SECONDS(1));
    hf_pump_run_for(pump, HF_SECONDS(3));
    g_autoptr(JsonNode) state_node = hf_allocator_state(hf_master_allocator(pump->master));
    g_autofree char *text = json_to_string(state_node, FALSE);
    assert_non_null(strstr(text, "\"weight\":3"));
    assert_call(pump, HF_CALL_SET_QUOTA, QUOTA("db", 2), 400); /* it has one */
    assert_call(pump, HF_CALL_REMOVE_QUOTA, "{'role':'db'}", 200);
    assert_call(pump, HF_CALL_REMOVE_QUOTA, "{'role':'db'}", 400);
    hf_pump_free(pump);
}

/* U14. With a quota nobody is offered anything before 8 of 10 agents are back, or 10 min have
 * passed; without, at once. */
static void with_quotas_the_allocator_waits_for_most_agents(void **state)
{
    for (int has_quota = 0; has_quota < 2; has_quota++) {
        HfPump *pump = reign(&(Setting){.hosts = 10});
        if (has_quota) assert_call(pump, HF_CALL_SET_QUOTA, QUOTA("db", 1), 200);
        for (uint32_t h = 7; h < 10; h++) hf_pump_cut(pump, h);
        hf_pump_master_failover(pump, HF_SECONDS(1));
        hf_pump_run_for(pump, HF_SECONDS(5));
        HfPumpFramework *web = hf_pump_framework(pump, 0);
        assert_int_equal(web->offers.count > 0, !has_quota);
        if (has_quota) {
            hf_pump_heal(pump, 7);
            hf_pump_run_for(pump, HF_SECONDS(65));
            assert_true(web->offers.count > 0);
        }
        hf_pump_free(pump);
    }
    HfPump *pump = reign(&(Setting){.hosts = 10});
    assert_call(pump, HF_CALL_SET_QUOTA, QUOTA("db", 1), 200);
    for (uint32_t h = 5; h < 10; h++) hf_pump_cut(pump, h);
    hf_pump_master_failover(pump, HF_SECONDS(1));
    hf_pump_run_for(pump, HF_SECONDS(9.9 * MINUTE));
    assert_int_equal(hf_pump_framework(pump, 0)->offers.count, 0);
    hf_pump_run_for(pump, HF_SECONDS(0.2 * MINUTE));
    assert_true(hf_pump_framework(pump, 0)->offers.count > 0);
    hf_pump_free(pump);
}

/* A drain goes on, a deactivated agent is not offered, one that is gone is not taken back. */
static void what_operators_said_of_agents_holds(void **state)
{
    HfPump *pump = reign(&(Setting){.hosts = 3});
    hf_pump_rule(pump, HF_MESSAGE_KILL_TASK, HF_PUMP_LOSE, 0, 1);
    assert_call(pump, HF_CALL_DRAIN_AGENT, AGENT_0, 200);
    assert_call(pump, HF_CALL_DEACTIVATE_AGENT, "{'agent_id':{'value':'host1'}}", 200);
    hf_pump_cut(pump, 2);
    assert_call(pump, HF_CALL_MARK_AGENT_GONE, "{'agent_id':{'value':'host2'}}", 200);
    hf_pump_master_failover(pump, HF_SECONDS(1));
    hf_pump_heal(pump, 2);
    hf_pump_run_for(pump, HF_SECONDS(65));
    assert_told(pump, 1, HF_TASK_KILLED, HF_REASON_SLAVE_DRAINING);
    assert_int_equal(count(pump, HF_RECORD_AGENT_DRAINED), 1);
    assert_int_equal(hf_pump_framework(pump, 0)->offers.count, 0);
    assert_false(is_registered(pump, 2));
    assert_call(pump, HF_CALL_REACTIVATE_AGENT, AGENT_0, 200);
    assert_call(pump, HF_CALL_REACTIVATE_AGENT, "{'agent_id':{'value':'host1'}}", 200);
    hf_pump_run_for(pump, HF_SECONDS(2));
    assert_int_equal(hf_pump_framework(pump, 0)->offers.count, 2);
    hf_pump_free(pump);
}

/* ---- what the registry forgets ---- */

static HfPump *all_unreachable(uint32_t keep, uint32_t n)
{
    HfPump *pump = reign(&(Setting){.hosts = n,
                                    .capabilities = HF_CAPABILITY_PARTITION_AWARE,
                                    .limits = {14 * 24 * HF_NS_PER_HOUR, keep}});
    for (uint32_t h = 0; h < n; h++) {
        hf_pump_cut(pump, h);
        hf_pump_run_for(pump, HF_SECONDS(20)); /* more than from one ping to the next */
    }
    hf_pump_run_for(pump, HF_SECONDS(3 * MINUTE));
    assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), n);
    return pump;
}

/* Mesos rows: 560, 561. The oldest are forgotten, every 15 min; their tasks are then unknown. */
static void the_oldest_are_forgotten_when_there_are_too_many(void **state)
{
    HfPump *pump = all_unreachable(1, 2);
    hf_pump_run_for(pump, HF_SECONDS(9 * MINUTE));
    assert_int_equal(count(pump, HF_RECORD_AGENT_FORGOTTEN), 0);
    hf_pump_run_for(pump, HF_SECONDS(5 * MINUTE));
    assert_int_equal(count(pump, HF_RECORD_AGENT_FORGOTTEN), 1);
    hf_pump_reconcile(pump, 0, 1, hf_pump_host(pump, 0)->agent.id);
    hf_pump_reconcile(pump, 0, 7, hf_pump_host(pump, 1)->agent.id);
    hf_pump_run_for(pump, 0);
    assert_told(pump, 1, HF_TASK_UNKNOWN, HF_REASON_RECONCILIATION);
    assert_told(pump, 7, HF_TASK_UNREACHABLE, HF_REASON_RECONCILIATION);
    hf_pump_free(pump);

    pump = all_unreachable(5, 10);
    hf_pump_run_for(pump, HF_SECONDS(15 * MINUTE));
    const HfMasterRegistry *registry = hf_master_registry(pump->master);
    for (uint32_t a = 0; a < 10; a++)
        assert_int_equal(hf_master_registry_standing(registry, hf_pump_host(pump, a)->agent.id),
                         a < 5 ? HF_REGISTRY_NONE : HF_REGISTRY_UNREACHABLE);
    hf_master_registry_check(registry);
    hf_pump_free(pump);
}

/* Mesos rows: 562. Age 20 min, every 15 min: unreachable at about 76 s and 796 s; at 15 min none is
 * forgotten, at 30 min the first, at 45 min the second. */
static void the_old_are_forgotten(void **state)
{
    HfPump *pump = reign(&(Setting){.hosts = 2, .limits = {HF_SECONDS(20 * MINUTE), 100}});
    hf_pump_cut(pump, 0);
    hf_pump_run(pump, HF_SECONDS(720));
    hf_pump_cut(pump, 1);
    hf_pump_run(pump, HF_SECONDS(15.1 * MINUTE));
    assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 2);
    assert_int_equal(count(pump, HF_RECORD_AGENT_FORGOTTEN), 0);
    hf_pump_run(pump, HF_SECONDS(30.1 * MINUTE));
    assert_int_equal(count(pump, HF_RECORD_AGENT_FORGOTTEN), 1);
    assert_int_equal(pump->last[HF_RECORD_AGENT_FORGOTTEN].agent, hf_pump_host(pump, 0)->agent.id);
    hf_pump_run(pump, HF_SECONDS(45.1 * MINUTE));
    assert_int_equal(count(pump, HF_RECORD_AGENT_FORGOTTEN), 2);
    hf_pump_free(pump);
}

/* Mesos rows: 563. The registry forgets an agent while that asks to be taken back, and the other
 * way round. */
static void who_is_forgotten_may_return(void **state)
{
    for (int early = 0; early < 2; early++) {
        HfPump *pump =
            reign(&(Setting){.limits = {HF_SECONDS(1 * MINUTE), 100}, .registry_latency = 1});
        hf_pump_cut(pump, 0);
        hf_pump_run(pump, HF_SECONDS(15 * MINUTE - (early ? 0.3 : -0.3)));
        hf_pump_heal(pump, 0);
        const uint64_t task = 1;
        send_registration(pump, HF_MESSAGE_REREGISTER_AGENT, &task, 1);
        hf_pump_run_for(pump, HF_SECONDS(5));
        assert_true(is_registered(pump, 0));
        assert_int_equal(hf_master_registry_standing(hf_master_registry(pump->master), 0),
                         HF_REGISTRY_ADMITTED);
        assert_int_equal(hf_master_tasks(pump->master), 1);
        hf_pump_free(pump);
    }
}

/* ---- a registry that takes time ---- */

/* Mesos rows: 564. It fails its health checks again while the first verdict is being written. */
static void a_second_verdict_changes_nothing(void **state)
{
    HfPump *pump = reign(&(Setting){.registry_latency = 1, .explicit_heartbeats = TRUE});
    hf_pump_free(pump);
    pump = reign(&(Setting){.registry_latency = 16, .explicit_heartbeats = TRUE});
    hf_pump_cut(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(5 * MINUTE));
    assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 1);
    hf_pump_free(pump);
}

/* An agent is unreachable for the next master when the verdict was written before the old one
 * ended, though nobody was told; else it is expected back. */
static void a_master_may_end_between_decision_and_write(void **state)
{
    static const struct {
        double after;
        HfRegistryStanding standing;
        guint told;
    } cases[] = {{3, HF_REGISTRY_ADMITTED, 0},
                 {7, HF_REGISTRY_UNREACHABLE, 0},
                 {11, HF_REGISTRY_UNREACHABLE, 1}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfPump *pump = reign(&(Setting){.registry_latency = 10});
        hf_pump_cut(pump, 0);
        while (!is_writing(pump)) hf_pump_step(pump);
        hf_pump_run_for(pump, HF_SECONDS(cases[i].after));
        assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), cases[i].told);
        hf_pump_master_failover(pump, HF_SECONDS(1));
        assert_int_equal(pump->last[HF_RECORD_AGENT_RECOVERED].state, cases[i].standing);
        hf_pump_heal(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(2 * MINUTE));
        assert_int_equal(hf_master_tasks(pump->master), 1);
        hf_pump_free(pump);
    }
}

/* What is decided while a batch is being written goes with the next: three writes, not ten. */
static void changes_are_written_together(void **state)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.master.registry_latency = hf_law_constant(2);
    HfPump *pump = hf_pump_new(&config);
    for (int i = 0; i < 10; i++) hf_pump_add_agent(pump, "cpus:1");
    hf_pump_run(pump, HF_SECONDS(8));
    const HfMasterRegistry *registry = hf_master_registry(pump->master);
    assert_int_equal(registry->admitted, 10);
    assert_int_equal(registry->changes, 10);
    assert_true(registry->writes <= 3);
    for (uint32_t h = 0; h < 10; h++) assert_true(is_registered(pump, h));
    hf_pump_free(pump);
}

static void a_write_that_takes_too_long_ends_the_master(void **state)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.master.registry_latency = hf_law_constant(50);
    HfPump *pump = hf_pump_new(&config);
    hf_pump_add_agent(pump, "cpus:1");
    hf_pump_run(pump, HF_SECONDS(19));
    assert_false(hf_master_is_down(pump->master));
    hf_pump_run(pump, HF_SECONDS(22));
    assert_true(hf_master_is_down(pump->master));
    assert_int_equal(hf_master_end(pump->master), HF_MASTER_END_STORE_TIMEOUT);
    assert_int_equal(hf_pump_call(pump, "ops", HF_CALL_UPDATE_WEIGHTS, WEIGHT("web", 2)), 503);
    hf_pump_free(pump);
}

/* Calls are answered when they are written; 503 when the master ends first. Then what was written
 * counts, and what was not does not. */
static void calls_wait_for_the_registry(void **state)
{
    static const struct {
        double after;
        int status;
        gboolean is_done;
    } cases[] = {{2, 503, FALSE}, {6, 503, TRUE}, {9, 200, TRUE}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfPump *pump = reign(&(Setting){.registry_latency = 8});
        assert_int_equal(hf_pump_call(pump, "ops", HF_CALL_SET_QUOTA, QUOTA("db", 1)),
                         HF_CALL_PENDING);
        assert_int_equal(hf_pump_call(pump, "ops", HF_CALL_REMOVE_QUOTA, "{'role':'none'}"), 400);
        hf_pump_run_for(pump, HF_SECONDS(cases[i].after));
        hf_pump_master_failover(pump, HF_SECONDS(1));
        assert_int_equal(pump->answered.count, 1);
        assert_int_equal(pump->answered.at[0], cases[i].status);
        assert_int_equal(hf_master_registry(pump->master)->quotas.count, cases[i].is_done);
        hf_pump_free(pump);
    }
}

/* ---- operations ---- */

/* Mesos rows: 580, 587. While its agent is not back an operation is RECOVERING; one that was done
 * and not acknowledged is told again. */
static void operations_are_asked_after_and_told(void **state)
{
    HfPump *pump = reign(&(Setting){0});
    hf_pump_revive(pump, 0);
    hf_pump_run_for(pump, 0);
    hf_pump_rule(pump, HF_MESSAGE_UPDATE_OPERATION, HF_PUMP_LOSE, 0, 1);
    hf_pump_operate(pump, 0, 1, "RESERVE#7 cpus(D:web):1", 3600);
    hf_pump_run_for(pump, 0);
    assert_int_equal(hf_pump_operation(pump, 0, 7), HF_OPERATION_STATES);
    hf_pump_cut(pump, 0);
    hf_pump_master_failover(pump, HF_SECONDS(1));
    hf_pump_run_for(pump, HF_SECONDS(1));
    hf_pump_reconcile_operation(pump, 0, 7, 0);
    hf_pump_run_for(pump, 0);
    assert_int_equal(hf_pump_operation(pump, 0, 7), HF_OPERATION_RECOVERING);
    hf_pump_rule(pump, HF_MESSAGE_OPERATION_STATUS, HF_PUMP_LOSE, 0, 1);
    hf_pump_heal(pump, 0);
    while (!is_registered(pump, 0)) hf_pump_step(pump);
    hf_pump_reconcile_operation(pump, 0, 7, 0);
    hf_pump_run_for(pump, 0);
    assert_int_equal(hf_pump_operation(pump, 0, 7), HF_OPERATION_FINISHED);
    hf_pump_run_for(pump, HF_SECONDS(60));
    assert_int_equal(hf_pump_host(pump, 0)->agent.operations.count, 0); /* acknowledged */
    hf_pump_free(pump);
}

/* RESERVE and CREATE are on the agent's disk: the next master has them from there. A CREATE that
 * was under way when the master ended was not done. */
static void reservations_come_from_the_agents_disk(void **state)
{
    HfPump *pump = reign(&(Setting){.latency = HF_SECONDS(0.1)});
    hf_pump_revive(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(0.2));
    hf_pump_operate(pump, 0, 1, "RESERVE cpus(D:web):2", 0);
    hf_pump_run_for(pump, HF_SECONDS(1.5));
    hf_pump_operate(pump, 0, 1, "RESERVE mem(D:web):100", 0);
    hf_pump_run_for(pump, HF_SECONDS(0.15)); /* booked, and not yet at the agent */
    hf_pump_master_failover(pump, HF_SECONDS(1));
    hf_pump_scheduler_stop(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(3));
    assert_available(pump, "cpus(D:web):2;cpus:1;mem:1024");
    hf_pump_free(pump);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_in_which_they_return_does_not_matter),
        cmocka_unit_test(what_the_old_master_said_is_void),
        cmocka_unit_test(ids_are_never_given_out_twice),
        cmocka_unit_test(failovers_may_follow_each_other),
        cmocka_unit_test(what_was_under_way_has_no_effect),
        cmocka_unit_test(orders_of_an_earlier_master_are_ignored),
        cmocka_unit_test(an_end_that_no_master_saw_is_told),
        cmocka_unit_test(an_agent_has_ten_minutes_to_return),
        cmocka_unit_test(removals_after_a_failover_wait_for_permits),
        cmocka_unit_test(a_master_that_would_lose_too_many_agents_ends),
        cmocka_unit_test(an_unreachable_agent_may_return_to_another_master),
        cmocka_unit_test(a_framework_known_from_agents_can_be_torn_down),
        cmocka_unit_test(a_completed_framework_is_forgotten),
        cmocka_unit_test(quotas_and_weights_are_in_the_registry),
        cmocka_unit_test(with_quotas_the_allocator_waits_for_most_agents),
        cmocka_unit_test(what_operators_said_of_agents_holds),
        cmocka_unit_test(the_oldest_are_forgotten_when_there_are_too_many),
        cmocka_unit_test(the_old_are_forgotten),
        cmocka_unit_test(who_is_forgotten_may_return),
        cmocka_unit_test(a_second_verdict_changes_nothing),
        cmocka_unit_test(a_master_may_end_between_decision_and_write),
        cmocka_unit_test(changes_are_written_together),
        cmocka_unit_test(a_write_that_takes_too_long_ends_the_master),
        cmocka_unit_test(calls_wait_for_the_registry),
        cmocka_unit_test(operations_are_asked_after_and_told),
        cmocka_unit_test(reservations_come_from_the_agents_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
