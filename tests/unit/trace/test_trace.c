/* The digest of a run, the counts, and who is told. */
#include "support/test.h"

#include <string.h>

#include "resource/text.h"
#include "trace/trace.h"

typedef struct Fixture {
    HfCatalog *catalog;
    HfResources some, other;
} Fixture;

static HfResources parse(HfCatalog *catalog, const char *text)
{
    HfResources resources = {0};
    assert_true(hf_resources_parse(catalog, text, HF_ROLE_STAR, 0, &resources, NULL));
    return resources;
}

static int setup(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);
    fixture->catalog = hf_catalog_new(0);
    fixture->some = parse(fixture->catalog, "cpus:2;ports:[1-4];zones:{a,b}");
    fixture->other = parse(fixture->catalog, "cpus:2;ports:[1-5];zones:{a,b}");
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    Fixture *fixture = *state;
    hf_resources_clear(fixture->catalog, &fixture->some);
    hf_resources_clear(fixture->catalog, &fixture->other);
    hf_catalog_free(fixture->catalog);
    g_free(fixture);
    return 0;
}

static HfRecord sample(const Fixture *fixture)
{
    return (HfRecord){.at = 5,
                      .type = HF_RECORD_TASK_STATE,
                      .state = HF_TASK_FINISHED,
                      .reason = HF_REASON_NONE,
                      .agent = 3,
                      .framework = 1,
                      .role = 2,
                      .id = 77,
                      .value = -4,
                      .resources = &fixture->some};
}

static void digest_of(const Fixture *fixture, const HfRecord *records, guint count,
                      char text_out[HF_DIGEST_TEXT_SIZE])
{
    g_autoptr(HfTrace) trace = hf_trace_new(fixture->catalog);
    for (guint i = 0; i < count; i++) hf_trace_emit(trace, &records[i]);
    hf_trace_digest(trace, text_out);
}

static void assert_digests_differ(const Fixture *fixture, HfRecord a, HfRecord b)
{
    char one[HF_DIGEST_TEXT_SIZE], two[HF_DIGEST_TEXT_SIZE];
    digest_of(fixture, &a, 1, one);
    digest_of(fixture, &b, 1, two);
    assert_string_not_equal(one, two);
}

static void equal_records_have_equal_digests(void **state)
{
    char one[HF_DIGEST_TEXT_SIZE], two[HF_DIGEST_TEXT_SIZE];
    HfRecord records[] = {sample(*state), sample(*state)};
    digest_of(*state, records, 2, one);
    digest_of(*state, records, 2, two);
    assert_string_equal(one, two);
    assert_int_equal(strlen(one), 32);
}

static void a_change_of_any_field_changes_the_digest(void **state)
{
    const HfRecord base = sample(*state);
    HfRecord changed[10];
    for (guint i = 0; i < G_N_ELEMENTS(changed); i++) changed[i] = base;
    changed[0].at++;
    changed[1].type++;
    changed[2].state++;
    changed[3].reason++;
    changed[4].agent++;
    changed[5].framework++;
    changed[6].role++;
    changed[7].id++;
    changed[8].value++;
    changed[9].resources = &((Fixture *)*state)->other;
    for (guint i = 0; i < G_N_ELEMENTS(changed); i++)
        assert_digests_differ(*state, base, changed[i]);
}

/* Each field has bits of its own: a large value of one is not a small one of its neighbour. */
static void fields_do_not_run_into_each_other(void **state)
{
    const HfRecord zero = {.type = 0};
    HfRecord a = zero, b = zero;
    a.role = 1;
    b.id = UINT64_C(1) << 48;
    assert_digests_differ(*state, a, b);
    a = b = zero;
    a.agent = HF_ROW_NONE;
    b.framework = HF_ROW_NONE;
    assert_digests_differ(*state, a, b);
    a = b = zero;
    a.state = 1;
    b.reason = 1;
    assert_digests_differ(*state, a, b);
    a = b = zero;
    a.role = HF_ROLE_NONE;
    b.role = UINT16_MAX;
    assert_digests_differ(*state, a, b);
}

