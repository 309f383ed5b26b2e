/* The auditor on stores out of band: what is taken, left and removed, and when they serve. */
#include "unit/audit/script.h"

/* A store of 100 bytes, one without limit, and a framework that has 60 bytes in the first. */
static const char opening[] = "0 store_declared t=0 v=100\n"
                              "0 store_declared t=1 v=0\n"
                              "0 framework_subscribed f=0 r=db\n"
                              "0 framework_subscribed f=1 r=db\n"
                              "1 store_taken f=0 t=0 v=60\n";

/* The invariant that `text` breaks after the opening; NULL = none. */
static void check(const char *text, const char *invariant)
{
    Script script = script_new();
    script_play(&script, opening);
    assert_null(hf_audit_breach(script.audit));
    script_play(&script, text);
    hf_audit_finish(script.audit);
    const HfAuditBreach *breach = hf_audit_breach(script.audit);
    if (invariant == NULL && breach != NULL) fail_msg("%s\n%s", text, breach->sentence);
    if (invariant != NULL && breach == NULL) fail_msg("nothing was found in\n%s", text);
    if (invariant != NULL) assert_string_equal(breach->invariant, invariant);
    script_clear(&script);
}

static void no_more_is_in_it_than_it_can_hold(void **state)
{
    check("2 store_taken f=1 t=0 v=40\n", NULL);
    check("2 store_taken f=1 t=0 v=41\n", "I-14");
    check("2 store_taken f=1 t=1 v=4100\n", NULL); /* without limit */
    check("2 store_taken f=1 t=0 v=-1\n", "I-14");
    check("2 store_full f=1 t=0 v=41\n", NULL);
    check("2 store_full f=1 t=0 v=40\n", "I-14"); /* there is room */
    check("2 store_full f=1 t=1 v=40\n", "I-14");
}

static void what_is_left_was_taken_and_what_is_removed_was_left(void **state)
{
    check("2 store_left f=0 t=0 v=60\n3 store_freed f=0 t=0 v=60\n"
          "4 store_taken f=1 t=0 v=100\n",
          NULL);
    check("2 store_left f=0 t=0 v=61\n", "I-14");
    check("2 store_left f=1 t=0 v=60\n", "I-14"); /* it is another's */
    check("2 store_left f=0 t=1 v=60\n", "I-14"); /* or in another store */
    check("2 store_freed f=0 t=0 v=60\n", "I-14");
    check("2 store_left f=0 t=0 v=60\n3 store_freed f=0 t=0 v=61\n", "I-14");
    check("2 store_left f=0 t=0 v=60\n3 store_taken f=1 t=0 v=41\n", "I-14"); /* still there */
}

static void it_goes_down_and_comes_up_by_turns(void **state)
{
    check("2 store_state t=0 v=0\n3 store_state t=0 v=1\n4 store_state t=1 v=0\n", NULL);
    check("2 store_state t=0 v=1\n", "I-14");
    check("2 store_state t=0 v=0\n3 store_state t=0 v=0\n", "I-14");
    check("2 store_state t=2 v=0\n", "I-14"); /* nobody declared it */
    check("2 store_declared t=1 v=0\n", "I-14");
}

static void instances_wait_for_one_that_is_down(void **state)
{
    check("1 store_clients f=0 t=0 v=1\n2 store_state t=0 v=0\n2 store_stalled f=0 t=0 v=1\n"
          "3 store_state t=0 v=1\n3 store_stalled f=0 t=0 v=-1\n4 store_state t=0 v=0\n",
          NULL);
    check("1 store_clients f=0 t=0 v=1\n2 store_stalled f=0 t=0 v=1\n", "I-14");
    check("2 store_state t=0 v=0\n2 store_stalled f=0 t=0 v=1\n", "I-14"); /* it has none */
    check("2 store_state t=0 v=0\n2 store_stalled f=0 t=0 v=-1\n", "I-14");
    check("1 store_clients f=0 t=0 v=1\n2 store_state t=0 v=0\n2 store_stalled f=0 t=0 v=1\n"
          "3 store_state t=0 v=1\n4 store_state t=0 v=0\n",
          "I-14"); /* it went on waiting */
    check("2 store_action f=0 t=0 v=1\n", NULL);
    check("2 store_action f=0 t=0 v=2\n", "I-14");
    check("2 store_read a=0 f=0 t=0 v=-1\n", "I-14");
}

