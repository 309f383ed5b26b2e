/* Placement groups of a store: what is lost with servers, and what is made anew. */
#include "support/test.h"

#include "world/store_content.h"

static HfStoreContent *content_of(int64_t servers, int64_t replicas, int64_t groups, uint64_t seed)
{
    HfStoreRules rules = {.servers = servers, .replicas = replicas, .groups = groups};
    HfStream stream;
    hf_stream_init(&stream, seed, "test", 0);
    return hf_store_content_new(&rules, &stream);
}

static uint32_t make_all(HfStoreContent *content, HfTime now)
{
    uint32_t made = 0;
    while (hf_store_content_begin(content, now)) made += hf_store_content_made(content);
    return made;
}

static void fewer_servers_than_replicas_lose_nothing(void **state)
{
    HfStoreContent *content = content_of(10, 3, 128, 1);
    assert_int_equal(hf_store_content_missing(content), 0);
    assert_int_equal(hf_store_content_lose(content, 4, 1, 10, 100), 0);
    assert_true(hf_store_content_is_lost(content, 4));
    uint32_t first = hf_store_content_missing(content);
    assert_true(first > 128 * 3 / 10 / 2 && first < 128 * 3 / 10 * 2);
    assert_int_equal(hf_store_content_lose(content, 7, 1, 10, 200), 0);
    uint32_t both = hf_store_content_missing(content);
    assert_false(hf_store_content_begin(content, 99)); /* not yet due */
    assert_int_equal(make_all(content, 100), first);   /* of the first loss alone */
    assert_int_equal(make_all(content, 200), both - first);
    assert_int_equal(hf_store_content_missing(content), 0);
    /* All is on the eight others now: losing any two of them loses nothing. */
    assert_int_equal(hf_store_content_lose(content, 0, 1, 10, 300), 0);
    assert_int_equal(hf_store_content_lose(content, 1, 1, 10, 300), 0);
    hf_store_content_free(content);
}

/* Three of ten servers have all replicas of a group with probability 1 / C(10,3) = 1/120: of 1,200
 * groups ten, give or take their Poisson spread; over 40 seeds 400 +- 5 x 20. */
static void groups_with_all_replicas_on_lost_servers_are_lost(void **state)
{
    uint32_t lost = 0;
    for (uint64_t seed = 0; seed < 40; seed++) {
        HfStoreContent *content = content_of(10, 3, 1200, seed);
        for (uint32_t server = 0; server < 3; server++)
            lost += hf_store_content_lose(content, server, 1, 10, 0);
        make_all(content, 0);
        assert_int_equal(hf_store_content_missing(content), 0); /* those begin anew */
        hf_store_content_free(content);
    }
    assert_true(lost > 300 && lost < 500);
}

static void those_with_the_fewest_left_come_first(void **state)
{
    HfStoreContent *content = content_of(10, 3, 1000, 5);
    hf_store_content_lose(content, 0, 1, 10, 0);
    hf_store_content_lose(content, 1, 1, 10, 0);
    uint32_t missing = hf_store_content_missing(content);
    /* About 1000 x (3 x 2) / (10 x 9) = 67 groups have one left. Their first replica comes before
     * any other: when a third server is lost after 100 of them, nothing can be lost. */
    for (int i = 0; i < 100; i++) {
        assert_true(hf_store_content_begin(content, 0));
        assert_true(hf_store_content_made(content));
    }
    assert_int_equal(hf_store_content_missing(content), missing - 100);
    assert_int_equal(hf_store_content_lose(content, 2, 1, 10, 0), 0);
    hf_store_content_free(content);
}

static void without_another_server_it_waits_for_one(void **state)
{
    HfStoreContent *content = content_of(3, 3, 8, 1);
    assert_int_equal(hf_store_content_lose(content, 0, 1, 10, 0), 0);
    assert_int_equal(hf_store_content_missing(content), 8);
    assert_false(hf_store_content_begin(content, 0));
    hf_store_content_replace(content, 0);
    assert_int_equal(hf_store_content_missing(content), 8); /* it came with nothing */
    assert_int_equal(make_all(content, 0), 8);
    hf_store_content_free(content);
}

/* Its target is lost while a replica is made, or its last source: then it is in vain. */
static void what_is_made_meanwhile_may_be_in_vain(void **state)
{
    HfStoreContent *content = content_of(3, 2, 1, 3);
    uint32_t server = 0;
    while (hf_store_content_lose(content, server, 1, 10, 0) == 0 &&
           hf_store_content_missing(content) == 0)
        hf_store_content_replace(content, server++);
    assert_true(hf_store_content_begin(content, 0)); /* on the one that has none of it */
    uint32_t lost = 0;
    for (uint32_t s = 0; s < 3; s++)
        if (s != server) lost += hf_store_content_lose(content, s, 1, 10, 0);
    assert_int_equal(lost, 1);
    assert_false(hf_store_content_made(content));
    hf_store_content_replace(content, server);
    assert_int_equal(hf_store_content_missing(content), 1);
    hf_store_content_free(content);
}

