/* The table of metrics, and their values from the recorder; see metrics.h. */
#include "world/metrics.h"

#include <math.h>
#include <string.h>

#include "base/assert.h"
#include "world/recorder_internal.h"

enum {
    CAPACITY,
    DEMAND,
    ALLOCATED,
    USED,
    OFFERED,
    RESERVED_IDLE,
    USED_OF_ALLOCATED,
    ALLOCATED_PEAK,
    AGENTS,
    AGENTS_UP,
    CRASHES,
    UNREACHABLE,
    RESTARTS,
    REBOOTS,
    OPERATIONS,
    OPERATIONS_REFUSED,
    MAINTENANCE_KILLED,
    FAILOVERS,
    LEADERLESS,
    AGENTS_FORGOTTEN,
    INVERSE_SENT,
    INVERSE_ACCEPTED,
    INVERSE_DECLINED,
    SUBMITTED,
    LAUNCHED,
    FINISHED,
    FAILED,
    KILLED,
    LOST,
    ERRORS,
    RUNNING,
    WAITING,
    WAITING_END,
    WAIT_MEAN,
    WAIT_P50,
    WAIT_P95,
    WAIT_P99,
    WAIT_MAX,
    JOBS_SUBMITTED,
    JOBS_FINISHED,
    RESPONSE_MEAN,
    RESPONSE_P50,
    RESPONSE_P95,
    RESPONSE_P99,
    SENT,
    ACCEPTED,
    DECLINED,
    RESCINDED,
    EXPIRED,
    OUTSTANDING,
    HELD,
    INVALID,
    RELAUNCHES,
    SAME_AGENT,
    RELAUNCH_MEAN,
    RELAUNCH_P50,
    RELAUNCH_P95,
    RELAUNCH_P99,
    RELAUNCH_MAX,
    STATEFUL_FAILURES,
    STATEFUL_RELAUNCHED,
    STATEFUL_WAITING,
    STATEFUL_SAME_AGENT,
    STATEFUL_MEAN,
    STATEFUL_P50,
    STATEFUL_P95,
    STATEFUL_P99,
    STATEFUL_MAX,
    DATA_KEPT,
    DATA_LOST,
    DATA_LEFT,
    DATA_COPIED,
    VOLUMES_CREATED,
    VOLUMES_DESTROYED,
    VOLUMES_LOST,
    VOLUMES_THERE,
    VOLUMES_END,
    ORPHANED,
    ORPHANED_END,
    ORPHANED_DISK,
    ORPHANED_DISK_END,
    INPUTS,
    INPUTS_LOCAL,
    DISK_REAL,
    DISK_PEAK,
    DISK_ACCOUNTED,
    DISK_SANDBOXES,
    DISK_ORPHANED,
    DISK_OOB,
    DISKS_FULL,
    QUOTA_KILLS,
    SANDBOXES_REMOVED,
    REFUSED,
    REFUSAL,
    ROLE_SHARE,
    ROLE_RESERVED_IDLE,
    JAIN,
    FW_LAUNCHED,
    FW_FINISHED,
    FW_FAILED,
    FW_LOST,
    FW_RUNNING,
    FW_RUNNING_END,
    FW_SHARE,
    FW_WAIT_MEAN,
    FW_WAIT_P50,
    FW_WAIT_P95,
    FW_WAIT_P99,
    FW_WAIT_MAX,
    FW_STARVED,
    FW_ACCEPTED,
    FW_DECLINED,
    FW_RESERVED_IDLE,
    FW_INPUTS_LOCAL,
    FW_RELAUNCHES,
    FW_SAME_AGENT,
    FW_UNAVAILABLE,
    FW_BELOW,
    FW_OUT,
    FW_REPLACED,
    FW_DATA_LOSSES,
    FW_DATA_LOST,
    FW_COPIED,
    FW_LEFT,
    SERVICE_DATA_LOSSES,
    SERVICE_DATA_LOST,
    SERVICE_DATA_COPIED,
    SERVICE_DATA_LEFT,
    SERVICE_REPLACED,
    RUNS,
    VISITED,
    TRIED,
    FILTERED,
    MESSAGES_LOST,
    WARM_UP,
    KINDS
};

