/*
 * What the recorder makes of tasks that hold reservations and volumes, of the volumes themselves,
 * and of what lies reserved and idle: streams of records by hand, every number worked out where it
 * is expected.
 */
#include "unit/audit/script.h"

#include <math.h>

#include "world/recorder_internal.h"

#define S HF_NS_PER_SECOND

#define PLAIN    "cpus:4;mem:400;disk:100"
#define RESERVED "cpus(D:db,p=pp):2;disk(D:db,p=pp):40"
#define VOLUME   "disk(D:db,p=pp)[v1:data,p=pp]:40"
#define HOME     "cpus(D:db,p=pp):2;" VOLUME
/* What an agent has when its framework has made itself at home. */
#define SETTLED "cpus:2;mem:400;disk:60;" HOME

typedef struct Fixture {
    HfScenario scenario;
    Script script;
    HfRecorder *recorder;
} Fixture;

/* Two hosts, 100 s. Framework 0 is subscribed under role db. */
static Fixture *start(HfTime warm_up)
{
    Fixture *f = g_new0(Fixture, 1);
    f->script.catalog = hf_catalog_new(0);
    f->scenario.duration = 100 * S;
    f->scenario.warm_up = warm_up;
    f->scenario.record.interval = 1000 * S;
    f->recorder = hf_recorder_new(f->script.catalog, &f->scenario, 2, NULL);
    f->script.listen = hf_recorder_listen;
    f->script.listener = f->recorder;
    script_play(&f->script, "0 framework_subscribed f=0 r=db\n"
                            "0 agent_registered a=0 v=0 x=" PLAIN "\n"
                            "0 agent_registered a=1 v=1 x=" PLAIN);
    return f;
}

static void stop(Fixture *f)
{
    hf_recorder_free(f->recorder);
    hf_catalog_free(f->script.catalog);
    g_free(f);
}

static void play(Fixture *f, const char *text)
{
    script_play(&f->script, text);
}

/* RESERVE and CREATE by framework 0 on agent 0. */
static void settle(Fixture *f, const char *at)
{
    g_autofree char *text = g_strdup_printf(
        "%s operation a=0 f=0 r=db n=RESERVE\n"
        "%s consumed a=0 f=0 r=db x=cpus:2;disk:40\n%s converted a=0 f=0 r=db x=" RESERVED "\n"
        "%s operation a=0 f=0 r=db n=CREATE\n"
        "%s consumed a=0 f=0 r=db x=disk(D:db,p=pp):40\n%s converted a=0 f=0 r=db x=" VOLUME,
        at, at, at, at, at, at);
    play(f, text);
}

static void finish(Fixture *f)
{
    hf_recorder_finish(f->recorder, 100 * S);
}

static double idle(const Fixture *f, HfKindId kind)
{
    return hf_recorder__mean(f->recorder,
                             hf_recorder__resource(f->recorder, kind, HF_LEVEL_RESERVED_IDLE)) /
           1000;
}

static double mean(const Fixture *f, HfClusterLevel level)
{
    return hf_recorder__mean(f->recorder, &f->recorder->cluster[level]);
}

static uint64_t counted(const Fixture *f, HfCounter counter)
{
    return hf_recorder__count(f->recorder, counter);
}

static const HfVolume *volume(const Fixture *f, uint32_t i)
{
    assert_true(i < f->recorder->volumes.count);
    return &f->recorder->volumes.at[i];
}

static const HfStatefulFailure *failure(const Fixture *f, uint32_t i)
{
    assert_true(i < f->recorder->failures.count);
    return &f->recorder->failures.at[i];
}

#define assert_near(have, want) assert_true(fabs((have) - (want)) < 1e-9)

/* ---- reserved but idle ---- */

static void what_is_reserved_is_idle_until_a_task_has_it(void **state)
{
    Fixture *f = start(0);
    settle(f, "10");
    play(f, "20 task_launched a=0 f=0 r=db t=1 x=" HOME "\n"
            "70 task_state a=0 f=0 r=db t=1 s=FAILED x=" HOME);
    finish(f);
    /* Idle from 10 to 20 and from 70 to 100: 40 s of 100. */
    assert_near(idle(f, HF_KIND_CPUS), 2 * 0.4);
    assert_near(idle(f, HF_KIND_DISK), 40 * 0.4);
    assert_near(idle(f, HF_KIND_MEM), 0);
    const HfRoleStats *role = &f->recorder->roles.at[script_role(&f->script, "db")];
    assert_near(hf_recorder__mean(f->recorder, &role->reserved_idle[HF_KIND_CPUS]) / 1000, 0.8);
    const HfFrameworkStats *framework = &f->recorder->frameworks.at[0];
    assert_near(hf_recorder__mean(f->recorder, &framework->reserved_idle[HF_KIND_DISK]) / 1000, 16);
    stop(f);
}

