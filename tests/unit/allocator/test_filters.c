/*
 * Offer filters, suppression and revival: what hides an agent from whom, and for how long. Most
 * behaviours are those that a test of Mesos pins.
 */
#include "unit/allocator/cell.h"

#include "allocator/allocator_internal.h"

#define WHOLE "cpus@r:1;mem@r:512"

/* Longer than the interval: hidden in the next batch; the filter is older than the timer of the
 * batch after that, so it is gone then. Mesos rows: 5. */
static void a_filter_hides_one_agent_until_it_ends(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "f0 r a0 " WHOLE);
    cell_decline(cell, 0, 0, "r", WHOLE, 2.0);
    cell_expect(cell, "frameworks|f0|filters", "{\"r\":{\"a0\":1}}");
    cell_agent(cell, 1, "cpus:1;mem:512"); /* another one is not hidden */
    assert_string_equal(cell_run(cell), "f0 r a1 " WHOLE);
    assert_string_equal(cell_batch(cell), "");
    assert_string_equal(cell_batch(cell), "f0 r a0 " WHOLE);
    cell_expect(cell, "frameworks|f0|filters", "{}");
}

/* Batches each minute. f1 refuses a1 for a second, and this holds for a whole batch: a1 goes to f0,
 * whose share is larger. When f0 gives it back, f1 gets it. Mesos rows: 6. */
static void a_short_filter_outlives_one_batch(void **state)
{
    Cell *cell = cell_new();
    cell->config.interval = HF_NS_PER_MINUTE;
    cell_minimum(cell, "cpus:0.01|mem:32");
    cell_start(cell);
    cell_framework(cell, 0, "r");
    cell_framework(cell, 1, "r");
    cell_agent_used(cell, 0, "cpus:1;mem:512", 0, "r", WHOLE);
    cell_agent(cell, 1, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "f1 r a1 " WHOLE);
    cell_decline(cell, 1, 1, "r", WHOLE, 1.0);
    cell->now += HF_NS_PER_SECOND;
    hf_allocator_expire(cell->allocator, cell->now);
    cell->now -= HF_NS_PER_SECOND;
    assert_string_equal(cell_batch(cell), "f0 r a1 " WHOLE);
    cell_back(cell, 0, 1, "r", WHOLE);
    assert_string_equal(cell_batch(cell), "f1 r a1 " WHOLE);
    cell_free(cell);
}

/* A decline just after a batch, with 1, 2 and 3 intervals, and one between two batches: the timer
 * armed first fires first. Mesos rows: U1. */
static void at_one_instant_the_older_timer_is_first(void **state)
{
    static const struct {
        double late, seconds;
        int hidden_batches;
    } cases[] = {{0, 1, 1}, {0, 2, 1}, {0, 3, 2}, {0.5, 2, 2}, {0.5, 0.1, 1}};
    for (size_t c = 0; c < G_N_ELEMENTS(cases); c++) {
        Cell *cell = cell_new_started();
        cell_framework(cell, 0, "r");
        cell_agent(cell, 0, "cpus:1;mem:512");
        cell_run(cell);
        HfTime late = hf_time_from_seconds(cases[c].late);
        cell->now += late;
        cell_decline(cell, 0, 0, "r", WHOLE, cases[c].seconds);
        cell->now -= late;
        int hidden = 0;
        while (*cell_batch(cell) == '\0') hidden++;
        if (hidden != cases[c].hidden_batches)
            fail_msg("case %zu: hidden from %d batches", c, hidden);
        cell_free(cell);
    }
}

/* One for each decline, by role: f0 and f2 under A, f1 under B. B is served second, as A was served
 * before; then both once, and A is first by name: there f2, as f0 refuses. Mesos rows: 64. */
static void filters_are_counted_by_role(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "A");
    cell_framework(cell, 1, "B");
    cell_framework(cell, 2, "A");
    cell_agent(cell, 0, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "f0 A a0 cpus@A:1;mem@A:512");
    cell_decline_all(cell, 100.0);
    cell_expect(cell, "frameworks|f0|filters", "{\"A\":{\"a0\":1}}");
    assert_string_equal(cell_batch(cell), "f1 B a0 cpus@B:1;mem@B:512");
    cell_decline_all(cell, 100.0);
    cell_expect(cell, "frameworks|f1|filters", "{\"B\":{\"a0\":1}}");
    assert_string_equal(cell_batch(cell), "f2 A a0 cpus@A:1;mem@A:512");
    cell_decline_all(cell, 100.0);
    cell_expect(cell, "frameworks|f0|filters", "{\"A\":{\"a0\":1}}");
    cell_expect(cell, "frameworks|f2|filters", "{\"A\":{\"a0\":1}}");
    assert_string_equal(cell_batch(cell), "");
}