const HfMetricKind hf_metric_kinds[] = {
    [CAPACITY] = {"capacity.RESOURCE", "units",
                  "Most that the registered agents had in all (cores, MB)."},
    [DEMAND] = {"demand.RESOURCE", "units",
                "Sum over all tasks that batch frameworks submitted (cores, MB)."},
    [ALLOCATED] = {"utilization.RESOURCE.allocated", "1",
                   "Allocated to tasks, of the total; time-weighted mean."},
    [USED] = {"utilization.RESOURCE.used", "1",
              "Really used by running tasks, of the total; time-weighted mean."},
    [OFFERED] = {"utilization.RESOURCE.offered", "1",
                 "Held in offers, neither used nor free, of the total."},
    [RESERVED_IDLE] = {"utilization.RESOURCE.reserved_idle", "1",
                       "Reserved but not allocated, of the total."},
    [USED_OF_ALLOCATED] = {"utilization.RESOURCE.used_of_allocated", "1",
                           "Used, of what is allocated."},
    [ALLOCATED_PEAK] = {"utilization.RESOURCE.allocated_peak", "1",
                        "Most that was allocated at once, of the capacity."},
    [AGENTS] = {"agents.total", "agents", "Agents in the scenario."},
    [AGENTS_UP] = {"agents.up", "agents", "Hosts that were up; time-weighted mean."},
    [CRASHES] = {"agents.crashes", "count", "Times that a host went down."},
    [UNREACHABLE] = {"agents.unreachable", "count", "Times that the master gave an agent up."},
    [RESTARTS] = {"agents.restarts", "count",
                  "Times that an agent's process was started again on a host that was up."},
    [REBOOTS] = {"agents.reboots", "count", "Times that a host that was down came back."},
    [OPERATIONS] = {"operators.actions", "count", "Calls of operators."},
    [OPERATIONS_REFUSED] = {"operators.refused", "count", "Calls answered with 400 or more."},
    [MAINTENANCE_KILLED] = {"operators.tasks_killed", "tasks",
                            "Tasks that ended because an operator drained their agent, took its "
                            "machine down for maintenance, or marked it gone."},
    [FAILOVERS] = {"master.failovers", "count", "Times that another master was elected."},
    [LEADERLESS] = {"master.leaderless", "s", "Time in which no master led."},
    [AGENTS_FORGOTTEN] = {"agents.forgotten", "count",
                          "Unreachable and gone agents that the registry forgot."},
    [INVERSE_SENT] = {"maintenance.asked", "count", "Inverse offers sent."},
    [INVERSE_ACCEPTED] = {"maintenance.accepted", "count", "Inverse offers accepted."},
    [INVERSE_DECLINED] = {"maintenance.declined", "count", "Inverse offers declined."},
    [SUBMITTED] = {"tasks.submitted", "tasks", "Tasks of the batch jobs that arrived."},
    [LAUNCHED] = {"tasks.launched", "tasks", "Tasks launched by the master."},
    [FINISHED] = {"tasks.finished", "tasks", "Tasks that ended with TASK_FINISHED."},
    [FAILED] = {"tasks.failed", "tasks", "Tasks that ended with TASK_FAILED."},
    [KILLED] = {"tasks.killed", "tasks", "Tasks that ended with TASK_KILLED."},
    [LOST] = {"tasks.lost", "tasks",
              "Tasks lost with their agent, or launched on an offer that was gone."},
    [ERRORS] = {"tasks.error", "tasks", "Tasks refused as invalid."},
    [RUNNING] = {"tasks.running", "tasks", "Tasks running; time-weighted mean."},
    [WAITING] = {"tasks.waiting", "tasks", "Tasks waiting to be launched; time-weighted mean."},
    [WAITING_END] = {"tasks.waiting_at_end", "tasks", "Tasks waiting when the run ended."},
    [WAIT_MEAN] = {"wait.mean", "s", "From submission of a task to its start; mean."},
    [WAIT_P50] = {"wait.p50", "s", "The same; median."},
    [WAIT_P95] = {"wait.p95", "s", "The same; 95th percentile."},
    [WAIT_P99] = {"wait.p99", "s", "The same; 99th percentile."},
    [WAIT_MAX] = {"wait.max", "s", "The same; longest."},
    [JOBS_SUBMITTED] = {"jobs.submitted", "jobs", "Batch jobs that arrived."},
    [JOBS_FINISHED] = {"jobs.finished", "jobs", "Batch jobs whose last task ended."},
    [RESPONSE_MEAN] = {"jobs.response.mean", "s",
                       "From submission of a job to the end of its last task; mean."},
    [RESPONSE_P50] = {"jobs.response.p50", "s", "The same; median."},
    [RESPONSE_P95] = {"jobs.response.p95", "s", "The same; 95th percentile."},
    [RESPONSE_P99] = {"jobs.response.p99", "s", "The same; 99th percentile."},
    [SENT] = {"offers.sent", "offers", "Offers made; one is for one framework, role and agent."},
    [ACCEPTED] = {"offers.accepted", "offers", "Offers on which a task was launched."},
    [DECLINED] = {"offers.declined", "offers", "Offers declined."},
    [RESCINDED] = {"offers.rescinded", "offers",
                   "Offers taken back because an agent or framework went away."},
    [EXPIRED] = {"offers.expired", "offers", "Offers taken back after offer_timeout."},
    [OUTSTANDING] = {"offers.outstanding", "offers",
                     "Offers in the hands of frameworks; time-weighted mean."},
    [HELD] = {"offers.held", "s", "How long an offer is held until it is answered; mean."},
    [INVALID] = {"offers.accept_invalid", "count",
                 "ACCEPT calls refused because an offer was gone."},
    [RELAUNCHES] = {"relaunch.count", "count",
                    "Instances of services launched again after their task ended."},
    [SAME_AGENT] = {"relaunch.same_agent.ratio", "1",
                    "Of these, on the agent where they were before."},
    [RELAUNCH_MEAN] =
        {"relaunch.time.mean", "s",
         "From the end of the task, as the framework heard of it, to the next launch; mean."},
    [RELAUNCH_P50] = {"relaunch.time.p50", "s", "The same; median."},
    [RELAUNCH_P95] = {"relaunch.time.p95", "s", "The same; 95th percentile."},
    [RELAUNCH_P99] = {"relaunch.time.p99", "s", "The same; 99th percentile."},
    [RELAUNCH_MAX] = {"relaunch.time.max", "s", "The same; longest."},
    [STATEFUL_FAILURES] = {"stateful.failures", "count",
                           "Ends, that nobody asked for, of tasks that held a reservation or a "
                           "volume; also that their agent became unreachable."},
    [STATEFUL_RELAUNCHED] = {"stateful.relaunched", "count",
                             "Of these, those that had a successor running before the run ended."},
    [STATEFUL_WAITING] = {"stateful.waiting_at_end", "count",
                          "Failures, since the run began, of which no successor ran at its end."},
    [STATEFUL_SAME_AGENT] = {"stateful.same_agent.ratio", "1",
                             "Of the successors, those on the host where the task had been."},
    [STATEFUL_MEAN] = {"stateful.time.mean", "s",
                       "From when such a task stopped running until its successor ran; mean."},
    [STATEFUL_P50] = {"stateful.time.p50", "s", "The same; median."},
    [STATEFUL_P95] = {"stateful.time.p95", "s", "The same; 95th percentile."},
    [STATEFUL_P99] = {"stateful.time.p99", "s", "The same; 99th percentile."},
    [STATEFUL_MAX] = {"stateful.time.max", "s", "The same; longest."},
    [DATA_KEPT] = {"stateful.data.kept", "MB",
                   "Size of the volumes of such tasks that their successors had again."},
    [DATA_LOST] = {"stateful.data.lost", "MB",
                   "Size of those that were destroyed or lost with their disk before that."},
    [DATA_LEFT] = {"stateful.data.left", "MB",
                   "Size of those that were left behind: the successor ran without them."},
    [DATA_COPIED] = {"stateful.data.copied", "MB",
                     "What services say they copied to successors, to have it again."},
    [VOLUMES_CREATED] = {"volumes.created", "volumes", "Persistent volumes that came to be."},
    [VOLUMES_DESTROYED] = {"volumes.destroyed", "volumes", "Volumes destroyed by an operation."},
    [VOLUMES_LOST] = {"volumes.lost", "volumes",
                      "Volumes lost with their disk, or with an agent that is gone for good."},
    [VOLUMES_THERE] = {"volumes.there", "volumes", "Persistent volumes; time-weighted mean."},
    [VOLUMES_END] = {"volumes.there_at_end", "volumes", "Volumes when the run ended."},
    [ORPHANED] = {"volumes.orphaned", "volumes",
                  "Volumes that no framework would use; time-weighted mean."},
    [ORPHANED_END] = {"volumes.orphaned_at_end", "volumes", "The same when the run ended."},
    [ORPHANED_DISK] = {"volumes.orphaned_disk", "MB",
                       "Disk that such volumes hold; time-weighted mean."},
    [ORPHANED_DISK_END] = {"volumes.orphaned_disk_at_end", "MB", "The same when the run ended."},
    [INPUTS] = {"input.reads", "tasks", "Tasks that read a block of input."},
    [INPUTS_LOCAL] = {"input.local", "1",
                      "Part of them that read it on the host that holds it (data locality)."},
    [DISK_REAL] = {"disk.real", "MB",
                   "Really used under the agents' work directories: sandboxes, volumes and what "
                   "others wrote; time-weighted mean."},
    [DISK_PEAK] = {"disk.real_peak", "MB", "Most of it at once, on all agents together."},
    [DISK_ACCOUNTED] = {"disk.accounted", "MB",
                        "Of that, what is in persistent volumes, which the master knows of; mean."},
    [DISK_SANDBOXES] = {"disk.sandboxes", "MB", "Of that, sandboxes of running tasks; mean."},
    [DISK_ORPHANED] = {"disk.orphaned", "MB",
                       "Of that, sandboxes of ended tasks that garbage collection has not removed: "
                       "disk that is offered again and still used; mean."},
    [DISK_OOB] = {"disk.out_of_band", "MB", "Of that, what nobody of the cluster wrote; mean."},
    [DISKS_FULL] = {"disk.full", "count", "Times that such a file system became full."},
    [QUOTA_KILLS] = {"disk.quota_kills", "tasks",
                     "Tasks ended because their sandbox outgrew the disk they asked for."},
    [SANDBOXES_REMOVED] = {"disk.sandboxes_removed", "count",
                           "Sandboxes that garbage collection removed."},
    [REFUSED] = {"placement.refused", "count",
                 "Tasks for which no offer was large enough (model inflation)."},
    [REFUSAL] = {"refusal.N.RESOURCE", "1",
                 "Allocated share at the N-th refusal: the first and each hundredth."},
    [ROLE_SHARE] = {"role.ROLE.share", "1",
                    "Dominant share of a role: its largest mean allocated share of any resource."},
    [ROLE_RESERVED_IDLE] = {"role.ROLE.reserved_idle.RESOURCE", "1",
                            "Reserved to one role and not allocated, of the total; "
                            "time-weighted mean."},
    [JAIN] = {"fairness.jain", "1",
              "Jain's index of the roles' dominant shares divided by weight; 1 = equal."},
    [FW_LAUNCHED] = {"framework.FRAMEWORK.launched", "tasks",
                     "Tasks of one framework that were launched."},
    [FW_FINISHED] = {"framework.FRAMEWORK.finished", "tasks",
                     "Tasks of one framework that finished."},
    [FW_FAILED] = {"framework.FRAMEWORK.failed", "tasks", "Tasks of one framework that failed."},
    [FW_LOST] = {"framework.FRAMEWORK.lost", "tasks", "Tasks of one framework that were lost."},
    [FW_INPUTS_LOCAL] =
        {"framework.FRAMEWORK.input.local", "1",
         "Part of the tasks of one framework that read their input on the host that "
         "holds it."},
    [FW_RUNNING] = {"framework.FRAMEWORK.running", "tasks",
                    "Tasks of one framework running; time-weighted mean."},
    [FW_RUNNING_END] = {"framework.FRAMEWORK.running_at_end", "tasks",
                        "Tasks of one framework running when the run ended."},
    [FW_SHARE] = {"framework.FRAMEWORK.share", "1", "Dominant share of one framework."},
    [FW_WAIT_MEAN] = {"framework.FRAMEWORK.wait.mean", "s",
                      "Waits of one framework's tasks; mean."},
    [FW_WAIT_P50] = {"framework.FRAMEWORK.wait.p50", "s", "The same; median."},
    [FW_WAIT_P95] = {"framework.FRAMEWORK.wait.p95", "s", "The same; 95th percentile."},
    [FW_WAIT_P99] = {"framework.FRAMEWORK.wait.p99", "s", "The same; 99th percentile."},
    [FW_WAIT_MAX] = {"framework.FRAMEWORK.wait.max", "s", "The same; longest."},
    [FW_STARVED] = {"framework.FRAMEWORK.starved", "s",
                    "Longest time in which one framework had tasks waiting and launched none, also "
                    "one that had not ended when the run did."},
    [FW_ACCEPTED] = {"framework.FRAMEWORK.offers_accepted", "offers",
                     "Offers that one framework accepted."},
    [FW_DECLINED] = {"framework.FRAMEWORK.offers_declined", "offers",
                     "Offers that one framework declined."},
    [FW_RESERVED_IDLE] = {"framework.FRAMEWORK.reserved_idle.RESOURCE", "1",
                          "What one framework reserved and nobody was allocated, of the total; "
                          "time-weighted mean."},
    [FW_RELAUNCHES] = {"framework.FRAMEWORK.relaunches", "count",
                       "Instances of one framework that were launched again."},
    [FW_SAME_AGENT] = {"framework.FRAMEWORK.relaunches_same_agent", "count",
                       "How many of them on the host where they had been."},
    [FW_UNAVAILABLE] = {"framework.FRAMEWORK.unavailable", "s",
                        "Time in which some of a service was below its quorum, once deployed."},
    [FW_BELOW] = {"framework.FRAMEWORK.below_target", "s",
                  "Time in which a service had fewer instances running than it is to have."},
    [FW_OUT] = {"framework.FRAMEWORK.unavailable_share", "1",
                "Share of a service's data (or instances' work) that was below its quorum, on "
                "average over time and kinds of instances."},
    [FW_REPLACED] = {"framework.FRAMEWORK.replaced", "count",
                     "Instances of a service that gave up their host and their data."},
    [FW_DATA_LOSSES] = {"framework.FRAMEWORK.data_losses", "count",
                        "Parts of a service's data of which no replica was left."},
    [FW_DATA_LOST] = {"framework.FRAMEWORK.data_lost", "MB", "What was in them."},
    [FW_COPIED] = {"framework.FRAMEWORK.copied", "MB",
                   "Data that a service copied between its instances."},
    [FW_LEFT] = {"framework.FRAMEWORK.left_behind", "MB",
                 "Data that replaced instances left on disks."},
    [SERVICE_DATA_LOSSES] = {"data.losses", "count",
                             "Parts of all services' data of which no replica was left."},
    [SERVICE_DATA_LOST] = {"data.lost", "MB", "What was in them."},
    [SERVICE_DATA_COPIED] = {"data.copied", "MB", "Data that all services copied."},
    [SERVICE_DATA_LEFT] = {"data.left_behind", "MB", "Data that replaced instances left on disks."},
    [SERVICE_REPLACED] = {"data.replaced", "count",
                          "Instances of all services that gave up their host and their data."},
    [RUNS] = {"allocator.runs", "count",
              "Allocation cycles; of the whole run, like all counts of the allocator."},
    [VISITED] = {"allocator.agents_visited", "count", "Agents looked at in all cycles together."},
    [TRIED] = {"allocator.frameworks_tried", "count", "Frameworks considered for an agent."},
    [FILTERED] = {"allocator.filter_checks", "count", "Offer filters compared."},
    [MESSAGES_LOST] = {"messages.lost", "count",
                       "Messages that were lost: their receiver was down, a connection broke, or a "
                       "partition stopped them."},
    [WARM_UP] = {"run.warm_up", "s", "Length of the warm-up that was deleted."},
    [KINDS] = {NULL, NULL, NULL},
};

