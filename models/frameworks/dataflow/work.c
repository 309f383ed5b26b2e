/* Jobs, stages, and lists of pending tasks by the host of their blocks; see work.h. */
#include "models/frameworks/dataflow/work.h"

#include <math.h>

#include "base/assert.h"

#define NO_LINK UINT32_MAX

void hf_work_init(HfWork *work, const HfWorkConfig *config, uint64_t seed, uint64_t entity,
                  uint32_t hosts)
{
    HF_ASSERT(config->stage_count > 0);
    HF_ASSERT(!config->reads_blocks ||
              (config->replicas >= 1 && config->replicas <= HF_WORK_REPLICAS_MAX &&
               hosts >= config->replicas));
    *work = (HfWork){.config = *config, .seed = seed, .entity = entity, .hosts = hosts};
}

static void clear_job(HfWorkJob *job)
{
    hf_vec_clear(&job->units);
    hf_vec_clear(&job->next);
    hf_map64_clear(&job->first);
}

void hf_work_clear(HfWork *work)
{
    for (guint32 i = 0; i < work->jobs.count; i++) {
        clear_job(work->jobs.at[i]);
        g_free(work->jobs.at[i]);
    }
    hf_vec_clear(&work->jobs);
    hf_vec_clear(&work->line);
    hf_slots_clear(&work->slots);
}

/* ---- lists by host ---- */

static void link_unit(const HfWork *work, HfWorkJob *job, uint32_t ix)
{
    uint32_t replicas = work->config.replicas;
    HfWorkUnit *unit = &job->units.at[ix];
    for (uint32_t r = 0; r < replicas; r++) {
        if (unit->host[r] == UINT32_MAX || (unit->linked & (1U << r)) != 0) continue;
        uint32_t head = hf_map64_get(&job->first, unit->host[r]);
        job->next.at[ix * replicas + r] = head == HF_MAP64_NONE ? NO_LINK : head;
        hf_map64_set(&job->first, unit->host[r], ix * replicas + r);
        unit->linked = (uint8_t)(unit->linked | (1U << r));
    }
}

/* A pending unit whose block is on this host, or UINT32_MAX; those taken meanwhile leave the list.
 */
static uint32_t find_local(const HfWork *work, HfWorkJob *job, uint32_t host)
{
    uint32_t replicas = work->config.replicas;
    uint32_t link = hf_map64_get(&job->first, host);
    while (link != HF_MAP64_NONE && link != NO_LINK) {
        HfWorkUnit *unit = &job->units.at[link / replicas];
        if (unit->state == HF_WORK_PENDING) break;
        unit->linked = (uint8_t)(unit->linked & ~(1U << link % replicas));
        link = job->next.at[link];
    }
    gboolean found = link != HF_MAP64_NONE && link != NO_LINK;
    if (found)
        hf_map64_set(&job->first, host, link);
    else
        hf_map64_remove(&job->first, host);
    return found ? link / replicas : UINT32_MAX;
}

/* ---- stages ---- */

/* Distinct hosts for the block of one task. */
static void place_block(const HfWork *work, HfWorkJob *job, HfWorkUnit *unit)
{
    for (uint32_t r = 0; r < work->config.replicas; r++) {
        gboolean is_new;
        do {
            unit->host[r] = (uint32_t)hf_stream_below(&job->stream, work->hosts);
            is_new = TRUE;
            for (uint32_t q = 0; q < r; q++) is_new &= unit->host[q] != unit->host[r];
        } while (!is_new);
    }
}