/* Activating does not undo a suppression, reviving does. Mesos rows: 56. */
static void activation_respects_suppression(void **state)
{
    Cell *cell = *state;
    HfAllocator *allocator = cell->allocator;
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "f0 r a0 " WHOLE);
    cell_back(cell, 0, 0, "r", WHOLE);
    assert_int_equal(hf_allocator_suppress(allocator, cell->now, 0, NULL, 0), HF_OK);
    assert_int_equal(hf_allocator_framework_deactivate(allocator, cell->now, 0), HF_OK);
    assert_string_equal(cell_batch(cell), "");
    assert_int_equal(hf_allocator_framework_activate(allocator, cell->now, 0), HF_OK);
    assert_true(hf_allocator_wants_run(allocator));
    assert_string_equal(cell_run(cell), "");
    assert_int_equal(hf_allocator_revive(allocator, cell->now, 0, NULL, 0), HF_OK);
    assert_string_equal(cell_run(cell), "f0 r a0 " WHOLE);
}

/* A revival that changes nothing does no harm; one after a suppression acts at once.
 * Mesos rows: 57. */
static void reviving_acts_at_once(void **state)
{
    Cell *cell = *state;
    HfAllocator *allocator = cell->allocator;
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "f0 r a0 " WHOLE);
    assert_int_equal(hf_allocator_revive(allocator, 0, 0, NULL, 0), HF_OK);
    assert_true(hf_allocator_wants_run(allocator));
    assert_string_equal(cell_run(cell), "");
    cell_back(cell, 0, 0, "r", WHOLE);
    assert_int_equal(hf_allocator_suppress(allocator, 0, 0, NULL, 0), HF_OK);
    assert_false(hf_allocator_wants_run(allocator));
    assert_string_equal(cell_batch(cell), "");
    assert_int_equal(hf_allocator_revive(allocator, cell->now, 0, NULL, 0), HF_OK);
    assert_string_equal(cell_run(cell), "f0 r a0 " WHOLE);
}

/* All filters of the framework go. Mesos rows: 68. */
static void reviving_clears_filters(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:1;mem:512");
    cell_agent(cell, 1, "cpus:1;mem:512");
    cell_run(cell);
    cell_decline_all(cell, 1000.0);
    assert_string_equal(cell_batch(cell), "");
    assert_int_equal(hf_allocator_revive(cell->allocator, cell->now, 0, NULL, 0), HF_OK);
    assert_string_equal(cell_run(cell), "f0 r a0 " WHOLE "\nf0 r a1 " WHOLE);
}

/* r1 is suppressed, so r2 is offered; r1 revived leaves the filter of r2 alone. Mesos rows: 69. */
static void suppression_and_filters_are_of_one_role(void **state)
{
    Cell *cell = *state;
    HfRoleId r1 = cell_role(cell, "r1");
    cell_framework(cell, 0, "!r1,r2");
    cell_agent(cell, 0, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "f0 r2 a0 cpus@r2:1;mem@r2:512");
    cell_decline_all(cell, 86400.0);
    assert_string_equal(cell_batch(cell), "");
    assert_int_equal(hf_allocator_revive(cell->allocator, cell->now, 0, &r1, 1), HF_OK);
    assert_string_equal(cell_run(cell), "f0 r1 a0 cpus@r1:1;mem@r1:512");
    cell_decline_all(cell, 86400.0);
    assert_string_equal(cell_batch(cell), "");
}