const char *const hf_metric_prefixes[] = {
    "capacity", "demand",      "utilization", "agents",    "tasks",     "wait",      "jobs",
    "stateful", "volumes",     "offers",      "relaunch",  "operators", "placement", "refusal",
    "role",     "fairness",    "framework",   "allocator", "messages",  "run",       "data",
    "master",   "maintenance", "input",       "disk",      NULL};

struct HfMetrics {
    HF_VEC(HfMetric) list;
    HF_VEC(const char *) names;
};

/* One more metric; `one` and `two` replace the words in capitals, from the left. */
static void add(HfMetrics *metrics, int kind, double value, const char *one, const char *two)
{
    g_autoptr(GString) name = g_string_new(NULL);
    for (const char *p = hf_metric_kinds[kind].pattern; *p;) {
        if (!g_ascii_isupper(*p)) {
            g_string_append_c(name, *p++);
            continue;
        }
        while (g_ascii_isupper(*p)) p++;
        HF_ASSERT(one != NULL);
        g_string_append(name, one);
        one = two;
    }
    hf_vec_push(&metrics->list, (HfMetric){g_string_free(g_steal_pointer(&name), FALSE),
                                           &hf_metric_kinds[kind], value});
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : NAN;
}

static void add_resources(HfMetrics *metrics, const HfRecorder *recorder)
{
    for (uint32_t k = 0; k < recorder->kinds; k++) {
        if (!hf_recorder__is_shown(recorder, k)) continue;
        const char *name = recorder->catalog->kind[k].name;
        double mean[HF_RESOURCE_LEVELS];
        for (int l = 0; l < HF_RESOURCE_LEVELS; l++)
            mean[l] =
                hf_recorder__mean(recorder, hf_recorder__resource(recorder, k, (HfResourceLevel)l));
        double capacity = (double)hf_recorder__resource(recorder, k, HF_LEVEL_TOTAL)->level.max;
        double peak = (double)hf_recorder__resource(recorder, k, HF_LEVEL_ALLOCATED)->level.max;
        double total = mean[HF_LEVEL_TOTAL];
        add(metrics, CAPACITY, capacity / 1000, name, NULL);
        add(metrics, DEMAND, (double)recorder->demand[k] / 1000, name, NULL);
        add(metrics, ALLOCATED, ratio(mean[HF_LEVEL_ALLOCATED], total), name, NULL);
        add(metrics, USED, ratio(mean[HF_LEVEL_USED], total), name, NULL);
        add(metrics, OFFERED, ratio(mean[HF_LEVEL_OFFERED], total), name, NULL);
        add(metrics, RESERVED_IDLE, ratio(mean[HF_LEVEL_RESERVED_IDLE], total), name, NULL);
        add(metrics, USED_OF_ALLOCATED, ratio(mean[HF_LEVEL_USED], mean[HF_LEVEL_ALLOCATED]), name,
            NULL);
        add(metrics, ALLOCATED_PEAK, ratio(peak, capacity), name, NULL);
    }
}