static void no_resources_is_not_an_empty_collection(void **state)
{
    HfResources empty = {0};
    HfRecord none = sample(*state), nothing = none;
    none.resources = NULL;
    nothing.resources = &empty;
    assert_digests_differ(*state, none, nothing);
}

static void the_order_of_records_counts(void **state)
{
    char one[HF_DIGEST_TEXT_SIZE], two[HF_DIGEST_TEXT_SIZE];
    HfRecord a = sample(*state), b = a;
    b.id++;
    digest_of(*state, (HfRecord[]){a, b}, 2, one);
    digest_of(*state, (HfRecord[]){b, a}, 2, two);
    assert_string_not_equal(one, two);
    digest_of(*state, (HfRecord[]){a}, 1, two);
    assert_string_not_equal(one, two);
}

/* Ids are given in order of first appearance, so equal runs on two catalogs have equal digests. */
static void the_digest_does_not_depend_on_the_catalog(void **state)
{
    char one[HF_DIGEST_TEXT_SIZE], two[HF_DIGEST_TEXT_SIZE];
    HfRecord record = sample(*state);
    digest_of(*state, &record, 1, one);
    Fixture again = {.catalog = hf_catalog_new(0)};
    again.some = parse(again.catalog, "cpus:2;ports:[1-4];zones:{a,b}");
    record = sample(&again);
    digest_of(&again, &record, 1, two);
    hf_resources_clear(again.catalog, &again.some);
    hf_catalog_free(again.catalog);
    assert_string_equal(one, two);
}

static void note_id(void *context, const HfRecord *record)
{
    g_string_append_printf(context, "%d ", (int)record->id);
}

/* A parcel's part of the digest is worked out once; it is the same as that of its content, and that
 * of the parcel which takes its place in memory is another. */
static void a_parcel_is_digested_as_its_content(void **state)
{
    const Fixture *fixture = *state;
    const HfResources *contents[] = {&fixture->some, &fixture->other};
    for (int i = 0; i < 2; i++) {
        char one[HF_DIGEST_TEXT_SIZE], two[HF_DIGEST_TEXT_SIZE];
        HfParcel *parcel = hf_parcel_copy(fixture->catalog, contents[i]);
        HfRecord plain = sample(fixture), known = sample(fixture);
        plain.resources = contents[i];
        known.resources = hf_parcel_resources(parcel);
        known.parcel = parcel;
        digest_of(fixture, (HfRecord[]){plain, plain}, 2, one);
        digest_of(fixture, (HfRecord[]){known, known}, 2, two);
        assert_string_equal(one, two);
        hf_parcel_drop(fixture->catalog, &parcel);
    }
}

static void every_listener_is_told_of_every_record_in_order(void **state)
{
    g_autoptr(HfTrace) trace = hf_trace_new(((Fixture *)*state)->catalog);
    g_autoptr(GString) first = g_string_new(NULL);
    g_autoptr(GString) second = g_string_new(NULL);
    hf_trace_listen(trace, note_id, first);
    hf_trace_listen(trace, note_id, second);
    for (int i = 0; i < HF_RECORD_TYPES; i++)
        hf_trace_emit(trace, &(HfRecord){.type = (uint16_t)i, .id = (uint64_t)i});
    hf_trace_emit(trace, &(HfRecord){.type = HF_RECORD_TASK_KILL, .id = 99});
    g_autoptr(GString) expected = g_string_new(NULL);
    for (int i = 0; i < HF_RECORD_TYPES; i++) g_string_append_printf(expected, "%d ", i);
    g_string_append(expected, "99 ");
    assert_string_equal(first->str, expected->str);
    assert_string_equal(second->str, expected->str);
}

static void who_listens_does_not_change_the_digest(void **state)
{
    char alone[HF_DIGEST_TEXT_SIZE], heard[HF_DIGEST_TEXT_SIZE];
    HfRecord record = sample(*state);
    digest_of(*state, &record, 1, alone);
    g_autoptr(HfTrace) trace = hf_trace_new(((Fixture *)*state)->catalog);
    g_autoptr(GString) text = g_string_new(NULL);
    hf_trace_listen(trace, note_id, text);
    hf_trace_emit(trace, &record);
    hf_trace_digest(trace, heard);
    assert_string_equal(alone, heard);
}

