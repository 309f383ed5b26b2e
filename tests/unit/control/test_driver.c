/* The driver: what a framework is told, what it says, and when. */
#include "support/test.h"

#include <string.h>

#include "control/driver.h"
#include "resource/text.h"

static const HfPeer master = {HF_PEER_MASTER, 0}, self = {HF_PEER_FRAMEWORK, 4};

typedef struct Fixture {
    HfCatalog *catalog;
    HfMessagePool *pool;
    HfTrace *trace;
    HfOutbox out;
    HfDriver *driver;
    GString *told;
} Fixture;

static void on_subscribed(void *model, HfDriver *driver)
{
    g_string_append(((Fixture *)model)->told, "subscribed ");
    hf_driver_revive(driver);
}

static void on_offers(void *model, HfDriver *driver, const HfOfferInfo *offers, uint32_t count)
{
    Fixture *fixture = model;
    g_string_append_printf(fixture->told, "offers %u ", count);
    if (count == 1) {
        hf_driver_decline(driver, &offers[0].id, 1, 7);
        return;
    }
    if (count == 3) {
        HfIds all_of_them = {0};
        for (uint32_t i = 0; i < count; i++) hf_vec_push(&all_of_them, offers[i].id);
        hf_driver_decline_list(driver, &all_of_them, 9);
        assert_int_equal(all_of_them.count, 0); /* moved into the message */
        hf_driver_decline_list(driver, &all_of_them, 9);
        hf_vec_clear(&all_of_them);
        return;
    }
    uint64_t ids[] = {offers[0].id, offers[1].id};
    HfResources resources = {0};
    assert_true(hf_resources_parse(fixture->catalog, "cpus:1", HF_ROLE_STAR, 0, &resources, NULL));
    HfTaskInfo task = {.id = 11, .resources = hf_parcel_take(fixture->catalog, &resources)};
    hf_driver_accept(driver, ids, 2, &task, 1, 3);
    assert_null(task.resources); /* moved into the message */
}

static void on_rescind(void *model, HfDriver *driver, uint64_t offer)
{
    g_string_append_printf(((Fixture *)model)->told, "rescind %d ", (int)offer);
}

static void on_update(void *model, HfDriver *driver, const HfTaskStatus *status)
{
    g_string_append_printf(((Fixture *)model)->told, "%s ", hf_task_state_name(status->state));
    hf_driver_kill(driver, status->task);
}

static void on_failure(void *model, HfDriver *driver, uint32_t agent)
{
    g_string_append_printf(((Fixture *)model)->told, "failure %u ", agent);
    hf_driver_suppress(driver);
}

static void on_timer(void *model, HfDriver *driver, uint32_t kind, uint64_t arg)
{
    g_string_append_printf(((Fixture *)model)->told, "timer %u %d at %d ", kind, (int)arg,
                           (int)hf_driver_now(driver));
    hf_driver_after(driver, 5, kind + 1, arg);
    hf_driver_note_demand(driver, 12);
    hf_driver_decline(driver, NULL, 0, 5); /* of nothing: says nothing */
}

static const HfSchedulerOps all = {.subscribed = on_subscribed,
                                   .offers = on_offers,
                                   .rescind = on_rescind,
                                   .update = on_update,
                                   .failure = on_failure,
                                   .timer = on_timer};
static const HfSchedulerOps none = {0};

static Fixture *fixture_for(const HfSchedulerOps *ops, HfMaintenancePolicy maintenance)
{
    Fixture *fixture = g_new0(Fixture, 1);
    fixture->catalog = hf_catalog_new(0);
    fixture->pool = hf_message_pool_new(fixture->catalog);
    fixture->trace = hf_trace_new(fixture->catalog);
    fixture->out =
        (HfOutbox){.catalog = fixture->catalog, .pool = fixture->pool, .trace = fixture->trace};
    fixture->told = g_string_new(NULL);
    HfRoleId roles[2];
    assert_true(hf_role_intern(fixture->catalog, "a", &roles[0], NULL));
    assert_true(hf_role_intern(fixture->catalog, "b", &roles[1], NULL));
    fixture->driver = hf_driver_new(self.row,
                                    &(HfDriverConfig){.name = "web",
                                                      .roles = roles,
                                                      .role_count = 2,
                                                      .capabilities = 5,
                                                      .checkpoint = TRUE,
                                                      .failover_timeout = 99,
                                                      .maintenance = maintenance},
                                    ops, fixture);
    return fixture;
}

