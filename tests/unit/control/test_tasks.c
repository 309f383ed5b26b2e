/* Tasks: killing, status updates and their acknowledgements, and what the agent still owes. */
#include "support/pump.h"

static const HfPeer to_master = {HF_PEER_MASTER, 0};

/* One host of 4 cpus and 1 GB, registered, and one framework that holds its offer, at 2 s. */
static HfPump *cell(uint32_t capabilities, gboolean checkpoint)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    HfPump *pump = hf_pump_new(&config);
    hf_pump_add_agent(pump, "cpus:4;mem:1024");
    hf_pump_run(pump, HF_SECONDS(2));
    hf_pump_add_framework(pump, "web", "web", HF_CAPABILITY_MULTI_ROLE | capabilities, checkpoint);
    hf_pump_run_for(pump, 0);
    assert_int_equal(hf_pump_framework(pump, 0)->offers.count, 1);
    return pump;
}

static HfPump *plain(void)
{
    return cell(0, FALSE);
}

/* The states that the framework was told of one task, in order: "RUNNING FINISHED". */
static char *told(HfPump *pump, uint64_t task)
{
    const HfPumpFramework *self = hf_pump_framework(pump, 0);
    GString *text = g_string_new(NULL);
    for (guint32 i = 0; i < self->updates.count; i++)
        if (self->updates.at[i].status.task == task)
            g_string_append_printf(text, "%s%s", text->len ? " " : "",
                                   hf_task_state_name(self->updates.at[i].status.state) +
                                       strlen("TASK_"));
    return g_string_free(text, FALSE);
}

static void assert_told(HfPump *pump, uint64_t task, const char *expected)
{
    g_autofree char *text = told(pump, task);
    assert_string_equal(text, expected);
}

static void assert_available(HfPump *pump, const char *expected)
{
    g_autofree char *text = hf_pump_available(pump, 0);
    assert_string_equal(text, expected);
}

static guint32 tasks_at_agent(HfPump *pump)
{
    return hf_pump_host(pump, 0)->agent.tasks.count;
}

/* ---- the plain way ---- */

static void a_task_runs_finishes_and_is_forgotten_by_all(void **state)
{
    HfPump *pump = plain();
    hf_pump_launch(pump, 0, 1, "cpus:1", HF_SECONDS(10));
    hf_pump_run_for(pump, 0);
    assert_told(pump, 1, "RUNNING");
    assert_int_equal(hf_pump_update(pump, 0, 1)->status.agent, 0);
    assert_int_equal(hf_pump_update(pump, 0, 1)->status.host, 0);
    hf_pump_run(pump, HF_SECONDS(12));
    assert_told(pump, 1, "RUNNING FINISHED");
    assert_int_equal(hf_pump_update(pump, 0, 1)->at, HF_SECONDS(12));
    assert_int_equal(hf_master_tasks(pump->master), 0);
    assert_int_equal(tasks_at_agent(pump), 0);
    assert_int_equal(hf_trace_count(pump->trace, HF_RECORD_TASK_STATE), 2);
    hf_pump_run(pump, HF_SECONDS(100)); /* nothing is sent again */
    assert_told(pump, 1, "RUNNING FINISHED");
    hf_pump_free(pump);
}

/* What the agent says of where the master finds a task may be of another task, of one that is
 * forgotten, or nothing: updates and acknowledgements are of the task that they name. */
static void a_wrong_place_of_a_task_changes_nothing(void **state)
{
    static const uint32_t places[][2] = {{2, 1}, {1, 1}, {2, 2}, {0, 0}, {3, UINT32_MAX}};
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        HfPump *pump = plain();
        HfPumpTask tasks[] = {
            {.id = 1, .resources = "cpus:1", .duration = HF_SECONDS(3), .end = HF_TASK_FINISHED},
            {.id = 2, .resources = "mem:24", .duration = HF_SECONDS(6), .end = HF_TASK_FAILED}};
        hf_pump_accept(pump, 0, &hf_pump_framework(pump, 0)->offers.at[0].id, 1, tasks, 2, 1000);
        hf_pump_run_for(pump, 0);
        assert_int_equal(tasks_at_agent(pump), 2);
        for (guint32 t = 0; t < 2; t++) {
            HfAgentTask *task = &hf_pump_host(pump, 0)->agent.tasks.at[t];
            assert_int_equal(task->place, task->id); /* the rows of a new master */
            task->place = places[i][t];
        }
        hf_pump_run_for(pump, HF_SECONDS(4));
        assert_told(pump, 1, "RUNNING FINISHED");
        assert_told(pump, 2, "RUNNING");
        assert_int_equal(hf_master_tasks(pump->master), 1);
        hf_pump_run_for(pump, HF_SECONDS(4));
        assert_told(pump, 2, "RUNNING FAILED");
        assert_int_equal(hf_trace_count(pump->trace, HF_RECORD_TASK_STATE), 4);
        assert_int_equal(hf_master_tasks(pump->master), 0);
        assert_int_equal(tasks_at_agent(pump), 0);
        hf_pump_free(pump);
    }
}

