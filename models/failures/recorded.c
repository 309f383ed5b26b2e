/*
 * Outages as they were recorded: each node of the record stands for one host, by its name or by its
 * place, and is down when the record says so. Rows that overlap on one host are one outage.
 */
#include "base/assert.h"
#include "base/law.h"
#include "models/failures/failures.h"
#include "models/failures/groups.h"
#include "models/failures/outage_trace.h"

typedef struct RecordedConfig {
    const char *file;
    int format, match, detect;
    int64_t system;
    HfTime from;
    HfLaw down; /* kind NULL: as recorded */
    const char **agents;
} RecordedConfig;

enum { DETECT_SOCKET, DETECT_PING };
enum { MATCH_ORDER, MATCH_NAME };

static const HfKeyWord detect_words[] = {
    {"socket", DETECT_SOCKET, "connections break at once: an orderly shutdown"},
    {"ping", DETECT_PING, "the host falls silent, and only missed pings tell"},
    {0}};
static const HfKeyWord match_words[] = {
    {"order", MATCH_ORDER,
     "the node whose first outage is the n-th stands for the n-th host of these groups; nodes "
     "beyond the last host are left out"},
    {"name", MATCH_NAME, "node and agent have the same name; nodes that are no agent are left out"},
    {0}};

static const HfKey recorded_keys[] = {
    {.name = "file",
     .type = HF_KEY_TRACE,
     .is_required = TRUE,
     .offset = offsetof(RecordedConfig, file),
     .help = "The record, plain or .gz. Data: the Failure Trace Archive (g5k06 and others), LANL's "
             "LA-UR-05-7318, Google's ClusterData2011_2."},
    {.name = "format",
     .type = HF_KEY_ENUM,
     .offset = offsetof(RecordedConfig, format),
     .fallback = "csv",
     .words = hf_outage_formats,
     .help = "How it is written."},
    {.name = "system",
     .type = HF_KEY_INT,
     .offset = offsetof(RecordedConfig, system),
     .fallback = "0",
     .minimum = 0,
     .maximum = 1e6,
     .help = "Of LANL's records, the system whose nodes count; 0 = all."},
    {.name = "from",
     .type = HF_KEY_DURATION,
     .offset = offsetof(RecordedConfig, from),
     .fallback = "0s",
     .help = "The run begins so long after the record does; a node that is down then goes down "
             "at once."},
    {.name = "match",
     .type = HF_KEY_ENUM,
     .offset = offsetof(RecordedConfig, match),
     .fallback = "order",
     .words = match_words,
     .help = "Which host a node of the record stands for."},
    {.name = "down",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(RecordedConfig, down),
     .help = "Time until a host is back, in place of the recorded one; absent = as recorded, and "
             "never where the record does not say."},
    {.name = "agents",
     .type = HF_KEY_STRINGS,
     .offset = offsetof(RecordedConfig, agents),
     .help = "Names of the agent groups it strikes; absent = all."},
    {.name = "detect",
     .type = HF_KEY_ENUM,
     .offset = offsetof(RecordedConfig, detect),
     .fallback = "ping",
     .words = detect_words,
     .help = "How the master finds out."},
    {0}};
static const HfKeyTable recorded_table = {"recorded", sizeof(RecordedConfig), recorded_keys,
                                          "Hosts are down when a record of outages says so.", NULL};

enum { TIMER_NEXT, TIMER_RETURN };

typedef struct Recorded {
    HfModelEnv env;
    const RecordedConfig *config;
    HfOutages *outages;
    uint32_t *host_of; /* [nodes]; UINT32_MAX = none */
    HfTime *until;     /* [hosts]: down by this model until then; 0 = is not */
    HfStream *streams; /* [hosts]; NULL without `down` */
    uint32_t next;     /* outage */
} Recorded;

static void destroy(void *model)
{
    Recorded *recorded = model;
    hf_outages_free(recorded->outages);
    g_free(recorded->host_of);
    g_free(recorded->until);
    g_free(recorded->streams);
    g_free(recorded);
}

