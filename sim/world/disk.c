/*
 * The file system of a host's work directory: sandboxes of tasks, volumes, and what others put
 * there (out of band). Tasks write at a rate, so what is used is a straight line between events,
 * and the one event of a disk is when something can change next: it is full, a sandbox is old
 * enough at the agent's next look at its disk, or one is found to be beyond its task's disk.
 *
 * A row exists only where something is written. Invariant: used = open sandboxes + closed ones +
 * volumes + directories of services + what others wrote, which the auditor recounts (I-14). Less
 * than 1 MiB of room is full.
 *
 * Source: Mesos 1.11 src/slave/gc.cpp, Slave::checkDiskUsage; posix/disk.cpp for the quota, which
 * measures each container's sandbox every container_disk_watch_interval from its start on, and
 * limits those alone that ask for disk; MESOS.md 4.4. The timer of gc_delay itself is the last
 * resort of a sandbox that no look removes.
 */
#include "base/assert.h"
#include "control/gc.h"
#include "world/disk_internal.h"
#include "world/faults.h"

#define FULL_KIB 1024 /* so little room is none */

static int64_t kib_of(int64_t milli_mib)
{
    return milli_mib / 1000 * 1024 + milli_mib % 1000 * 1024 / 1000;
}

static int64_t disk_among(const HfCatalog *catalog, const HfResources *resources, gboolean *any)
{
    int64_t milli = 0;
    const HfResource *entry = hf_resources_entries(resources);
    for (uint32_t i = 0; i < hf_resources_count(resources); i++, entry++) {
        if (entry->kind != HF_KIND_DISK) continue;
        const HfDisk *disk = hf_disk(catalog, hf_meta(catalog, entry->meta)->disk);
        if (disk != NULL && (disk->source != HF_DISK_ROOT || disk->persistence != HF_TEXT_NONE))
            continue;
        milli += entry->milli;
        *any = TRUE;
    }
    return milli;
}

static int64_t size_of(const HfWorld *world, const HfHost *host)
{
    int64_t milli = world->scenario->agents.at[host->group].filesystem;
    gboolean any = milli > 0;
    if (!any) milli = disk_among(world->catalog, host->total, &any);
    return any ? kib_of(milli) : INT64_MAX;
}

HfHostDisk *hf_disk__of(HfWorld *world, uint32_t row)
{
    HfHost *host = &world->hosts[row];
    if (host->disk == NULL) {
        host->disk = g_new0(HfHostDisk, 1);
        host->has_disk = TRUE;
        host->disk->size_kib = size_of(world, host);
    }
    HF_ASSERT(host->has_disk);
    return host->disk;
}

static int64_t content(const HfSandbox *sandbox, HfTime now)
{
    HfTime passed = now - sandbox->since;
    return sandbox->kib + passed / HF_NS_PER_SECOND * sandbox->rate +
           passed % HF_NS_PER_SECOND * sandbox->rate / HF_NS_PER_SECOND;
}

static int64_t used_at(const HfHostDisk *disk, HfTime now)
{
    int64_t sum = disk->closed_kib + disk->oob_kib + disk->volumes_kib + disk->paths_kib;
    for (guint32 i = 0; i < disk->open.count; i++) sum += content(&disk->open.at[i], now);
    return sum;
}

static int64_t rate_of(const HfHostDisk *disk)
{
    int64_t sum = 0;
    for (guint32 i = 0; i < disk->open.count; i++) sum += disk->open.at[i].rate;
    return sum;
}

int64_t hf_disk__room(const HfHostDisk *disk, HfTime now)
{
    return disk->size_kib == INT64_MAX ? INT64_MAX : MAX(disk->size_kib - used_at(disk, now), 0);
}

static gboolean is_short(const HfHostDisk *disk, HfTime now)
{
    return hf_disk__room(disk, now) <= FULL_KIB;
}

static void record(HfWorld *world, uint32_t row, HfRecordType type, int64_t value)
{
    hf_trace_emit(world->trace, &(HfRecord){.at = hf_world__now(world),
                                            .type = (uint16_t)type,
                                            .agent = row,
                                            .framework = HF_ROW_NONE,
                                            .value = value});
}