/* The same of where the agent finds it: what executors and acknowledgements say is of the task that
 * they name. Row 3 is vacant, and there is no tenth. */
static void a_wrong_seat_of_a_task_changes_nothing(void **state)
{
    static const uint32_t seats[][2] = {{1, 2}, {2, 1}, {1, 1}, {0, 0}, {3, 10}, {3, UINT32_MAX}};
    for (size_t i = 0; i < G_N_ELEMENTS(seats); i++) {
        HfPump *pump = plain();
        HfPumpTask tasks[] = {
            {.id = 1, .resources = "cpus:1", .duration = HF_SECONDS(3), .end = HF_TASK_FINISHED},
            {.id = 2, .resources = "mem:24", .duration = HF_SECONDS(6), .end = HF_TASK_FAILED}};
        hf_pump_rule(pump, HF_MESSAGE_ACKNOWLEDGE, HF_PUMP_LOSE, 0, 2); /* of RUNNING */
        hf_pump_accept(pump, 0, &hf_pump_framework(pump, 0)->offers.at[0].id, 1, tasks, 2, 1000);
        hf_pump_run_for(pump, 0);
        HfPumpHost *host = hf_pump_host(pump, 0);
        for (guint32 t = 0; t < 2; t++) {
            assert_int_equal(host->runs.at[t].seat, t + 1);
            host->runs.at[t].seat = seats[i][t];
            HfMessage *forged = hf_pump_message(pump, HF_MESSAGE_STATUS_ACKNOWLEDGEMENT, to_master,
                                                (HfPeer){HF_PEER_AGENT, 0});
            forged->framework = 0;
            forged->agent = 0;
            forged->status = hf_pump_update(pump, 0, t + 1)->status;
            assert_int_equal(forged->status.seat, t + 1);
            forged->status.seat = seats[i][t];
            hf_pump_send(pump, forged);
            hf_pump_run_for(pump, 0);
            assert_int_equal(host->agent.tasks.at[t].update_count, 0);
            assert_int_equal(host->agent.tasks.at[1].update_count, 1 - t);
        }
        hf_pump_run_for(pump, HF_SECONDS(4));
        assert_told(pump, 1, "RUNNING FINISHED");
        assert_told(pump, 2, "RUNNING");
        hf_pump_run_for(pump, HF_SECONDS(4));
        assert_told(pump, 2, "RUNNING FAILED");
        assert_int_equal(tasks_at_agent(pump), 0);
        hf_pump_free(pump);
    }
}

/* Rows that were left are taken again, the last one first, and there is room for as many tasks as
 * come; all are reported when the agent comes back. */
static void tasks_keep_their_seats(void **state)
{
    enum { COUNT = 20 };
    HfPump *pump = cell(0, TRUE);
    HfPumpTask tasks[COUNT];
    for (uint32_t i = 0; i < COUNT; i++)
        tasks[i] = (HfPumpTask){.id = i + 1, .resources = "cpus:0.1", .duration = HF_TIME_NEVER};
    tasks[4].duration = HF_SECONDS(3);
    tasks[11].duration = HF_SECONDS(4);
    hf_pump_accept(pump, 0, &hf_pump_framework(pump, 0)->offers.at[0].id, 1, tasks, COUNT, 0);
    hf_pump_run_for(pump, HF_SECONDS(10));
    assert_int_equal(tasks_at_agent(pump), COUNT - 2);
    for (uint64_t id = COUNT + 1; id <= COUNT + 3; id++) {
        hf_pump_launch(pump, 0, id, "cpus:0.1", HF_TIME_NEVER);
        hf_pump_run_for(pump, HF_SECONDS(2));
    }
    const HfAgent *agent = &hf_pump_host(pump, 0)->agent;
    assert_int_equal(tasks_at_agent(pump), COUNT + 1);
    for (uint32_t i = 0; i <= COUNT; i++) {
        uint64_t id = i == 11 ? COUNT + 1 : i == 4 ? COUNT + 2 : i == COUNT ? COUNT + 3 : i + 1;
        assert_int_equal(agent->tasks.at[i].id, id);
    }
    hf_pump_master_failover(pump, HF_SECONDS(5));
    hf_pump_run_for(pump, HF_SECONDS(60));
    assert_int_equal(hf_master_tasks(pump->master), COUNT + 1);
    for (uint64_t id = 1; id <= COUNT; id += COUNT / 2 - 1) { /* by its id, in whatever seat */
        hf_pump_kill(pump, 0, id);
        hf_pump_run_for(pump, HF_SECONDS(5));
        assert_told(pump, id, "RUNNING KILLED");
    }
    hf_pump_free(pump);
}