/* How many nodes have a host. */
static uint32_t match_nodes(Recorded *recorded, const HfWorld *world)
{
    const RecordedConfig *config = recorded->config;
    uint32_t nodes = recorded->outages->nodes->len, matched = 0;
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    recorded->host_of = g_new(uint32_t, nodes);
    for (uint32_t n = 0; n < nodes; n++) {
        recorded->host_of[n] = UINT32_MAX;
        g_hash_table_insert(ids, recorded->outages->nodes->pdata[n], GUINT_TO_POINTER(n + 1));
    }
    for (uint32_t h = 0; h < hf_world_hosts(world); h++) {
        if (!hf_failure_groups_has(world, config->agents, h)) continue;
        uint32_t node = matched;
        if (config->match == MATCH_NAME)
            node = GPOINTER_TO_UINT(g_hash_table_lookup(ids, hf_world_host_name(world, h))) - 1;
        if (node >= nodes) continue;
        recorded->host_of[node] = h;
        matched++;
    }
    return matched;
}

static void *create(HfWorld *world, const HfModelEnv *env, const void *config, GError **error)
{
    const RecordedConfig *keys = config;
    if (!hf_failure_groups_check(world, keys->agents, error)) return NULL;
    HfOutages *outages = hf_outages_read(keys->file, keys->format, keys->system, error);
    if (outages == NULL) return NULL;
    Recorded *recorded = g_new0(Recorded, 1);
    recorded->env = *env;
    recorded->config = keys;
    recorded->outages = outages;
    recorded->until = g_new0(HfTime, hf_world_hosts(world));
    if (match_nodes(recorded, world) == 0) {
        g_set_error(error, HF_MODEL_ERROR, 1,
                    "match: no node of %s is an agent of these groups (its first one is \"%s\")",
                    keys->file, (const char *)outages->nodes->pdata[0]);
        destroy(recorded);
        return NULL;
    }
    if (keys->down.kind != NULL) {
        recorded->streams = g_new(HfStream, hf_world_hosts(world));
        for (uint32_t h = 0; h < hf_world_hosts(world); h++)
            hf_model_stream(&recorded->streams[h], env, "recorded",
                            hf_stream_entity(hf_world_host_name(world, h)));
    }
    return recorded;
}

/* The next outage that concerns a host and is not over when the run begins gets a timer. */
static void arm(Recorded *recorded, HfWorld *world)
{
    HfTime now = hf_world_now(world), from = recorded->config->from;
    for (; recorded->next < recorded->outages->all.count; recorded->next++) {
        const HfOutage *outage = &recorded->outages->all.at[recorded->next];
        if (recorded->host_of[outage->node] == UINT32_MAX || outage->up <= from) continue;
        HfTime at = MAX(outage->down - from, 0);
        hf_world_fault_after(world, recorded->env.row, MAX(at - now, 0), TIMER_NEXT, 0);
        return;
    }
}

static void start(void *model, HfWorld *world)
{
    arm(model, world);
}

static void strike(Recorded *recorded, HfWorld *world, const HfOutage *outage)
{
    uint32_t host = recorded->host_of[outage->node];
    HfTime now = hf_world_now(world);
    HfTime up = outage->up == HF_TIME_NEVER ? HF_TIME_NEVER : outage->up - recorded->config->from;
    if (recorded->streams != NULL)
        up = hf_time_add(now, hf_time_from_seconds(
                                  hf_law_draw(&recorded->config->down, &recorded->streams[host])));
    if (up <= now) return; /* of no length */
    gboolean is_ours = recorded->until[host] > now;
    if (!is_ours && !hf_world_host_crash(world, host, recorded->config->detect == DETECT_SOCKET))
        return; /* something else has it down */
    if (is_ours && up <= recorded->until[host]) return;
    recorded->until[host] = up;
    if (up != HF_TIME_NEVER)
        hf_world_fault_after(world, recorded->env.row, up - now, TIMER_RETURN, host);
    else
        hf_world_host_lost(world, host);
}

static void timer(void *model, HfWorld *world, uint32_t kind, uint64_t arg)
{
    Recorded *recorded = model;
    if (kind == TIMER_RETURN) {
        /* A later row may have made the outage longer; that row has a timer of its own. */
        if (recorded->until[arg] > hf_world_now(world)) return;
        recorded->until[arg] = 0;
        hf_world_host_return(world, (uint32_t)arg);
        return;
    }
    HF_ASSERT(kind == TIMER_NEXT);
    strike(recorded, world, &recorded->outages->all.at[recorded->next]);
    recorded->next++;
    arm(recorded, world);
}

const HfFailureModel hf_failure_recorded = {
    .keys = {"recorded",
             "Hosts are down when a record of outages (Failure Trace Archive, LANL, Google) says "
             "so.",
             &recorded_table},
    .create = create,
    .start = start,
    .timer = timer,
    .destroy = destroy,
};
