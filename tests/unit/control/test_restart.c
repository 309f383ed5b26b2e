/* Agents whose process or host goes down: what of their tasks, ids and disks comes back. */
#include "support/pump_internal.h"
#include "unit/control/cell.h"

static HfPumpHost *host0(HfPump *pump)
{
    return hf_pump_host(pump, 0);
}

/* Nobody asks for offers, so that what is not used by task 1 is available. */
static HfPump *quiet_cell(gboolean checkpoint)
{
    HfPump *pump = cell(0, checkpoint);
    hf_pump_suppress(pump, 0);
    hf_pump_run_for(pump, 0);
    return pump;
}

/* ---- the process alone ---- */

/* Its executor waits; the master hears of nothing but the broken connection. */
static void a_checkpointed_task_runs_on_while_its_agent_restarts(void **state)
{
    HfPump *pump = cell(0, TRUE);
    hf_pump_run(pump, HF_SECONDS(10));
    hf_pump_stop(pump, 0);
    hf_pump_run(pump, HF_SECONDS(15));
    assert_int_equal(count(pump, HF_RECORD_AGENT_DISCONNECTED), 1);
    assert_int_equal(host0(pump)->runs.count, 1);
    guint before = updates(pump);
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(60));
    assert_int_equal(updates(pump), before);
    assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_int_equal(host0(pump)->agent.id, 0);
    assert_int_equal(count(pump, HF_RECORD_AGENT_REREGISTERED), 1);
    hf_pump_kill(pump, 0, 1); /* it is the agent's again */
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_told(pump, 1, HF_TASK_KILLED, HF_REASON_NONE);
    hf_pump_free(pump);
}

/* Mesos rows: 653. */
static void a_task_without_checkpoint_ends_with_its_agents_process(void **state)
{
    HfPump *pump = quiet_cell(FALSE);
    hf_pump_stop(pump, 0);
    hf_pump_run_for(pump, 0);
    assert_told(pump, 1, HF_TASK_LOST, HF_REASON_SLAVE_DISCONNECTED);
    assert_int_equal(host0(pump)->runs.count, 0);
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(10));
    assert_int_equal(hf_master_tasks(pump->master), 0);
    assert_available(pump, "cpus:4;mem:1024");
    hf_pump_free(pump);
}

/* The executor keeps the news of the end for the next process. */
static void an_end_while_the_agent_is_down_is_told_when_it_is_back(void **state)
{
    HfPump *pump = cell(0, TRUE);
    hf_pump_revive(pump, 0);
    hf_pump_run_for(pump, 0);
    hf_pump_launch(pump, 0, 2, "cpus:1", HF_SECONDS(5));
    hf_pump_run_for(pump, HF_SECONDS(1));
    hf_pump_stop(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(10));
    assert_told(pump, 2, HF_TASK_RUNNING, HF_REASON_NONE);
    hf_pump_boot(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(10));
    assert_told(pump, 2, HF_TASK_FINISHED, HF_REASON_NONE);
    assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_int_equal(tasks_at_agent(pump), 1);
    hf_pump_free(pump);
}

/* Two attempts to register were answered, the second when the master had given up the first agent:
 * the process ends, and its successor returns under the id on its disk, with its task. */
static void an_agent_that_is_given_another_id_dies_and_returns_under_its_own(void **state)
{
    for (int was_looking = 0; was_looking < 2; was_looking++) {
        HfPump *pump = cell(0, TRUE);
        if (was_looking) {
            hf_pump_send(pump, hf_pump_message(pump, HF_MESSAGE_DETECTED, to_master,
                                               (HfPeer){HF_PEER_AGENT, 0}));
            hf_pump_run_for(pump, 0);
            assert_int_equal(host0(pump)->agent.state, HF_AGENT_REGISTERING);
        }
        HfMessage *late = hf_pump_message(pump, HF_MESSAGE_AGENT_REGISTERED, to_master,
                                          (HfPeer){HF_PEER_AGENT, 0});
        late->agent = 1;
        hf_pump_send(pump, late);
        hf_pump_run_for(pump, 0);
        assert_int_equal(host0(pump)->agent.state, HF_AGENT_DOWN);
        assert_int_equal(host0(pump)->agent.death, HF_DEATH_WRONG_ID);
        assert_int_equal(host0(pump)->agent.id, 0);
        assert_int_equal(host0(pump)->runs.count, 1);
        hf_pump_boot(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(10));
        assert_int_equal(host0(pump)->agent.state, HF_AGENT_REGISTERED);
        assert_int_equal(host0(pump)->agent.id, 0);
        assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_NONE);
        assert_int_equal(tasks_at_agent(pump), 1);
        hf_pump_free(pump);
    }
}