static void updates_bring_the_tag_of_their_task(void **state)
{
    HfPump *pump = plain();
    HfPumpTask tasks[] = {{.id = 1, .resources = "cpus:1", .duration = HF_SECONDS(3), .tag = 7},
                          {.id = 2, .resources = "mem:24", .duration = HF_SECONDS(3), .tag = 9},
                          {.id = 3, .resources = "cpus:9", .duration = HF_SECONDS(3), .tag = 8}};
    hf_pump_accept(pump, 0, &hf_pump_framework(pump, 0)->offers.at[0].id, 1, tasks, 3, 5);
    hf_pump_run_for(pump, HF_SECONDS(4));
    assert_told(pump, 1, "RUNNING FINISHED");
    assert_told(pump, 3, "ERROR"); /* the master never had it */
    const HfPumpFramework *self = hf_pump_framework(pump, 0);
    assert_int_equal(self->updates.count, 5);
    for (guint32 i = 0; i < self->updates.count; i++) {
        const HfTaskStatus *status = &self->updates.at[i].status;
        assert_int_equal(status->tag, status->task == 1 ? 7 : status->task == 2 ? 9 : 0);
    }
    hf_pump_free(pump);
}

static void a_task_may_fail(void **state)
{
    HfPump *pump = plain();
    HfPumpTask task = {
        .id = 1, .resources = "cpus:1", .duration = HF_SECONDS(3), .end = HF_TASK_FAILED};
    hf_pump_accept(pump, 0, &hf_pump_framework(pump, 0)->offers.at[0].id, 1, &task, 1, 5);
    hf_pump_run(pump, HF_SECONDS(6));
    assert_told(pump, 1, "RUNNING FAILED");
    hf_pump_free(pump);
}

/* Mesos rows: 674, 690. The acknowledgement of the end never comes; the resources are free. */
static void the_end_of_a_task_frees_its_resources_at_once(void **state)
{
    HfPump *pump = plain();
    hf_pump_launch(pump, 0, 1, "cpus:4;mem:1024", HF_SECONDS(10.5));
    hf_pump_run(pump, HF_SECONDS(12));
    assert_available(pump, "");
    hf_pump_rule(pump, HF_MESSAGE_ACKNOWLEDGE, HF_PUMP_LOSE, 0, UINT32_MAX);
    hf_pump_run(pump, HF_SECONDS(12.5));
    assert_available(pump, "cpus:4;mem:1024");
    hf_pump_run(pump, HF_SECONDS(13));
    assert_int_equal(hf_pump_framework(pump, 0)->offers.count, 1);
    assert_int_equal(hf_master_tasks(pump->master), 1); /* known until it is acknowledged */
    hf_pump_free(pump);
}

/* ---- acknowledgements ---- */

/* The second update waits for the acknowledgement of the first, which is lost: RUNNING goes out at
 * 2 s and again at 12 s, and only then FINISHED of 5 s. */
static void updates_of_a_task_leave_in_order_one_at_a_time(void **state)
{
    HfPump *pump = plain();
    hf_pump_rule(pump, HF_MESSAGE_ACKNOWLEDGE, HF_PUMP_LOSE, 0, 1);
    hf_pump_launch(pump, 0, 1, "cpus:1", HF_SECONDS(3));
    hf_pump_run(pump, HF_SECONDS(12) - 1);
    assert_told(pump, 1, "RUNNING");
    hf_pump_run(pump, HF_SECONDS(12));
    assert_told(pump, 1, "RUNNING RUNNING FINISHED");
    assert_int_equal(tasks_at_agent(pump), 0);
    assert_int_equal(hf_trace_count(pump->trace, HF_RECORD_TASK_STATE), 2); /* each state once */
    hf_pump_free(pump);
}

