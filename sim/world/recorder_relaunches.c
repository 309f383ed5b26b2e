/*
 * What becomes of a task that held a reservation or a volume when it failed: one row for each such
 * end, from the moment it stopped running until what takes its place runs.
 *
 * A failure is every end but TASK_FINISHED, the end that its framework asked for, and the end with
 * its framework; also that its
 * agent is called unreachable. What takes its place is the next task that holds a volume it held;
 * or the task of which its framework says so (TASK_FOLLOWS); or it itself, when its agent comes
 * back with it. One that ends before it runs passes the wait on. It ran until its host said so
 * (TASK_ENDED) or, when it goes on where nobody can reach it, until the master gave it up.
 */
#include "world/recorder_internal.h"

#define NO_ROW UINT32_MAX

static uint64_t key_of(uint32_t framework, uint64_t task)
{
    return (uint64_t)framework << 40 | task;
}

/* ---- rows of tasks that hold something ---- */

static uint32_t resident_row(const HfRecorder *recorder, const HfRecord *record)
{
    return recorder->residents.count == 0
               ? NO_ROW
               : hf_map64_get(&recorder->resident_rows, key_of(record->framework, record->id));
}

static HfResident *add_resident(HfRecorder *recorder, const HfRecord *record)
{
    uint32_t row = recorder->residents.count;
    if (recorder->spare_residents.count > 0)
        row = recorder->spare_residents.at[--recorder->spare_residents.count];
    else
        hf_vec_push_zero(&recorder->residents);
    recorder->residents.at[row] =
        (HfResident){.host = hf_recorder__host_of(recorder, record->agent),
                     .repairs = NO_ROW,
                     .repaired = NO_ROW,
                     .launched = record->at,
                     .started = -1,
                     .ended = -1};
    hf_map64_set(&recorder->resident_rows, key_of(record->framework, record->id), row);
    return &recorder->residents.at[row];
}

/* ---- repair ---- */

/* The failure, and those before it that nothing repaired, are over: its successor runs. */
static void close_failure(HfRecorder *recorder, uint32_t row, uint32_t framework, uint64_t task,
                          uint32_t host, HfTime now)
{
    for (; row != NO_ROW; row = recorder->failures.at[row].earlier) {
        HfStatefulFailure *failure = &recorder->failures.at[row];
        if (failure->ran_again >= 0) return;
        failure->ran_again = now;
        failure->successor = task;
        failure->new_host = host;
        int64_t rest = failure->milli - failure->kept_milli - failure->lost_milli;
        failure->left_milli = rest > 0 ? rest : 0;
        hf_map64_remove(&recorder->open_failures, key_of(framework, failure->task));
        recorder->count[HF_COUNT_STATEFUL_RELAUNCHED]++;
        if (host == failure->host) recorder->count[HF_COUNT_STATEFUL_SAME_HOST]++;
        recorder->data_kept += failure->kept_milli;
        recorder->data_left += failure->left_milli;
        hf_histogram_add(recorder->stateful_times, now - failure->ended, 1);
    }
}

gboolean hf_recorder__is_open(const HfRecorder *recorder, uint32_t failure)
{
    return failure != NO_ROW && recorder->failures.at[failure].ran_again < 0;
}

void hf_recorder__data_lost(HfRecorder *recorder, uint32_t failure, int64_t milli)
{
    recorder->failures.at[failure].lost_milli += milli;
    recorder->data_lost += milli;
}

static uint32_t announced(HfRecorder *recorder, const HfRecord *record)
{
    uint64_t key = key_of(record->framework, record->id);
    uint32_t row = hf_map64_get(&recorder->follows, key);
    if (row != HF_MAP64_NONE) hf_map64_remove(&recorder->follows, key);
    return row;
}

/* ---- records ---- */

void hf_recorder__relaunches_on_follows(HfRecorder *recorder, const HfRecord *record)
{
    uint64_t before = key_of(record->framework, (uint64_t)record->value);
    uint32_t row = hf_map64_get(&recorder->open_failures, before);
    if (row == HF_MAP64_NONE) { /* the one before never came to be launched */
        row = hf_map64_get(&recorder->follows, before);
        hf_map64_remove(&recorder->follows, before);
    }
    if (row != HF_MAP64_NONE)
        hf_map64_set(&recorder->follows, key_of(record->framework, record->id), row);
}