/* It waits 2 s for executors before it registers; one that is not back by then is lost. */
static void an_executor_that_does_not_come_back_is_lost(void **state)
{
    HfPump *pump = cell(0, TRUE);
    hf_pump_stop(pump, 0);
    hf_pump__kill_runs(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(5));
    hf_pump_boot(pump, 0);
    assert_int_equal(host0(pump)->agent.state, HF_AGENT_RECOVERING);
    HfTime booted = pump->now;
    hf_pump_run(pump, booted + HF_SECONDS(2) - 1);
    assert_int_equal(host0(pump)->agent.state, HF_AGENT_RECOVERING);
    hf_pump_run(pump, booted + HF_SECONDS(2));
    assert_int_equal(host0(pump)->agent.state, HF_AGENT_REGISTERING);
    hf_pump_run(pump, booted + HF_SECONDS(10));
    assert_told(pump, 1, HF_TASK_LOST, HF_REASON_EXECUTOR_REREGISTRATION_TIMEOUT);
    assert_int_equal(hf_master_tasks(pump->master), 0);
    hf_pump_free(pump);
}

static void an_agent_without_executors_registers_at_once(void **state)
{
    HfPump *pump = cell(0, FALSE);
    hf_pump_stop(pump, 0);
    hf_pump_boot(pump, 0);
    assert_int_equal(host0(pump)->agent.state, HF_AGENT_REGISTERING);
    hf_pump_free(pump);
}

/* ---- reboots ---- */

/* Mesos rows: 654. */
static void checkpointed_tasks_have_failed_after_a_reboot(void **state)
{
    HfPump *pump = quiet_cell(TRUE);
    hf_pump_crash(pump, 0, TRUE);
    hf_pump_run_for(pump, HF_SECONDS(60));
    assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_NONE);
    hf_pump_boot(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(5));
    assert_told(pump, 1, HF_TASK_FAILED, HF_REASON_EXECUTOR_TERMINATED);
    assert_int_equal(host0(pump)->agent.id, 0);
    assert_int_equal(tasks_at_agent(pump), 0);
    assert_available(pump, "cpus:4;mem:1024");
    hf_pump_free(pump);
}

/* Before Mesos 1.4 (MESOS-6223): the old agent is removed when the new one asks, seen or unseen. */
static void each_reboot_gave_a_new_id_once(void **state)
{
    for (int visible = 0; visible < 2; visible++) {
        HfPump *pump = cell(0, TRUE);
        pump->agent_config.new_id_after_reboot = TRUE;
        hf_pump_crash(pump, 0, visible);
        hf_pump_run_for(pump, HF_SECONDS(5));
        hf_pump_boot(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(5));
        assert_int_equal(host0(pump)->agent.id, 1);
        assert_told(pump, 1, HF_TASK_LOST, HF_REASON_SLAVE_REMOVED);
        assert_int_equal(count(pump, HF_RECORD_AGENT_REMOVED), 1);
        assert_int_equal(hf_pump_framework(pump, 0)->failures, 1);
        assert_false(hf_master_agent_is_registered(pump->master, 0));
        assert_true(hf_master_agent_is_registered(pump->master, 1));
        hf_pump_stop(pump, 0); /* a restart of the process alone keeps it */
        hf_pump_boot(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(5));
        assert_int_equal(host0(pump)->agent.id, 1);
        hf_pump_free(pump);
    }
}

/* ---- reservations and volumes ---- */

static HfResources with_reserved(HfPump *pump, const char *rest, const char *reserved)
{
    HfResources total = hf_pump_resources(pump, rest), part = hf_pump_resources(pump, reserved);
    hf_resources_push_reservation(
        pump->catalog, &part,
        &(HfReservation){HF_RESERVATION_DYNAMIC, hf_role_find(pump->catalog, "web"), 0, 0});
    hf_resources_add(pump->catalog, &total, &part);
    hf_resources_clear(pump->catalog, &part);
    return total;
}

static void assert_total(HfPump *pump, const HfResources *expected)
{
    assert_true(hf_resources_equal(pump->catalog, hf_agent_total(&host0(pump)->agent), expected));
}