static void add_counter(HfMetrics *metrics, int kind, const HfRecorder *recorder, HfCounter counter)
{
    add(metrics, kind, (double)hf_recorder__count(recorder, counter), NULL, NULL);
}

static double mean_of(const HfRecorder *recorder, HfClusterLevel level)
{
    return hf_recorder__mean(recorder, &recorder->cluster[level]);
}

/* Mean and percentiles in seconds, for `kinds` given from the mean on. */
static void add_times(HfMetrics *metrics, int first, int count, const HfHistogram *times,
                      const char *name)
{
    static const double quantiles[] = {0, 0.5, 0.95, 0.99, 1};
    for (int i = 0; i < count; i++) {
        if (times == NULL || hf_histogram_count(times) == 0) {
            add(metrics, first + i, NAN, name, NULL);
            continue;
        }
        double ns =
            i == 0 ? hf_histogram_mean(times) : (double)hf_histogram_quantile(times, quantiles[i]);
        add(metrics, first + i, ns / 1e9, name, NULL);
    }
}

static void add_cluster(HfMetrics *metrics, const HfRecorder *recorder)
{
    add(metrics, AGENTS, recorder->hosts, NULL, NULL);
    add(metrics, AGENTS_UP, mean_of(recorder, HF_LEVEL_AGENTS_UP), NULL, NULL);
    add_counter(metrics, CRASHES, recorder, HF_COUNT_AGENT_CRASHES);
    add_counter(metrics, UNREACHABLE, recorder, HF_COUNT_AGENTS_UNREACHABLE);
    add_counter(metrics, RESTARTS, recorder, HF_COUNT_AGENT_RESTARTS);
    add_counter(metrics, REBOOTS, recorder, HF_COUNT_AGENT_REBOOTS);
    add_counter(metrics, OPERATIONS, recorder, HF_COUNT_OPERATOR_ACTIONS);
    add_counter(metrics, OPERATIONS_REFUSED, recorder, HF_COUNT_OPERATOR_REFUSALS);
    add_counter(metrics, MAINTENANCE_KILLED, recorder, HF_COUNT_MAINTENANCE_KILLS);
    add_counter(metrics, FAILOVERS, recorder, HF_COUNT_MASTER_FAILOVERS);
    add(metrics, LEADERLESS, (double)hf_recorder__count(recorder, HF_COUNT_LEADERLESS_NS) / 1e9,
        NULL, NULL);
    add_counter(metrics, AGENTS_FORGOTTEN, recorder, HF_COUNT_AGENTS_FORGOTTEN);
    add_counter(metrics, INVERSE_SENT, recorder, HF_COUNT_INVERSE_SENT);
    add_counter(metrics, INVERSE_ACCEPTED, recorder, HF_COUNT_INVERSE_ACCEPTED);
    add_counter(metrics, INVERSE_DECLINED, recorder, HF_COUNT_INVERSE_DECLINED);
    add_counter(metrics, SUBMITTED, recorder, HF_COUNT_TASKS_SUBMITTED);
    add_counter(metrics, LAUNCHED, recorder, HF_COUNT_TASKS_LAUNCHED);
    add_counter(metrics, FINISHED, recorder, HF_COUNT_TASKS_FINISHED);
    add_counter(metrics, FAILED, recorder, HF_COUNT_TASKS_FAILED);
    add_counter(metrics, KILLED, recorder, HF_COUNT_TASKS_KILLED);
    add_counter(metrics, LOST, recorder, HF_COUNT_TASKS_LOST);
    add_counter(metrics, ERRORS, recorder, HF_COUNT_TASKS_ERROR);
    add(metrics, RUNNING, mean_of(recorder, HF_LEVEL_TASKS_RUNNING), NULL, NULL);
    add(metrics, WAITING, mean_of(recorder, HF_LEVEL_TASKS_WAITING), NULL, NULL);
    add(metrics, WAITING_END, (double)hf_recorder_tasks_waiting(recorder), NULL, NULL);
    add_times(metrics, WAIT_MEAN, 5, recorder->waits, NULL);
    add_counter(metrics, JOBS_SUBMITTED, recorder, HF_COUNT_JOBS_SUBMITTED);
    add_counter(metrics, JOBS_FINISHED, recorder, HF_COUNT_JOBS_FINISHED);
    add_times(metrics, RESPONSE_MEAN, 4, recorder->responses, NULL);
}

