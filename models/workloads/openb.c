/*
 * The openb traces of 2023: machines and pods of a GPU cluster at Alibaba (Weng et al., "Beware of
 * Fragmentation", USENIX ATC 2023; data under Apache-2.0 in
 * hkust-adsl/kubernetes-scheduler-simulator). CSV with a header line.
 *
 * A machine becomes an agent with cpus, mem, gpus and the attribute gpu_model. A pod becomes a
 * task; its gpus are num_gpu x gpu_milli, so a share of one GPU is a fraction of the agent's gpus:
 * which device it lies on is not modelled.
 */
#include <math.h>
#include <string.h>

#include "models/workloads/lines.h"
#include "models/workloads/workloads.h"

#define OPENB_SOURCE                                                                               \
    "Data: github.com/hkust-adsl/kubernetes-scheduler-simulator, data/csv (Apache-2.0)."

typedef struct NodesConfig {
    const char *file;
} NodesConfig;

static const HfKey nodes_keys[] = {
    {.name = "file",
     .type = HF_KEY_TRACE,
     .is_required = TRUE,
     .offset = offsetof(NodesConfig, file),
     .help = "The node list, openb_node_list_all_node.csv. " OPENB_SOURCE},
    {0}};
static const HfKeyTable nodes_table = {"openb", sizeof(NodesConfig), nodes_keys,
                                       "Machines of the openb traces.", NULL};

/* The header must be the one we know: a column moved in silence would be a wrong result. */
static gboolean expect_header(HfLines *lines, const char *header, GError **error)
{
    GError *inner = NULL;
    if (!hf_lines_next(lines, &inner)) {
        if (inner == NULL) return hf_lines_fail(lines, error, "the file is empty");
        g_propagate_error(error, inner);
        return FALSE;
    }
    if (strcmp(lines->line, header) == 0) return TRUE;
    return hf_lines_fail(lines, error, "expected the header \"%s\"", header);
}

static gboolean read_node(const HfLines *lines, HfMachineSink sink, void *context, GError **error)
{
    double cpu, memory, gpu;
    if (lines->field_count != 5)
        return hf_lines_fail(lines, error, "has %u columns, not 5", lines->field_count);
    if (!hf_lines_whole(lines, 1, "cpu_milli", 0, 1e9, &cpu, error) ||
        !hf_lines_whole(lines, 2, "memory_mib", 0, 1e12, &memory, error) ||
        !hf_lines_whole(lines, 3, "gpu", 0, 1000, &gpu, error))
        return FALSE;
    if (cpu == 0 && memory == 0 && gpu == 0) return hf_lines_fail(lines, error, "has nothing");
    g_autofree char *gpus = gpu > 0 ? g_strdup_printf(";gpus:%.0f", gpu) : g_strdup("");
    g_autofree char *resources = g_strdup_printf("cpus:%.0f.%03.0f;mem:%.0f%s", floor(cpu / 1000),
                                                 fmod(cpu, 1000), memory, gpus);
    g_autofree char *attributes =
        g_strdup_printf("gpu_model:%s", lines->field[4][0] ? lines->field[4] : "none");
    sink(context, &(HfMachine){lines->field[0], resources, attributes});
    return TRUE;
}

static gboolean read_nodes(const void *config, HfMachineSink sink, void *context, GError **error)
{
    const NodesConfig *keys = config;
    HfLines lines;
    if (!hf_lines_open(&lines, keys->file, error)) return FALSE;
    gboolean good = expect_header(&lines, "sn,cpu_milli,memory_mib,gpu,model", error);
    GError *inner = NULL;
    while (good && hf_lines_next(&lines, &inner)) {
        hf_lines_split_csv(&lines);
        good = read_node(&lines, sink, context, error);
    }
    if (inner) g_propagate_error(error, inner);
    if (good && inner == NULL && lines.number == 1)
        good = hf_lines_fail(&lines, error, "no machine");
    hf_lines_close(&lines);
    return good && inner == NULL;
}

const HfAgentTraceFormat hf_agent_trace_openb = {
    .keys = {"openb",
             "Machines of the openb traces (Alibaba, 2023): cpus, mem, gpus, attribute gpu_model.",
             &nodes_table},
    .read = read_nodes,
};

/* ---- pods ---- */

typedef enum Qos { QOS_ALL = 0, QOS_SERVICE, QOS_BATCH } Qos;

typedef struct PodsConfig {
    const char *file;
    HfTime start;
    int qos;
    int64_t limit;
} PodsConfig;

static const HfKeyWord qos_words[] = {{"all", QOS_ALL, "every pod"},
                                      {"service", QOS_SERVICE, "LS, Guaranteed and Burstable"},
                                      {"batch", QOS_BATCH, "BE"},
                                      {0}};

