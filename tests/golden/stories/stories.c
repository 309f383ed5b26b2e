/*
 * Stories of offers and tasks, of agents and frameworks that go and come back, of reservations and
 * operators; see test_stories.c. Those of mishaps with volumes are in stories_volumes.c.
 */
#include "golden/stories/stories.h"

static const HfPeer to_master = {HF_PEER_MASTER, 0};

/* One agent, registered, and one framework that holds its offer, at 2 s. */
static void open(HfPump *pump, uint32_t capabilities, gboolean checkpoint)
{
    hf_pump_add_agent(pump, "cpus:4;mem:1024");
    hf_pump_run(pump, HF_SECONDS(2) - 5 * HF_NS_PER_MS);
    hf_pump_add_framework(pump, "web", "web", capabilities, checkpoint);
    hf_pump_run(pump, HF_SECONDS(2));
}

static void open_with_task(HfPump *pump, uint32_t capabilities, gboolean checkpoint)
{
    open(pump, capabilities, checkpoint);
    HfPumpTask task = {.id = 1, .resources = "cpus:1;mem:256", .duration = HF_TIME_NEVER};
    hf_pump_accept(pump, 0, &hf_pump_framework(pump, 0)->offers.at[0].id, 1, &task, 1, 3600);
}

static void launch_run_finish(HfPump *pump)
{
    open(pump, 0, FALSE);
    hf_pump_launch(pump, 0, 1, "cpus:1;mem:256", HF_SECONDS(10));
    hf_pump_run(pump, HF_SECONDS(14));
}

static void decline_filter_expire(HfPump *pump)
{
    open(pump, 0, FALSE);
    hf_pump_decline(pump, 0, HF_REFUSE_DEFAULT);
    hf_pump_run(pump, HF_SECONDS(9));
    hf_pump_decline(pump, 0, 0);
    hf_pump_run(pump, HF_SECONDS(11));
}

/* Who is offered something launches one task there and gives the rest back. */
static void launch_or_refuse(HfPump *pump, uint32_t framework, uint64_t *task, const char *wanted)
{
    HfPumpFramework *self = hf_pump_framework(pump, framework);
    if (self->offers.count == 0) return;
    HfPumpTask info = {.id = (*task)++, .resources = wanted, .duration = HF_TIME_NEVER};
    hf_pump_accept(pump, framework, &self->offers.at[0].id, 1, &info, 1, 0);
}

static void two_frameworks_by_drf(HfPump *pump)
{
    hf_pump_add_agent(pump, "cpus:9;mem:18432");
    hf_pump_add_framework(pump, "A", "a", 0, FALSE);
    hf_pump_add_framework(pump, "B", "b", 0, FALSE);
    uint64_t a = 101, b = 201;
    for (int second = 1; second <= 6; second++) {
        hf_pump_run(pump, HF_SECONDS(second + 0.5));
        launch_or_refuse(pump, 0, &a, "cpus:1;mem:4096");
        launch_or_refuse(pump, 1, &b, "cpus:3;mem:1024");
    }
    hf_pump_run(pump, HF_SECONDS(7));
}

static void silent_70s_survives(HfPump *pump)
{
    open_with_task(pump, 0, FALSE);
    hf_pump_run(pump, HF_SECONDS(20));
    hf_pump_cut(pump, 0);
    hf_pump_run(pump, HF_SECONDS(90));
    hf_pump_heal(pump, 0);
    hf_pump_run(pump, HF_SECONDS(120));
    hf_pump_kill(pump, 0, 1); /* all is as before */
    hf_pump_run(pump, HF_SECONDS(121));
}

static void silent_unreachable(HfPump *pump)
{
    open_with_task(pump, 0, FALSE);
    hf_pump_run(pump, HF_SECONDS(20));
    hf_pump_cut(pump, 0);
    hf_pump_run(pump, HF_SECONDS(110));
}

static void silent_unreachable_aware(HfPump *pump)
{
    open_with_task(pump, HF_CAPABILITY_PARTITION_AWARE, FALSE);
    hf_pump_run(pump, HF_SECONDS(20));
    hf_pump_crash(pump, 0, FALSE);
    hf_pump_run(pump, HF_SECONDS(110));
}