/* What an update revives has its filters cleared, but waits for the next batch. Mesos rows: 650. */
static void an_update_that_revives_clears_filters(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:1;mem:512");
    cell_run(cell);
    cell_decline_all(cell, 1000.0);
    cell_framework_as(cell, 0, "!r", HF_CAPABILITY_MULTI_ROLE, TRUE, TRUE);
    assert_string_equal(cell_batch(cell), "");
    cell_expect(cell, "frameworks|f0|filters", "{\"r\":{\"a0\":1}}");
    cell_framework_as(cell, 0, "r", HF_CAPABILITY_MULTI_ROLE, TRUE, TRUE);
    assert_false(hf_allocator_wants_run(cell->allocator));
    assert_string_equal(cell_batch(cell), "f0 r a0 " WHOLE);
}

static void set_attributes(Cell *cell, const char *text, const char *hostname)
{
    HfAttributes attributes = {0};
    assert_true(hf_attributes_parse(cell->catalog, text, &attributes, NULL));
    HfAgentSpec spec = {.attributes = &attributes,
                        .hostname = hostname,
                        .capabilities = HF_AGENT_CAPABILITIES_KEEP,
                        .owner = HF_ROLE_NONE};
    assert_int_equal(hf_allocator_agent_update(cell->allocator, cell->now, 0, &spec), HF_OK);
    hf_attributes_clear(cell->catalog, &attributes);
}

/* New attributes drop all filters on the agent and ask for a run; the same in another order are
 * nothing new, and another hostname asks for a run but keeps filters. Mesos rows: 81. */
static void new_attributes_drop_filters(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r");
    cell_framework(cell, 1, "s");
    cell_agent(cell, 0, "cpus:1;mem:512");
    cell_run(cell);
    cell_decline(cell, 0, 0, "r", WHOLE, 1000.0);
    cell_batch(cell);
    cell_decline(cell, 1, 0, "s", "cpus@s:1;mem@s:512", 1000.0);
    assert_string_equal(cell_batch(cell), "");
    set_attributes(cell, "foo:bar;baz:quux", NULL);
    assert_string_equal(cell_run(cell), "f0 r a0 " WHOLE);
    cell_expect(cell, "frameworks|f1|filters", "{}");
    cell_decline(cell, 0, 0, "r", WHOLE, 1000.0);
    set_attributes(cell, "baz:quux;foo:bar", NULL);
    assert_false(hf_allocator_wants_run(cell->allocator));
    set_attributes(cell, "baz:quux;foo:bar", "elsewhere");
    assert_true(hf_allocator_wants_run(cell->allocator));
    assert_string_equal(cell_run(cell), "f1 s a0 cpus@s:1;mem@s:512");
    cell_expect(cell, "frameworks|f0|filters", "{\"r\":{\"a0\":1}}");
}

/* What comes back of a framework that is gone changes nothing: it came back with the framework, and
 * the next one has it. Mesos rows: 527. */
static void what_is_gone_cannot_come_back(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:1;mem:512");
    cell_run(cell);
    assert_int_equal(hf_allocator_framework_remove(cell->allocator, 0, 0), HF_OK);
    assert_int_equal(cell_recover(cell, 0, 0, "r", WHOLE, 5.0, FALSE), HF_UNKNOWN);
    cell_framework(cell, 1, "r");
    assert_string_equal(cell_run(cell), "f1 r a0 " WHOLE);
    assert_int_equal(cell_recover(cell, 0, 0, "r", WHOLE, 5.0, FALSE), HF_UNKNOWN);
    assert_string_equal(cell_batch(cell), "");
}

/* The last of a role that was given up is declined with a filter: the role is left, the filter
 * stays, and holds when the framework comes back to the role. */
static void a_filter_outlives_the_role_it_was_made_under(void **state)
{
    for (int ends = 0; ends < 2; ends++) {
        Cell *cell = cell_new_started();
        cell_framework(cell, 0, "r,s");
        cell_agent(cell, 0, "cpus:1;mem:512");
        assert_string_equal(cell_run(cell), "f0 r a0 " WHOLE);
        cell_framework_as(cell, 0, "s", HF_CAPABILITY_MULTI_ROLE, TRUE, TRUE);
        cell_decline(cell, 0, 0, "r", WHOLE, 3.0);
        cell_expect(cell, "roles|r", NULL);
        cell_expect(cell, "frameworks|f0|roles", "[\"s\"]");
        cell_expect(cell, "frameworks|f0|filters", "{\"r\":{\"a0\":1}}");
        assert_string_equal(cell_batch(cell), "f0 s a0 cpus@s:1;mem@s:512");
        cell_decline_all(cell, 1000.0);
        if (ends) { /* unless it ended before */
            assert_string_equal(cell_batch(cell), "");
            assert_string_equal(cell_batch(cell), "");
            cell_expect(cell, "frameworks|f0|filters", "{\"s\":{\"a0\":1}}");
            /* nothing is left of the role */
            assert_int_equal(cell->allocator->frameworks.at[0].subs.count, 1);
        }
        cell_framework_as(cell, 0, "r,s", HF_CAPABILITY_MULTI_ROLE, TRUE, TRUE);
        assert_string_equal(cell_batch(cell), ends ? "f0 r a0 " WHOLE : "");
        if (!ends) assert_string_equal(cell_batch(cell), "f0 r a0 " WHOLE);
        cell_free(cell);
    }
}