static void add_disks(HfMetrics *metrics, const HfRecorder *recorder)
{
    static const int kind_of[HF_DISK_PARTS] = {[HF_DISK_RUNNING] = DISK_SANDBOXES,
                                               [HF_DISK_DEAD] = DISK_ORPHANED,
                                               [HF_DISK_VOLUMES] = DISK_ACCOUNTED,
                                               [HF_DISK_OUT_OF_BAND] = DISK_OOB};
    double sum = 0;
    for (int p = 0; p < HF_DISK_PARTS; p++) {
        double mean = hf_recorder__disk_mean(recorder, (HfDiskPart)p);
        add(metrics, kind_of[p], mean, NULL, NULL);
        sum += mean;
    }
    add(metrics, DISK_REAL, sum, NULL, NULL);
    add(metrics, DISK_PEAK, hf_recorder__disk_peak(recorder), NULL, NULL);
    add_counter(metrics, DISKS_FULL, recorder, HF_COUNT_DISKS_FULL);
    add_counter(metrics, QUOTA_KILLS, recorder, HF_COUNT_QUOTA_KILLS);
    add_counter(metrics, SANDBOXES_REMOVED, recorder, HF_COUNT_SANDBOXES_REMOVED);
}

static uint64_t still_waiting(const HfRecorder *recorder)
{
    uint64_t waiting = 0;
    for (guint32 i = 0; i < recorder->failures.count; i++)
        waiting += recorder->failures.at[i].ran_again < 0;
    return waiting;
}