static void crash_and_return(HfPump *pump, gboolean checkpoint)
{
    open_with_task(pump, 0, checkpoint);
    hf_pump_run(pump, HF_SECONDS(10));
    hf_pump_crash(pump, 0, TRUE);
    hf_pump_run(pump, HF_SECONDS(40));
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(45));
}

static void crash_visible_checkpoint_off(HfPump *pump)
{
    crash_and_return(pump, FALSE);
}

static void crash_visible_checkpoint_on(HfPump *pump)
{
    crash_and_return(pump, TRUE);
}

static void accept_after_rescind(HfPump *pump)
{
    open(pump, 0, FALSE);
    HfTime expiry = pump->last[HF_RECORD_OFFER_SENT].at + pump->config.master.offer_timeout;
    hf_pump_run(pump, expiry - HF_NS_PER_MS / 2);
    hf_pump_launch(pump, 0, 1, "cpus:1;mem:256", HF_SECONDS(10)); /* arrives 0.5 ms late */
    hf_pump_run(pump, expiry + HF_SECONDS(0.5));
}

static void offer_timeout(HfPump *pump)
{
    open(pump, 0, FALSE);
    hf_pump_run(pump, HF_SECONDS(12));
}

/* The kill is 1 ms from the agent when the task ends by itself. */
static void kill_meets_finish(HfPump *pump)
{
    open(pump, 0, FALSE);
    hf_pump_launch(pump, 0, 1, "cpus:4;mem:1024", HF_SECONDS(10));
    hf_pump_run(pump, HF_SECONDS(12) + HF_NS_PER_MS);
    hf_pump_kill(pump, 0, 1);
    hf_pump_run(pump, HF_SECONDS(12.5));
    hf_pump_kill(pump, 0, 1); /* and once more, when nobody knows it any longer */
    hf_pump_run(pump, HF_SECONDS(12.9));
}

static void lost_acknowledgement(HfPump *pump)
{
    open(pump, 0, FALSE);
    hf_pump_rule(pump, HF_MESSAGE_ACKNOWLEDGE, HF_PUMP_LOSE, 0, 1);
    hf_pump_rule(pump, HF_MESSAGE_STATUS_ACKNOWLEDGEMENT, HF_PUMP_LOSE, 0, 1);
    hf_pump_launch(pump, 0, 1, "cpus:4;mem:1024", HF_SECONDS(5));
    hf_pump_run(pump, HF_SECONDS(33));
}

static void return_after_unreachable(HfPump *pump)
{
    open_with_task(pump, 0, FALSE);
    hf_pump_run(pump, HF_SECONDS(20));
    hf_pump_cut(pump, 0);
    hf_pump_run(pump, HF_SECONDS(115));
    hf_pump_heal(pump, 0);
    while (hf_trace_count(pump->trace, HF_RECORD_AGENT_REREGISTERED) == 0) hf_pump_step(pump);
    hf_pump_run_for(pump, HF_SECONDS(1));
}

static void suppress_revive(HfPump *pump)
{
    open(pump, 0, FALSE);
    hf_pump_suppress(pump, 0);
    hf_pump_decline(pump, 0, 3600);
    hf_pump_run(pump, HF_SECONDS(10));
    hf_pump_revive(pump, 0); /* at once, in spite of the filter */
    hf_pump_run(pump, HF_SECONDS(10.5));
}

static void duplicate_register(HfPump *pump)
{
    hf_pump_rule(pump, HF_MESSAGE_REGISTER_AGENT, HF_PUMP_TWICE, 0, 1);
    hf_pump_rule(pump, HF_MESSAGE_AGENT_REGISTERED, HF_PUMP_LOSE, 0, 2);
    hf_pump_add_agent(pump, "cpus:4;mem:1024");
    hf_pump_run(pump, HF_SECONDS(5));
}