/* What a listener to runs hears: of how many records it was told, and their ids if by themselves.
 */
typedef struct Heard {
    uint32_t runs, records;
    uint64_t alone; /* sum of the ids of records told of one by one */
    int64_t milli;  /* of the first entry, over all records */
} Heard;

static void hear_one(void *context, const HfRecord *record)
{
    Heard *heard = context;
    heard->records++;
    heard->alone += record->id;
    heard->milli += hf_resources_at(record->resources, 0)->milli;
}

static void hear_run(void *context, const HfRecord *record, uint32_t count)
{
    Heard *heard = context;
    heard->runs++;
    heard->records += count;
    heard->milli += (int64_t)count * hf_resources_at(record->resources, 0)->milli;
}

/* Two contents that by their hash have one place are kept apart all the same. */
static void two_contents_of_one_place_are_told_of_twice(void **state)
{
    Fixture *fixture = *state;
    HfParcel *parcels[HF_TRACE_ALIKE + 1];
    int a = 0, b = 0;
    for (int i = 0; i <= HF_TRACE_ALIKE; i++) {
        g_autofree char *text = g_strdup_printf("cpus:%d", i + 1);
        HfResources content = parse(fixture->catalog, text);
        parcels[i] = hf_parcel_take(fixture->catalog, &content);
        hf_parcel_fold(fixture->catalog, parcels[i]);
        for (int k = 0; k < i; k++)
            if (hf_trace__place_of(parcels[k]) == hf_trace__place_of(parcels[i])) a = k, b = i;
    }
    assert_int_not_equal(a, b);
    g_autoptr(HfTrace) trace = hf_trace_new(fixture->catalog);
    Heard heard = {0};
    hf_trace_listen_runs(trace, hear_one, hear_run, &heard);
    HfRecord record = sample(fixture);
    HfTraceRun run;
    hf_trace_run_begin(&run, trace, fixture->catalog, &record);
    for (uint32_t i = 0; i < 100; i++)
        hf_trace_run_add(&run, i, i + 1, parcels[i % 4 == 0 ? a : b]);
    hf_trace_run_end(&run);
    assert_int_equal(heard.runs, 2);
    assert_int_equal(heard.records, 100);
    assert_int_equal(heard.milli, 25 * (a + 1) * 1000 + 75 * (b + 1) * 1000);
    for (int i = 0; i <= HF_TRACE_ALIKE; i++) hf_parcel_drop(fixture->catalog, &parcels[i]);
}

/* More contents than a run keeps apart, in turns, so that some are told of before its end. */
static void a_run_is_what_its_records_are_one_by_one(void **state)
{
    enum { CONTENTS = 3 * HF_TRACE_ALIKE, RECORDS = 500 };
    Fixture *fixture = *state;
    HfParcel *parcels[CONTENTS];
    char one[HF_DIGEST_TEXT_SIZE], two[HF_DIGEST_TEXT_SIZE];
    for (int i = 0; i < CONTENTS; i++) {
        g_autofree char *text = g_strdup_printf("cpus:%d", i + 1);
        HfResources content = parse(fixture->catalog, text);
        parcels[i] = hf_parcel_take(fixture->catalog, &content);
    }
    g_autoptr(HfTrace) single = hf_trace_new(fixture->catalog);
    g_autoptr(HfTrace) together = hf_trace_new(fixture->catalog);
    Heard runs = {0}, each = {0}, emitted = {0};
    g_autoptr(GString) expected = g_string_new(NULL);
    g_autoptr(GString) ids = g_string_new(NULL);
    hf_trace_listen_runs(single, hear_one, hear_run, &emitted);
    hf_trace_listen(single, note_id, expected);
    hf_trace_listen_runs(together, hear_one, hear_run, &runs);
    hf_trace_listen(together, hear_one, &each);
    hf_trace_listen(together, note_id, ids);
    HfRecord record = sample(fixture);
    record.resources = NULL;
    HfTraceRun run;
    hf_trace_run_begin(&run, together, fixture->catalog, &record);
    for (uint32_t i = 0; i < RECORDS; i++) {
        record.agent = i % 7;
        record.id = i * UINT64_C(3000000007);
        record.parcel = parcels[i % 3 == 0 ? 0 : i % CONTENTS];
        record.resources = hf_parcel_resources(record.parcel);
        hf_trace_emit(single, &record);
        hf_trace_run_add(&run, record.agent, record.id, record.parcel);
    }
    hf_trace_run_end(&run);
    hf_trace_run_end(&run); /* it is over */
    hf_trace_digest(single, one);
    hf_trace_digest(together, two);
    assert_string_equal(one, two);
    assert_string_equal(ids->str, expected->str);
    assert_int_equal(hf_trace_total(together), RECORDS);
    assert_int_equal(hf_trace_count(together, record.type), RECORDS);
    assert_int_equal(runs.records, RECORDS);
    assert_int_equal(runs.alone, 0);
    assert_in_range(runs.runs, CONTENTS, RECORDS - 1);
    assert_int_equal(each.records, RECORDS);
    assert_int_equal(emitted.runs, 0); /* what is emitted by itself is told of so */
    assert_int_equal(emitted.records, RECORDS);
    assert_int_equal(runs.milli, emitted.milli);
    assert_int_equal(each.milli, emitted.milli);
    for (int i = 0; i < CONTENTS; i++) {
        assert_in_range(parcels[i]->refs, 1, 2); /* mine, and the table's of those made lately */
        hf_parcel_drop(fixture->catalog, &parcels[i]);
    }
}