static void add_stateful(HfMetrics *metrics, const HfRecorder *recorder)
{
    add_counter(metrics, STATEFUL_FAILURES, recorder, HF_COUNT_STATEFUL_FAILURES);
    add_counter(metrics, STATEFUL_RELAUNCHED, recorder, HF_COUNT_STATEFUL_RELAUNCHED);
    add(metrics, STATEFUL_WAITING, (double)still_waiting(recorder), NULL, NULL);
    add(metrics, STATEFUL_SAME_AGENT,
        ratio((double)hf_recorder__count(recorder, HF_COUNT_STATEFUL_SAME_HOST),
              (double)hf_recorder__count(recorder, HF_COUNT_STATEFUL_RELAUNCHED)),
        NULL, NULL);
    add_times(metrics, STATEFUL_MEAN, 5, recorder->stateful_times, NULL);
    add(metrics, DATA_KEPT, (double)recorder->data_kept / 1000, NULL, NULL);
    add(metrics, DATA_LOST, (double)recorder->data_lost / 1000, NULL, NULL);
    add(metrics, DATA_LEFT, (double)recorder->data_left / 1000, NULL, NULL);
    add(metrics, DATA_COPIED, (double)recorder->bytes_copied / 1048576, NULL, NULL);
    add_counter(metrics, VOLUMES_CREATED, recorder, HF_COUNT_VOLUMES_CREATED);
    add_counter(metrics, VOLUMES_DESTROYED, recorder, HF_COUNT_VOLUMES_DESTROYED);
    add_counter(metrics, VOLUMES_LOST, recorder, HF_COUNT_VOLUMES_LOST);
    static const struct {
        int kind;
        HfClusterLevel level;
    } levels[] = {{VOLUMES_THERE, HF_LEVEL_VOLUMES},
                  {ORPHANED, HF_LEVEL_VOLUMES_ORPHANED},
                  {ORPHANED_DISK, HF_LEVEL_ORPHANED_DISK}};
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++) { /* the kind at the end follows its mean */
        const HfTracked *tracked = &recorder->cluster[levels[i].level];
        add(metrics, levels[i].kind, hf_recorder__mean(recorder, tracked), NULL, NULL);
        add(metrics, levels[i].kind + 1, (double)tracked->level.value, NULL, NULL);
    }
}

static void add_reserved_idle(HfMetrics *metrics, int kind, const HfRecorder *recorder,
                              const HfTracked *idle, const char *of)
{
    for (uint32_t k = 0; k < recorder->kinds; k++) {
        if (!hf_recorder__is_shown(recorder, k)) continue;
        double total =
            hf_recorder__mean(recorder, hf_recorder__resource(recorder, k, HF_LEVEL_TOTAL));
        double mean = idle != NULL ? hf_recorder__mean(recorder, &idle[k]) : 0;
        add(metrics, kind, ratio(mean, total), of, recorder->catalog->kind[k].name);
    }
}