static void record_sandbox(HfWorld *world, uint32_t row, const HfSandbox *sandbox,
                           HfRecordType type, int64_t value)
{
    hf_trace_emit(world->trace, &(HfRecord){.at = hf_world__now(world),
                                            .type = (uint16_t)type,
                                            .agent = row,
                                            .framework = sandbox->framework,
                                            .id = sandbox->task,
                                            .value = value});
}

/* ---- when something can change ---- */

/* How long writing `kib` at this rate takes; HF_TIME_NEVER when it never gets there. */
static HfTime time_to_write(int64_t kib, int64_t rate)
{
    if (kib <= 0) return 0;
    if (rate == 0 || kib / rate >= HF_TIME_NEVER / HF_NS_PER_SECOND - 1) return HF_TIME_NEVER;
    return kib / rate * HF_NS_PER_SECOND + (kib % rate * HF_NS_PER_SECOND + rate - 1) / rate;
}

static HfTime when_full(const HfHostDisk *disk, HfTime now)
{
    int64_t rate = rate_of(disk);
    if (disk->is_full || disk->size_kib == INT64_MAX) return HF_TIME_NEVER;
    if (is_short(disk, now)) return hf_time_add(now, 1); /* somebody wrote who could not say so */
    if (rate == 0) return HF_TIME_NEVER;
    /* each sandbox rounds down: one KiB of each more, and the sum is there for sure */
    int64_t left = disk->size_kib - FULL_KIB - used_at(disk, now) + disk->open.count;
    HfTime wait = time_to_write(left, rate);
    return wait == HF_TIME_NEVER ? HF_TIME_NEVER : hf_time_add(now, MAX(wait, 1));
}

/* How old a sandbox may be when the agent looks at its disk at `then`. */
static HfTime age_max(const HfWorld *world, const HfHostDisk *disk, HfTime now, HfTime then)
{
    const HfScenarioAgentFlags *flags = &world->scenario->agent;
    double usage = 0;
    if (disk->size_kib != INT64_MAX && disk->size_kib > 0) {
        double seconds = (double)(then - now) / (double)HF_NS_PER_SECOND;
        double used = (double)used_at(disk, now) + (double)rate_of(disk) * seconds;
        usage = MIN(used / (double)disk->size_kib, 1);
    }
    return hf_gc_age_max(flags->gc_delay, flags->gc_disk_headroom, usage);
}

/* The first look that removes the oldest sandbox: the fuller the disk, the less it may age, so that
 * once a look would remove it, each later one would. */
static HfTime when_collected(const HfWorld *world, const HfHost *host, HfTime now)
{
    const HfHostDisk *disk = host->disk;
    if (!host->is_agent_up || disk->closed.count == 0) return HF_TIME_NEVER;
    const HfScenarioAgentFlags *flags = &world->scenario->agent;
    HfTime since = disk->closed.at[0].since, interval = flags->disk_watch_interval;
    HfTime last = hf_time_add(since, flags->gc_delay); /* of its own timer */
    HfTime first = hf_gc_next_look(host->started_at, interval, now);
    if (first >= last) return MAX(last, now + 1);
    HfTime looks = (last - first) / interval, low = 0, high = looks + 1;
    while (low < high) {
        HfTime middle = low + (high - low) / 2, look = first + middle * interval;
        if (look - since >= age_max(world, disk, now, look))
            high = middle;
        else
            low = middle + 1;
    }
    return low <= looks ? first + low * interval : last;
}

/* When a sandbox is found to be beyond its limit; `watch` is the interval of measuring. */
static HfTime when_beyond(const HfSandbox *sandbox, HfTime watch, HfTime now)
{
    if (sandbox->limit == INT64_MAX) return HF_TIME_NEVER;
    HfTime wait = time_to_write(sandbox->limit + 1 - sandbox->kib, sandbox->rate);
    if (wait >= HF_TIME_NEVER - sandbox->since - watch) return HF_TIME_NEVER;
    HfTime beyond = MAX(sandbox->since + wait, now);
    HfTime look = hf_gc_next_look(sandbox->since, watch, beyond - 1);
    return look > now ? look : look + watch;
}