static const HfKey pods_keys[] = {
    {.name = "file",
     .type = HF_KEY_TRACE,
     .is_required = TRUE,
     .offset = offsetof(PodsConfig, file),
     .help = "A pod list such as openb_pod_list_default.csv.gz. " OPENB_SOURCE},
    {.name = "start",
     .type = HF_KEY_DURATION,
     .offset = offsetof(PodsConfig, start),
     .fallback = "0s",
     .help = "This instant of the trace is time 0; pods created before it are left out. Nearly all "
             "are created after "
             "116d."},
    {.name = "qos",
     .type = HF_KEY_ENUM,
     .offset = offsetof(PodsConfig, qos),
     .fallback = "all",
     .words = qos_words,
     .help = "Which pods."},
    {.name = "limit",
     .type = HF_KEY_INT,
     .offset = offsetof(PodsConfig, limit),
     .fallback = "0",
     .minimum = 0,
     .maximum = 1e9,
     .help = "At most so many pods; 0 = all."},
    {0}};
static const HfKeyTable pods_table = {
    "openb", sizeof(PodsConfig), pods_keys,
    "Pods of the openb traces: created and deleted at the trace's times, each a job of one task. "
    "Some "
    "variants list pods out of order; where times count, they arrive in order of time.",
    NULL};

static gboolean is_qos(const char *text)
{
    static const char *const known[] = {"LS", "BE", "Burstable", "Guaranteed", NULL};
    return g_strv_contains(known, text);
}

static gboolean is_wanted(const PodsConfig *keys, const HfLines *lines)
{
    gboolean batch = strcmp(lines->field[6], "BE") == 0;
    return keys->qos == QOS_ALL || (keys->qos == QOS_BATCH) == batch;
}

static gboolean read_pod(const PodsConfig *keys, const HfLines *lines, uint64_t number,
                         HfTraceTaskSink sink, void *context, gboolean *taken_out, GError **error)
{
    double cpu, memory, count, milli, created, deleted;
    if (lines->field_count != 11)
        return hf_lines_fail(lines, error, "has %u columns, not 11", lines->field_count);
    if (!hf_lines_whole(lines, 1, "cpu_milli", 0, 1e9, &cpu, error) ||
        !hf_lines_whole(lines, 2, "memory_mib", 0, 1e12, &memory, error) ||
        !hf_lines_whole(lines, 3, "num_gpu", 0, 1000, &count, error) ||
        !hf_lines_whole(lines, 4, "gpu_milli", 0, 1000, &milli, error) ||
        !hf_lines_number(lines, 8, "creation_time", 0, 1e9, &created, error) ||
        !hf_lines_number(lines, 9, "deletion_time", created, 1e9, &deleted, error))
        return FALSE;
    if (cpu == 0 && memory == 0 && count * milli == 0)
        return hf_lines_fail(lines, error, "asks for nothing");
    if (!is_qos(lines->field[6]))
        return hf_lines_fail(lines, error,
                             "column 7 (qos): \"%s\" is none of LS, BE, Burstable, Guaranteed",
                             lines->field[6]);
    *taken_out = is_wanted(keys, lines) && hf_time_from_seconds(created) >= keys->start;
    if (!*taken_out) return TRUE;
    double gpus = count * milli;
    g_autofree char *text =
        g_strdup_printf("cpus:%.0f.%03.0f;mem:%.0f;gpus:%.0f.%03.0f", floor(cpu / 1000),
                        fmod(cpu, 1000), memory, floor(gpus / 1000), fmod(gpus, 1000));
    g_autofree char *constraint =
        lines->field[5][0] ? g_strdup_printf("gpu_model:%s", lines->field[5]) : NULL;
    sink(context, &(HfTraceTask){.submit = hf_time_from_seconds(created) - keys->start,
                                 .duration = hf_time_from_seconds(deleted - created),
                                 .job = number,
                                 .resources = text,
                                 .constraint = constraint});
    return TRUE;
}

static gboolean read_pods(const void *config, HfTraceTaskSink sink, void *context, GError **error)
{
    const PodsConfig *keys = config;
    HfLines lines;
    if (!hf_lines_open(&lines, keys->file, error)) return FALSE;
    gboolean good = expect_header(&lines,
                                  "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_"
                                  "phase,creation_time,deletion_time,scheduled_time",
                                  error);
    GError *inner = NULL;
    uint64_t taken = 0;
    while (good && (keys->limit == 0 || taken < (uint64_t)keys->limit) &&
           hf_lines_next(&lines, &inner)) {
        gboolean is_taken = FALSE;
        hf_lines_split_csv(&lines);
        good = read_pod(keys, &lines, taken + 1, sink, context, &is_taken, error);
        if (is_taken) taken++;
    }
    if (inner) g_propagate_error(error, inner);
    hf_lines_close(&lines);
    return good && inner == NULL;
}

const HfWorkloadFormat hf_workload_openb = {
    .keys = {"openb",
             "Pods of the openb traces (Alibaba, 2023), with GPU shares and GPU model constraints.",
             &pods_table},
    .read = read_pods,
};