static void invalid_accept(HfPump *pump)
{
    hf_pump_add_agent(pump, "cpus:4;mem:1024");
    open(pump, 0, FALSE);
    HfPumpFramework *web = hf_pump_framework(pump, 0);
    uint64_t both[] = {web->offers.at[0].id, web->offers.at[1].id};
    HfPumpTask task = {.id = 1, .resources = "cpus:6;mem:1024", .duration = HF_TIME_NEVER};
    hf_pump_accept(pump, 0, both, 2, &task, 1, 5);
    hf_pump_run(pump, HF_SECONDS(3.5));
}

static void tasks_one_by_one(HfPump *pump)
{
    open(pump, 0, FALSE);
    const HfPumpTask tasks[] = {
        {.id = 1, .resources = "cpus:1;mem:256", .duration = HF_TIME_NEVER},
        {.id = 2, .resources = "cpus:99", .duration = HF_TIME_NEVER},
        {.id = 1, .resources = "cpus:1;mem:256", .duration = HF_TIME_NEVER},
        {.id = 3, .resources = "cpus:1;mem:256", .duration = HF_TIME_NEVER},
    };
    hf_pump_accept(pump, 0, &hf_pump_framework(pump, 0)->offers.at[0].id, 1, tasks, 4, 5);
    hf_pump_run(pump, HF_SECONDS(3));
}

/* The agent, not yet answered, asks again; in between it is offered, and a task sent to it. */
static void registration_crosses_launch(HfPump *pump)
{
    open_with_task(pump, 0, FALSE);
    const HfAgent *agent = &hf_pump_host(pump, 0)->agent;
    HfMessage *again =
        hf_pump_message(pump, HF_MESSAGE_REREGISTER_AGENT, (HfPeer){HF_PEER_AGENT, 0}, to_master);
    again->agent = agent->id;
    hf_agent_introduce(agent, again);
    hf_pump_run(pump, HF_SECONDS(2) + HF_NS_PER_MS / 2);
    hf_pump_send(pump, again); /* written before the task came, read after it was sent */
    hf_pump_run(pump, HF_SECONDS(3));
}

static void teardown(HfPump *pump)
{
    hf_pump_add_agent(pump, "cpus:4;mem:1024");
    open_with_task(pump, 0, FALSE);
    hf_pump_run(pump, HF_SECONDS(10));
    hf_pump_teardown(pump, 0);
    hf_pump_run(pump, HF_SECONDS(11));
}

/* ---- agents that go down and come back ---- */

static void agent_restart_checkpoint_on(HfPump *pump)
{
    open_with_task(pump, 0, TRUE);
    hf_pump_run(pump, HF_SECONDS(10));
    hf_pump_stop(pump, 0);
    hf_pump_run(pump, HF_SECONDS(15));
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(20));
}

/* An agent with a reservation of its own making; nobody holds it. */
static void reserve(HfPump *pump, HfResources *total_out)
{
    HfResources part = hf_pump_resources(pump, "cpus:1;disk:64");
    *total_out = hf_pump_resources(pump, "cpus:3;mem:1024;disk:960");
    hf_resources_push_reservation(
        pump->catalog, &part,
        &(HfReservation){HF_RESERVATION_DYNAMIC, hf_role_find(pump->catalog, "web"), 0, 0});
    HfResource volume = hf_resource_scalar(hf_kind_find(pump->catalog, "disk"), 0, 64000);
    for (uint32_t i = 0; i < hf_resources_count(&part); i++) {
        const HfResource *entry = hf_resources_at(&part, i);
        if (entry->kind == volume.kind) volume.meta = entry->meta;
    }
    hf_resources_subtract_one(pump->catalog, &part, &volume);
    HfMeta meta = *hf_meta(pump->catalog, volume.meta);
    meta.disk = hf_disk_intern(
        pump->catalog,
        &(HfDisk){.persistence = hf_text_intern(pump->catalog, "data"), .has_volume = TRUE});
    volume.meta = hf_meta_intern(pump->catalog, &meta);
    hf_resources_add_one(pump->catalog, &part, &volume);
    hf_resources_add(pump->catalog, total_out, &part);
    hf_resources_clear(pump->catalog, &part);
}