/* What the table of contents holds, and what it does not; with and without one who is told of each.
 */
static void a_list_is_what_its_records_are_one_by_one(void **state)
{
    enum { CONTENTS = HF_TRACE_ALIKE + 3, RECORDS = 300 };
    typedef struct Entry {
        uint32_t other, agent;
        HfParcel *parcel;
    } Entry;
    Fixture *fixture = *state;
    HfParcel *parcels[CONTENTS];
    for (int i = 0; i < CONTENTS; i++) {
        g_autofree char *text = g_strdup_printf("cpus:%d", i + 1);
        HfResources content = parse(fixture->catalog, text);
        parcels[i] = hf_parcel_take(fixture->catalog, &content);
    }
    for (int tells = 0; tells <= 1; tells++) {
        g_autoptr(HfTrace) single = hf_trace_new(fixture->catalog);
        g_autoptr(HfTrace) together = hf_trace_new(fixture->catalog);
        g_autoptr(GString) expected = g_string_new(NULL);
        g_autoptr(GString) ids = g_string_new(NULL);
        Heard heard = {0};
        hf_trace_listen_runs(together, hear_one, hear_run, &heard);
        hf_trace_listen(single, note_id, expected);
        if (tells) hf_trace_listen(together, note_id, ids);
        Entry entries[RECORDS];
        uint64_t numbers[RECORDS];
        HfRecord record = sample(fixture);
        HfTraceRun run;
        record.resources = NULL;
        hf_trace_run_begin(&run, together, fixture->catalog, &record);
        for (uint32_t i = 0; i < RECORDS; i++) {
            record.id = numbers[i] = i * UINT64_C(3000000007);
            record.parcel = parcels[i < 100 ? i % 3 : i % CONTENTS];
            record.agent = i % 7 == 0 ? UINT32_MAX - i : i;
            record.resources = hf_parcel_resources(record.parcel);
            entries[i] = (Entry){i, record.agent, record.parcel};
            hf_trace_emit(single, &record);
        }
        const size_t agent = offsetof(Entry, agent), parcel = offsetof(Entry, parcel);
        hf_trace_run_add_list(&run, numbers, entries, sizeof *entries, agent, parcel, 120);
        hf_trace_run_add_list(&run, numbers + 120, &entries[120], sizeof *entries, agent, parcel,
                              RECORDS - 120);
        hf_trace_run_add_list(&run, numbers, entries, sizeof *entries, agent, parcel, 0);
        hf_trace_run_end(&run);
        char one[HF_DIGEST_TEXT_SIZE], two[HF_DIGEST_TEXT_SIZE];
        hf_trace_digest(single, one);
        hf_trace_digest(together, two);
        assert_string_equal(one, two);
        assert_int_equal(heard.records, RECORDS);
        assert_int_equal(hf_trace_total(together), RECORDS);
        if (tells) assert_string_equal(ids->str, expected->str);
    }
    for (int i = 0; i < CONTENTS; i++) hf_parcel_drop(fixture->catalog, &parcels[i]);
}