static void what_operators_and_flags_reserve_is_nobodys_but_the_roles(void **state)
{
    Fixture *f = start(0);
    play(f, "20 operation a=1 n=RESERVE\n"
            "20 consumed a=1 x=cpus:1\n20 converted a=1 x=cpus(D:db,p=ops):1\n"
            "50 agent_registered a=2 v=2 x=cpus(S:web):3");
    finish(f);
    assert_near(idle(f, HF_KIND_CPUS), 0.8 + 1.5);
    assert_null(f->recorder->frameworks.at[0].reserved_idle);
    assert_near(
        hf_recorder__mean(
            f->recorder,
            &f->recorder->roles.at[script_role(&f->script, "web")].reserved_idle[HF_KIND_CPUS]) /
            1000,
        1.5);
    stop(f);
}

static void an_agent_takes_what_is_reserved_on_it_away_and_brings_it_back(void **state)
{
    Fixture *f = start(0);
    settle(f, "10");
    play(f, "20 agent_unreachable a=0 x=" SETTLED "\n"
            "60 agent_reregistered a=0 v=0 x=" SETTLED);
    finish(f);
    assert_near(idle(f, HF_KIND_CPUS), 2 * 0.5); /* 10..20 and 60..100 */
    stop(f);
}

static void a_total_that_changed_when_the_agent_is_back_counts_from_then_on(void **state)
{
    Fixture *f = start(0);
    play(f, "50 agent_reregistered a=1 v=1 x=cpus:6;mem:400;disk:100");
    finish(f);
    assert_near(hf_recorder__mean(
                    f->recorder, hf_recorder__resource(f->recorder, HF_KIND_CPUS, HF_LEVEL_TOTAL)) /
                    1000,
                9);
    stop(f);
}

/* ---- volumes ---- */

static void a_volume_has_a_maker_a_user_and_an_end(void **state)
{
    Fixture *f = start(0);
    settle(f, "10");
    play(f, "20 task_launched a=0 f=0 r=db t=1 x=" HOME "\n"
            "50 task_state a=0 f=0 r=db t=1 s=FINISHED x=" HOME "\n"
            "60 operation a=0 f=0 r=db n=DESTROY\n60 consumed a=0 f=0 r=db x=" VOLUME "\n"
            "60 converted a=0 f=0 r=db x=disk(D:db,p=pp):40");
    finish(f);
    const HfVolume *v = volume(f, 0);
    assert_string_equal(hf_text(f->script.catalog, v->persistence), "v1");
    assert_string_equal(hf_text(f->script.catalog, v->principal), "pp");
    assert_int_equal(v->role, script_role(&f->script, "db"));
    assert_int_equal(v->host, 0);
    assert_int_equal(v->milli, 40000);
    assert_int_equal(v->creator, 0);
    assert_int_equal(v->used_by, 0);
    assert_int_equal(v->tasks, 1);
    assert_int_equal(v->used, 30 * S);
    assert_int_equal(v->created, 10 * S);
    assert_int_equal(v->ended, 60 * S);
    assert_int_equal(v->end, HF_VOLUME_DESTROYED);
    assert_int_equal(v->orphaned, -1);
    assert_near(mean(f, HF_LEVEL_VOLUMES), 0.5);
    assert_int_equal(counted(f, HF_COUNT_VOLUMES_CREATED), 1);
    assert_int_equal(counted(f, HF_COUNT_VOLUMES_DESTROYED), 1);
    assert_int_equal(counted(f, HF_COUNT_VOLUMES_LOST), 0);
    stop(f);
}