static void open_with_disk(HfPump *pump)
{
    hf_pump_add_agent(pump, "cpus:4;mem:1024;disk:1024");
    hf_pump_run(pump, HF_SECONDS(2) - 5 * HF_NS_PER_MS);
    hf_pump_add_framework(pump, "web", "web", 0, FALSE);
    hf_pump_run(pump, HF_SECONDS(2));
}

static void crash_between_checkpoint_steps(HfPump *pump)
{
    HfResources total;
    open_with_disk(pump);
    reserve(pump, &total);
    hf_pump_host(pump, 0)->agent.dies_at = HF_CHECKPOINT_TARGET;
    hf_agent_set_total(&hf_pump_host(pump, 0)->agent, &total);
    hf_pump_stop(pump, 0);
    hf_pump_run(pump, HF_SECONDS(5));
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(7));
    hf_resources_clear(pump->catalog, &total);
}

static void reboot_new_id_with_volume(HfPump *pump)
{
    HfResources total;
    open_with_disk(pump);
    reserve(pump, &total);
    hf_agent_set_total(&hf_pump_host(pump, 0)->agent, &total);
    hf_pump_crash(pump, 0, TRUE);
    hf_agent_forget(&hf_pump_host(pump, 0)->agent);
    hf_pump_run(pump, HF_SECONDS(5));
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(7));
    hf_resources_clear(pump->catalog, &total);
}

static void silent_80s_is_lost(HfPump *pump)
{
    open_with_task(pump, HF_CAPABILITY_PARTITION_AWARE, FALSE);
    hf_pump_run(pump, HF_SECONDS(26)); /* unheard from 26 s to 106 s: five pings */
    hf_pump_cut(pump, 0);
    hf_pump_run(pump, HF_SECONDS(106));
    hf_pump_heal(pump, 0);
    hf_pump_run(pump, HF_SECONDS(110));
}

static void partition_of_a_third(HfPump *pump)
{
    for (int i = 0; i < 3; i++) hf_pump_add_agent(pump, "cpus:1;mem:256");
    hf_pump_run(pump, HF_SECONDS(2) - 5 * HF_NS_PER_MS);
    hf_pump_add_framework(pump, "web", "web", HF_CAPABILITY_PARTITION_AWARE, FALSE);
    hf_pump_run(pump, HF_SECONDS(2));
    for (uint64_t task = 1; task <= 3; task++)
        hf_pump_launch(pump, 0, task, "cpus:1;mem:256", HF_TIME_NEVER);
    hf_pump_run(pump, HF_SECONDS(20));
    hf_pump_cut(pump, 0);
    hf_pump_run(pump, HF_SECONDS(130));
    hf_pump_heal(pump, 0);
    hf_pump_run(pump, HF_SECONDS(150));
}

/* ---- frameworks that go down and come back ---- */

static void scheduler_away(HfPump *pump, double seconds)
{
    pump->config.failover_timeout = HF_SECONDS(60);
    open_with_task(pump, 0, FALSE);
    hf_pump_run(pump, HF_SECONDS(10));
    hf_pump_scheduler_stop(pump, 0);
    hf_pump_run(pump, HF_SECONDS(10 + seconds));
    hf_pump_scheduler_start(pump, 0);
    hf_pump_run(pump, HF_SECONDS(10 + seconds + 1));
    hf_pump_reconcile(pump, 0, 1, 0);
    hf_pump_run(pump, HF_SECONDS(10 + seconds + 2));
}

static void framework_back_in_time(HfPump *pump)
{
    scheduler_away(pump, 59);
}

static void framework_back_too_late(HfPump *pump)
{
    scheduler_away(pump, 61);
}

static void framework_zombie(HfPump *pump)
{
    open_with_task(pump, 0, FALSE);
    hf_pump_run(pump, HF_SECONDS(10));
    hf_pump_rule(pump, HF_MESSAGE_ERROR, HF_PUMP_LATE, HF_SECONDS(1), 1);
    hf_pump_add_successor(pump, 0);
    hf_pump_run(pump, HF_SECONDS(10.5));
    hf_pump_kill(pump, 0, 1); /* it does not know yet that it is over */
    hf_pump_run(pump, HF_SECONDS(12));
    hf_pump_reconcile_all(pump, 1);
    hf_pump_run(pump, HF_SECONDS(12.5));
}