/* A role that is left is not suppressed any more, though something is held there. */
static void a_left_role_is_not_suppressed(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r,s");
    cell_agent(cell, 0, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "f0 r a0 " WHOLE);
    cell_framework_as(cell, 0, "!r,s", HF_CAPABILITY_MULTI_ROLE, TRUE, TRUE);
    cell_expect(cell, "frameworks|f0|suppressed", "[\"r\"]");
    cell_framework_as(cell, 0, "!s", HF_CAPABILITY_MULTI_ROLE, TRUE, TRUE);
    cell_expect(cell, "frameworks|f0|suppressed", "[\"s\"]");
    cell_expect(cell, "roles|r|frameworks", "[\"f0\"]");
    cell_framework_as(cell, 0, "r", HF_CAPABILITY_MULTI_ROLE, TRUE, TRUE);
    cell_expect(cell, "frameworks|f0|suppressed", "[]");
    cell_back(cell, 0, 0, "r", WHOLE);
    assert_string_equal(cell_batch(cell), "f0 r a0 " WHOLE);
}

/* The same filters go with the agent, with a deactivation and with the framework. */
static void filters_of_left_roles_go_with_what_they_are_about(void **state)
{
    for (int way = 0; way < 3; way++) {
        Cell *cell = cell_new_started();
        HfAllocator *allocator = cell->allocator;
        cell_framework(cell, 0, "r,s");
        cell_agent(cell, 0, "cpus:1;mem:512");
        cell_run(cell);
        cell_framework_as(cell, 0, "s", HF_CAPABILITY_MULTI_ROLE, TRUE, TRUE);
        cell_decline(cell, 0, 0, "r", WHOLE, 1000.0);
        if (way == 0) {
            assert_int_equal(hf_allocator_agent_remove(allocator, 0, 0), HF_OK);
            cell_agent(cell, 0, "cpus:1;mem:512");
        } else if (way == 1) {
            assert_int_equal(hf_allocator_framework_deactivate(allocator, 0, 0), HF_OK);
            cell_expect(cell, "frameworks|f0|filters", "{}");
            assert_int_equal(hf_allocator_framework_activate(allocator, 0, 0), HF_OK);
        } else {
            assert_int_equal(hf_allocator_framework_remove(allocator, 0, 0), HF_OK);
            cell_framework(cell, 0, "!s");
        }
        cell_framework_as(cell, 0, "r,!s", HF_CAPABILITY_MULTI_ROLE, TRUE, TRUE);
        assert_string_equal(cell_run(cell), "f0 r a0 " WHOLE);
        cell_free(cell);
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        CELL_TEST(a_filter_hides_one_agent_until_it_ends),
        CELL_TEST(a_short_filter_outlives_one_batch),
        CELL_TEST(at_one_instant_the_older_timer_is_first),
        CELL_TEST(filters_are_counted_by_role),
        CELL_TEST(activation_respects_suppression),
        CELL_TEST(reviving_acts_at_once),
        CELL_TEST(reviving_clears_filters),
        CELL_TEST(suppression_and_filters_are_of_one_role),
        CELL_TEST(an_update_that_revives_clears_filters),
        CELL_TEST(new_attributes_drop_filters),
        CELL_TEST(what_is_gone_cannot_come_back),
        CELL_TEST(a_filter_outlives_the_role_it_was_made_under),
        CELL_TEST(a_left_role_is_not_suppressed),
        CELL_TEST(filters_of_left_roles_go_with_what_they_are_about),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
