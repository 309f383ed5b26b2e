/*
 * Random arithmetic on collections of every size against the plainest possible one, which scans
 * from the front as Mesos does: the index of large collections and the short cuts of small ones
 * must not show, not even in the order of entries.
 */
#include "unit/resource/fixture.h"

#define ENTRIES_MAX 400

typedef struct Naive {
    HfResource at[ENTRIES_MAX]; /* references are not counted: values are scalars only */
    uint32_t count;
} Naive;

static gboolean naive_mergeable(const HfResource *a, const HfResource *b, gboolean adding)
{
    if (a->kind != b->kind || !hf_meta_equal(fx.catalog, a->meta, b->meta)) return FALSE;
    if (hf_meta_is_divisible(fx.catalog, a->meta)) return TRUE;
    if (adding && !hf_meta_is_shared(fx.catalog, a->meta)) return FALSE;
    return a->milli == b->milli;
}

static void naive_add(Naive *naive, const HfResource *entry)
{
    for (uint32_t i = 0; i < naive->count; i++) {
        if (!naive_mergeable(&naive->at[i], entry, TRUE)) continue;
        if (hf_meta_is_shared(fx.catalog, entry->meta)) {
            naive->at[i].copies += entry->copies;
        } else {
            naive->at[i].milli += entry->milli;
        }
        return;
    }
    assert_true(naive->count < ENTRIES_MAX);
    naive->at[naive->count++] = *entry;
}

static void naive_subtract(Naive *naive, const HfResource *entry)
{
    for (uint32_t i = 0; i < naive->count; i++) {
        HfResource *have = &naive->at[i];
        if (!naive_mergeable(have, entry, FALSE)) continue;
        gboolean is_left;
        if (hf_meta_is_shared(fx.catalog, entry->meta)) {
            is_left = have->copies > entry->copies;
            if (is_left) have->copies -= entry->copies;
        } else {
            is_left = have->milli > entry->milli;
            if (is_left) have->milli -= entry->milli;
        }
        if (!is_left) naive->at[i] = naive->at[--naive->count];
        return;
    }
}

static void assert_like_naive(const HfResources *resources, const Naive *naive)
{
    assert_int_equal(hf_resources_count(resources), naive->count);
    for (uint32_t i = 0; i < naive->count; i++) {
        const HfResource *entry = hf_resources_at(resources, i);
        assert_int_equal(entry->kind, naive->at[i].kind);
        assert_int_equal(entry->meta, naive->at[i].meta);
        assert_int_equal(entry->milli, naive->at[i].milli);
        assert_int_equal(entry->copies, naive->at[i].copies);
    }
}

/* One entry out of `variety` different ones: plain, labelled, MOUNT, volumes, shared volumes. */
static HfResource random_entry(HfStream *stream, uint32_t variety)
{
    static const char *const forms[] = {
        "cpus(D:r%u):%u",
        "disk(D:r,l=k=%u):%u",
        "disk{src=MOUNT/m%u}:%u",
        "disk(r)[v%u:p]:%u",
        "disk(r)[s%u:p]{shared}:%u",
        "mem@r%u:%u",
        "disk[:path]{src=PATH/%u}:%u",
    };
    uint32_t pick = (uint32_t)hf_stream_below(stream, variety);
    uint32_t amount = 1 + (uint32_t)hf_stream_below(stream, 3);
    const char *form = forms[pick % G_N_ELEMENTS(forms)];
    char text[80];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    g_snprintf(text, sizeof text, form, pick, amount);
#pragma GCC diagnostic pop
    HfResources one = {0};
    assert_true(hf_resources_parse_canonical(fx.catalog, text, &one, NULL));
    HfResource entry = *hf_resources_at(&one, 0);
    hf_resources_clear(fx.catalog, &one);
    return entry;
}

static void run(uint64_t seed, uint32_t variety, int steps)
{
    HfStream stream;
    hf_stream_init(&stream, seed, "test-naive", variety);
    HfResources *r = fresh();
    Naive naive = {.count = 0};
    for (int step = 0; step < steps; step++) {
        HfResource entry = random_entry(&stream, variety);
        /* Waves of growing and shrinking, so that the index comes and goes. */
        uint64_t adds = step / 200 % 2 == 0 ? 7 : 3;
        if (naive.count < ENTRIES_MAX && hf_stream_below(&stream, 10) < adds) {
            hf_resources_add_one(fx.catalog, r, &entry);
            naive_add(&naive, &entry);
        } else {
            hf_resources_subtract_one(fx.catalog, r, &entry);
            naive_subtract(&naive, &entry);
        }
        if (step % 50 != 0) continue;
        assert_like_naive(r, &naive);
        HfResources copy = {0};
        hf_resources_copy(fx.catalog, &copy, r);
        assert_like_naive(&copy, &naive);
        assert_true(same(&copy, r));
        hf_resources_subtract_one(fx.catalog, &copy, &entry);
        assert_true(has(r, &copy));
        hf_resources_clear(fx.catalog, &copy);
    }
    assert_like_naive(r, &naive);
}