static void arm(HfWorld *world, uint32_t row)
{
    const HfHost *host = &world->hosts[row];
    HfHostDisk *disk = host->disk;
    HfTime now = hf_world__now(world), next = when_full(disk, now);
    next = MIN(next, when_collected(world, host, now));
    for (guint32 i = 0; i < disk->open.count && host->is_agent_up; i++)
        next = MIN(next, when_beyond(&disk->open.at[i],
                                     world->scenario->agent.container_disk_watch_interval, now));
    hf_engine_cancel(world->engine, &disk->next);
    if (next <= world->scenario->duration)
        disk->next = hf_engine_at(world->engine, next, world->kind.disk, row, 0);
}

/* ---- full, and not ---- */

static void spare_agent(HfHost *host)
{
    if (host->disk->kills_agent && host->agent.dies_at == HF_CHECKPOINT_NOTHING)
        host->agent.dies_at = HF_CHECKPOINT_WHOLE;
    host->disk->kills_agent = FALSE;
}

/* While nothing can be written, the agent's process ends when it has to write its checkpoint. */
static void threaten_agent(HfWorld *world, HfHost *host)
{
    if (!host->is_agent_up || host->agent.dies_at != HF_CHECKPOINT_WHOLE) return;
    host->agent.dies_at = HF_CHECKPOINT_NOTHING;
    host->restart_after = world->scenario->agent.restart_delay;
    host->disk->kills_agent = TRUE;
}

/* Who writes fails. */
static void fill_up(HfWorld *world, uint32_t row)
{
    HfHost *host = &world->hosts[row];
    HfHostDisk *disk = host->disk;
    disk->is_full = TRUE;
    record(world, row, HF_RECORD_DISK_FULL, used_at(disk, hf_world__now(world)));
    threaten_agent(world, host);
    for (guint32 i = disk->open.count; i-- > 0;)
        if (i < disk->open.count && disk->open.at[i].rate > 0)
            hf_world__fail_run(world, row, disk->open.at[i].framework, disk->open.at[i].task,
                               HF_REASON_NONE);
}

/* Something changed: say what is used, find out whether that is all, and when it changes next.
 * Unless writers `may_fail` now (the caller walks over runs), they do so in an event of its own. */
void hf_disk__settle(HfWorld *world, uint32_t row, gboolean may_fail)
{
    HfHost *host = &world->hosts[row];
    HfHostDisk *disk = host->disk;
    HfTime now = hf_world__now(world);
    int64_t volumes = hf_checkpoint_stored(&host->agent.disk);
    if (volumes != disk->volumes_kib) {
        disk->volumes_kib = volumes;
        record(world, row, HF_RECORD_VOLUMES_HOLD, volumes);
    }
    record(world, row, HF_RECORD_DISK_USED, used_at(disk, now));
    if (disk->is_full && !is_short(disk, now)) {
        disk->is_full = FALSE;
        spare_agent(host);
        record(world, row, HF_RECORD_DISK_FREED, used_at(disk, now));
    } else if (may_fail && !disk->is_full && is_short(disk, now)) {
        fill_up(world, row);
    }
    if (disk->is_full) threaten_agent(world, host);
    arm(world, row);
}

/* ---- tasks ---- */

static void record_volume(HfWorld *world, const HfRun *run, const HfResource *volume,
                          HfRecordType type, int64_t value)
{
    HfResources one = {0};
    hf_resources_add_one(world->catalog, &one, volume);
    hf_trace_emit(world->trace,
                  &(HfRecord){.at = hf_world__now(world),
                              .type = (uint16_t)type,
                              .agent = run->host,
                              .framework = run->framework,
                              .role = hf_meta_reservation_role(world->catalog, volume->meta),
                              .id = run->task,
                              .value = value,
                              .resources = &one});
    hf_resources_clear(world->catalog, &one);
}

/* A task fills a volume up to what it uses of its disk; FALSE when there is no room. */
static gboolean fill_volume(HfWorld *world, const HfRun *run, const HfResource *volume)
{
    HfHost *host = &world->hosts[run->host];
    HfCatalog *catalog = world->catalog;
    uint64_t data = hf_checkpoint_data(catalog, &host->agent.disk, volume);
    if (data == 0) return TRUE;
    record_volume(world, run, volume, HF_RECORD_VOLUME_OPENED, (int64_t)data);
    const HfDisk *disk = hf_disk(catalog, hf_meta(catalog, volume->meta)->disk);
    int64_t before = hf_checkpoint_content(catalog, &host->agent.disk, volume);
    int64_t wanted = kib_of(volume->milli / 1000 * run->usage_milli) - before, given = wanted;
    if (wanted <= 0) return TRUE;
    if (disk->source == HF_DISK_ROOT)
        given = MIN(wanted, hf_disk__room(hf_disk__of(world, run->host), hf_world__now(world)));
    hf_checkpoint_fill(catalog, &host->agent.disk, volume, before + given);
    if (given > 0) record_volume(world, run, volume, HF_RECORD_VOLUME_FILLED, before + given);
    return given == wanted;
}