static void begin_stage(HfWork *work, HfWorkJob *job, HfTime now)
{
    const HfStageConfig *stage = &work->config.stages[job->stage];
    gboolean reads = job->stage == 0 && work->config.reads_blocks;
    uint32_t count = (uint32_t)MAX(1.0, floor(hf_law_draw(&stage->tasks, &job->stream) + 0.5));
    hf_vec_reset(&job->units);
    hf_vec_reset(&job->next);
    hf_map64_clear(&job->first);
    job->pending = count;
    job->taken = 0;
    job->cursor = 0;
    job->waits_since = now;
    job->kept_until = HF_TIME_NEVER;
    work->pending += count;
    for (uint32_t i = 0; i < count; i++) {
        HfWorkUnit unit = {.host = {UINT32_MAX, UINT32_MAX, UINT32_MAX}};
        unit.duration = hf_time_from_seconds(hf_law_draw(&stage->duration, &job->stream));
        if (reads) place_block(work, job, &unit);
        hf_vec_push(&job->units, unit);
        for (uint32_t r = 0; reads && r < work->config.replicas; r++)
            hf_vec_push(&job->next, NO_LINK);
    }
    for (uint32_t i = count; reads && i-- > 0;) link_unit(work, job, i); /* the first on top */
}

HfHandle hf_work_arrive(HfWork *work, HfTime now)
{
    HfHandle handle = hf_slots_take(&work->slots);
    if (handle.row == work->jobs.count) hf_vec_push(&work->jobs, g_new0(HfWorkJob, 1));
    HfWorkJob *job = work->jobs.at[handle.row];
    job->number = ++work->seen;
    job->submit = now;
    job->handle = handle;
    job->stage = 0;
    job->attempts = 0;
    hf_stream_init(&job->stream, work->seed, "dataflow-job",
                   work->entity + job->number * UINT64_C(0x9e3779b97f4a7c15));
    hf_vec_push(&work->line, handle.row);
    begin_stage(work, job, now);
    return handle;
}

/* ---- choosing ---- */

static gboolean is_asked_for(const HfWorkJob *job, HfPickStage stage)
{
    return job->pending > 0 &&
           (stage == HF_PICK_ANY || (stage == HF_PICK_FIRST) == (job->stage == 0));
}

/* The job that this one must come before: fewest running, then oldest (smallest number). */
static gboolean is_before(const HfWork *work, const HfWorkJob *job, const HfWorkJob *other)
{
    if (work->config.is_fair && job->taken != other->taken) return job->taken < other->taken;
    return job->number < other->number;
}

static uint32_t next_pending(HfWorkJob *job)
{
    while (job->units.at[job->cursor].state != HF_WORK_PENDING) job->cursor++;
    return job->cursor;
}

/* What this job would run here, UINT32_MAX when it rather waits (until *again_out at most). */
static uint32_t choose(const HfWork *work, HfWorkJob *job, uint32_t host, HfTime now,
                       gboolean *is_local_out, HfTime *again_out)
{
    *is_local_out = FALSE;
    if (job->stage != 0 || !work->config.reads_blocks) return next_pending(job);
    uint32_t unit = find_local(work, job, host);
    *is_local_out = unit != UINT32_MAX;
    if (unit != UINT32_MAX) return unit;
    HfTime until = hf_time_add(job->waits_since, work->config.wait);
    if (now >= until) return next_pending(job);
    *again_out = MIN(*again_out, until);
    return UINT32_MAX;
}

static void take(HfWork *work, HfWorkJob *job, uint32_t ix, gboolean is_local, HfTime now,
                 HfPick *pick_out)
{
    HfWorkUnit *unit = &job->units.at[ix];
    gboolean reads = job->stage == 0 && work->config.reads_blocks;
    unit->state = HF_WORK_TAKEN;
    job->pending--;
    job->taken++;
    work->pending--;
    if (is_local || !reads) job->waits_since = now;
    *pick_out = (HfPick){job->handle, ix, reads, is_local, unit->duration};
    if (reads && !is_local)
        pick_out->duration =
            hf_time_from_seconds(hf_time_to_seconds(unit->duration) * work->config.remote_factor);
}