static void add_offers(HfMetrics *metrics, const HfRecorder *recorder)
{
    add_counter(metrics, SENT, recorder, HF_COUNT_OFFERS_SENT);
    add_counter(metrics, ACCEPTED, recorder, HF_COUNT_OFFERS_ACCEPTED);
    add_counter(metrics, DECLINED, recorder, HF_COUNT_OFFERS_DECLINED);
    add_counter(metrics, RESCINDED, recorder, HF_COUNT_OFFERS_RESCINDED);
    add_counter(metrics, EXPIRED, recorder, HF_COUNT_OFFERS_EXPIRED);
    double outstanding = mean_of(recorder, HF_LEVEL_OFFERS);
    double span = hf_time_to_seconds(recorder->ended_at - recorder->marked_at);
    add(metrics, OUTSTANDING, outstanding, NULL, NULL);
    /* Little's law: mean held = mean outstanding / rate of offers. */
    add(metrics, HELD,
        ratio(outstanding * span, (double)hf_recorder__count(recorder, HF_COUNT_OFFERS_SENT)), NULL,
        NULL);
    add_counter(metrics, INVALID, recorder, HF_COUNT_ACCEPTS_INVALID);
    add_counter(metrics, RELAUNCHES, recorder, HF_COUNT_RELAUNCHES);
    add(metrics, SAME_AGENT,
        ratio((double)hf_recorder__count(recorder, HF_COUNT_RELAUNCHES_SAME_HOST),
              (double)hf_recorder__count(recorder, HF_COUNT_RELAUNCHES)),
        NULL, NULL);
    add_times(metrics, RELAUNCH_MEAN, 5, recorder->relaunch_times, NULL);
    add_stateful(metrics, recorder);
    add_counter(metrics, INPUTS, recorder, HF_COUNT_INPUTS_READ);
    add(metrics, INPUTS_LOCAL,
        ratio((double)hf_recorder__count(recorder, HF_COUNT_INPUTS_LOCAL),
              (double)hf_recorder__count(recorder, HF_COUNT_INPUTS_READ)),
        NULL, NULL);
    add_disks(metrics, recorder);
    add_counter(metrics, REFUSED, recorder, HF_COUNT_PLACEMENTS_REFUSED);
    for (guint32 r = 0; r < recorder->refusals.count; r++) {
        char number[32];
        g_snprintf(number, sizeof number, "%" G_GINT64_FORMAT,
                   (gint64)recorder->refusals.at[r].number);
        for (uint32_t k = 0; k < recorder->kinds; k++)
            if (hf_recorder__is_shown(recorder, k))
                add(metrics, REFUSAL, recorder->refusals.at[r].allocated[k], number,
                    recorder->catalog->kind[k].name);
    }
}

static double weight_of(const HfRecorder *recorder, const char *role)
{
    for (uint32_t r = 0; r < recorder->scenario->roles.count; r++)
        if (strcmp(recorder->scenario->roles.at[r].name, role) == 0)
            return recorder->scenario->roles.at[r].weight;
    return 1;
}

static void add_roles(HfMetrics *metrics, const HfRecorder *recorder)
{
    double sum = 0, squares = 0, count = 0;
    for (guint32 r = 0; r < recorder->roles.count; r++) {
        const HfTracked *idle = recorder->roles.at[r].reserved_idle;
        const char *path = hf_role_path(recorder->catalog, r);
        if (idle != NULL || recorder->roles.at[r].is_used)
            add_reserved_idle(metrics, ROLE_RESERVED_IDLE, recorder, idle, path);
        if (!recorder->roles.at[r].is_used) continue;
        double share = hf_recorder__share(recorder, recorder->roles.at[r].allocated);
        add(metrics, ROLE_SHARE, share, path, NULL);
        double weighted = share / weight_of(recorder, path);
        sum += weighted;
        squares += weighted * weighted;
        count++;
    }
    add(metrics, JAIN, ratio(sum * sum, count * squares), NULL, NULL);
}

static double megabytes(uint64_t bytes)
{
    return (double)bytes / 1048576;
}

static uint64_t since_mark(const HfFrameworkStats *framework, HfCounter counter)
{
    return framework->count[counter] - framework->marked[counter];
}

/* Only of frameworks that declared what they keep running. */
static void add_service(HfMetrics *metrics, const HfRecorder *recorder, uint32_t row)
{
    const HfFrameworkStats *framework = &recorder->frameworks.at[row];
    const char *name = hf_master_framework_name(recorder->master, row);
    double span = hf_time_to_seconds(recorder->ended_at - recorder->marked_at);
    double out = 0, groups = 0;
    for (guint32 g = 0; g < recorder->groups.count; g++) {
        if (recorder->groups.at[g].framework != row) continue;
        out += hf_recorder__mean(recorder, &recorder->groups.at[g].out) / 1e6;
        groups++;
    }
    add(metrics, FW_UNAVAILABLE, hf_recorder__mean(recorder, &framework->unavailable) * span, name,
        NULL);
    add(metrics, FW_BELOW, hf_recorder__mean(recorder, &framework->below) * span, name, NULL);
    add(metrics, FW_OUT, out / groups, name, NULL);
    add(metrics, FW_REPLACED, (double)since_mark(framework, HF_COUNT_MEMBERS_REPLACED), name, NULL);
    add(metrics, FW_DATA_LOSSES, (double)since_mark(framework, HF_COUNT_DATA_LOSSES), name, NULL);
    add(metrics, FW_DATA_LOST, megabytes(since_mark(framework, HF_COUNT_BYTES_LOST)), name, NULL);
    add(metrics, FW_COPIED, megabytes(since_mark(framework, HF_COUNT_BYTES_COPIED)), name, NULL);
    add(metrics, FW_LEFT, megabytes(since_mark(framework, HF_COUNT_BYTES_LEFT)), name, NULL);
}

static void add_data(HfMetrics *metrics, const HfRecorder *recorder)
{
    add_counter(metrics, SERVICE_DATA_LOSSES, recorder, HF_COUNT_DATA_LOSSES);
    add(metrics, SERVICE_DATA_LOST, megabytes(hf_recorder__count(recorder, HF_COUNT_BYTES_LOST)),
        NULL, NULL);
    add(metrics, SERVICE_DATA_COPIED,
        megabytes(hf_recorder__count(recorder, HF_COUNT_BYTES_COPIED)), NULL, NULL);
    add(metrics, SERVICE_DATA_LEFT, megabytes(hf_recorder__count(recorder, HF_COUNT_BYTES_LEFT)),
        NULL, NULL);
    add_counter(metrics, SERVICE_REPLACED, recorder, HF_COUNT_MEMBERS_REPLACED);
}