static void growing_a_volume_makes_no_other(void **state)
{
    Fixture *f = start(0);
    settle(f, "10");
    play(f, "20 operation a=0 f=0 r=db n=GROW_VOLUME\n20 consumed a=0 f=0 r=db x=" VOLUME
            ";disk(D:db,p=pp):5\n20 converted a=0 f=0 r=db x=disk(D:db,p=pp)[v1:data,p=pp]:45");
    finish(f);
    assert_int_equal(f->recorder->volumes.count, 1);
    assert_int_equal(volume(f, 0)->milli, 45000);
    assert_int_equal(volume(f, 0)->end, HF_VOLUME_IS_THERE);
    stop(f);
}

static void volumes_go_with_their_disk_and_with_agents_that_are_gone_for_good(void **state)
{
    Fixture *f = start(0);
    settle(f, "10");
    play(f, "20 disk_lost a=0\n"
            "30 agent_registered a=5 v=0 x=" SETTLED "\n"
            "40 agent_gone a=5 x=" SETTLED);
    finish(f);
    assert_int_equal(f->recorder->volumes.count, 2);
    assert_int_equal(volume(f, 0)->end, HF_VOLUME_LOST);
    assert_int_equal(volume(f, 0)->ended, 20 * S);
    assert_int_equal(volume(f, 1)->end, HF_VOLUME_LOST);
    assert_int_equal(volume(f, 1)->creator, HF_ROW_NONE);
    assert_true(volume(f, 1)->is_found);
    assert_int_equal(counted(f, HF_COUNT_VOLUMES_LOST), 2);
    stop(f);
}

static void a_volume_away_with_its_agent_is_still_there(void **state)
{
    Fixture *f = start(0);
    settle(f, "10");
    play(f, "20 agent_unreachable a=0 x=" SETTLED "\n"
            "30 agent_removed a=0 x=" SETTLED "\n"
            "40 agent_registered a=7 v=0 x=" SETTLED); /* the same host under a new id */
    finish(f);
    assert_int_equal(f->recorder->volumes.count, 1);
    assert_int_equal(volume(f, 0)->end, HF_VOLUME_IS_THERE);
    assert_int_equal(f->recorder->cluster[HF_LEVEL_VOLUMES].level.value, 1);
    stop(f);
}

static void a_create_that_never_reached_the_disk_is_undone_and_may_turn_up(void **state)
{
    Fixture *f = start(0);
    settle(f, "10");
    play(f, "20 agent_reregistered a=0 v=0 x=" PLAIN);
    assert_int_equal(volume(f, 0)->end, HF_VOLUME_UNDONE);
    assert_int_equal(f->recorder->cluster[HF_LEVEL_VOLUMES].level.value, 0);
    play(f, "30 agent_reregistered a=0 v=0 x=" SETTLED);
    finish(f);
    assert_int_equal(f->recorder->volumes.count, 1);
    assert_int_equal(volume(f, 0)->end, HF_VOLUME_IS_THERE);
    assert_int_equal(counted(f, HF_COUNT_VOLUMES_LOST), 0);
    stop(f);
}

/* ---- orphans ---- */

static void a_volume_is_an_orphan_when_no_framework_of_its_role_is_left(void **state)
{
    Fixture *f = start(0);
    settle(f, "10");
    play(f, "20 framework_subscribed f=1 r=db/below\n"
            "30 framework_removed f=0\n"          /* the other one is offered it, too */
            "40 framework_removed f=1\n"          /* nobody is */
            "60 framework_subscribed f=2 r=web\n" /* nor is this one */
            "90 framework_subscribed f=3 r=db");
    assert_int_equal(volume(f, 0)->orphaned, -1);
    finish(f);
    assert_near(mean(f, HF_LEVEL_VOLUMES_ORPHANED), 0.5);
    assert_near(mean(f, HF_LEVEL_ORPHANED_DISK), 20);
    stop(f);
}

static void a_volume_that_its_framework_will_not_use_is_an_orphan_until_a_task_has_it(void **state)
{
    Fixture *f = start(0);
    settle(f, "10");
    play(f, "20 volume_disowned a=0 f=0 x=" VOLUME);
    assert_int_equal(volume(f, 0)->orphaned, 20 * S);
    play(f, "70 task_launched a=0 f=0 r=db t=1 x=" HOME);
    assert_int_equal(volume(f, 0)->orphaned, -1);
    play(f, "80 task_state a=0 f=0 r=db t=1 s=FAILED x=" HOME);
    finish(f);
    assert_int_equal(volume(f, 0)->orphaned, -1);
    assert_near(mean(f, HF_LEVEL_VOLUMES_ORPHANED), 0.5);
    stop(f);
}