/* ---- reservations and volumes ---- */

#define HOME "cpus(D:web):1;disk(D:web)[data:p]:64"

static void open_with_room(HfPump *pump)
{
    hf_pump_add_agent(pump, "cpus:4;mem:1024;disk:1024");
    hf_pump_run(pump, HF_SECONDS(2) - 5 * HF_NS_PER_MS);
    hf_pump_add_framework(pump, "web", "web", 0, TRUE);
    hf_pump_run(pump, HF_SECONDS(2));
}

static void make_home(HfPump *pump)
{
    open_with_room(pump);
    hf_pump_operate(pump, 0, 1,
                    "RESERVE#1 cpus(D:web):1;disk(D:web):64 | CREATE#2 disk(D:web)[data:p]:64 | "
                    "LAUNCH 1:2=" HOME,
                    3600);
}

static void relaunch_on_volume(HfPump *pump)
{
    make_home(pump);
    hf_pump_run(pump, HF_SECONDS(5.5));
    hf_pump_operate(pump, 0, hf_pump_framework(pump, 0)->offers.count, "LAUNCH 2=" HOME, 3600);
    hf_pump_run(pump, HF_SECONDS(6));
}

static void relaunch_after_reboot(HfPump *pump)
{
    make_home(pump);
    hf_pump_run(pump, HF_SECONDS(3));
    hf_pump_crash(pump, 0, TRUE);
    hf_pump_run(pump, HF_SECONDS(10));
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(14));
    hf_pump_operate(pump, 0, hf_pump_framework(pump, 0)->offers.count, "LAUNCH 2=" HOME, 3600);
    hf_pump_run(pump, HF_SECONDS(14.5));
}

/* The host dies with RESERVE written and CREATE on its way. */
static void create_lost(HfPump *pump)
{
    open_with_room(pump);
    hf_pump_rule(pump, HF_MESSAGE_APPLY_OPERATION, HF_PUMP_PASS, 0, 1);
    hf_pump_rule(pump, HF_MESSAGE_APPLY_OPERATION, HF_PUMP_LOSE, 0, 1);
    hf_pump_operate(pump, 0, 1, "RESERVE#1 disk(D:web):64 | CREATE#2 disk(D:web)[data:p]:64", 3600);
    hf_pump_run(pump, HF_SECONDS(2) + 4 * HF_NS_PER_MS);
    hf_pump_crash(pump, 0, TRUE);
    hf_pump_run(pump, HF_SECONDS(4));
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(8));
}

#define RESERVE_3                                                                                  \
    "{'agent_id':{'value':'host0'},'resources':[{'name':'cpus','type':'SCALAR','scalar':{'value':" \
    "3},'reservations':[{'type':'DYNAMIC','role':'db','principal':'ops'}]}]}"

static void operator_reserves_offered(HfPump *pump)
{
    open(pump, 0, FALSE);
    hf_pump_call(pump, "ops", HF_CALL_RESERVE_RESOURCES, RESERVE_3);
    hf_pump_launch(pump, 0, 1, "cpus:2", HF_SECONDS(9)); /* on an offer that is gone */
    hf_pump_run(pump, HF_SECONDS(2.5));
    hf_pump_call(pump, "ops", HF_CALL_RESERVE_RESOURCES, RESERVE_3);
    hf_pump_run(pump, HF_SECONDS(8));
}

static void drain_idle_reservation(HfPump *pump)
{
    open(pump, 0, TRUE);
    hf_pump_operate(pump, 0, 1, "RESERVE cpus(D:web):1 | LAUNCH 1=cpus:1", 3600);
    hf_pump_run(pump, HF_SECONDS(4));
    hf_pump_call(pump, NULL, HF_CALL_DRAIN_AGENT, "{'agent_id':{'value':'host0'}}");
    hf_pump_call(pump, NULL, HF_CALL_REACTIVATE_AGENT, "{'agent_id':{'value':'host0'}}");
    hf_pump_run(pump, HF_SECONDS(6));
    hf_pump_call(pump, NULL, HF_CALL_REACTIVATE_AGENT, "{'agent_id':{'value':'host0'}}");
    hf_pump_run(pump, HF_SECONDS(7.5));
}

