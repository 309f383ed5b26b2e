/* What an audit says of a breach, what it recounts at the end, and what it keeps. */
#include "unit/audit/small_cluster.h"

/* What comes after the first breach is not heard: a breach causes others. */
static void the_first_breach_is_kept(void **state)
{
    (void)state;
    Script script = script_new();
    script_play(&script, cluster);
    script_play(&script, "1 offer_sent a=0 f=1 r=b o=0.1 x=cpus(a):1\n");
    const HfAuditBreach *first = hf_audit_breach(script.audit);
    assert_string_equal(first->invariant, "I-04");
    assert_int_equal(first->at, HF_NS_PER_SECOND);
    assert_int_equal(hf_audit_records(script.audit), 5); /* those of the cluster */
    script_play(&script, "0 demand f=0 v=1\n");
    hf_audit_finish(script.audit);
    assert_ptr_equal(hf_audit_breach(script.audit), first);
    assert_string_equal(first->invariant, "I-04");
    script_clear(&script);
}

static gboolean has_line(const HfAuditBreach *breach, guint index, const char *part)
{
    return strstr(g_ptr_array_index(breach->records, index), part) != NULL;
}

/* The records told are those of the agent, in order, and none of another's. */
static void a_breach_tells_the_records_that_led_to_it(void **state)
{
    (void)state;
    Script script = script_new();
    script_play(&script, cluster);
    script_play(&script, LAUNCHED "3 demand f=0 v=1\n3 offer_sent a=1 f=1 r=b o=5.1 x=cpus:1\n"
                                  "4 offer_sent a=0 f=1 r=b o=3.1 x=cpus:6\n");
    const HfAuditBreach *breach = hf_audit_breach(script.audit);
    assert_string_equal(breach->invariant, "I-03");
    /* registration of the agent, of the framework, offer, accept, launch, and the bad offer */
    assert_int_equal(breach->records->len, 6);
    assert_true(has_line(breach, 0, "\"ev\":\"framework_subscribed\",\"framework\":1"));
    assert_true(has_line(breach, 1, "\"ev\":\"agent_registered\",\"agent\":0"));
    assert_true(has_line(breach, 2, "\"ev\":\"offer_sent\""));
    assert_true(has_line(breach, 3, "\"ev\":\"offer_accepted\""));
    assert_true(has_line(breach, 4, "\"ev\":\"task_launched\""));
    assert_true(has_line(breach, 4, "\"resources\":[\"cpus:3\",\"mem:100\",\"ports:[2-3]\"]"));
    assert_true(has_line(breach, 5, "\"t\":4000000000,\"ev\":\"offer_sent\""));
    script_clear(&script);
}

/* What holds the resources may be older than all records that are kept. */
static void a_breach_tells_of_holders_from_long_ago(void **state)
{
    (void)state;
    Script script = script_new();
    script_play(&script, cluster);
    script_play(&script, RUNNING "4 offer_sent a=0 f=1 r=b o=3.1 x=mem:10\n");
    for (uint32_t i = 0; i < 2 * HF_HISTORY_SIZE; i++) script_say(&script, "5 demand f=1 v=1");
    script_play(&script, "6 offer_sent a=0 f=1 r=b o=4.1 x=cpus:6\n");
    const HfAuditBreach *breach = hf_audit_breach(script.audit);
    assert_string_equal(breach->invariant, "I-03");
    assert_int_equal(breach->records->len, 3);
    assert_true(has_line(breach, 0, "\"t\":2000000000,\"ev\":\"task_launched\""));
    assert_true(has_line(breach, 0, "\"task\":7,\"job\":1"));
    assert_true(has_line(breach, 1, "\"t\":4000000000,\"ev\":\"offer_sent\""));
    assert_true(has_line(breach, 2, "\"t\":6000000000"));
    script_clear(&script);
}

/* The last recount catches what no record could have broken: a mistake in the book itself. */
static void the_book_is_recounted_at_the_end(void **state)
{
    (void)state;
    Script script = script_new();
    script_play(&script, cluster);
    script_play(&script, RUNNING "4 offer_sent a=0 f=1 r=b o=3.1 x=mem:10\n");
    hf_audit_finish(script.audit);
    assert_null(hf_audit_breach(script.audit));
    hf_shape__drop(script.audit, &script.audit->agents.at[0].unheld);
    hf_audit_finish(script.audit);
    assert_string_equal(hf_audit_breach(script.audit)->invariant, "I-01");
    script_clear(&script);
}

/* The event list is asked for its counts: an event that is lost would otherwise go unseen. */
static void lost_events_break_the_run(void **state)
{
    (void)state;
    Script script = script_new();
    script_play(&script, cluster);
    hf_audit_events(script.audit, 10, 6, 1, 3);
    assert_null(hf_audit_breach(script.audit));
    hf_audit_events(script.audit, 10, 6, 1, 2);
    assert_string_equal(hf_audit_breach(script.audit)->invariant, "I-19");
    assert_non_null(
        strstr(hf_audit_breach(script.audit)->sentence, "10 events were scheduled, 6 fired"));
    script_clear(&script);
}