static gboolean fill_volumes(HfWorld *world, const HfRun *run)
{
    const HfResources *resources = hf_parcel_resources(run->resources);
    gboolean fits = TRUE;
    for (uint32_t i = 0; i < hf_resources_count(resources); i++) {
        const HfResource *entry = hf_resources_at(resources, i);
        if (hf_meta_is_persistent(world->catalog, entry->meta))
            fits &= fill_volume(world, run, entry);
    }
    return fits;
}

static int64_t limit_of(const HfWorld *world, const HfRun *run)
{
    if (!world->scenario->agent.enforce_container_disk_quota) return INT64_MAX;
    gboolean any = FALSE;
    int64_t milli = disk_among(world->catalog, hf_parcel_resources(run->resources), &any);
    return any ? kib_of(milli) : INT64_MAX;
}

/* FALSE when there is no room for what it begins with, or for anything. */
static gboolean open_sandbox(HfWorld *world, const HfRun *run, const HfTaskInfo *info)
{
    HfHostDisk *disk = hf_disk__of(world, run->host);
    HfTime now = hf_world__now(world);
    int64_t wanted = (int64_t)info->sandbox_mib * 1024;
    int64_t given = disk->is_full ? 0 : MIN(wanted, hf_disk__room(disk, now));
    gboolean fits = given == wanted && !disk->is_full;
    HfSandbox sandbox = {.task = run->task,
                         .framework = run->framework,
                         .rate = fits ? info->write_kib : 0,
                         .since = now,
                         .kib = given,
                         .limit = limit_of(world, run)};
    if (run->process != NO_ROW) sandbox.executor = world->processes.at[run->process].info->id;
    hf_vec_push(&disk->open, sandbox);
    record_sandbox(world, run->host, &sandbox, HF_RECORD_SANDBOX_MADE, given);
    if (sandbox.rate > 0)
        record_sandbox(world, run->host, &sandbox, HF_RECORD_SANDBOX_GROWS, sandbox.rate);
    return fits;
}

void hf_world__disk_on_start(HfWorld *world, uint32_t row, const HfTaskInfo *info)
{
    HfRun run = world->runs.at[row]; /* a copy: the run may end below */
    gboolean fits = world->hosts[run.host].agent.disk.kept == NULL || fill_volumes(world, &run);
    if (info->sandbox_mib > 0 || info->write_kib > 0) fits &= open_sandbox(world, &run, info);
    if (world->hosts[run.host].disk == NULL) return; /* nothing was written */
    if (!fits) hf_world__fail_soon(world, row);
    hf_disk__settle(world, run.host, TRUE);
}

/* A task's directory lies in that of its executor, and goes with it (Executor::~Executor), unless
 * it is a container of a default executor and the agent's flag says that these are scheduled. */
static gboolean is_collected_alone(const HfWorld *world, const HfRun *run)
{
    return run->process == NO_ROW || (world->scenario->agent.gc_non_executor_container_sandboxes &&
                                      world->processes.at[run->process].info->is_default);
}

void hf_world__disk_on_executor_end(HfWorld *world, const HfProcess *process)
{
    HfHostDisk *disk = world->hosts[process->host].disk;
    if (disk == NULL || disk->held.count == 0) return;
    guint32 kept = 0;
    for (guint32 i = 0; i < disk->held.count; i++) {
        HfSandbox sandbox = disk->held.at[i];
        if (sandbox.framework != process->framework || sandbox.executor != process->info->id) {
            disk->held.at[kept++] = sandbox;
            continue;
        }
        sandbox.since = hf_world__now(world);
        hf_vec_push(&disk->closed, sandbox);
    }
    disk->held.count = kept;
    hf_disk__settle(world, process->host, FALSE);
}