static void a_run_begins_no_earlier_than_what_was_emitted(void **state)
{
    Fixture *fixture = *state;
    HfTraceRun run = {0};
    g_autoptr(HfTrace) trace = hf_trace_new(fixture->catalog);
    hf_trace_run_end(&run); /* never begun */
    hf_trace_emit(trace, &(HfRecord){.at = 5, .type = HF_RECORD_REVIVED});
    expect_assert_failure(hf_trace_run_begin(&run, trace, fixture->catalog,
                                             &(HfRecord){.at = 4, .type = HF_RECORD_OFFER_SENT}));
    hf_trace_run_begin(&run, trace, fixture->catalog,
                       &(HfRecord){.at = 7, .type = HF_RECORD_OFFER_SENT});
    expect_assert_failure(hf_trace_emit(trace, &(HfRecord){.at = 8, .type = HF_RECORD_REVIVED}));
    hf_trace_run_end(&run);
    expect_assert_failure(hf_trace_emit(trace, &(HfRecord){.at = 6, .type = HF_RECORD_REVIVED}));
}

static void records_are_counted_by_type_and_in_all(void **state)
{
    g_autoptr(HfTrace) trace = hf_trace_new(((Fixture *)*state)->catalog);
    for (int i = 0; i < 3; i++) hf_trace_emit(trace, &(HfRecord){.type = HF_RECORD_TASK_KILL});
    hf_trace_emit(trace, &(HfRecord){.type = HF_RECORD_REVIVED});
    assert_int_equal(hf_trace_count(trace, HF_RECORD_TASK_KILL), 3);
    assert_int_equal(hf_trace_count(trace, HF_RECORD_REVIVED), 1);
    assert_int_equal(hf_trace_count(trace, HF_RECORD_SUPPRESSED), 0);
    assert_int_equal(hf_trace_total(trace), 4);
}

static void time_that_goes_back_is_a_programming_error(void **state)
{
    g_autoptr(HfTrace) trace = hf_trace_new(((Fixture *)*state)->catalog);
    hf_trace_emit(trace, &(HfRecord){.at = 5, .type = HF_RECORD_REVIVED});
    hf_trace_emit(trace, &(HfRecord){.at = 5, .type = HF_RECORD_REVIVED});
    expect_assert_failure(hf_trace_emit(trace, &(HfRecord){.at = 4, .type = HF_RECORD_REVIVED}));
}

static void an_unknown_type_is_a_programming_error(void **state)
{
    g_autoptr(HfTrace) trace = hf_trace_new(((Fixture *)*state)->catalog);
    expect_assert_failure(hf_trace_emit(trace, &(HfRecord){.type = HF_RECORD_TYPES}));
    expect_assert_failure(hf_trace_count(trace, HF_RECORD_TYPES));
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_records_have_equal_digests),
        cmocka_unit_test(a_change_of_any_field_changes_the_digest),
        cmocka_unit_test(fields_do_not_run_into_each_other),
        cmocka_unit_test(no_resources_is_not_an_empty_collection),
        cmocka_unit_test(the_order_of_records_counts),
        cmocka_unit_test(the_digest_does_not_depend_on_the_catalog),
        cmocka_unit_test(a_parcel_is_digested_as_its_content),
        cmocka_unit_test(every_listener_is_told_of_every_record_in_order),
        cmocka_unit_test(who_listens_does_not_change_the_digest),
        cmocka_unit_test(two_contents_of_one_place_are_told_of_twice),
        cmocka_unit_test(a_run_is_what_its_records_are_one_by_one),
        cmocka_unit_test(a_list_is_what_its_records_are_one_by_one),
        cmocka_unit_test(a_run_begins_no_earlier_than_what_was_emitted),
        cmocka_unit_test(records_are_counted_by_type_and_in_all),
        cmocka_unit_test(time_that_goes_back_is_a_programming_error),
        cmocka_unit_test(an_unknown_type_is_a_programming_error),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