static void add_framework(HfMetrics *metrics, const HfRecorder *recorder, uint32_t row)
{
    const HfFrameworkStats *framework = &recorder->frameworks.at[row];
    const char *name = hf_master_framework_name(recorder->master, row);
    static const struct {
        int kind;
        HfCounter counter;
    } counters[] = {{FW_LAUNCHED, HF_COUNT_TASKS_LAUNCHED},
                    {FW_FINISHED, HF_COUNT_TASKS_FINISHED},
                    {FW_FAILED, HF_COUNT_TASKS_FAILED},
                    {FW_LOST, HF_COUNT_TASKS_LOST}};
    for (size_t i = 0; i < G_N_ELEMENTS(counters); i++)
        add(metrics, counters[i].kind,
            (double)(framework->count[counters[i].counter] -
                     framework->marked[counters[i].counter]),
            name, NULL);
    add(metrics, FW_RUNNING, hf_recorder__mean(recorder, &framework->running), name, NULL);
    add(metrics, FW_RUNNING_END, (double)framework->running.level.value, name, NULL);
    add(metrics, FW_SHARE, hf_recorder__share(recorder, framework->allocated), name, NULL);
    add_times(metrics, FW_WAIT_MEAN, 5, framework->waits, name);
    add(metrics, FW_STARVED,
        hf_time_to_seconds(hf_recorder__starved(framework, recorder->ended_at)), name, NULL);
    add(metrics, FW_ACCEPTED,
        (double)(framework->count[HF_COUNT_OFFERS_ACCEPTED] -
                 framework->marked[HF_COUNT_OFFERS_ACCEPTED]),
        name, NULL);
    add(metrics, FW_DECLINED,
        (double)(framework->count[HF_COUNT_OFFERS_DECLINED] -
                 framework->marked[HF_COUNT_OFFERS_DECLINED]),
        name, NULL);
    add_reserved_idle(metrics, FW_RESERVED_IDLE, recorder, framework->reserved_idle, name);
    int64_t inputs =
        framework->count[HF_COUNT_INPUTS_READ] - framework->marked[HF_COUNT_INPUTS_READ];
    if (inputs > 0)
        add(metrics, FW_INPUTS_LOCAL,
            (double)(framework->count[HF_COUNT_INPUTS_LOCAL] -
                     framework->marked[HF_COUNT_INPUTS_LOCAL]) /
                (double)inputs,
            name, NULL);
    add(metrics, FW_RELAUNCHES,
        (double)(framework->count[HF_COUNT_RELAUNCHES] - framework->marked[HF_COUNT_RELAUNCHES]),
        name, NULL);
    add(metrics, FW_SAME_AGENT,
        (double)(framework->count[HF_COUNT_RELAUNCHES_SAME_HOST] -
                 framework->marked[HF_COUNT_RELAUNCHES_SAME_HOST]),
        name, NULL);
}

HfMetrics *hf_metrics_new(HfWorld *world)
{
    HfMetrics *metrics = g_new0(HfMetrics, 1);
    const HfRecorder *recorder = hf_world_recorder(world);
    add_resources(metrics, recorder);
    add_cluster(metrics, recorder);
    add_offers(metrics, recorder);
    add_roles(metrics, recorder);
    for (guint32 f = 0; f < recorder->frameworks.count; f++) {
        add_framework(metrics, recorder, f);
        if (recorder->frameworks.at[f].is_service) add_service(metrics, recorder, f);
    }
    add_data(metrics, recorder);
    HfAllocatorCounters work = hf_master_allocator_counters(hf_world_master(world));
    add(metrics, RUNS, (double)work.runs, NULL, NULL);
    add(metrics, VISITED, (double)work.agents_visited, NULL, NULL);
    add(metrics, TRIED, (double)work.frameworks_tried, NULL, NULL);
    add(metrics, FILTERED, (double)work.filter_checks, NULL, NULL);
    add_counter(metrics, MESSAGES_LOST, recorder, HF_COUNT_MESSAGES_LOST);
    add(metrics, WARM_UP, hf_time_to_seconds(recorder->marked_at), NULL, NULL);
    for (guint32 i = 0; i < metrics->list.count; i++)
        hf_vec_push(&metrics->names, metrics->list.at[i].name);
    hf_vec_push(&metrics->names, NULL);
    return metrics;
}

HfMetrics *hf_metrics_new_empty(void)
{
    HfMetrics *metrics = g_new0(HfMetrics, 1);
    hf_vec_push(&metrics->names, NULL);
    return metrics;
}

void hf_metrics_take(HfMetrics *metrics, const HfMetric *metric)
{
    hf_vec_push(&metrics->list, *metric);
    metrics->names.at[metrics->names.count - 1] = metric->name;
    hf_vec_push(&metrics->names, NULL);
}

void hf_metrics_free(HfMetrics *metrics)
{
    if (metrics == NULL) return;
    for (guint32 i = 0; i < metrics->list.count; i++) g_free(metrics->list.at[i].name);
    hf_vec_clear(&metrics->list);
    hf_vec_clear(&metrics->names);
    g_free(metrics);
}

uint32_t hf_metrics_count(const HfMetrics *metrics)
{
    return metrics->list.count;
}

const HfMetric *hf_metrics_at(const HfMetrics *metrics, uint32_t i)
{
    HF_ASSERT(i < metrics->list.count);
    return &metrics->list.at[i];
}

gboolean hf_metrics_find(const HfMetrics *metrics, const char *name, double *value_out)
{
    for (guint32 i = 0; i < metrics->list.count; i++) {
        if (strcmp(metrics->list.at[i].name, name) != 0) continue;
        *value_out = metrics->list.at[i].value;
        return TRUE;
    }
    return FALSE;
}

const char *const *hf_metrics_names(const HfMetrics *metrics)
{
    return metrics->names.at;
}