/* Mesos rows: 691. The update says what the task is now, though it is about RUNNING. */
static void a_task_that_is_over_frees_its_resources_though_older_updates_come_first(void **state)
{
    HfPump *pump = plain();
    hf_pump_rule(pump, HF_MESSAGE_STATUS_UPDATE, HF_PUMP_LOSE, 0, 1);
    hf_pump_rule(pump, HF_MESSAGE_ACKNOWLEDGE, HF_PUMP_LOSE, 0, UINT32_MAX);
    hf_pump_launch(pump, 0, 1, "cpus:4;mem:1024", HF_SECONDS(3.5));
    hf_pump_run(pump, HF_SECONDS(12) - 1);
    assert_available(pump, "");
    hf_pump_run(pump, HF_SECONDS(12));
    assert_told(pump, 1, "RUNNING"); /* again, for the first was lost */
    assert_int_equal(pump->last[HF_RECORD_TASK_STATE].state, HF_TASK_FINISHED);
    hf_pump_run(pump, HF_SECONDS(13));
    assert_int_equal(hf_pump_framework(pump, 0)->offers.count, 1);
    hf_pump_free(pump);
}

/* Sent at 2 s; lost acknowledgements: again after 10, 20, 40, ... s, at most 10 min apart.
 * 2, 12, 32, 72, 152, 312, 632, then 600 apart: 1232, 1832. */