static void small_collections_do_as_the_naive_one(void **state)
{
    for (uint64_t seed = 0; seed < 20; seed++) run(seed, 7, 400);
}

static void large_collections_do_as_the_naive_one(void **state)
{
    for (uint64_t seed = 0; seed < 5; seed++) run(seed, 300, 3000);
}

/* Adding and taking whole collections, in another order than they stand in. */
static void whole_collections_do_as_their_entries(void **state)
{
    HfStream stream;
    hf_stream_init(&stream, 7, "test-naive-whole", 0);
    for (int round = 0; round < 200; round++) {
        HfResources a = {0}, b = {0}, by_one = {0};
        uint32_t variety = round % 2 == 0 ? 6 : 100;
        for (int i = 0; i < 60; i++) {
            HfResource entry = random_entry(&stream, variety);
            hf_resources_add_one(fx.catalog, i % 3 == 0 ? &b : &a, &entry);
        }
        hf_resources_copy(fx.catalog, &by_one, &a);
        for (uint32_t i = 0; i < hf_resources_count(&b); i++)
            hf_resources_add_one(fx.catalog, &by_one, hf_resources_at(&b, i));
        hf_resources_add(fx.catalog, &a, &b);
        assert_true(same(&a, &by_one));
        assert_true(has(&a, &b));
        for (uint32_t i = 0; i < hf_resources_count(&b); i++)
            hf_resources_subtract_one(fx.catalog, &by_one, hf_resources_at(&b, i));
        hf_resources_subtract(fx.catalog, &a, &b);
        assert_true(same(&a, &by_one));
        hf_resources_clear(fx.catalog, &a);
        hf_resources_clear(fx.catalog, &b);
        hf_resources_clear(fx.catalog, &by_one);
    }
}

/* A collection with an index that changes all its metadata keeps finding its entries. */
static void the_index_follows_changed_metadata(void **state)
{
    HfStream stream;
    hf_stream_init(&stream, 3, "test-index", 0);
    HfResources *r = fresh();
    for (int i = 0; i < 200; i++) {
        HfResource entry = random_entry(&stream, 200);
        if (hf_meta_has(fx.catalog, entry.meta, HF_META_ALLOCATED)) continue;
        hf_resources_add_one(fx.catalog, r, &entry);
    }
    HfResources before = {0};
    hf_resources_copy(fx.catalog, &before, r);
    hf_resources_allocate(fx.catalog, r, role("r"));
    for (uint32_t i = 0; i < hf_resources_count(r); i++) {
        assert_true(hf_resources_contains_one(fx.catalog, r, hf_resources_at(r, i)));
        assert_false(hf_resources_contains_one(fx.catalog, r, hf_resources_at(&before, i)));
    }
    hf_resources_unallocate(fx.catalog, r);
    assert_true(same(r, &before));
    hf_resources_subtract(fx.catalog, r, &before);
    assert_true(hf_resources_is_empty(r));
    hf_resources_clear(fx.catalog, &before);
}

static void a_large_collection_can_be_emptied_and_filled_again(void **state)
{
    HfStream stream;
    hf_stream_init(&stream, 5, "test-reset", 0);
    HfResources *r = fresh(), *other = fresh();
    for (int i = 0; i < 200; i++) {
        HfResource entry = random_entry(&stream, 200);
        hf_resources_add_one(fx.catalog, r, &entry);
    }
    hf_resources_copy(fx.catalog, other, r);
    hf_resources_reset(fx.catalog, r);
    assert_true(hf_resources_is_empty(r));
    assert_false(hf_resources_contains_one(fx.catalog, r, hf_resources_at(other, 50)));
    hf_resources_add(fx.catalog, r, other);
    assert_true(same(r, other));
    hf_resources_copy(fx.catalog, r, res("cpus:1")); /* too small for an index */
    hf_resources_add(fx.catalog, r, other);
    hf_resources_subtract(fx.catalog, r, other);
    assert_text(r, "cpus:1");
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(small_collections_do_as_the_naive_one),
        WITH_FIXTURE(large_collections_do_as_the_naive_one),
        WITH_FIXTURE(whole_collections_do_as_their_entries),
        WITH_FIXTURE(a_large_collection_can_be_emptied_and_filled_again),
        WITH_FIXTURE(the_index_follows_changed_metadata),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
