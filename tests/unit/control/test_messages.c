/* Messages: their names, and the pool that they come from. */
#include "support/test.h"

#include "control/message.h"
#include "resource/text.h"

static const HfPeer here = {HF_PEER_MASTER, 0}, there = {HF_PEER_AGENT, 3};

static HfParcel *parcel(HfCatalog *catalog, const char *text)
{
    HfResources resources = {0};
    assert_true(hf_resources_parse(catalog, text, HF_ROLE_STAR, 0, &resources, NULL));
    return hf_parcel_take(catalog, &resources);
}

static void every_type_has_a_name_of_its_own(void **state)
{
    for (int i = 0; i < HF_MESSAGE_TYPES; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(hf_message_type_name((HfMessageType)i),
                                    hf_message_type_name((HfMessageType)k));
    assert_string_equal(hf_message_type_name(HF_MESSAGE_ACCEPT), "ACCEPT");
    assert_string_equal(hf_message_type_name(HF_MESSAGE_AUDIBLE), "AUDIBLE");
    expect_assert_failure(hf_message_type_name(HF_MESSAGE_TYPES));
}

static void a_message_says_who_and_names_nobody_else(void **state)
{
    HfCatalog *catalog = hf_catalog_new(0);
    HfMessagePool *pool = hf_message_pool_new(catalog);
    HfMessage *message = hf_message_pool_take(pool, HF_MESSAGE_PING, here, there);
    assert_int_equal(message->type, HF_MESSAGE_PING);
    assert_int_equal(message->to.kind, HF_PEER_AGENT);
    assert_int_equal(message->to.row, 3);
    assert_int_equal(message->framework, HF_ROW_NONE);
    assert_int_equal(message->agent, HF_ROW_NONE);
    hf_message_pool_free(pool);
    hf_catalog_free(catalog);
}

/* Given back with its lists full, a message comes out with empty ones that kept their room. */
static void a_message_used_again_is_empty_and_asks_for_no_memory(void **state)
{
    HfCatalog *catalog = hf_catalog_new(0);
    HfMessagePool *pool = hf_message_pool_new(catalog);
    HfMessage *first = hf_message_pool_take(pool, HF_MESSAGE_ACCEPT, there, here);
    for (uint64_t i = 0; i < 20; i++) {
        HfTaskInfo info = {.id = i, .resources = parcel(catalog, "cpus:1;ports:[1-9]")};
        hf_message_add_task(first, &info);
        assert_null(info.resources); /* moved, not copied */
        hf_vec_push(&first->ids, i);
    }
    assert_int_equal(hf_message_pool_live(pool), 1);
    hf_message_pool_give(pool, first);
    assert_int_equal(hf_message_pool_live(pool), 0);
    size_t memory = hf_message_pool_memory(pool);
    HfMessage *second = hf_message_pool_take(pool, HF_MESSAGE_ACCEPT, there, here);
    assert_int_equal(second->tasks.count, 0);
    assert_int_equal(second->ids.count, 0);
    for (uint64_t i = 0; i < 20; i++) hf_vec_push(&second->ids, i);
    assert_int_equal(hf_message_pool_memory(pool), memory);
    hf_message_pool_free(pool);
    hf_catalog_free(catalog);
}

static void messages_under_way_at_once_are_different_ones(void **state)
{
    HfCatalog *catalog = hf_catalog_new(0);
    HfMessagePool *pool = hf_message_pool_new(catalog);
    HfMessage *a = hf_message_pool_take(pool, HF_MESSAGE_PING, here, there);
    HfMessage *b = hf_message_pool_take(pool, HF_MESSAGE_PONG, there, here);
    assert_ptr_not_equal(a, b);
    assert_int_equal(hf_message_pool_live(pool), 2);
    hf_message_pool_free(pool);
    hf_catalog_free(catalog);
}

static void a_copied_task_shares_its_resources(void **state)
{
    HfCatalog *catalog = hf_catalog_new(0);
    HfTaskInfo from = {.id = 7, .job = 3, .duration = 9, .resources = parcel(catalog, "cpus:2")};
    HfTaskInfo to = {.id = 1};
    hf_task_info_copy(&to, &from);
    assert_int_equal(to.id, 7);
    assert_int_equal(to.job, 3);
    assert_int_equal(to.duration, 9);
    assert_ptr_equal(to.resources, from.resources);
    hf_parcel_drop(catalog, &from.resources);
    g_autofree char *text = hf_resources_to_text(catalog, hf_parcel_resources(to.resources));
    assert_string_equal(text, "cpus:2");
    hf_parcel_drop(catalog, &to.resources);
    hf_catalog_free(catalog);
}

/* What waits for the registry is a copy; the agent's domain was left out of it once. */
static void a_copied_registration_says_all_of_the_agent(void **state)
{
    HfCatalog *catalog = hf_catalog_new(0);
    HfMessagePool *pool = hf_message_pool_new(catalog);
    static const HfDomain domain = {"eu", "a"};
    HfMessage *from = hf_message_pool_take(pool, HF_MESSAGE_REREGISTER_AGENT, here, there);
    from->name = "host";
    from->domain = &domain;
    from->version = 9;
    HfExecutorInfo *info = hf_executor_info_new(
        &(HfExecutorInfo){.id = 7, .resources = parcel(catalog, "cpus:2"), .usage_milli = 500});
    hf_vec_push(&from->executors, (HfExecutorReport){.framework = 3, .info = info});
    HfMessage *to = hf_message_copy(pool, from);
    assert_string_equal(to->name, "host");
    assert_ptr_equal(to->domain, &domain);
    assert_int_equal(to->version, 9);
    assert_int_equal(to->executors.count, 1);
    assert_ptr_equal(to->executors.at[0].info, info);
    hf_message_pool_give(pool, from);
    assert_int_equal(info->refs, 1);
    hf_message_pool_give(pool, to);
    hf_message_pool_free(pool);
    hf_catalog_free(catalog);
}

static void the_outbox_keeps_order_until_it_is_reset(void **state)
{
    HfCatalog *catalog = hf_catalog_new(0);
    HfMessagePool *pool = hf_message_pool_new(catalog);
    HfOutbox out = {.catalog = catalog, .pool = pool};
    hf_outbox_send(&out, HF_MESSAGE_PING, here, there);
    hf_outbox_send(&out, HF_MESSAGE_PONG, there, here);
    hf_outbox_timer(&out, 17, 2, 5);
    assert_int_equal(out.messages.at[0]->type, HF_MESSAGE_PING);
    assert_int_equal(out.messages.at[1]->type, HF_MESSAGE_PONG);
    assert_int_equal(out.timers.at[0].at, 17);
    assert_int_equal(out.timers.at[0].kind, 2);
    assert_int_equal(out.timers.at[0].arg, 5);
    hf_outbox_reset(&out);
    assert_int_equal(out.messages.count, 0);
    assert_int_equal(out.timers.count, 0);
    assert_int_equal(hf_message_pool_live(pool), 2); /* they are the host's now */
    hf_vec_clear(&out.messages);
    hf_vec_clear(&out.timers);
    hf_message_pool_free(pool);
    hf_catalog_free(catalog);
}

/* What a step was given is in the outbox, or goes back to the pool: once. */
static void a_message_that_was_sent_on_is_not_given_back(void **state)
{
    HfCatalog *catalog = hf_catalog_new(0);
    HfMessagePool *pool = hf_message_pool_new(catalog);
    HfOutbox out = {.catalog = catalog, .pool = pool};
    HfMessage *update = hf_message_pool_take(pool, HF_MESSAGE_UPDATE, here, there);
    HfMessage *ping = hf_message_pool_take(pool, HF_MESSAGE_PING, here, there);
    update->framework = update->agent = 4;
    update->status.task = 77;
    HfMessage *sent = hf_outbox_send_on(&out, update, HF_MESSAGE_ACKNOWLEDGE, there, here);
    assert_ptr_equal(sent, update);
    hf_outbox_done(&out, update);
    assert_int_equal(hf_message_pool_live(pool), 2);
    hf_outbox_done(&out, ping);
    assert_int_equal(hf_message_pool_live(pool), 1);
    assert_int_equal(out.messages.count, 1);
    assert_ptr_equal(out.messages.at[0], sent);
    assert_int_equal(sent->type, HF_MESSAGE_ACKNOWLEDGE);
    assert_memory_equal(&sent->from, &there, sizeof there);
    assert_memory_equal(&sent->to, &here, sizeof here);
    assert_int_equal(sent->framework, HF_ROW_NONE);
    assert_int_equal(sent->agent, HF_ROW_NONE);
    assert_int_equal(sent->status.task, 77);
    hf_outbox_reset(&out);
    hf_outbox_done(&out, sent); /* by now another step's */
    assert_int_equal(hf_message_pool_live(pool), 0);
    hf_vec_clear(&out.messages);
    hf_message_pool_free(pool);
    hf_catalog_free(catalog);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_has_a_name_of_its_own),
        cmocka_unit_test(a_message_says_who_and_names_nobody_else),
        cmocka_unit_test(a_message_used_again_is_empty_and_asks_for_no_memory),
        cmocka_unit_test(messages_under_way_at_once_are_different_ones),
        cmocka_unit_test(a_copied_task_shares_its_resources),
        cmocka_unit_test(a_copied_registration_says_all_of_the_agent),
        cmocka_unit_test(the_outbox_keeps_order_until_it_is_reset),
        cmocka_unit_test(a_message_that_was_sent_on_is_not_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