/* ---- failures of stateful tasks ---- */

static void settle_and_run(Fixture *f)
{
    settle(f, "10");
    play(f, "10 task_launched a=0 f=0 r=db t=1 x=" HOME "\n"
            "11 task_started a=0 f=0 t=1 v=1000 x=" HOME);
}

static void a_task_that_comes_back_to_its_volume_has_kept_its_data(void **state)
{
    Fixture *f = start(0);
    settle_and_run(f);
    play(f, "20 task_ended a=0 f=0 t=1 s=FAILED v=1000 x=" HOME "\n"
            "21 task_state a=0 f=0 r=db t=1 s=FAILED x=" HOME "\n"
            "25 task_launched a=0 f=0 r=db t=2 x=" HOME "\n"
            "27 task_started a=0 f=0 t=2 v=1000 x=" HOME);
    finish(f);
    const HfStatefulFailure *row = failure(f, 0);
    assert_int_equal(row->task, 1);
    assert_int_equal(row->successor, 2);
    assert_int_equal(row->launched, 10 * S);
    assert_int_equal(row->started, 11 * S);
    assert_int_equal(row->ended, 20 * S);
    assert_int_equal(row->ran_again, 27 * S);
    assert_int_equal(row->host, 0);
    assert_int_equal(row->new_host, 0);
    assert_int_equal(row->state, HF_TASK_FAILED);
    assert_int_equal(row->volumes, 1);
    assert_int_equal(row->milli, 40000);
    assert_int_equal(row->kept_milli, 40000);
    assert_int_equal(row->lost_milli + row->left_milli, 0);
    assert_int_equal(f->recorder->data_kept, 40000);
    assert_int_equal(counted(f, HF_COUNT_STATEFUL_FAILURES), 1);
    assert_int_equal(counted(f, HF_COUNT_STATEFUL_RELAUNCHED), 1);
    assert_int_equal(counted(f, HF_COUNT_STATEFUL_SAME_HOST), 1);
    assert_int_equal(hf_histogram_max(f->recorder->stateful_times), 7 * S);
    stop(f);
}

static void one_that_goes_elsewhere_leaves_its_data_and_copies_it(void **state)
{
    Fixture *f = start(0);
    settle_and_run(f);
    play(f, "20 agent_unreachable a=0 x=" SETTLED "\n"
            "20 task_state a=0 f=0 r=db t=1 s=UNREACHABLE w=4 x=" HOME "\n"
            "22 task_follows f=0 t=2 v=1\n"
            "25 task_launched a=1 f=0 r=db t=2 x=cpus:1\n"
            "26 task_started a=1 f=0 t=2 v=1000 x=cpus:1\n"
            "30 data_copied f=0 t=2 v=5000");
    finish(f);
    const HfStatefulFailure *row = failure(f, 0);
    assert_int_equal(row->ended, 20 * S);
    assert_int_equal(row->ran_again, 26 * S);
    assert_int_equal(row->new_host, 1);
    assert_int_equal(row->left_milli, 40000);
    assert_int_equal(row->kept_milli + row->lost_milli, 0);
    assert_int_equal(row->bytes_copied, 5000);
    assert_int_equal(f->recorder->bytes_copied, 5000);
    assert_int_equal(counted(f, HF_COUNT_STATEFUL_SAME_HOST), 0);
    stop(f);
}

static void data_is_lost_with_the_disk_before_or_after_the_master_hears(void **state)
{
    Fixture *f = start(0);
    settle_and_run(f);
    play(f, "20 task_ended a=0 f=0 t=1 s=LOST v=1000 x=" HOME "\n20 disk_lost a=0\n"
            "30 task_state a=0 f=0 r=db t=1 s=LOST x=" HOME);
    assert_int_equal(failure(f, 0)->lost_milli, 40000);
    assert_int_equal(f->recorder->data_lost, 40000);
    stop(f);

    f = start(0);
    settle_and_run(f);
    play(f, "20 task_ended a=0 f=0 t=1 s=LOST v=1000 x=" HOME "\n"
            "21 task_state a=0 f=0 r=db t=1 s=LOST x=" HOME "\n30 disk_lost a=0\n"
            "40 task_follows f=0 t=2 v=1\n40 task_launched a=1 f=0 r=db t=2 x=cpus:1\n"
            "41 task_started a=1 f=0 t=2 v=1000 x=cpus:1");
    assert_int_equal(failure(f, 0)->lost_milli, 40000);
    assert_int_equal(failure(f, 0)->left_milli, 0);
    assert_int_equal(f->recorder->data_lost, 40000);
    stop(f);
}