static void bytes_move_in_one_that_serves(void **state)
{
    check("2 store_rate t=0 v=50\n3 store_state t=0 v=0\n3 store_rate t=0 v=0\n"
          "4 store_state t=0 v=1\n",
          NULL);
    check("2 store_rate t=0 v=-1\n", "I-14");
    check("2 store_rate t=0 v=50\n3 store_state t=0 v=0\n4 store_state t=0 v=1\n", "I-14");
}

static void who_waits_for_it_has_a_share(void **state)
{
    check("2 store_clients f=0 t=0 v=2\n3 store_clients f=0 t=0 v=-2\n", NULL);
    check("2 store_clients f=0 t=0 v=-1\n", "I-14");
    check("2 store_clients f=1 t=0 v=1\n3 store_clients f=0 t=0 v=-1\n", "I-14");
    check("2 service_declared f=0 t=1 v=2\n2 store_clients f=0 t=0 v=1\n", "I-14"); /* none runs */
    check("2 store_state t=0 v=0\n2 store_clients f=0 t=0 v=1\n2 store_stalled f=0 t=0 v=1\n"
          "3 store_clients f=0 t=0 v=-1\n",
          "I-14");
}

static void what_is_made_anew_was_missing(void **state)
{
    check("2 store_degraded t=0 v=3\n3 store_recovered t=0 v=9\n3 store_degraded t=0 v=2\n", NULL);
    check("2 store_recovered t=0 v=9\n", "I-14"); /* nothing was */
    check("2 store_degraded t=0 v=3\n3 store_recovered t=0 v=9\n3 store_degraded t=0 v=1\n",
          "I-14");
    check("2 store_degraded t=0 v=3\n3 store_degraded t=0 v=3\n", "I-14");
    check("2 store_degraded t=0 v=3\n3 store_recovered t=0 v=9\n3 store_degraded t=0 v=2\n"
          "4 store_surplus t=0 v=9\n",
          NULL);
    check("2 store_degraded t=0 v=3\n4 store_surplus t=0 v=9\n", "I-14"); /* none was made */
    check("2 store_lost f=0 t=0 v=60\n", NULL);
    check("2 store_lost f=0 t=0 v=61\n", "I-14"); /* it has less */
    check("2 store_lost f=1 t=0 v=1\n", "I-14");
}

static void one_host_at_a_time_has_a_share(void **state)
{
    check("2 share_attached a=0 f=0 t=7 v=0\n2 share_attached a=1 f=0 t=8 v=0\n"
          "3 share_detached a=0 f=0 t=7 v=1\n3 share_attached a=1 f=0 t=7 v=1\n",
          NULL);
    check("2 share_attached a=0 f=0 t=7 v=0\n3 share_attached a=1 f=0 t=7 v=0\n", "I-14");
    check("2 share_attached a=0 f=0 t=7 v=0\n3 share_detached a=1 f=0 t=7 v=0\n", "I-14");
    check("2 share_detached a=0 f=0 t=7 v=0\n", "I-14");
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_more_is_in_it_than_it_can_hold),
        cmocka_unit_test(what_is_left_was_taken_and_what_is_removed_was_left),
        cmocka_unit_test(it_goes_down_and_comes_up_by_turns),
        cmocka_unit_test(instances_wait_for_one_that_is_down),
        cmocka_unit_test(bytes_move_in_one_that_serves),
        cmocka_unit_test(who_waits_for_it_has_a_share),
        cmocka_unit_test(what_is_made_anew_was_missing),
        cmocka_unit_test(one_host_at_a_time_has_a_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