/* Mesos rows: 369, 412, 659. The process, the host, and both with a new id: reservations stay. */
static void reservations_outlive_all_but_the_disk(void **state)
{
    HfPump *pump = quiet_cell(FALSE);
    HfResources total = with_reserved(pump, "cpus:3;mem:1024", "cpus:1");
    HfAgent *agent = &host0(pump)->agent;
    assert_true(hf_agent_set_total(agent, &total));
    assert_total(pump, &total);
    hf_pump_stop(pump, 0);
    hf_pump_boot(pump, 0);
    assert_total(pump, &total);
    hf_pump_run_for(pump, HF_SECONDS(5));
    hf_pump_crash(pump, 0, TRUE);
    hf_agent_forget(agent);
    hf_pump_boot(pump, 0);
    assert_total(pump, &total);
    hf_pump_run_for(pump, HF_SECONDS(5));
    assert_int_equal(agent->id, 1);
    assert_true(hf_resources_equal(pump->catalog, &total,
                                   hf_allocator_available(hf_master_allocator(pump->master), 1)));
    hf_pump_crash(pump, 0, TRUE);
    hf_pump_lose_disk(pump, 0);
    hf_pump_boot(pump, 0);
    assert_total(pump, &host0(pump)->total);
    hf_pump_run_for(pump, HF_SECONDS(5));
    assert_int_equal(agent->id, 2);
    hf_resources_clear(pump->catalog, &total);
    hf_pump_free(pump);
}

/* Mesos rows: 663. The master is told what the agent has after it died between the two steps: the
 * new state. */
static void a_process_that_dies_between_the_two_steps_comes_back_with_the_new_state(void **state)
{
    for (int step = HF_CHECKPOINT_NOTHING; step < HF_CHECKPOINT_STEPS; step++) {
        HfPump *pump = quiet_cell(FALSE);
        HfResources total = with_reserved(pump, "cpus:3;mem:1024", "cpus:1");
        HfAgent *agent = &host0(pump)->agent;
        agent->dies_at = (uint8_t)step;
        assert_false(hf_agent_set_total(agent, &total));
        assert_int_equal(agent->state, HF_AGENT_DOWN);
        hf_pump_stop(pump, 0);
        hf_pump_boot(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(5));
        const HfResources *expected = step == HF_CHECKPOINT_NOTHING ? &host0(pump)->total : &total;
        assert_total(pump, expected);
        assert_true(hf_resources_equal(
            pump->catalog, expected,
            hf_allocator_available(hf_master_allocator(pump->master), agent->id)));
        hf_resources_clear(pump->catalog, &total);
        hf_pump_free(pump);
    }
}

/* Mesos rows: 373, 415. It stays away until its flags can hold what is reserved. */
static void an_agent_refuses_flags_that_cannot_hold_its_reservations(void **state)
{
    HfPump *pump = cell(0, FALSE);
    HfResources total = with_reserved(pump, "cpus:1;mem:1024", "cpus:3");
    HfResources small = hf_pump_resources(pump, "cpus:2;mem:1024");
    HfResources whole = hf_pump_resources(pump, "cpus:4;mem:1024");
    HfAgent *agent = &host0(pump)->agent;
    assert_true(hf_agent_set_total(agent, &total));
    hf_pump_crash(pump, 0, TRUE); /* a reboot does not help */
    hf_agent_set_flags(agent, &(HfAgentFlags){&small, NULL});
    hf_pump_boot(pump, 0);
    assert_int_equal(agent->state, HF_AGENT_DOWN);
    assert_int_equal(agent->refusal, HF_REFUSAL_CHECKPOINT);
    assert_int_equal(count(pump, HF_RECORD_AGENT_REFUSED), 1);
    hf_agent_set_flags(agent, &(HfAgentFlags){&whole, &host0(pump)->attributes});
    hf_pump_boot(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(5));
    assert_int_equal(agent->state, HF_AGENT_REGISTERED);
    assert_total(pump, &total);
    hf_resources_clear(pump->catalog, &total);
    hf_resources_clear(pump->catalog, &small);
    agent->flags.resources = agent->disk.flags = &host0(pump)->total;
    hf_resources_clear(pump->catalog, &whole);
    hf_pump_free(pump);
}

/* ---- other flags ---- */

static void restart_with(HfPump *pump, const HfResources *flags, gboolean reboot)
{
    if (reboot)
        hf_pump_crash(pump, 0, TRUE);
    else
        hf_pump_stop(pump, 0);
    hf_agent_set_flags(&host0(pump)->agent, &(HfAgentFlags){flags, &host0(pump)->attributes});
    hf_pump_boot(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(5));
}

/* Mesos rows: 655, 656. Policy equal: refused; after a reboot a new agent, also when the process
 * starts a second time before it has registered. Policy additive: the same agent, with more. */