/* The first task pays for the executor, the second does not; then it is shut down. */
static void executor_outlives_its_task(HfPump *pump)
{
    open(pump, 0, FALSE);
    hf_pump_operate(pump, 0, 1, "LAUNCH 1:3=cpus:1;mem:256+7=cpus:0.5;mem:64", 0);
    hf_pump_run(pump, HF_SECONDS(7.5));
    hf_pump_operate(pump, 0, 2, "LAUNCH 2=cpus:3.5;mem:960+7=cpus:0.5;mem:64", 0);
    hf_pump_run(pump, HF_SECONDS(9));
    hf_pump_shutdown(pump, 0, 0, 7);
    hf_pump_run(pump, HF_SECONDS(10.5));
}

/* It ends while a task that counts on it is on its way. */
static void executor_ends_before_its_next_task(HfPump *pump)
{
    open(pump, HF_CAPABILITY_PARTITION_AWARE, FALSE);
    hf_pump_operate(pump, 0, 1, "LAUNCH 1:1=cpus:1;mem:256+7=cpus:0.5;mem:64", 0);
    hf_pump_run(pump, HF_SECONDS(4.5));
    hf_pump_operate(pump, 0, 1, "LAUNCH 2=cpus:1;mem:256+7=cpus:0.5;mem:64", 0);
    hf_pump_run(pump, HF_SECONDS(4.5) + HF_NS_PER_MS * 3 / 2);
    hf_pump_end_executor(pump, 0, 0);
    hf_pump_run(pump, HF_SECONDS(5.5));
}

/* Two tasks in a default executor: the first fails, and takes the second along. */
static void group_ends_with_a_task_that_fails(HfPump *pump)
{
    open_with_disk(pump);
    hf_pump_operate(pump, 0, 1,
                    "LAUNCH_GROUP 1:3=cpus:1;mem:128+!7=cpus:0.1;mem:32;disk:10 "
                    "2=cpus:1;mem:128+!7=cpus:0.1;mem:32;disk:10",
                    0);
    hf_pump_run(pump, HF_SECONDS(4));
    hf_pump_host(pump, 0)->runs.at[0].end = HF_TASK_FAILED;
    hf_pump_run(pump, HF_SECONDS(6.5));
}

/* A task waits for its executor, which hangs, and is killed after a minute. */
static void executor_never_registers(HfPump *pump)
{
    open(pump, 0, FALSE);
    pump->executors_wait = TRUE;
    pump->agent_config.executor_registration_timeout = HF_SECONDS(60);
    hf_pump_operate(pump, 0, 1, "LAUNCH 1=cpus:1;mem:256+7=cpus:0.5;mem:64", 3600);
    hf_pump_run(pump, HF_SECONDS(65));
}