/* One of ten disks: a tenth of what is on the server, which stays and can take it again. */
static void a_disk_takes_its_part(void **state)
{
    HfStoreContent *content = content_of(3, 3, 1000, 1);
    assert_int_equal(hf_store_content_lose(content, 1, 0.1, 10, 0), 0);
    assert_false(hf_store_content_is_lost(content, 1));
    uint32_t missing = hf_store_content_missing(content);
    assert_true(missing > 100 - 50 && missing < 100 + 50); /* 5 x 9.5 */
    assert_int_equal(make_all(content, 0), missing);
    hf_store_content_free(content);
}

/* All servers at one instant: each group is lost once, though it begins anew on the next. */
static void what_is_lost_at_one_instant_is_lost_once(void **state)
{
    HfStoreContent *content = content_of(10, 3, 64, 2);
    uint32_t lost = 0;
    for (uint32_t s = 0; s < 10; s++) lost += hf_store_content_lose(content, s, 1, 10, 20);
    assert_int_equal(lost, 64);
    hf_store_content_free(content);
}

static void heads_of_the_same_disks_lose_all_or_nothing(void **state)
{
    HfStoreRules rules = {.servers = 2, .replicas = 1, .groups = 1, .has_shared_disks = TRUE};
    HfStream stream;
    hf_stream_init(&stream, 1, "test", 0);
    HfStoreContent *content = hf_store_content_new(&rules, &stream);
    assert_int_equal(hf_store_content_lose(content, 0, 1, 10, 0), 0);
    hf_store_content_replace(content, 0); /* it sees the same disks */
    assert_int_equal(hf_store_content_missing(content), 0);
    assert_int_equal(hf_store_content_lose(content, 1, 1, 10, 0), 0);
    assert_int_equal(hf_store_content_lose(content, 0, 1, 10, 0), 1);
    assert_int_equal(hf_store_content_groups(content), 1);
    hf_store_content_free(content);
}

/* What is away with a server that is down is made anew when it is due, is one too many when that is
 * back, and is lost only when that is lost as well. */
static void a_server_that_is_down_keeps_what_it_has(void **state)
{
    HfStoreContent *content = content_of(4, 2, 100, 1);
    hf_store_content_stop(content, 0, 50);
    uint32_t away = hf_store_content_missing(content);
    assert_true(away > 20 && away < 80);
    assert_false(hf_store_content_begin(content, 49));
    assert_int_equal(hf_store_content_start(content, 0), 0);
    assert_int_equal(hf_store_content_missing(content), 0);
    hf_store_content_stop(content, 0, 50);
    hf_store_content_stop(content, 0, 60); /* twice: it is back when it was started twice */
    for (uint32_t i = 0; i < 5; i++) {
        assert_true(hf_store_content_begin(content, 50));
        assert_true(hf_store_content_made(content));
    }
    assert_int_equal(hf_store_content_missing(content), away - 5);
    assert_int_equal(hf_store_content_start(content, 0), 0);
    assert_int_equal(hf_store_content_missing(content), away - 5);
    assert_true(hf_store_content_begin(content, 50));
    assert_int_equal(hf_store_content_start(content, 0), 5);
    assert_false(hf_store_content_made(content)); /* it is there again */
    assert_int_equal(hf_store_content_missing(content), 0);
    hf_store_content_free(content);
}

static void what_is_away_is_lost_with_its_server_alone(void **state)
{
    HfStoreContent *content = content_of(2, 2, 10, 1);
    hf_store_content_stop(content, 0, 50);
    assert_int_equal(hf_store_content_missing(content), 10);
    assert_int_equal(hf_store_content_lose(content, 1, 1, 10, 60), 0); /* 0 has it still */
    assert_int_equal(hf_store_content_missing(content), 0);            /* of nothing is there one */
    assert_int_equal(hf_store_content_start(content, 0), 0);
    assert_int_equal(hf_store_content_missing(content), 10);
    hf_store_content_stop(content, 0, 50);
    assert_int_equal(hf_store_content_lose(content, 0, 1, 20, 60), 10);
    assert_int_equal(hf_store_content_start(content, 0), 0);
    hf_store_content_replace(content, 0);
    assert_int_equal(hf_store_content_missing(content), 10); /* anew, with one server */
    hf_store_content_free(content);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fewer_servers_than_replicas_lose_nothing),
        cmocka_unit_test(groups_with_all_replicas_on_lost_servers_are_lost),
        cmocka_unit_test(those_with_the_fewest_left_come_first),
        cmocka_unit_test(without_another_server_it_waits_for_one),
        cmocka_unit_test(what_is_made_meanwhile_may_be_in_vain),
        cmocka_unit_test(a_disk_takes_its_part),
        cmocka_unit_test(what_is_lost_at_one_instant_is_lost_once),
        cmocka_unit_test(heads_of_the_same_disks_lose_all_or_nothing),
        cmocka_unit_test(a_server_that_is_down_keeps_what_it_has),
        cmocka_unit_test(what_is_away_is_lost_with_its_server_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
