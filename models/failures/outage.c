/* An outage by schedule: all hosts of a group, or with an attribute (a rack), go down together and
 * come back. */
#include "base/assert.h"
#include "models/failures/failures.h"
#include "models/failures/groups.h"

typedef struct OutageConfig {
    HfTime at, lasts, every;
    const char **agents;
    const char *attribute;
    int detect;
} OutageConfig;

enum { DETECT_SOCKET, DETECT_PING };

static const HfKeyWord detect_words[] = {
    {"socket", DETECT_SOCKET, "connections break at once: an orderly shutdown"},
    {"ping", DETECT_PING,
     "hosts fall silent, and only missed pings tell: power or network is gone"},
    {0}};

static const HfKey outage_keys[] = {
    {.name = "at",
     .type = HF_KEY_DURATION,
     .is_required = TRUE,
     .offset = offsetof(OutageConfig, at),
     .help = "When the hosts go down."},
    {.name = "for",
     .type = HF_KEY_DURATION,
     .is_required = TRUE,
     .offset = offsetof(OutageConfig, lasts),
     .minimum = 1e-9,
     .maximum = 1e9,
     .help = "How long they stay down."},
    {.name = "every",
     .type = HF_KEY_DURATION,
     .offset = offsetof(OutageConfig, every),
     .fallback = "0s",
     .help = "Again after this long, over and over; 0 = once. Longer than `for`."},
    {.name = "agents",
     .type = HF_KEY_STRINGS,
     .offset = offsetof(OutageConfig, agents),
     .help = "Names of the agent groups it strikes; absent = all."},
    {.name = "attribute",
     .type = HF_KEY_ATTRIBUTES,
     .offset = offsetof(OutageConfig, attribute),
     .help = "Only hosts with all of these attributes: \"rack:r1\"."},
    {.name = "detect",
     .type = HF_KEY_ENUM,
     .offset = offsetof(OutageConfig, detect),
     .fallback = "ping",
     .words = detect_words,
     .help = "How the master finds out."},
    {0}};

static gboolean check_outage(const void *record, const char **key_out, char **why_out)
{
    const OutageConfig *config = record;
    if (config->every == 0 || config->every > config->lasts) return TRUE;
    *key_out = "every";
    *why_out = g_strdup("must be longer than `for`");
    return FALSE;
}

static const HfKeyTable outage_table = {
    "outage", sizeof(OutageConfig), outage_keys,
    "Hosts chosen by group or attribute go down together, by schedule.", check_outage};

enum { TIMER_DOWN, TIMER_UP };

typedef struct Outage {
    HfModelEnv env;
    const OutageConfig *config;
    HF_VEC(uint32_t) hosts; /* that it strikes */
    HF_VEC(uint32_t) down;  /* that it took down this time */
} Outage;

static void destroy(void *model)
{
    Outage *outage = model;
    hf_vec_clear(&outage->hosts);
    hf_vec_clear(&outage->down);
    g_free(outage);
}

static void *create(HfWorld *world, const HfModelEnv *env, const void *config, GError **error)
{
    const OutageConfig *keys = config;
    HfAttributes want = {0};
    if (!hf_failure_groups_check(world, keys->agents, error)) return NULL;
    if (keys->attribute && !hf_attributes_parse(env->catalog, keys->attribute, &want, error))
        return NULL;
    Outage *outage = g_new0(Outage, 1);
    outage->env = *env;
    outage->config = keys;
    for (uint32_t h = 0; h < hf_world_hosts(world); h++) {
        if (hf_failure_groups_has(world, keys->agents, h) &&
            hf_failure_has_attributes(hf_world_host_attributes(world, h), &want))
            hf_vec_push(&outage->hosts, h);
    }
    hf_attributes_clear(env->catalog, &want);
    if (outage->hosts.count > 0) return outage;
    g_set_error(error, HF_MODEL_ERROR, 1, "no agent is of these groups and has these attributes");
    destroy(outage);
    return NULL;
}

static void start(void *model, HfWorld *world)
{
    Outage *outage = model;
    hf_world_fault_after(world, outage->env.row, outage->config->at, TIMER_DOWN, 0);
}

static void timer(void *model, HfWorld *world, uint32_t kind, uint64_t arg)
{
    Outage *outage = model;
    const OutageConfig *config = outage->config;
    if (kind == TIMER_UP) {
        for (guint32 i = 0; i < outage->down.count; i++)
            hf_world_host_return(world, outage->down.at[i]);
        return;
    }
    HF_ASSERT(kind == TIMER_DOWN);
    hf_vec_reset(&outage->down);
    for (guint32 i = 0; i < outage->hosts.count; i++)
        if (hf_world_host_crash(world, outage->hosts.at[i], config->detect == DETECT_SOCKET))
            hf_vec_push(&outage->down, outage->hosts.at[i]);
    hf_world_fault_after(world, outage->env.row, config->lasts, TIMER_UP, 0);
    if (config->every > 0)
        hf_world_fault_after(world, outage->env.row, config->every, TIMER_DOWN, 0);
}

const HfFailureModel hf_failure_outage = {
    .keys = {"outage", "Hosts of a group or rack go down together at a set time, and come back.",
             &outage_table},
    .create = create,
    .start = start,
    .timer = timer,
    .destroy = destroy,
};
