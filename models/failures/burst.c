/*
 * Failures that hosts share: all hosts with one value of an attribute (a rack, a power unit) are
 * one domain. A domain fails by a law; each of its hosts then goes down with a given chance, and
 * comes back when the cause is mended, each a little later by itself.
 *
 * Source: the shape of the model is that of Ford et al., OSDI 2010, and Dean 2008: events of a rack
 * or power unit, a common time of repair, and a spread over its machines.
 */
#include "base/assert.h"
#include "models/failures/failures.h"
#include "models/failures/groups.h"
#include "models/failures/presets.h"

typedef struct BurstConfig {
    const char *domain;
    HfLaw mtbf, down, spread; /* kind NULL: the preset's; of spread: none */
    int preset, detect;
    double members;
    const char **agents;
} BurstConfig;

enum { DETECT_SOCKET, DETECT_PING };

static const HfKeyWord detect_words[] = {
    {"socket", DETECT_SOCKET, "connections break at once: an orderly shutdown"},
    {"ping", DETECT_PING,
     "hosts fall silent, and only missed pings tell: power or network is gone"},
    {0}};

static const HfKey burst_keys[] = {
    {.name = "domain",
     .type = HF_KEY_NAME,
     .offset = offsetof(BurstConfig, domain),
     .fallback = "rack",
     .help = "The attribute whose values are the domains; hosts without it are never struck."},
    {.name = "mtbf",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(BurstConfig, mtbf),
     .help = "Time until each domain fails next, counted from when it was mended."},
    {.name = "down",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(BurstConfig, down),
     .help = "Time until the cause is mended, the same for all hosts of the domain."},
    {.name = "spread",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(BurstConfig, spread),
     .help = "How much later each host is back, by itself; absent = all at once."},
    {.name = "preset",
     .type = HF_KEY_ENUM,
     .offset = offsetof(BurstConfig, preset),
     .fallback = "none",
     .words = hf_burst_presets,
     .help = "Laws as published, in place of `mtbf` and `down`; a law that is written wins."},
    {.name = "members",
     .type = HF_KEY_FRACTION,
     .offset = offsetof(BurstConfig, members),
     .fallback = "1",
     .help = "Chance of each host of the domain to go down with it."},
    {.name = "agents",
     .type = HF_KEY_STRINGS,
     .offset = offsetof(BurstConfig, agents),
     .help = "Names of the agent groups it strikes; absent = all."},
    {.name = "detect",
     .type = HF_KEY_ENUM,
     .offset = offsetof(BurstConfig, detect),
     .fallback = "ping",
     .words = detect_words,
     .help = "How the master finds out."},
    {0}};

static gboolean check_burst(const void *record, const char **key_out, char **why_out)
{
    const BurstConfig *config = record;
    if (config->preset != 0) return TRUE;
    *key_out = config->mtbf.kind == NULL ? "mtbf" : config->down.kind == NULL ? "down" : NULL;
    if (*key_out == NULL) return TRUE;
    *why_out = g_strdup("this or `preset` must be given");
    return FALSE;
}

static const HfKeyTable burst_table = {
    "burst", sizeof(BurstConfig), burst_keys,
    "All hosts of a rack or other domain fail together, by a law.", check_burst};

enum { TIMER_FAIL, TIMER_RETURN };

typedef struct Domain {
    HfTextId value;
    HfStream stream;
    HF_VEC(uint32_t) hosts;
} Domain;

typedef struct Burst {
    HfModelEnv env;
    const BurstConfig *config;
    HfLaw mtbf, down;       /* those that hold; borrowed */
    HF_VEC(Domain) domains; /* in the order of their first hosts */
} Burst;

static void destroy(void *model)
{
    Burst *burst = model;
    for (guint32 d = 0; d < burst->domains.count; d++) hf_vec_clear(&burst->domains.at[d].hosts);
    hf_vec_clear(&burst->domains);
    g_free(burst);
}

/* The domain of this value, made when it is the first host of it. */
static Domain *domain_of(Burst *burst, HfTextId value)
{
    for (guint32 d = burst->domains.count; d-- > 0;)
        if (burst->domains.at[d].value == value) return &burst->domains.at[d];
    Domain domain = {.value = value};
    hf_model_stream(&domain.stream, &burst->env, "burst",
                    hf_stream_entity(hf_text(burst->env.catalog, value)));
    hf_vec_push(&burst->domains, domain);
    return &burst->domains.at[burst->domains.count - 1];
}