static void close_sandbox(HfWorld *world, const HfRun *run, HfSandbox sandbox)
{
    HfHostDisk *disk = world->hosts[run->host].disk;
    sandbox.since = hf_world__now(world);
    sandbox.rate = 0;
    if (is_collected_alone(world, run))
        hf_vec_push(&disk->closed, sandbox);
    else
        hf_vec_push(&disk->held, sandbox);
    disk->closed_kib += sandbox.kib;
    record_sandbox(world, run->host, &sandbox, HF_RECORD_SANDBOX_CLOSED, sandbox.kib);
}

/* Does one of the volumes of a task that ends stay mounted in its sandbox? Then that is kept,
 * though nothing was written there. */
static void leave_mounted(HfWorld *world, const HfRun *run, HfResource *mounted)
{
    double stuck = world->scenario->agent.stuck_unmounts;
    const HfResources *resources = hf_parcel_resources(run->resources);
    if (stuck == 0 || hf_era_has(world->scenario->era, HF_RULE_GC_UNMOUNTS)) return;
    for (uint32_t i = 0; i < hf_resources_count(resources); i++) {
        const HfResource *entry = hf_resources_at(resources, i);
        if (!hf_meta_is_persistent(world->catalog, entry->meta)) continue;
        HfStream stream;
        hf_stream_init(&stream, world->scenario->seed, "stuck-unmount",
                       ((uint64_t)run->framework << 40) + run->task);
        if (hf_stream_uniform(&stream) < stuck) *mounted = *entry;
        return;
    }
}

/* The agent removes a sandbox with what is mounted there. */
static void empty_mounted(HfWorld *world, uint32_t row, const HfSandbox *sandbox)
{
    HfHost *host = &world->hosts[row];
    if (sandbox->mounted.milli == 0) return;
    HfTextId volume =
        hf_disk(world->catalog, hf_meta(world->catalog, sandbox->mounted.meta)->disk)->persistence;
    if (hf_checkpoint_data(world->catalog, &host->agent.disk, &sandbox->mounted) == 0) return;
    int64_t kib = hf_checkpoint_empty(world->catalog, &host->agent.disk, &sandbox->mounted);
    HfResources one = {0};
    hf_resources_add_one(world->catalog, &one, &sandbox->mounted);
    hf_trace_emit(world->trace, &(HfRecord){.at = hf_world__now(world),
                                            .type = HF_RECORD_VOLUME_EMPTIED,
                                            .agent = row,
                                            .framework = sandbox->framework,
                                            .role = hf_meta_reservation_role(world->catalog,
                                                                             sandbox->mounted.meta),
                                            .id = sandbox->task,
                                            .value = kib,
                                            .resources = &one});
    hf_resources_clear(world->catalog, &one);
    hf_world__volume_emptied(world, row, volume);
}

void hf_world__disk_on_end(HfWorld *world, const HfRun *run)
{
    HfResource mounted = {0};
    leave_mounted(world, run, &mounted);
    if (world->hosts[run->host].disk == NULL && mounted.milli == 0) return;
    HfHostDisk *disk = hf_disk__of(world, run->host);
    guint32 i = 0;
    while (i < disk->open.count &&
           (disk->open.at[i].task != run->task || disk->open.at[i].framework != run->framework))
        i++;
    gboolean has_written = i < disk->open.count;
    if (!has_written && mounted.milli == 0) return;
    HfSandbox sandbox = {.task = run->task, .framework = run->framework};
    if (has_written) {
        sandbox = disk->open.at[i];
        sandbox.kib = content(&sandbox, hf_world__now(world));
        hf_vec_remove(&disk->open, i);
    } else {
        if (run->process != NO_ROW) sandbox.executor = world->processes.at[run->process].info->id;
        record_sandbox(world, run->host, &sandbox, HF_RECORD_SANDBOX_MADE, 0);
    }
    sandbox.mounted = mounted;
    close_sandbox(world, run, sandbox);
    hf_disk__settle(world, run->host, FALSE);
}

/* ---- the agent ---- */