static Fixture *fixture_with(const HfSchedulerOps *ops)
{
    return fixture_for(ops, HF_MAINTENANCE_IGNORE);
}

static void fixture_free(Fixture *fixture)
{
    hf_driver_free(fixture->driver);
    hf_vec_clear(&fixture->out.messages);
    hf_vec_clear(&fixture->out.timers);
    hf_message_pool_free(fixture->pool);
    hf_trace_free(fixture->trace);
    hf_catalog_free(fixture->catalog);
    g_string_free(fixture->told, TRUE);
    g_free(fixture);
}

static HfMessage *to_driver(Fixture *fixture, HfMessageType type)
{
    HfMessage *message = hf_message_pool_take(fixture->pool, type, master, self);
    message->framework = 2;
    return message;
}

static void tell(Fixture *fixture, HfMessage *message)
{
    hf_outbox_reset(&fixture->out);
    hf_driver_step(fixture->driver, 50, message, &fixture->out);
    fixture->out.sent_on = NULL; /* no message is given back before the end */
}

/* What the driver said, in order: "KILL ACKNOWLEDGE". */
static char *said(Fixture *fixture)
{
    GString *text = g_string_new(NULL);
    for (guint32 i = 0; i < fixture->out.messages.count; i++)
        g_string_append_printf(text, "%s%s", i ? " " : "",
                               hf_message_type_name(fixture->out.messages.at[i]->type));
    return g_string_free(text, FALSE);
}

static void assert_said(Fixture *fixture, const char *expected)
{
    g_autofree char *text = said(fixture);
    assert_string_equal(text, expected);
}

static void it_subscribes_with_all_that_its_framework_is(void **state)
{
    Fixture *fixture = fixture_with(&all);
    hf_driver_start(fixture->driver, 0, &fixture->out);
    assert_said(fixture, "SUBSCRIBE");
    const HfMessage *message = fixture->out.messages.at[0];
    assert_int_equal(message->from.row, 4);
    assert_int_equal(message->to.kind, HF_PEER_MASTER);
    assert_string_equal(message->about->name, "web");
    assert_int_equal(message->about->role_count, 2);
    assert_int_equal(message->about->capabilities, 5);
    assert_true(message->about->checkpoint);
    assert_int_equal(message->about->failover_timeout, 99);
    assert_int_equal(message->framework, HF_ROW_NONE);
    assert_string_equal(hf_driver_name(fixture->driver), "web");
    fixture_free(fixture);
}

static void it_says_its_id_once_it_knows_it(void **state)
{
    Fixture *fixture = fixture_with(&all);
    tell(fixture, to_driver(fixture, HF_MESSAGE_SUBSCRIBED));
    assert_said(fixture, "REVIVE");
    assert_int_equal(fixture->out.messages.at[0]->framework, 2);
    assert_string_equal(fixture->told->str, "subscribed ");
    fixture_free(fixture);
}

static void offers_are_answered_with_what_the_model_says(void **state)
{
    Fixture *fixture = fixture_with(&all);
    HfMessage *message = to_driver(fixture, HF_MESSAGE_OFFERS);
    hf_vec_push(&message->offers, (HfOfferInfo){.id = 71});
    tell(fixture, message);
    assert_said(fixture, "DECLINE");
    assert_int_equal(fixture->out.messages.at[0]->ids.at[0], 71);
    assert_float_equal(fixture->out.messages.at[0]->refuse_seconds, 7, 0);
    hf_vec_push(&message->offers, (HfOfferInfo){.id = 72});
    tell(fixture, message);
    assert_said(fixture, "ACCEPT");
    assert_int_equal(fixture->out.messages.at[0]->ids.count, 2);
    assert_int_equal(fixture->out.messages.at[0]->ids.at[1], 72);
    assert_int_equal(fixture->out.messages.at[0]->tasks.at[0].id, 11);
    assert_float_equal(fixture->out.messages.at[0]->refuse_seconds, 3, 0);
    hf_vec_push(&message->offers, (HfOfferInfo){.id = 73});
    tell(fixture, message);
    assert_said(fixture, "DECLINE");
    assert_int_equal(fixture->out.messages.at[0]->ids.count, 3);
    assert_int_equal(fixture->out.messages.at[0]->ids.at[2], 73);
    assert_float_equal(fixture->out.messages.at[0]->refuse_seconds, 9, 0);
    fixture_free(fixture);
}