gboolean hf_work_pick(HfWork *work, uint32_t host, HfTime now, HfHandle only, HfPickStage stage,
                      HfPick *pick_out, HfTime *again_out)
{
    HfWorkJob *best = NULL;
    uint32_t best_unit = UINT32_MAX;
    gboolean best_is_local = FALSE;
    *again_out = HF_TIME_NEVER;
    HfWorkJob *one = only.generation != 0 ? hf_work_job(work, only) : NULL;
    guint32 count = only.generation == 0 ? work->line.count : one != NULL;
    for (guint32 i = 0; i < count; i++) {
        HfWorkJob *job = one != NULL ? one : work->jobs.at[work->line.at[i]];
        gboolean is_local;
        if (!is_asked_for(job, stage)) continue;
        if (best != NULL && !is_before(work, job, best)) continue;
        uint32_t unit = choose(work, job, host, now, &is_local, again_out);
        if (unit == UINT32_MAX) continue;
        best = job;
        best_unit = unit;
        best_is_local = is_local;
        if (!work->config.is_fair) break; /* the line is in order of age */
    }
    if (best == NULL) return FALSE;
    take(work, best, best_unit, best_is_local, now, pick_out);
    return TRUE;
}

/* ---- ends ---- */

void hf_work_return(HfWork *work, HfHandle handle, uint32_t ix)
{
    HfWorkJob *job = hf_work_job(work, handle);
    if (job == NULL) return;
    HfWorkUnit *unit = &job->units.at[ix];
    HF_ASSERT(unit->state == HF_WORK_TAKEN);
    unit->state = HF_WORK_PENDING;
    job->taken--;
    job->pending++;
    work->pending++;
    job->cursor = MIN(job->cursor, ix);
    if (job->stage == 0 && work->config.reads_blocks) link_unit(work, job, ix);
}

HfWorkEnd hf_work_finish(HfWork *work, HfHandle handle, uint32_t ix, HfTime now)
{
    HfWorkJob *job = hf_work_job(work, handle);
    HF_ASSERT(job != NULL);
    HF_ASSERT(job->units.at[ix].state == HF_WORK_TAKEN);
    job->units.at[ix].state = HF_WORK_DONE;
    job->taken--;
    if (job->pending + job->taken > 0) return HF_WORK_GOES_ON;
    if (++job->stage == work->config.stage_count) return HF_WORK_JOB_DONE;
    begin_stage(work, job, now);
    return HF_WORK_STAGE_DONE;
}

void hf_work_credit(HfWork *work, HfHandle handle, uint32_t ix, HfHandle by)
{
    hf_work_job(work, handle)->units.at[ix].by = by;
}

uint32_t hf_work_undo(HfWork *work, HfHandle handle, HfHandle by)
{
    HfWorkJob *job = hf_work_job(work, handle);
    uint32_t undone = 0;
    if (job == NULL || job->stage + 1 == work->config.stage_count) return 0;
    for (uint32_t ix = 0; ix < job->units.count; ix++) {
        HfWorkUnit *unit = &job->units.at[ix];
        if (unit->state != HF_WORK_DONE || unit->by.row != by.row ||
            unit->by.generation != by.generation)
            continue;
        unit->state = HF_WORK_PENDING;
        job->pending++;
        work->pending++;
        job->cursor = MIN(job->cursor, ix);
        if (job->stage == 0 && work->config.reads_blocks) link_unit(work, job, ix);
        undone++;
    }
    return undone;
}

void hf_work_redo(HfWork *work, HfHandle handle, HfTime now)
{
    HfWorkJob *job = hf_work_job(work, handle);
    HF_ASSERT(job != NULL && job->stage > 0 && job->taken == 0);
    work->pending -= job->pending;
    job->stage--;
    job->attempts++;
    begin_stage(work, job, now);
}

void hf_work_leave(HfWork *work, HfHandle handle)
{
    HfWorkJob *job = hf_work_job(work, handle);
    HF_ASSERT(job != NULL);
    for (guint32 i = 0; i < work->line.count; i++) {
        if (work->line.at[i] != handle.row) continue;
        hf_vec_remove(&work->line, i);
        break;
    }
    work->pending -= job->pending;
    hf_slots_give(&work->slots, handle);
}