/* What the allocator says of itself is compared: 3 of 14 CPUs, and 512 of 1,536 MB that are
 * offered. */
static void shares_are_recounted(void **state)
{
    (void)state;
    Script script = script_new();
    script_play(&script, cluster);
    script_play(&script, RUNNING "5 offer_sent a=1 f=1 r=b o=3.1 x=mem:512\n");
    HfRoleId a = hf_role_find(script.catalog, "a"), b = hf_role_find(script.catalog, "b");
    hf_audit_share(script.audit, a, TRUE, NULL, 0, 3.0 / 14);
    hf_audit_share(script.audit, b, FALSE, NULL, 0, 0);
    assert_null(hf_audit_breach(script.audit));
    hf_audit_share(script.audit, b, TRUE, NULL, 0, 0);
    assert_string_equal(hf_audit_breach(script.audit)->invariant, "I-09");
    script_clear(&script);
}

/* A record announces others: what was announced and did not come is noticed at the end, too. */
static void what_is_pending_at_the_end_is_settled(void **state)
{
    (void)state;
    Script script = script_new();
    script_play(&script, cluster);
    script_play(&script, RUNNING "5 agent_unreachable a=0\n");
    assert_null(hf_audit_breach(script.audit));
    hf_audit_finish(script.audit);
    assert_string_equal(hf_audit_breach(script.audit)->invariant, "I-22");
    script_clear(&script);
}

/* Rows are used again: neither tasks nor filters pile up. */
static void what_is_over_is_forgotten(void **state)
{
    (void)state;
    Script script = script_new();
    script_play(&script, cluster);
    uint32_t shapes = script.audit->shapes.count;
    for (int i = 0; i < 500; i++) {
        g_autofree char *text = g_strdup_printf(
            "%d offer_sent a=1 f=0 r=a o=0.%d x=cpus:4\n"
            "%d offer_accepted a=1 f=0 r=a o=0.%d v=1000 x=cpus:4\n"
            "%d task_launched a=1 f=0 r=a t=%d x=cpus:1\n"
            "%d task_started a=1 f=0 t=%d v=1000 x=cpus:1\n"
            "%d task_ended a=1 f=0 t=%d s=FINISHED v=1000 x=cpus:1\n"
            "%d task_state a=1 f=0 r=a t=%d s=FINISHED x=cpus:1\n",
            i * 2, i * 2 + 1, i * 2, i * 2 + 1, i * 2, i, i * 2, i, i * 2, i, i * 2, i);
        script_play(&script, text);
    }
    assert_null(hf_audit_breach(script.audit));
    assert_int_equal(script.audit->tasks.count, 1);
    assert_int_equal(script.audit->filters.count, 0); /* none ever stood behind another */
    assert_int_equal(script.audit->offers.count, 1);
    assert_int_equal(script.audit->task_rows.count, 0);
    assert_int_equal(script.audit->shapes.count, shapes + 1); /* what the last filter refuses */
    script_clear(&script);
}

/* The digest of a run must not depend on whether it is audited. */
static void nothing_is_interned(void **state)
{
    (void)state;
    Script script = script_new();
    HfResources seen = {0};
    assert_true(hf_resources_parse_canonical(script.catalog, "cpus@a:8;cpus(a)@a:2", &seen, NULL));
    script_play(&script, cluster);
    uint32_t metas = script.catalog->meta_count, kinds = script.catalog->kind_count;
    script_play(&script, "1 offer_sent a=0 f=0 r=a o=0.1 x=cpus@a:8;cpus(a)@a:2\n"
                         "2 offer_accepted a=0 f=0 r=a o=0.1 v=0 x=cpus@a:8;cpus(a)@a:2\n"
                         "2 task_launched a=0 f=0 r=a t=1 x=cpus@a:8;cpus(a)@a:2\n"
                         "3 task_started a=0 f=0 t=1 v=1000 x=cpus@a:8;cpus(a)@a:2\n");
    hf_audit_finish(script.audit);
    if (hf_audit_breach(script.audit)) fail_msg("%s", hf_audit_breach(script.audit)->sentence);
    assert_int_equal(script.catalog->meta_count, metas);
    assert_int_equal(script.catalog->kind_count, kinds);
    hf_resources_clear(script.catalog, &seen);
    script_clear(&script);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_breach_is_kept),
        cmocka_unit_test(a_breach_tells_the_records_that_led_to_it),
        cmocka_unit_test(a_breach_tells_of_holders_from_long_ago),
        cmocka_unit_test(the_book_is_recounted_at_the_end),
        cmocka_unit_test(lost_events_break_the_run),
        cmocka_unit_test(shares_are_recounted),
        cmocka_unit_test(what_is_pending_at_the_end_is_settled),
        cmocka_unit_test(what_is_over_is_forgotten),
        cmocka_unit_test(nothing_is_interned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