static void a_task_that_returns_with_its_agent_is_its_own_successor(void **state)
{
    Fixture *f = start(0);
    settle_and_run(f);
    play(f, "20 agent_unreachable a=0 x=" SETTLED "\n"
            "20 task_state a=0 f=0 r=db t=1 s=UNREACHABLE w=4 x=" HOME "\n"
            "50 agent_reregistered a=0 v=0 x=" SETTLED "\n"
            "50 task_launched a=0 f=0 r=db t=1 x=" HOME);
    assert_int_equal(failure(f, 0)->ran_again, 50 * S);
    assert_int_equal(failure(f, 0)->successor, 1);
    assert_int_equal(failure(f, 0)->kept_milli, 40000);
    stop(f);
}

static void a_successor_that_never_ran_passes_the_wait_on(void **state)
{
    Fixture *f = start(0);
    settle_and_run(f);
    play(f, "20 task_ended a=0 f=0 t=1 s=FAILED v=1000 x=" HOME "\n"
            "20 task_state a=0 f=0 r=db t=1 s=FAILED x=" HOME "\n"
            "25 task_launched a=0 f=0 r=db t=2 x=" HOME "\n"
            "30 task_state a=0 f=0 r=db t=2 s=DROPPED x=" HOME "\n"
            "31 task_follows f=0 t=3 v=2\n" /* whose offer was gone: it is never launched */
            "35 task_follows f=0 t=4 v=3\n"
            "35 task_launched a=0 f=0 r=db t=4 x=" HOME "\n"
            "40 task_started a=0 f=0 t=4 v=1000 x=" HOME);
    finish(f);
    assert_int_equal(f->recorder->failures.count, 2);
    assert_int_equal(failure(f, 0)->ran_again, 40 * S);
    assert_int_equal(failure(f, 1)->ran_again, 40 * S);
    assert_int_equal(failure(f, 1)->started, -1);
    assert_int_equal(failure(f, 0)->kept_milli, 40000);
    assert_int_equal(failure(f, 1)->kept_milli, 40000);
    assert_int_equal(hf_histogram_max(f->recorder->stateful_times), 20 * S);
    stop(f);
}

static void ends_that_were_asked_for_and_tasks_without_reservations_are_no_failures(void **state)
{
    Fixture *f = start(0);
    settle_and_run(f);
    play(f, "15 task_launched a=1 f=0 r=db t=9 x=cpus:1\n"
            "16 task_state a=1 f=0 r=db t=9 s=FAILED x=cpus:1\n"
            "20 task_kill f=0 t=1\n"
            "21 task_state a=0 f=0 r=db t=1 s=KILLED x=" HOME "\n"
            "25 task_launched a=0 f=0 r=db t=2 x=" HOME "\n"
            "30 task_state a=0 f=0 r=db t=2 s=FINISHED x=" HOME);
    finish(f);
    assert_int_equal(f->recorder->failures.count, 0);
    assert_int_equal(volume(f, 0)->users, 0);
    assert_int_equal(volume(f, 0)->tasks, 2);
    stop(f);
}

static void what_lies_before_the_end_of_the_warm_up_is_in_the_table_alone(void **state)
{
    Fixture *f = start(50 * S);
    settle_and_run(f);
    play(f, "20 task_state a=0 f=0 r=db t=1 s=FAILED x=" HOME "\n"
            "25 task_launched a=0 f=0 r=db t=2 x=" HOME "\n"
            "30 task_started a=0 f=0 t=2 v=1000 x=" HOME "\n"
            "60 task_ended a=0 f=0 t=2 s=FAILED v=1000 x=" HOME "\n"
            "60 task_state a=0 f=0 r=db t=2 s=FAILED x=" HOME);
    finish(f);
    assert_int_equal(f->recorder->failures.count, 2);
    assert_int_equal(counted(f, HF_COUNT_STATEFUL_FAILURES), 1);
    assert_int_equal(counted(f, HF_COUNT_STATEFUL_RELAUNCHED), 0);
    assert_int_equal(hf_histogram_count(f->recorder->stateful_times), 0);
    assert_int_equal(f->recorder->data_kept, 0);
    assert_near(idle(f, HF_KIND_CPUS), 2 * 0.8); /* 40 of the last 50 s */
    stop(f);
}