static void other_flags_are_judged_by_the_policy(void **state)
{
    HfPump *pump = quiet_cell(FALSE);
    HfAgent *agent = &host0(pump)->agent;
    HfResources more = hf_pump_resources(pump, "cpus:8;mem:1024");
    restart_with(pump, &more, FALSE);
    assert_int_equal(agent->state, HF_AGENT_DOWN);
    assert_int_equal(agent->refusal, HF_REFUSAL_RECONFIGURATION);
    pump->agent_config.reconfiguration_policy = HF_RECONFIGURATION_ADDITIVE;
    hf_pump_boot(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(5));
    assert_int_equal(agent->id, 0);
    assert_available(pump, "cpus:8;mem:1024");
    restart_with(pump, &host0(pump)->total, FALSE); /* less is refused */
    assert_int_equal(agent->refusal, HF_REFUSAL_RECONFIGURATION);
    hf_pump_crash(pump, 0, TRUE);
    hf_pump_boot(pump, 0);
    hf_pump_stop(pump, 0);
    hf_pump_boot(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(5));
    assert_int_equal(agent->id, 1);
    assert_int_equal(count(pump, HF_RECORD_AGENT_REMOVED), 1);
    hf_resources_clear(pump->catalog, &more);
    hf_pump_free(pump);
}

/* Mesos rows: 661. */
static void a_task_runs_on_while_its_agent_grows(void **state)
{
    HfPump *pump = quiet_cell(TRUE);
    pump->agent_config.reconfiguration_policy = HF_RECONFIGURATION_ADDITIVE;
    HfResources more = hf_pump_resources(pump, "cpus:8;mem:1024");
    restart_with(pump, &more, FALSE);
    assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_available(pump, "cpus:7;mem:1024");
    hf_pump_kill(pump, 0, 1);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_available(pump, "cpus:8;mem:1024");
    hf_resources_clear(pump->catalog, &more);
    hf_pump_free(pump);
}

/* A host back in time answers pings while it still waits to register. The last ping before the
 * verdict is answered, or it is too late: by both kinds of heartbeat alike. */
static void a_host_back_before_the_last_ping_is_saved(void **state)
{
    static const double back[] = {10, 59, 74, 76, 89, 91};
    for (guint i = 0; i < G_N_ELEMENTS(back); i++) {
        uint64_t lost[2];
        for (int explicitly = 0; explicitly < 2; explicitly++) {
            HfPump *pump = cell_as(explicitly, 0, FALSE);
            hf_pump_rule(pump, HF_MESSAGE_REREGISTER_AGENT, HF_PUMP_LOSE, 0, UINT32_MAX);
            HfTime registered = host0(pump)->agent.registered_at;
            hf_pump_run(pump, registered + HF_SECONDS(16)); /* the verdict: at 30 + 75 s */
            hf_pump_crash(pump, 0, FALSE);
            hf_pump_run(pump, registered + HF_SECONDS(15 + back[i]));
            hf_pump_boot(pump, 0);
            hf_pump_run(pump, registered + HF_SECONDS(130));
            lost[explicitly] = count(pump, HF_RECORD_AGENT_UNREACHABLE);
            hf_pump_free(pump);
        }
        assert_int_equal(lost[0], lost[1]);
        assert_int_equal(lost[0], back[i] > 75); /* the ping of 90 s is the last that counts */
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_agent_that_is_given_another_id_dies_and_returns_under_its_own),
        cmocka_unit_test(a_checkpointed_task_runs_on_while_its_agent_restarts),
        cmocka_unit_test(a_task_without_checkpoint_ends_with_its_agents_process),
        cmocka_unit_test(an_end_while_the_agent_is_down_is_told_when_it_is_back),
        cmocka_unit_test(an_executor_that_does_not_come_back_is_lost),
        cmocka_unit_test(an_agent_without_executors_registers_at_once),
        cmocka_unit_test(checkpointed_tasks_have_failed_after_a_reboot),
        cmocka_unit_test(each_reboot_gave_a_new_id_once),
        cmocka_unit_test(reservations_outlive_all_but_the_disk),
        cmocka_unit_test(a_process_that_dies_between_the_two_steps_comes_back_with_the_new_state),
        cmocka_unit_test(an_agent_refuses_flags_that_cannot_hold_its_reservations),
        cmocka_unit_test(other_flags_are_judged_by_the_policy),
        cmocka_unit_test(a_task_runs_on_while_its_agent_grows),
        cmocka_unit_test(a_host_back_before_the_last_ping_is_saved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