void hf_recorder__relaunches_on_launched(HfRecorder *recorder, const HfRecord *record)
{
    uint32_t repairs = recorder->failures.count > 0 ? announced(recorder, record) : NO_ROW;
    if (!hf_recorder__has_reserved(recorder, record) && repairs == NO_ROW) return;
    uint32_t host = hf_recorder__host_of(recorder, record->agent);
    HfHeld held = hf_recorder__volumes_taken(recorder, record, host);
    uint32_t itself = hf_map64_get(&recorder->open_failures, key_of(record->framework, record->id));
    if (held.failure != NO_ROW) {
        repairs = held.failure;
        recorder->failures.at[repairs].kept_milli += held.kept_milli;
    }
    HfResident *resident = add_resident(recorder, record);
    resident->repairs = repairs;
    if (itself == HF_MAP64_NONE) return;
    resident->started = recorder->failures.at[itself].started; /* it never stopped */
    resident->repairs = NO_ROW;
    close_failure(recorder, itself, record->framework, record->id, host, record->at);
}

void hf_recorder__relaunches_on_run(HfRecorder *recorder, const HfRecord *record)
{
    uint32_t row = resident_row(recorder, record);
    if (row == NO_ROW) return;
    HfResident *resident = &recorder->residents.at[row];
    if (record->type == HF_RECORD_TASK_ENDED) {
        resident->ended = record->at;
        return;
    }
    resident->started = record->at;
    resident->repaired = resident->repairs;
    if (resident->repairs != NO_ROW)
        close_failure(recorder, resident->repairs, record->framework, record->id, resident->host,
                      record->at);
    resident->repairs = NO_ROW;
}

void hf_recorder__relaunches_on_kill(HfRecorder *recorder, const HfRecord *record)
{
    uint32_t row = resident_row(recorder, record);
    if (row != NO_ROW) recorder->residents.at[row].is_kill_wanted = TRUE;
}

/* The master gives back what the task held. */
void hf_recorder__relaunches_on_end(HfRecorder *recorder, const HfRecord *record)
{
    uint32_t row = resident_row(recorder, record);
    if (row == NO_ROW) return;
    HfResident resident = recorder->residents.at[row];
    hf_map64_remove(&recorder->resident_rows, key_of(record->framework, record->id));
    hf_vec_push(&recorder->spare_residents, row);
    gboolean was_wanted = record->state == HF_TASK_FINISHED ||
                          record->reason == HF_REASON_FRAMEWORK_REMOVED ||
                          (record->state == HF_TASK_KILLED && resident.is_kill_wanted);
    uint32_t failure = was_wanted ? NO_ROW : recorder->failures.count;
    if (was_wanted) {
        hf_recorder__volumes_left(recorder, record, resident.host, failure);
        return;
    }
    hf_vec_push(&recorder->failures,
                (HfStatefulFailure){.framework = record->framework,
                                    .host = resident.host,
                                    .role = record->role,
                                    .task = record->id,
                                    .state = (uint8_t)record->state,
                                    .reason = (uint8_t)record->reason,
                                    .launched = resident.launched,
                                    .started = resident.started,
                                    .ended = resident.ended >= 0 ? resident.ended : record->at,
                                    .ran_again = -1,
                                    .earlier = resident.repairs,
                                    .new_host = NO_ROW});
    HfHeld held = hf_recorder__volumes_left(recorder, record, resident.host, failure);
    HfStatefulFailure *added = &recorder->failures.at[failure];
    added->milli = held.milli;
    added->volumes = held.volumes;
    if (held.lost_milli > 0) hf_recorder__data_lost(recorder, failure, held.lost_milli);
    hf_map64_set(&recorder->open_failures, key_of(record->framework, record->id), failure);
    recorder->count[HF_COUNT_STATEFUL_FAILURES]++;
}

void hf_recorder__relaunches_on_copied(HfRecorder *recorder, const HfRecord *record)
{
    recorder->bytes_copied += record->value;
    uint32_t row = resident_row(recorder, record);
    if (row == NO_ROW) return;
    const HfResident *resident = &recorder->residents.at[row];
    uint32_t failure = resident->repairs != NO_ROW ? resident->repairs : resident->repaired;
    if (failure != NO_ROW) recorder->failures.at[failure].bytes_copied += record->value;
}

void hf_recorder__relaunches_clear(HfRecorder *recorder)
{
    hf_vec_clear(&recorder->residents);
    hf_vec_clear(&recorder->spare_residents);
    hf_vec_clear(&recorder->failures);
    hf_map64_clear(&recorder->resident_rows);
    hf_map64_clear(&recorder->open_failures);
    hf_map64_clear(&recorder->follows);
}