static void each_offer_taken_back_is_told(void **state)
{
    Fixture *fixture = fixture_with(&all);
    HfMessage *message = to_driver(fixture, HF_MESSAGE_RESCIND);
    hf_vec_push(&message->ids, 7);
    hf_vec_push(&message->ids, 8);
    tell(fixture, message);
    assert_string_equal(fixture->told->str, "rescind 7 rescind 8 ");
    fixture_free(fixture);
}

/* Implicit acknowledgement comes behind what the model says; the master's own updates need none. */
static void an_update_is_acknowledged_when_the_model_has_seen_it(void **state)
{
    Fixture *fixture = fixture_with(&all);
    HfMessage *message = to_driver(fixture, HF_MESSAGE_UPDATE);
    message->status = (HfTaskStatus){
        .framework = 2, .task = 5, .state = HF_TASK_RUNNING, .agent = 6, .needs_ack = TRUE};
    tell(fixture, message);
    assert_said(fixture, "KILL ACKNOWLEDGE");
    assert_int_equal(fixture->out.messages.at[0]->task, 5);
    assert_int_equal(fixture->out.messages.at[1]->agent, 6);
    assert_int_equal(fixture->out.messages.at[1]->status.task, 5);
    message = to_driver(fixture, HF_MESSAGE_UPDATE);
    message->status = (HfTaskStatus){.framework = 2, .task = 5, .state = HF_TASK_RUNNING};
    tell(fixture, message);
    assert_said(fixture, "KILL");
    fixture_free(fixture);
}

static void a_lost_agent_is_told(void **state)
{
    Fixture *fixture = fixture_with(&all);
    HfMessage *message = to_driver(fixture, HF_MESSAGE_FAILURE);
    message->agent = 9;
    tell(fixture, message);
    assert_string_equal(fixture->told->str, "failure 9 ");
    assert_said(fixture, "SUPPRESS");
    fixture_free(fixture);
}

static void a_model_has_timers_and_notes(void **state)
{
    Fixture *fixture = fixture_with(&all);
    tell(fixture, to_driver(fixture, HF_MESSAGE_SUBSCRIBED));
    g_string_truncate(fixture->told, 0);
    hf_outbox_reset(&fixture->out);
    hf_driver_timer(fixture->driver, 60, 3, 8, &fixture->out);
    assert_string_equal(fixture->told->str, "timer 3 8 at 60 ");
    assert_int_equal(fixture->out.timers.count, 1);
    assert_int_equal(fixture->out.timers.at[0].at, 65);
    assert_int_equal(fixture->out.timers.at[0].kind, 4);
    assert_int_equal(fixture->out.timers.at[0].arg, 8);
    assert_int_equal(fixture->out.messages.count, 0);
    assert_int_equal(hf_trace_count(fixture->trace, HF_RECORD_DEMAND), 1);
    fixture_free(fixture);
}

/* A model that wants to know nothing is told nothing, and its updates are acknowledged. */
static void callbacks_may_be_left_out(void **state)
{
    Fixture *fixture = fixture_with(&none);
    static const HfMessageType types[] = {HF_MESSAGE_SUBSCRIBED, HF_MESSAGE_OFFERS,
                                          HF_MESSAGE_RESCIND, HF_MESSAGE_FAILURE};
    for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
        HfMessage *message = to_driver(fixture, types[i]);
        hf_vec_push(&message->ids, 1);
        tell(fixture, message);
        assert_int_equal(fixture->out.messages.count, 0);
    }
    HfMessage *update = to_driver(fixture, HF_MESSAGE_UPDATE);
    update->status = (HfTaskStatus){.needs_ack = TRUE};
    tell(fixture, update);
    assert_said(fixture, "ACKNOWLEDGE");
    hf_driver_timer(fixture->driver, 60, 0, 0, &fixture->out);
    fixture_free(fixture);
}

static void acting_outside_of_a_callback_is_a_programming_error(void **state)
{
    Fixture *fixture = fixture_with(&all);
    expect_assert_failure(hf_driver_revive(fixture->driver));
    expect_assert_failure(hf_driver_after(fixture->driver, 1, 0, 0));
    expect_assert_failure(hf_driver_note_demand(fixture->driver, 1));
    fixture_free(fixture);
}

/* ---- maintenance ---- */

static void subscribe(Fixture *fixture)
{
    hf_driver_start(fixture->driver, 0, &fixture->out);
    tell(fixture, to_driver(fixture, HF_MESSAGE_SUBSCRIBED));
}

static void run_task(Fixture *fixture, uint64_t task, uint32_t host, HfTaskState state)
{
    HfMessage *message = to_driver(fixture, HF_MESSAGE_UPDATE);
    message->status = (HfTaskStatus){.task = task, .state = state, .agent = host, .host = host};
    tell(fixture, message);
}