/* A look at the disk: all that is older than it may be is removed. */
static void collect(HfWorld *world, uint32_t row)
{
    HfHostDisk *disk = world->hosts[row].disk;
    HfTime now = hf_world__now(world), delay = world->scenario->agent.gc_delay;
    HfTime passed = now - world->hosts[row].started_at;
    gboolean is_look = passed > 0 && passed % world->scenario->agent.disk_watch_interval == 0;
    HfTime most = is_look ? age_max(world, disk, now, now) : delay;
    guint32 gone = 0;
    for (; gone < disk->closed.count && now - disk->closed.at[gone].since >= most; gone++) {
        const HfSandbox *sandbox = &disk->closed.at[gone];
        disk->closed_kib -= sandbox->kib;
        record_sandbox(world, row, sandbox, HF_RECORD_SANDBOX_REMOVED, sandbox->kib);
        empty_mounted(world, row, sandbox);
    }
    if (gone == 0) return;
    disk->closed.count -= gone;
    memmove(disk->closed.at, disk->closed.at + gone, disk->closed.count * sizeof *disk->closed.at);
}

/* Sandboxes that are measured now and hold too much. */
static void enforce(HfWorld *world, uint32_t row)
{
    HfHostDisk *disk = world->hosts[row].disk;
    HfTime now = hf_world__now(world);
    HfTime watch = world->scenario->agent.container_disk_watch_interval;
    for (guint32 i = disk->open.count; i-- > 0;) {
        if (i >= disk->open.count) continue;
        const HfSandbox *sandbox = &disk->open.at[i];
        HfTime passed = now - sandbox->since;
        if (passed > 0 && passed % watch == 0 && content(sandbox, now) > sandbox->limit)
            hf_world__fail_run(world, row, sandbox->framework, sandbox->task,
                               HF_REASON_CONTAINER_LIMITATION_DISK);
    }
}

static void on_disk(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    uint32_t row = event->target;
    HfHost *host = &world->hosts[row];
    host->disk->next = 0;
    if (host->is_agent_up) {
        collect(world, row);
        enforce(world, row);
    }
    hf_disk__settle(world, row, TRUE);
    hf_world__flush(world, (HfPeer){HF_PEER_AGENT, row});
}

void hf_world__disk_on_agent(HfWorld *world, uint32_t row)
{
    hf_disk__settle(world, row, TRUE);
}

void hf_world__disk_on_loss(HfWorld *world, uint32_t row)
{
    HfHostDisk *disk = world->hosts[row].disk;
    if (disk == NULL) return;
    HF_ASSERT(disk->open.count == 0);
    spare_agent(&world->hosts[row]);
    hf_engine_cancel(world->engine, &disk->next);
    hf_world__disk_free(&world->hosts[row]);
}

/* ---- others ---- */

int64_t hf_world_disk_room(const HfWorld *world, uint32_t row)
{
    HF_ASSERT(row < world->host_count);
    const HfHost *host = &world->hosts[row];
    return host->disk != NULL ? hf_disk__room(host->disk, hf_world__now(world))
                              : size_of(world, host);
}

int64_t hf_world_disk_write(HfWorld *world, uint32_t row, int64_t kib)
{
    HF_ASSERT(row < world->host_count);
    HfHostDisk *disk = hf_disk__of(world, row);
    int64_t change =
        kib >= 0 ? MIN(kib, hf_disk__room(disk, hf_world__now(world))) : -MIN(-kib, disk->oob_kib);
    disk->oob_kib += change;
    record(world, row, HF_RECORD_OUT_OF_BAND, disk->oob_kib);
    hf_disk__settle(world, row, TRUE);
    hf_world__flush(world, (HfPeer){HF_PEER_AGENT, row});
    return ABS(change);
}

void hf_world__disk_free(HfHost *host)
{
    if (host->disk == NULL) return;
    hf_vec_clear(&host->disk->open);
    hf_vec_clear(&host->disk->closed);
    hf_vec_clear(&host->disk->held);
    hf_vec_clear(&host->disk->paths);
    g_free(host->disk);
    host->disk = NULL;
    host->has_disk = FALSE;
}

size_t hf_world__disk_memory(const HfHost *host)
{
    if (host->disk == NULL) return 0;
    return sizeof *host->disk +
           (host->disk->open.room + host->disk->closed.room + host->disk->held.room) *
               sizeof(HfSandbox) +
           host->disk->paths.room * sizeof(HfPath);
}

void hf_world__register_disks(HfWorld *world)
{
    world->kind.disk = hf_engine_register(world->engine, "disk", on_disk, world);
}