static void an_update_is_sent_again_after_ten_seconds_doubling_to_ten_minutes(void **state)
{
    static const double at[] = {2, 12, 32, 72, 152, 312, 632, 1232, 1832};
    HfPump *pump = plain();
    hf_pump_rule(pump, HF_MESSAGE_ACKNOWLEDGE, HF_PUMP_LOSE, 0, UINT32_MAX);
    hf_pump_launch(pump, 0, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run(pump, HF_SECONDS(1900));
    const HfPumpFramework *self = hf_pump_framework(pump, 0);
    assert_int_equal(self->updates.count, G_N_ELEMENTS(at));
    for (guint i = 0; i < G_N_ELEMENTS(at); i++)
        assert_int_equal(self->updates.at[i].at, HF_SECONDS(at[i]));
    hf_pump_free(pump);
}

/* Among the pump's events, the one timer of an agent's that counts. */
static guint32 retry_of(const HfPump *pump)
{
    guint32 retry = 0;
    while (pump->events.at[retry].message != NULL ||
           pump->events.at[retry].self.kind != HF_PEER_AGENT ||
           pump->events.at[retry].kind != HF_AGENT_TIMER_RETRY)
        retry++;
    return retry;
}

/* A host of flesh and blood may be busy when a timer ends: late is not never. */
static void a_retry_that_comes_late_comes(void **state)
{
    HfPump *pump = plain();
    hf_pump_rule(pump, HF_MESSAGE_ACKNOWLEDGE, HF_PUMP_LOSE, 0, UINT32_MAX);
    hf_pump_launch(pump, 0, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run(pump, HF_SECONDS(11.5));
    pump->now = HF_SECONDS(15);
    hf_pump_fire(pump, retry_of(pump));
    hf_pump_run_for(pump, 0);
    assert_told(pump, 1, "RUNNING RUNNING");
    hf_pump_run(pump, HF_SECONDS(36));
    assert_told(pump, 1, "RUNNING RUNNING RUNNING"); /* 20 s after the second */
    hf_pump_free(pump);
}

/* RUNNING of 2 s is acknowledged: its timer for 12 s may be dropped. FINISHED of 5 s is lost, and
 * comes again at 15 s, by a timer of its own. */
static void a_retry_that_was_spared_is_asked_for_anew(void **state)
{
    HfPump *pump = plain();
    hf_pump_launch(pump, 0, 1, "cpus:1", HF_SECONDS(3));
    hf_pump_run(pump, HF_SECONDS(4));
    hf_pump_rule(pump, HF_MESSAGE_ACKNOWLEDGE, HF_PUMP_LOSE, 0, 1);
    HfAgent *agent = &hf_pump_host(pump, 0)->agent;
    guint32 retry = retry_of(pump);
    HfPumpEvent timer = pump->events.at[retry];
    assert_true(hf_agent_spares_retry(agent, timer.at, timer.arg + 1)); /* of another life */
    assert_true(
        hf_agent_spares_retry(agent, timer.at + 1, timer.arg)); /* not the one that counts */
    assert_int_equal(agent->retry_at, HF_SECONDS(12));
    assert_true(hf_agent_spares_retry(agent, timer.at, timer.arg));
    hf_vec_remove(&pump->events, retry);
    hf_pump_run(pump, HF_SECONDS(15) - 1);
    assert_told(pump, 1, "RUNNING FINISHED");
    timer = pump->events.at[retry_of(pump)];
    assert_int_equal(timer.at, HF_SECONDS(15));
    assert_false(hf_agent_spares_retry(agent, timer.at, timer.arg));
    hf_pump_run(pump, HF_SECONDS(15));
    assert_told(pump, 1, "RUNNING FINISHED FINISHED");
    hf_pump_free(pump);
}

/* Task 1 is waiting for its retry at 152 s (see above) when at 100 s the update of task 2 is lost.
 */
static void one_task_in_long_waiting_does_not_delay_the_retry_of_another(void **state)
{
    HfPump *pump = plain();
    hf_pump_rule(pump, HF_MESSAGE_ACKNOWLEDGE, HF_PUMP_LOSE, 0, UINT32_MAX);
    hf_pump_launch(pump, 0, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run(pump, HF_SECONDS(100));
    hf_pump_launch(pump, 0, 2, "cpus:1", HF_TIME_NEVER);
    hf_pump_run(pump, HF_SECONDS(111));
    assert_told(pump, 2, "RUNNING RUNNING");
    assert_int_equal(hf_pump_update(pump, 0, 2)->at, HF_SECONDS(110));
    hf_pump_run(pump, HF_SECONDS(140)); /* 110 + 20 */
    assert_told(pump, 2, "RUNNING RUNNING RUNNING");
    assert_told(pump, 1, "RUNNING RUNNING RUNNING RUNNING");
    hf_pump_run(pump, HF_SECONDS(152));
    assert_told(pump, 1, "RUNNING RUNNING RUNNING RUNNING RUNNING");
    hf_pump_free(pump);
}

/* The back-off starts anew with each update: FINISHED of 200 s is sent again at 210 s. */
static void the_next_update_starts_its_own_back_off(void **state)
{
    HfPump *pump = plain();
    hf_pump_rule(pump, HF_MESSAGE_ACKNOWLEDGE, HF_PUMP_LOSE, 0, 3); /* of RUNNING, until 72 s */
    hf_pump_launch(pump, 0, 1, "cpus:1", HF_SECONDS(198));
    hf_pump_run(pump, HF_SECONDS(199));
    assert_told(pump, 1, "RUNNING RUNNING RUNNING RUNNING");
    hf_pump_rule(pump, HF_MESSAGE_ACKNOWLEDGE, HF_PUMP_LOSE, 0, 1);
    hf_pump_run(pump, HF_SECONDS(209));
    assert_told(pump, 1, "RUNNING RUNNING RUNNING RUNNING FINISHED");
    hf_pump_run(pump, HF_SECONDS(210));
    assert_told(pump, 1, "RUNNING RUNNING RUNNING RUNNING FINISHED FINISHED");
    assert_int_equal(tasks_at_agent(pump), 0);
    hf_pump_free(pump);
}

/* RUNNING is acknowledged at its third sending, 32 s; FINISHED, which waited behind it, is lost
 * then and comes again 10 s later, not 40. */
static void an_update_that_waited_starts_its_own_back_off(void **state)
{
    HfPump *pump = plain();
    hf_pump_rule(pump, HF_MESSAGE_ACKNOWLEDGE, HF_PUMP_LOSE, 0, 2);
    hf_pump_rule(pump, HF_MESSAGE_ACKNOWLEDGE, HF_PUMP_PASS, 0, 1);
    hf_pump_rule(pump, HF_MESSAGE_ACKNOWLEDGE, HF_PUMP_LOSE, 0, 1);
    hf_pump_launch(pump, 0, 1, "cpus:1", HF_SECONDS(3));
    hf_pump_run(pump, HF_SECONDS(32));
    assert_told(pump, 1, "RUNNING RUNNING RUNNING FINISHED");
    hf_pump_run(pump, HF_SECONDS(42));
    assert_told(pump, 1, "RUNNING RUNNING RUNNING FINISHED FINISHED");
    assert_int_equal(tasks_at_agent(pump), 0);
    hf_pump_free(pump);
}

static void updates_and_acknowledgements_that_come_twice_do_no_harm(void **state)
{
    HfPump *pump = plain();
    hf_pump_rule(pump, HF_MESSAGE_STATUS_UPDATE, HF_PUMP_TWICE, 0, UINT32_MAX);
    hf_pump_rule(pump, HF_MESSAGE_UPDATE, HF_PUMP_TWICE, 0, UINT32_MAX);
    hf_pump_rule(pump, HF_MESSAGE_ACKNOWLEDGE, HF_PUMP_TWICE, 0, UINT32_MAX);
    hf_pump_rule(pump, HF_MESSAGE_STATUS_ACKNOWLEDGEMENT, HF_PUMP_TWICE, 0, UINT32_MAX);
    hf_pump_rule(pump, HF_MESSAGE_RUN_TASK, HF_PUMP_TWICE, 0, UINT32_MAX);
    hf_pump_launch(pump, 0, 1, "cpus:1", HF_SECONDS(3));
    hf_pump_run(pump, HF_SECONDS(100));
    assert_told(pump, 1, "RUNNING RUNNING RUNNING RUNNING FINISHED FINISHED FINISHED FINISHED");
    assert_int_equal(hf_trace_count(pump->trace, HF_RECORD_TASK_STARTED), 1);
    assert_int_equal(hf_trace_count(pump->trace, HF_RECORD_TASK_STATE), 2);
    assert_int_equal(hf_master_tasks(pump->master), 0);
    assert_int_equal(tasks_at_agent(pump), 0);
    hf_pump_free(pump);
}

/* A RUNNING that overtakes nothing but comes 60 s late, when the task is over and forgotten. */
static void a_late_update_brings_no_task_back(void **state)
{
    HfPump *pump = plain();
    hf_pump_rule(pump, HF_MESSAGE_STATUS_UPDATE, HF_PUMP_LATE, HF_SECONDS(60), 1);
    hf_pump_launch(pump, 0, 1, "cpus:1", HF_SECONDS(3));
    hf_pump_run(pump, HF_SECONDS(100));
    assert_told(pump, 1, "RUNNING FINISHED RUNNING");
    assert_int_equal(hf_trace_count(pump->trace, HF_RECORD_TASK_STATE),
                     1); /* at 12 s: it is over */
    assert_int_equal(hf_master_tasks(pump->master), 0);
    hf_pump_free(pump);
}

/* The master must not take the late acknowledgement of RUNNING for that of FINISHED. */
static void an_acknowledgement_counts_for_its_own_state_alone(void **state)
{
    HfPump *pump = plain();
    hf_pump_rule(pump, HF_MESSAGE_ACKNOWLEDGE, HF_PUMP_LATE, HF_SECONDS(4), 1);
    hf_pump_launch(pump, 0, 1, "cpus:1", HF_SECONDS(3));
    hf_pump_run(pump, HF_SECONDS(5.5));
    assert_int_equal(hf_master_tasks(pump->master), 1);
    hf_pump_run(pump, HF_SECONDS(6)); /* the acknowledgement comes, FINISHED goes out */
    assert_told(pump, 1, "RUNNING FINISHED");
    assert_int_equal(hf_master_tasks(pump->master), 0);
    hf_pump_free(pump);
}

/* The master knows that the task is over, the framework has acknowledged no more than RUNNING. */
static void a_task_is_known_until_its_end_is_acknowledged(void **state)
{
    HfPump *pump = plain();
    hf_pump_rule(pump, HF_MESSAGE_STATUS_UPDATE, HF_PUMP_LOSE, 0, 1); /* RUNNING */
    hf_pump_rule(pump, HF_MESSAGE_STATUS_UPDATE, HF_PUMP_PASS, 0, 1); /* RUNNING again, at 12 s */
    hf_pump_rule(pump, HF_MESSAGE_STATUS_UPDATE, HF_PUMP_LOSE, 0, 1); /* FINISHED */
    hf_pump_launch(pump, 0, 1, "cpus:1", HF_SECONDS(3));
    hf_pump_run(pump, HF_SECONDS(13));
    assert_told(pump, 1, "RUNNING");
    assert_int_equal(hf_master_tasks(pump->master), 1);
    hf_pump_run(pump, HF_SECONDS(22));
    assert_told(pump, 1, "RUNNING FINISHED");
    assert_int_equal(hf_master_tasks(pump->master), 0);
    hf_pump_free(pump);
}

/* Nobody could be told of it; the agent will send its update again (MESOS: Master::acknowledge). */
static void an_acknowledgement_for_a_disconnected_agent_is_dropped(void **state)
{
    HfPump *pump = cell(0, TRUE);
    hf_pump_launch(pump, 0, 1, "cpus:1", HF_SECONDS(3));
    hf_pump_run(pump, HF_SECONDS(4));
    hf_pump_rule(pump, HF_MESSAGE_ACKNOWLEDGE, HF_PUMP_LATE, HF_SECONDS(10), 1); /* of FINISHED */
    hf_pump_run(pump, HF_SECONDS(6));
    hf_pump_crash(pump, 0, TRUE);
    hf_pump_run(pump, HF_SECONDS(16));
    assert_told(pump, 1, "RUNNING FINISHED");
    assert_int_equal(hf_master_tasks(pump->master), 1);
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(20)); /* the update was on the agent's disk, and is sent again */
    assert_int_equal(hf_master_tasks(pump->master), 0);
    assert_told(pump, 1, "RUNNING FINISHED FINISHED");
    hf_pump_free(pump);
}

static void a_framework_cannot_acknowledge_for_another(void **state)
{
    HfPump *pump = plain();
    uint32_t other = hf_pump_add_framework(pump, "other", "other", 0, FALSE);
    hf_pump_rule(pump, HF_MESSAGE_ACKNOWLEDGE, HF_PUMP_LOSE, 0, 1);
    hf_pump_launch(pump, 0, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, 0);
    HfMessage *forged = hf_pump_message(pump, HF_MESSAGE_ACKNOWLEDGE,
                                        (HfPeer){HF_PEER_FRAMEWORK, other}, to_master);
    forged->framework = hf_pump_framework(pump, other)->id;
    forged->agent = 0;
    forged->status = hf_pump_update(pump, 0, 1)->status;
    hf_pump_send(pump, forged);
    hf_pump_run_for(pump, 0);
    assert_int_equal(hf_pump_host(pump, 0)->agent.tasks.at[0].update_count, 1);
    hf_pump_free(pump);
}

/* ---- kill ---- */

static void a_killed_task_ends_and_frees_its_resources(void **state)
{
    HfPump *pump = plain();
    hf_pump_launch(pump, 0, 1, "cpus:4;mem:1024", HF_TIME_NEVER);
    hf_pump_run(pump, HF_SECONDS(2.5));
    hf_pump_kill(pump, 0, 1);
    hf_pump_run_for(pump, 0);
    assert_told(pump, 1, "RUNNING KILLED");
    assert_available(pump, "cpus:4;mem:1024");
    assert_int_equal(hf_trace_count(pump->trace, HF_RECORD_TASK_KILL), 1);
    assert_int_equal(hf_pump_host(pump, 0)->runs.count, 0);
    hf_pump_free(pump);
}

/* Answered as a reconciliation (MESOS 4.2); no task changes its state, so nothing is recorded. */
static void killing_an_unknown_task_is_answered_lost(void **state)
{
    HfPump *pump = plain();
    hf_pump_kill(pump, 0, 7);
    hf_pump_kill(pump, 0, UINT64_MAX);
    hf_pump_run_for(pump, 0);
    assert_told(pump, 7, "LOST");
    assert_told(pump, UINT64_MAX, "LOST");
    assert_int_equal(hf_pump_update(pump, 0, 7)->status.reason, HF_REASON_RECONCILIATION);
    assert_false(hf_pump_update(pump, 0, 7)->status.needs_ack);
    assert_int_equal(hf_trace_count(pump->trace, HF_RECORD_TASK_STATE), 0);
    hf_pump_free(pump);
}

static void killing_an_unknown_task_is_answered_unknown_to_the_aware(void **state)
{
    HfPump *pump = cell(HF_CAPABILITY_PARTITION_AWARE, FALSE);
    hf_pump_kill(pump, 0, 7);
    hf_pump_run_for(pump, 0);
    assert_told(pump, 7, "UNKNOWN");
    hf_pump_free(pump);
}

/* The kill and the end of the task cross: what the task did first counts. */
static void a_kill_that_comes_too_late_changes_nothing(void **state)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.latency = HF_SECONDS(0.1);
    HfPump *pump = hf_pump_new(&config);
    hf_pump_add_agent(pump, "cpus:4;mem:1024");
    hf_pump_add_framework(pump, "web", "web", 0, FALSE);
    hf_pump_run(pump, HF_SECONDS(2));
    hf_pump_launch(pump, 0, 1, "cpus:1", HF_SECONDS(10));
    hf_pump_run_for(pump, HF_SECONDS(10.15)); /* it ends at 12.2 s; the kill arrives at 12.35 s */
    hf_pump_kill(pump, 0, 1);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_told(pump, 1, "RUNNING FINISHED");
    assert_int_equal(hf_master_tasks(pump->master), 0);
    hf_pump_free(pump);
}

static void a_kill_that_comes_twice_kills_once(void **state)
{
    HfPump *pump = plain();
    hf_pump_launch(pump, 0, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, 0);
    hf_pump_rule(pump, HF_MESSAGE_KILL_TASK, HF_PUMP_TWICE, 0, 1);
    hf_pump_kill(pump, 0, 1);
    hf_pump_run_for(pump, 0);
    assert_told(pump, 1, "RUNNING KILLED");
    hf_pump_free(pump);
}

static void a_framework_cannot_kill_the_task_of_another(void **state)
{
    HfPump *pump = plain();
    uint32_t other = hf_pump_add_framework(pump, "other", "other", 0, FALSE);
    hf_pump_launch(pump, 0, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, 0);
    hf_pump_kill(pump, other, 1);
    hf_pump_run_for(pump, 0);
    assert_told(pump, 1, "RUNNING");
    assert_int_equal(hf_pump_host(pump, 0)->runs.count, 1);
    hf_pump_free(pump);
}

/* The order to kill is lost; when the agent registers again, it is given again. */
static void a_lost_kill_is_made_up_for_when_the_agent_registers_again(void **state)
{
    HfPump *pump = cell(0, TRUE);
    hf_pump_launch(pump, 0, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, 0);
    hf_pump_rule(pump, HF_MESSAGE_KILL_TASK, HF_PUMP_LOSE, 0, 1);
    hf_pump_kill(pump, 0, 1);
    hf_pump_run(pump, HF_SECONDS(10));
    assert_told(pump, 1, "RUNNING");
    HfMessage *again =
        hf_pump_message(pump, HF_MESSAGE_REREGISTER_AGENT, (HfPeer){HF_PEER_AGENT, 0}, to_master);
    const HfAgent *agent = &hf_pump_host(pump, 0)->agent;
    again->agent = agent->id;
    hf_agent_introduce(agent, again);
    hf_vec_push(&again->reports,
                (HfTaskReport){.task = 1, .framework = 0, .state = HF_TASK_RUNNING});
    hf_pump_send(pump, again);
    hf_pump_run_for(pump, 0);
    assert_told(pump, 1, "RUNNING KILLED");
    hf_pump_free(pump);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_task_runs_finishes_and_is_forgotten_by_all),
        cmocka_unit_test(a_wrong_place_of_a_task_changes_nothing),
        cmocka_unit_test(a_wrong_seat_of_a_task_changes_nothing),
        cmocka_unit_test(tasks_keep_their_seats),
        cmocka_unit_test(updates_bring_the_tag_of_their_task),
        cmocka_unit_test(a_task_may_fail),
        cmocka_unit_test(the_end_of_a_task_frees_its_resources_at_once),
        cmocka_unit_test(updates_of_a_task_leave_in_order_one_at_a_time),
        cmocka_unit_test(a_task_that_is_over_frees_its_resources_though_older_updates_come_first),
        cmocka_unit_test(an_update_is_sent_again_after_ten_seconds_doubling_to_ten_minutes),
        cmocka_unit_test(a_retry_that_comes_late_comes),
        cmocka_unit_test(a_retry_that_was_spared_is_asked_for_anew),
        cmocka_unit_test(one_task_in_long_waiting_does_not_delay_the_retry_of_another),
        cmocka_unit_test(the_next_update_starts_its_own_back_off),
        cmocka_unit_test(an_update_that_waited_starts_its_own_back_off),
        cmocka_unit_test(updates_and_acknowledgements_that_come_twice_do_no_harm),
        cmocka_unit_test(a_task_is_known_until_its_end_is_acknowledged),
        cmocka_unit_test(an_acknowledgement_for_a_disconnected_agent_is_dropped),
        cmocka_unit_test(a_late_update_brings_no_task_back),
        cmocka_unit_test(an_acknowledgement_counts_for_its_own_state_alone),
        cmocka_unit_test(a_framework_cannot_acknowledge_for_another),
        cmocka_unit_test(a_killed_task_ends_and_frees_its_resources),
        cmocka_unit_test(killing_an_unknown_task_is_answered_lost),
        cmocka_unit_test(killing_an_unknown_task_is_answered_unknown_to_the_aware),
        cmocka_unit_test(a_kill_that_comes_too_late_changes_nothing),
        cmocka_unit_test(a_kill_that_comes_twice_kills_once),
        cmocka_unit_test(a_framework_cannot_kill_the_task_of_another),
        cmocka_unit_test(a_lost_kill_is_made_up_for_when_the_agent_registers_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