const Story stories[] = {
    {"relaunch-on-volume", "reserve, create, launch; the task ends and is launched on the same",
     relaunch_on_volume, 0, FALSE, 0},
    {"relaunch-after-reboot", "the same, over a reboot of the host", relaunch_after_reboot, 0,
     FALSE, 0},
    {"create-lost", "RESERVE is written, CREATE is lost with the host", create_lost, 0, FALSE, 0},
    {"operator-reserves-offered", "an operator takes what is offered; an accept comes too late",
     operator_reserves_offered, 0, FALSE, 0},
    {"drain-idle-reservation", "an agent drains; what is reserved on it stays and waits",
     drain_idle_reservation, 0, FALSE, 0},

    {"launch-run-finish", "a task of 10 s; what it leaves of the offer is refused for 5 s",
     launch_run_finish, 0, FALSE, 0},
    {"decline-filter-expire", "declined for 5 s, then without a filter", decline_filter_expire, 0,
     FALSE, 0},
    {"two-frameworks-by-drf",
     "9 cpus, 18 GB; A's tasks want 1 and 4, B's 3 and 1: A gets 3, B gets 2, then nothing fits",
     two_frameworks_by_drf, 0, FALSE, 0},
    {"silent-70s-survives", "the agent is not heard from 20 s to 90 s", silent_70s_survives, 0,
     FALSE, 0},
    {"silent-unreachable", "the agent is not heard from 20 s on", silent_unreachable, 0, FALSE, 0},
    {"silent-unreachable-pings", "the same, with pings as messages", silent_unreachable, 0, TRUE,
     0},
    {"silent-unreachable-aware", "the host dies unseen at 20 s; the framework knows partitions",
     silent_unreachable_aware, 0, FALSE, 0},
    {"crash-visible-checkpoint-off", "the host crashes at 10 s, for all to see; back at 40 s",
     crash_visible_checkpoint_off, 0, FALSE, 0},
    {"crash-visible-checkpoint-on", "the same; the framework's tasks are checkpointed",
     crash_visible_checkpoint_on, 0, FALSE, 0},
    {"accept-after-rescind", "the offer expires while its accept is under way",
     accept_after_rescind, HF_SECONDS(5), FALSE, 0},
    {"offer-timeout", "an offer nobody answers expires after 5 s, and is made again", offer_timeout,
     HF_SECONDS(5), FALSE, 0},
    {"kill-meets-finish", "a kill that comes when the task has just ended", kill_meets_finish, 0,
     FALSE, 0},
    {"lost-acknowledgement",
     "the acknowledgement of RUNNING is lost twice; the task ends meanwhile", lost_acknowledgement,
     0, FALSE, 0},
    {"return-after-unreachable", "given up, and back with its task", return_after_unreachable, 0,
     FALSE, 0},
    {"suppress-revive", "no offers while suppressed; revive clears filters", suppress_revive, 0,
     FALSE, 0},
    {"duplicate-register",
     "a request that comes twice, its answers lost, and a third: one agent, one id",
     duplicate_register, 0, FALSE, 0},
    {"invalid-accept", "offers of two agents cannot be used together", invalid_accept, 0, FALSE, 0},
    {"tasks-one-by-one", "too large, and an id twice: the others are launched", tasks_one_by_one, 0,
     FALSE, 0},
    {"registration-crosses-launch", "asked about a task that was under way, the agent has it",
     registration_crosses_launch, 0, FALSE, 0},
    {"agent-restart-checkpoint-on", "the agent's process is away for 5 s; its executor waits",
     agent_restart_checkpoint_on, 0, FALSE, 0},
    {"crash-between-checkpoint-steps",
     "the process dies when a reservation and a volume are written and not committed",
     crash_between_checkpoint_steps, 0, FALSE, 0},
    {"reboot-new-id-with-volume",
     "the host reboots and its agent has a new id: reservation and volume are offered under it",
     reboot_new_id_with_volume, 0, FALSE, 0},
    {"silent-80s-is-lost", "the agent is not heard from 26 s to 106 s", silent_80s_is_lost, 0,
     FALSE, 0},
    {"partition-of-a-third", "one of three agents is cut off from 20 s to 130 s",
     partition_of_a_third, 0, FALSE, 0},
    {"framework-back-in-time", "its scheduler is away for 59 s of a timeout of 60 s",
     framework_back_in_time, 0, FALSE, 0},
    {"framework-back-too-late", "its scheduler is away for 61 s of a timeout of 60 s",
     framework_back_too_late, 0, FALSE, 0},
    {"framework-zombie", "a second scheduler takes the place of one that still runs",
     framework_zombie, 0, FALSE, 0},
    {"executor-outlives-its-task",
     "an executor holds its own between two tasks, until it is shut down",
     executor_outlives_its_task, 0, FALSE, 0},
    {"executor-ends-before-its-next-task", "an executor ends while a task for it is on its way",
     executor_ends_before_its_next_task, 0, FALSE, 0},
    {"group-ends-with-a-task-that-fails",
     "a task of a group fails, and its executor kills the rest", group_ends_with_a_task_that_fails,
     0, FALSE, 0},
    {"executor-never-registers", "a task waits for an executor that hangs, for a minute",
     executor_never_registers, 0, FALSE, 0},
    {"teardown", "a framework leaves; its task is shut down", teardown, 0, FALSE, 0},
    {NULL, NULL, NULL, 0, FALSE, 0},
};