/* The value of an attribute as text; HF_TEXT_NONE when it is neither a text nor a number. */
static HfTextId value_of(HfCatalog *catalog, const HfAttributes *attributes, HfTextId name)
{
    char number[HF_MILLI_TEXT_SIZE];
    const HfAttribute *attribute = hf_attributes_find(attributes, name);
    if (attribute == NULL) return HF_TEXT_NONE;
    if (attribute->value.type == HF_VALUE_TEXT) return attribute->value.text;
    if (attribute->value.type != HF_VALUE_SCALAR) return HF_TEXT_NONE;
    return hf_text_intern(catalog, hf_milli_print(attribute->value.milli, number));
}

static void *create(HfWorld *world, const HfModelEnv *env, const void *config, GError **error)
{
    const BurstConfig *keys = config;
    if (!hf_failure_groups_check(world, keys->agents, error)) return NULL;
    Burst *burst = g_new0(Burst, 1);
    burst->env = *env;
    burst->config = keys;
    burst->mtbf = keys->mtbf.kind ? keys->mtbf : hf_failure_preset(keys->preset).mtbf;
    burst->down = keys->down.kind ? keys->down : hf_failure_preset(keys->preset).down;
    HfTextId name = hf_text_find(env->catalog, keys->domain);
    for (uint32_t h = 0; name != HF_TEXT_NONE && h < hf_world_hosts(world); h++) {
        HfTextId value = value_of(env->catalog, hf_world_host_attributes(world, h), name);
        if (value == HF_TEXT_NONE || !hf_failure_groups_has(world, keys->agents, h)) continue;
        hf_vec_push(&domain_of(burst, value)->hosts, h);
    }
    if (burst->domains.count > 0) return burst;
    g_set_error(error, HF_MODEL_ERROR, 1,
                "domain: no agent of these groups has the attribute \"%s\", a text or a number",
                keys->domain);
    destroy(burst);
    return NULL;
}

static void arm(Burst *burst, HfWorld *world, uint32_t domain, HfTime busy)
{
    double gap = hf_law_draw(&burst->mtbf, &burst->domains.at[domain].stream);
    hf_world_fault_after(world, burst->env.row, hf_time_add(busy, hf_time_from_seconds(gap)),
                         TIMER_FAIL, domain);
}

static void start(void *model, HfWorld *world)
{
    Burst *burst = model;
    for (guint32 d = 0; d < burst->domains.count; d++) arm(burst, world, d, 0);
}

/* Every host has its draws, whether it goes down or not: who else is down shifts nothing. */
static void fail_domain(Burst *burst, HfWorld *world, uint32_t ix)
{
    const BurstConfig *config = burst->config;
    Domain *domain = &burst->domains.at[ix];
    HfTime down = hf_time_from_seconds(hf_law_draw(&burst->down, &domain->stream));
    for (guint32 i = 0; i < domain->hosts.count; i++) {
        uint32_t host = domain->hosts.at[i];
        gboolean is_struck = hf_stream_uniform(&domain->stream) < config->members;
        HfTime later = config->spread.kind
                           ? hf_time_from_seconds(hf_law_draw(&config->spread, &domain->stream))
                           : 0;
        if (is_struck && hf_world_host_crash(world, host, config->detect == DETECT_SOCKET))
            hf_world_fault_after(world, burst->env.row, hf_time_add(down, later), TIMER_RETURN,
                                 host);
    }
    arm(burst, world, ix, down);
}

static void timer(void *model, HfWorld *world, uint32_t kind, uint64_t arg)
{
    if (kind == TIMER_RETURN) {
        hf_world_host_return(world, (uint32_t)arg);
        return;
    }
    HF_ASSERT(kind == TIMER_FAIL);
    fail_domain(model, world, (uint32_t)arg);
}

const HfFailureModel hf_failure_burst = {
    .keys = {"burst", "The hosts of a rack, or of any other attribute, fail together by a law.",
             &burst_table},
    .create = create,
    .start = start,
    .timer = timer,
    .destroy = destroy,
};