/* ---- operations ---- */

static void restarts_reboots_and_tasks_killed_for_maintenance_are_counted(void **state)
{
    Fixture *f = start(0);
    settle_and_run(f);
    const HfRecord start_maintenance = {.at = 40 * S,
                                        .type = HF_RECORD_OPERATOR_CALL,
                                        .state = HF_CALL_START_MAINTENANCE,
                                        .agent = HF_ROW_NONE,
                                        .framework = HF_ROW_NONE,
                                        .value = 200};
    HfRecord teardown = start_maintenance;
    teardown.state = HF_CALL_TEARDOWN;
    play(f, "12 agent_stopped a=1\n13 agent_started a=1\n14 agent_crashed a=1\n"
            "15 agent_returned a=1\n"
            "20 task_state a=0 f=0 r=db t=1 s=KILLED w=12 x=" HOME "\n" /* SLAVE_DRAINING */
            "25 task_launched a=0 f=0 r=db t=2 x=" HOME "\n"
            "25 task_launched a=0 f=0 r=db t=3 x=mem:1\n"
            "30 task_launched a=0 f=0 r=db t=4 x=mem:1\n"
            "30 task_state a=0 f=0 r=db t=4 s=LOST w=4 x=mem:1\n" /* not by an operator */
            "40 task_state a=0 f=0 r=db t=2 s=LOST w=4 x=" HOME "\n"
            "40 task_state a=0 f=0 r=db t=3 s=LOST w=4 x=mem:1");
    hf_recorder_listen(f->recorder, &teardown);
    hf_recorder_listen(f->recorder, &start_maintenance);
    hf_recorder_listen(f->recorder, &start_maintenance); /* they are counted once */
    finish(f);
    assert_int_equal(counted(f, HF_COUNT_AGENT_RESTARTS), 1);
    assert_int_equal(counted(f, HF_COUNT_AGENT_REBOOTS), 1);
    assert_int_equal(counted(f, HF_COUNT_MAINTENANCE_KILLS), 3);
    assert_int_equal(counted(f, HF_COUNT_OPERATOR_ACTIONS), 3);
    stop(f);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_reserved_is_idle_until_a_task_has_it),
        cmocka_unit_test(what_operators_and_flags_reserve_is_nobodys_but_the_roles),
        cmocka_unit_test(an_agent_takes_what_is_reserved_on_it_away_and_brings_it_back),
        cmocka_unit_test(a_total_that_changed_when_the_agent_is_back_counts_from_then_on),
        cmocka_unit_test(a_volume_has_a_maker_a_user_and_an_end),
        cmocka_unit_test(growing_a_volume_makes_no_other),
        cmocka_unit_test(volumes_go_with_their_disk_and_with_agents_that_are_gone_for_good),
        cmocka_unit_test(a_volume_away_with_its_agent_is_still_there),
        cmocka_unit_test(a_create_that_never_reached_the_disk_is_undone_and_may_turn_up),
        cmocka_unit_test(a_volume_is_an_orphan_when_no_framework_of_its_role_is_left),
        cmocka_unit_test(a_volume_that_its_framework_will_not_use_is_an_orphan_until_a_task_has_it),
        cmocka_unit_test(a_task_that_comes_back_to_its_volume_has_kept_its_data),
        cmocka_unit_test(one_that_goes_elsewhere_leaves_its_data_and_copies_it),
        cmocka_unit_test(data_is_lost_with_the_disk_before_or_after_the_master_hears),
        cmocka_unit_test(a_task_that_returns_with_its_agent_is_its_own_successor),
        cmocka_unit_test(a_successor_that_never_ran_passes_the_wait_on),
        cmocka_unit_test(ends_that_were_asked_for_and_tasks_without_reservations_are_no_failures),
        cmocka_unit_test(what_lies_before_the_end_of_the_warm_up_is_in_the_table_alone),
        cmocka_unit_test(restarts_reboots_and_tasks_killed_for_maintenance_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