static void ask_back(Fixture *fixture, uint32_t host, HfTime start)
{
    HfMessage *message = to_driver(fixture, HF_MESSAGE_INVERSE_OFFERS);
    hf_vec_push(&message->inverse,
                (HfInverseOfferInfo){
                    .id = 9, .agent = host, .host = host, .window = {start, HF_TIME_NEVER}});
    tell(fixture, message);
}

/* Each policy says what its name says, until the machine goes; VACATE kills what lives there. */
static void inverse_offers_are_answered_by_policy(void **state)
{
    static const char *const expected[] = {[HF_MAINTENANCE_IGNORE] = "",
                                           [HF_MAINTENANCE_DECLINE] = "DECLINE_INVERSE_OFFERS",
                                           [HF_MAINTENANCE_ACCEPT] = "ACCEPT_INVERSE_OFFERS",
                                           [HF_MAINTENANCE_VACATE] =
                                               "ACCEPT_INVERSE_OFFERS KILL KILL"};
    for (int policy = HF_MAINTENANCE_IGNORE; policy <= HF_MAINTENANCE_VACATE; policy++) {
        Fixture *fixture = fixture_for(&none, (HfMaintenancePolicy)policy);
        subscribe(fixture);
        for (uint64_t task = 1; task <= 4; task++)
            run_task(fixture, task, task == 3 ? 5 : 4, HF_TASK_RUNNING);
        run_task(fixture, 1, 4, HF_TASK_FINISHED);
        ask_back(fixture, 4, 100 * HF_NS_PER_SECOND);
        assert_said(fixture, expected[policy]);
        if (fixture->out.messages.count > 0)
            assert_true(fixture->out.messages.at[0]->refuse_seconds > 99);
        for (guint32 i = 1; i < fixture->out.messages.count; i++)
            assert_true(fixture->out.messages.at[i]->task == 2 ||
                        fixture->out.messages.at[i]->task == 4);
        fixture_free(fixture);
    }
}

/* VACATE: the model sees only what stays. */
static void offers_of_machines_that_go_are_declined(void **state)
{
    Fixture *fixture = fixture_for(&all, HF_MAINTENANCE_VACATE);
    subscribe(fixture);
    g_string_truncate(fixture->told, 0);
    HfMessage *message = to_driver(fixture, HF_MESSAGE_OFFERS);
    hf_vec_push(&message->windows, (HfOfferWindow){7, {1000 * HF_NS_PER_SECOND, HF_TIME_NEVER}});
    hf_vec_push(&message->offers, (HfOfferInfo){.id = 7, .agent = 4, .host = 4});
    tell(fixture, message);
    assert_said(fixture, "DECLINE");
    assert_int_equal(fixture->out.messages.at[0]->ids.at[0], 7);
    assert_string_equal(fixture->told->str, "");
    hf_vec_push(&message->offers, (HfOfferInfo){.id = 6, .agent = 5, .host = 5});
    hf_vec_push(&message->windows, (HfOfferWindow){8, {2000 * HF_NS_PER_SECOND, HF_TIME_NEVER}});
    hf_vec_push(&message->offers, (HfOfferInfo){.id = 8, .agent = 6, .host = 6});
    tell(fixture, message);
    assert_said(fixture, "DECLINE DECLINE DECLINE"); /* the last one by the model */
    assert_int_equal(fixture->out.messages.at[1]->ids.at[0], 8);
    assert_true(fixture->out.messages.at[1]->refuse_seconds > 1900);
    assert_int_equal(fixture->out.messages.at[2]->ids.at[0], 6);
    assert_string_equal(fixture->told->str, "offers 1 ");
    fixture_free(fixture);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inverse_offers_are_answered_by_policy),
        cmocka_unit_test(offers_of_machines_that_go_are_declined),
        cmocka_unit_test(it_subscribes_with_all_that_its_framework_is),
        cmocka_unit_test(it_says_its_id_once_it_knows_it),
        cmocka_unit_test(offers_are_answered_with_what_the_model_says),
        cmocka_unit_test(each_offer_taken_back_is_told),
        cmocka_unit_test(an_update_is_acknowledged_when_the_model_has_seen_it),
        cmocka_unit_test(a_lost_agent_is_told),
        cmocka_unit_test(a_model_has_timers_and_notes),
        cmocka_unit_test(callbacks_may_be_left_out),
        cmocka_unit_test(acting_outside_of_a_callback_is_a_programming_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
