/* See history.h. */
#include "reference/history.h"

#include <string.h>

#include "resource/text.h"

enum { ROLES = 7 };

typedef enum Kind {
    AGENT_ADD,
    AGENT_UPDATE,
    AGENT_REMOVE,
    AGENT_ACTIVE,
    PROVIDER,
    FRAMEWORK_ADD,
    FRAMEWORK_UPDATE,
    FRAMEWORK_REMOVE,
    FRAMEWORK_ACTIVE,
    SUPPRESS,
    REVIVE,
    DECLINE,
    FINISH, /* part of what is held comes back */
    LAUNCH,
    CONVERT,
    AVAILABLE,
    WEIGHT,
    QUOTA,
    WHITELIST,
    UNAVAILABLE,
    INVERSE,
    PAUSE,
    RUN,
    TICK,
    BATCH
} Kind;

static const struct {
    Kind kind;
    uint32_t weight;
} mix[] = {{AGENT_ADD, 6},
           {AGENT_UPDATE, 3},
           {AGENT_REMOVE, 1},
           {AGENT_ACTIVE, 4},
           {PROVIDER, 2},
           {FRAMEWORK_ADD, 6},
           {FRAMEWORK_UPDATE, 3},
           {FRAMEWORK_REMOVE, 1},
           {FRAMEWORK_ACTIVE, 4},
           {SUPPRESS, 2},
           {REVIVE, 5},
           {DECLINE, 34},
           {FINISH, 14},
           {LAUNCH, 6},
           {CONVERT, 12},
           {AVAILABLE, 3},
           {WEIGHT, 2},
           {QUOTA, 4},
           {WHITELIST, 3},
           {UNAVAILABLE, 2},
           {INVERSE, 4},
           {PAUSE, 3},
           {RUN, 8},
           {TICK, 6},
           {BATCH, 30}};

static const char *const role_paths[ROLES] = {"a", "a/b", "a/c", "b", "c/d", "*", "c"};

static const char *const totals[] = {
    "cpus:4;mem:1024",
    "cpus:2;mem:512;disk:100;ports:[1-10]",
    "cpus:8;mem:4096;disk:400;cpus(S:a):2;mem(S:a):256",
    "cpus:1;mem:256;cpus(D:a,p=x)(D:a/b,p=y):1;mem(S:b):512;disk(D:a,p=x):64",
    "cpus:3;mem:300;cpus{rev}:2;zones:{u,v}",
    "cpus:0.009;mem:31;disk:500",
    "cpus:4;mem:800;gpus:2",
    "cpus:6;mem:2000;disk:100;disk(D:b)[w:d]{shared}:20",
    "cpus:2;mem:100;disk(S:a):50;ports(S:a/c):[5-7]",
    /* several unreserved entries of one name: the order of chopping shows */
    "cpus:4;mem:500;disk:100;disk{src=MOUNT/m1}:60;disk{src=MOUNT/m2}:70;disk{src=PATH/p}:80",
};
#define TOTALS ((uint32_t)G_N_ELEMENTS(totals))

static const char *const attributes[] = {"rack:r1;level:3", "rack:r2", "zone:z;rack:r1;rack:r2"};

static const char constraints_of_a[] =
    "{\"role_constraints\":{\"a\":{\"groups\":[{\"attribute_constraints\":[{\"selector\":"
    "{\"attribute_name\":\"rack\"},\"predicate\":{\"text_equals\":{\"value\":\"r1\"}}}]}]},"
    "\"b\":{\"groups\":[{\"attribute_constraints\":[{\"selector\":{\"pseudoattribute_type\":"
    "\"HOSTNAME\"},\"predicate\":{\"text_not_equals\":{\"value\":\"h0\"}}}]},"
    "{\"attribute_constraints\":[{\"selector\":{\"attribute_name\":\"level\"},\"predicate\":"
    "{\"exists\":{}}}]}]}}}";

/* What the world is made of besides the trio. */
typedef struct World {
    HfTrio *trio;
    HfRoleId roles[ROLES];
    HfQuantities min[2];
    HfKindId excluded;
    gboolean has_quota, is_owned;
    gboolean has_one_role; /* of all frameworks */
    uint32_t volumes;
} World;

/* ---- Settings ---- */

/* Policy and orders, by seed. */
static void set_order(HfAllocatorConfig *config, uint64_t seed)
{
    uint32_t policies = 0;
    while (hf_policies[policies] != NULL) policies++;
    if (seed % 3 == 0) config->policy = hf_policies[seed / 3 % policies];
    config->agent_order = seed % 7 == 3 ? HF_AGENT_ORDER_SHUFFLED : HF_AGENT_ORDER_SORTED;
    if (seed % 11 == 4) config->role_sorter = HF_SORTER_RANDOM;
    if (seed % 11 == 4 || seed % 11 == 8) config->framework_sorter = HF_SORTER_RANDOM;
}

static void world_init(World *world, const HfHistory *history, HfCatalog *catalog)
{
    uint64_t seed = history->seed;
    HfAllocatorConfig config;
    *world = (World){0};
    hf_allocator_config_init(&config);
    hf_quantities_set(&world->min[0], HF_KIND_CPUS, 10);
    hf_quantities_set(&world->min[1], HF_KIND_MEM, 32000);
    for (uint32_t r = 0; r < ROLES; r++)
        hf_role_intern(catalog, role_paths[r], &world->roles[r], NULL);
    set_order(&config, seed);
    if (seed % 13 == 12) config.era = (HfEra)(seed / 13 % HF_ERA_1_11);
    config.min_allocatable = world->min;
    config.min_allocatable_count = seed % 3 == 0 ? 0 : 2;
    config.region = seed % 4 == 1 ? "here" : NULL;
    config.filter_gpu_resources = seed % 7 != 0;
    world->excluded = HF_KIND_MEM;
    config.fairness_excluded = &world->excluded;
    config.fairness_excluded_count = seed % 5 == 0;
    config.interval = (seed % 6 == 0 ? 500 : 1000) * HF_NS_PER_MS;
    hf_stream_init(&config.stream, seed, "allocator", 0);
    world->is_owned = config.policy != NULL && config.policy->honours_owner;
    if (seed % 9 == 7) config.offer_scope = HF_OFFER_SCOPE_CELL;
    world->trio = hf_trio_new(catalog, &config, history->canary);
    world->trio->runs_at_once = seed % 4 < 2;
    world->trio->looks_seldom = seed % 2 == 0;
    world->has_one_role = seed % 10 == 6;
    world->has_quota = seed / 2 % 3 != 0;
}

static void world_clear(World *world)
{
    hf_trio_free(world->trio);
    hf_quantities_clear(&world->min[0]);
    hf_quantities_clear(&world->min[1]);
}

static HfCatalog *catalog_of(const World *world)
{
    return world->trio->catalog;
}

static void parse(const World *world, const char *text, HfResources *out)
{
    gboolean is_ok = hf_resources_parse_canonical(catalog_of(world), text, out, NULL);
    g_assert(is_ok);
}

/* ---- Agents ---- */

/* What the agent brings along: for one framework, known or not, under one of its roles. */
static uint32_t bring(World *world, const HfStep *step, HfResources *part, HfHolding *used)
{
    uint32_t framework = step->c / 8 % HF_TRIO_FRAMEWORKS;
    HfRoleId role = world->roles[world->has_one_role ? 0 : step->c / 64 % ROLES];
    if (step->c % 8 != 0) return 0;
    const HfTrioFramework *row = &world->trio->frameworks[framework];
    if (row->is_known && row->roles->len > 0) role = g_array_index(row->roles, HfRoleId, 0);
    for (guint p = 0; !row->is_known && p < world->trio->pieces->len; p++) {
        const HfPiece *piece = &g_array_index(world->trio->pieces, HfPiece, p);
        if (piece->framework == framework) role = piece->role;
    }
    parse(world, "cpus:0.5;mem:16", part);
    *used = (HfHolding){framework, step->a % HF_TRIO_AGENTS, role, part,
                        ((const char *const[]){"f0", "f1", "f2", "f3", "f4"})[framework]};
    return 1;
}

static void do_agent_add(World *world, const HfStep *step)
{
    uint32_t agent = step->a % HF_TRIO_AGENTS;
    HfResources total = {0}, part = {0};
    HfAttributes parsed = {0};
    HfHolding used = {0};
    parse(world, totals[step->b % TOTALS], &total);
    hf_attributes_parse(catalog_of(world), attributes[step->b / 16 % 3], &parsed, NULL);
    HfAgentSpec spec = {.total = &total,
                        .attributes = step->b >> 8 & 1 ? &parsed : NULL,
                        .hostname = step->b >> 9 & 1 ? "h0" : NULL,
                        .capabilities = HF_AGENT_CAPABILITY_ALL,
                        .owner = HF_ROLE_NONE,
                        .has_unavailability = (step->b >> 10) % 4 == 0,
                        .unavailable_start = 60 * HF_NS_PER_SECOND,
                        .unavailable_duration = HF_TIME_NEVER};
    if ((step->b >> 12) % 16 == 0) spec.capabilities = step->b >> 15 & 7;
    if ((step->b >> 18) % 8 == 0) {
        spec.region = step->b >> 20 & 1 ? "here" : "there";
        spec.zone = "z";
    }
    if (world->is_owned && step->b >> 21 & 1) spec.owner = world->roles[(step->b >> 22) % ROLES];
    uint32_t used_count = bring(world, step, &part, &used);
    hf_trio_agent_add(world->trio, agent, &spec, &used, used_count);
    hf_resources_clear(catalog_of(world), &total);
    hf_resources_clear(catalog_of(world), &part);
    hf_attributes_clear(catalog_of(world), &parsed);
}

static void do_agent_update(World *world, const HfStep *step)
{
    HfResources total = {0};
    HfAttributes parsed = {0};
    parse(world, totals[step->b % TOTALS], &total);
    hf_attributes_parse(catalog_of(world), attributes[step->b / 16 % 3], &parsed, NULL);
    HfAgentSpec spec = {.total = step->c & 1 ? &total : NULL,
                        .attributes = step->c & 2 ? &parsed : NULL,
                        .hostname = step->c & 4 ? "h1" : NULL,
                        .capabilities = HF_AGENT_CAPABILITIES_KEEP,
                        .owner = HF_ROLE_NONE};
    if (step->c & 8) spec.capabilities = step->c >> 4 & 7;
    hf_trio_agent_update(world->trio, step->a % HF_TRIO_AGENTS, &spec);
    hf_resources_clear(catalog_of(world), &total);
    hf_attributes_clear(catalog_of(world), &parsed);
}

/* A resource provider comes to the agent, and a framework may hold some of it already. */
static void do_provider(World *world, const HfStep *step)
{
    static const char *const provided[] = {"cpus:1;mem:64", "disk(D:a,p=x)[q:d]:16",
                                           "disk{src=RAW}:40"};
    uint32_t agent = step->a % HF_TRIO_AGENTS, framework = step->b % HF_TRIO_FRAMEWORKS;
    const HfTrioFramework *row = &world->trio->frameworks[framework];
    HfResources more = {0};
    /* in scope cell only what was launched counts, and a provider does not say what was */
    gboolean is_used = row->is_known && row->roles->len > 0 && step->c & 64 &&
                       world->trio->config.offer_scope != HF_OFFER_SCOPE_CELL;
    if (!world->trio->agents[agent].is_known) return;
    parse(world, provided[step->c % 3], &more);
    HfHolding used = {framework, agent,
                      is_used ? g_array_index(row->roles, HfRoleId, 0) : HF_ROLE_NONE, &more, NULL};
    /* a volume is there once */
    if (hf_resources_any(catalog_of(world), &more, HF_META_PERSISTENT) &&
        hf_resources_any(catalog_of(world), &world->trio->agents[agent].total, HF_META_PERSISTENT))
        is_used = FALSE;
    else
        hf_trio_provider_add(world->trio, agent, &more, &used, is_used);
    hf_resources_clear(catalog_of(world), &more);
}

/* ---- Frameworks ---- */

static void do_framework(World *world, const HfStep *step)
{
    uint32_t framework = step->a % HF_TRIO_FRAMEWORKS, bits = step->b & step->b >> 8;
    HfRoleId roles[ROLES], suppressed[ROLES];
    HfQuantities min = {0};
    HfFrameworkSpec spec = {.roles = roles,
                            .suppressed = suppressed,
                            .capabilities = HF_CAPABILITY_MULTI_ROLE | step->c % 128,
                            .active = (step->c >> 7) % 8 != 0};
    if (bits % (1U << ROLES) == 0) bits = 1U << step->b % ROLES;
    if (world->has_one_role) bits = 1;
    if (step->kind == FRAMEWORK_UPDATE) spec.active = TRUE;
    for (uint32_t r = 0; r < ROLES; r++) {
        if (!(bits >> r & 1)) continue;
        roles[spec.role_count++] = world->roles[r];
        if (step->b >> (20 + r) & step->b >> (13 + r) & 1)
            suppressed[spec.suppressed_count++] = world->roles[r];
    }
    HfRoleMinimum minimum = {roles[0], &min, step->c >> 10 & 1};
    hf_quantities_set(&min, HF_KIND_CPUS, 2000);
    if ((step->c >> 11) % 4 == 0) {
        spec.minima = &minimum;
        spec.minimum_count = 1;
    }
    const char *constraints = (step->c >> 13) % 8 == 0 ? constraints_of_a : NULL;
    /* under the quirk an update that unsuppresses an inactive framework is the master's fault */
    gboolean is_fit = world->trio->frameworks[framework].is_active ||
                      !world->trio->frameworks[framework].is_known ||
                      world->trio->catalog->quirks == 0;
    if (step->kind == FRAMEWORK_ADD)
        hf_trio_framework_add(world->trio, framework, &spec, constraints);
    else if (is_fit)
        hf_trio_framework_update(world->trio, framework, &spec, constraints);
    hf_quantities_clear(&min);
}

static void do_wanted(World *world, const HfStep *step)
{
    uint32_t framework = step->a % HF_TRIO_FRAMEWORKS;
    const HfTrioFramework *row = &world->trio->frameworks[framework];
    uint32_t count = step->b & 1;
    HfRoleId role = world->roles[step->b / 2 % ROLES];
    /* Mesos aborts when what it revived so has a guarantee; the master never does it */
    if (row->is_known && !row->is_active && world->trio->catalog->quirks != 0) return;
    if (row->is_known && row->roles->len > 0 && step->b & 32)
        role = g_array_index(row->roles, HfRoleId, step->c % row->roles->len);
    gboolean is_subscribed = FALSE;
    for (guint r = 0; r < row->roles->len; r++)
        is_subscribed |= g_array_index(row->roles, HfRoleId, r) == role;
    /* a role it left but holds something in is the master's to refuse */
    for (guint p = 0; p < world->trio->pieces->len && !is_subscribed; p++)
        if (g_array_index(world->trio->pieces, HfPiece, p).framework == framework) count = 0;
    if (step->kind == SUPPRESS)
        hf_trio_suppress(world->trio, framework, &role, count);
    else
        hf_trio_revive(world->trio, framework, &role, count);
}

/* ---- What is held ---- */

/* Some entries of a collection, and of scalars perhaps only a third. */
static void choose(const World *world, const HfResources *from, uint32_t bits, HfResources *out)
{
    for (uint32_t i = 0; i < hf_resources_count(from); i++) {
        HfResource entry = *hf_resources_at(from, i);
        if (!(bits >> i % 8 & 1)) continue;
        if (hf_kind_type(catalog_of(world), entry.kind) == HF_TYPE_SCALAR && bits & 256 &&
            hf_meta_is_divisible(catalog_of(world), entry.meta) && entry.milli > 2)
            entry.milli /= 3;
        if (entry.copies > 1 && bits & 512) entry.copies--;
        hf_resources_add_one(catalog_of(world), out, &entry);
    }
}

static void do_piece(World *world, const HfStep *step)
{
    static const double filters[] = {
        HF_NO_FILTER, 0.0,          0.5, 1.0,    2.0, 3.5,
        0.0,          HF_NO_FILTER, 1.0, 1000.0, 1e10}; /* more than a year, and more than a
                                                           Duration */
    HfTrio *trio = world->trio;
    if (trio->pieces->len == 0) return;
    guint p = step->a % trio->pieces->len;
    const HfPiece *piece = &g_array_index(trio->pieces, HfPiece, p);
    HfResources part = {0};
    if (!trio->frameworks[piece->framework].is_known) return;
    if (step->kind == DECLINE)
        hf_resources_copy(catalog_of(world), &part, &piece->resources);
    else
        choose(world, &piece->resources, step->c, &part);
    if (step->kind == LAUNCH && !piece->is_launched && !hf_resources_is_empty(&part))
        hf_trio_launch(trio, p, &part);
    else if (step->kind != LAUNCH && !hf_resources_is_empty(&part))
        hf_trio_recover(trio, p, &part,
                        step->kind == DECLINE ? filters[step->b % G_N_ELEMENTS(filters)]
                                              : HF_NO_FILTER);
    hf_resources_clear(catalog_of(world), &part);
}

/* How many pieces hold this shared volume. */
static uint32_t holders(const World *world, uint32_t agent, const HfResource *entry)
{
    uint32_t count = 0;
    for (guint p = 0; p < world->trio->pieces->len; p++) {
        const HfPiece *piece = &g_array_index(world->trio->pieces, HfPiece, p);
        if (piece->agent == agent)
            count += hf_resources_copies(catalog_of(world), &piece->resources, entry);
    }
    return count;
}

static HfMetaId volume_meta(World *world, HfMetaId below, gboolean is_shared)
{
    HfCatalog *catalog = catalog_of(world);
    HfMeta meta = *hf_meta(catalog, below);
    HfDisk disk = meta.disk != 0 ? *hf_disk(catalog, meta.disk) : (HfDisk){0};
    char id[16];
    g_snprintf(id, sizeof id, "v%u", world->volumes++);
    disk.persistence = hf_text_intern(catalog, id);
    disk.has_volume = TRUE;
    disk.container_path = hf_text_intern(catalog, "d");
    meta.disk = hf_disk_intern(catalog, &disk);
    meta.is_shared = is_shared;
    return hf_meta_intern(catalog, &meta);
}

/* An operation that suits an entry held or available under `role`; FALSE when none does. */
static gboolean suits(World *world, const HfStep *step, HfResource entry, HfRoleId role,
                      uint32_t agent, HfOperation *operation, HfResources *share)
{
    HfCatalog *catalog = catalog_of(world);
    uint32_t flags = hf_meta_info(catalog, entry.meta)->flags;
    HfRoleId reserved = hf_meta_reservation_role(catalog, entry.meta);
    HfReservation top = {HF_RESERVATION_DYNAMIC, role, hf_text_intern(catalog, "p"), 0};
    if (flags & HF_META_SHARED && step->c & 1 && step->c & 2) {
        entry.copies = 1;
        hf_resources_add_one(catalog, share, &entry);
        return TRUE;
    }
    if (flags & HF_META_PERSISTENT) {
        if (holders(world, agent, &entry) > 1) return FALSE;
        operation->type = HF_OPERATION_DESTROY;
    } else if (flags & HF_META_REVOCABLE || role == HF_ROLE_STAR) {
        return FALSE;
    } else if (!(flags & HF_META_RESERVED) ||
               (step->c & 4 && hf_role_is_strict_subrole(catalog, role, reserved))) {
        operation->type = HF_OPERATION_RESERVE;
        entry.meta = hf_meta_push_reservation(catalog, entry.meta, &top);
    } else if (entry.kind == HF_KIND_DISK && step->c & 8) {
        operation->type = HF_OPERATION_CREATE;
        entry.meta = volume_meta(world, entry.meta, step->c >> 4 & 1);
    } else if (flags & HF_META_DYNAMIC) {
        operation->type = HF_OPERATION_UNRESERVE;
    } else {
        return FALSE;
    }
    if (operation->type != HF_OPERATION_DESTROY && step->c & 32 && entry.milli > 2 &&
        hf_kind_type(catalog, entry.kind) == HF_TYPE_SCALAR && !(flags & HF_META_INDIVISIBLE))
        entry.milli /= 2;
    hf_resources_add_one(catalog, &operation->resources, &entry);
    return TRUE;
}

static void do_convert(World *world, const HfStep *step)
{
    HfTrio *trio = world->trio;
    if (trio->pieces->len == 0) return;
    guint p = step->a % trio->pieces->len;
    const HfPiece *piece = &g_array_index(trio->pieces, HfPiece, p);
    HfOperation operation = {0};
    HfResources share = {0};
    uint32_t count = hf_resources_count(&piece->resources);
    if (piece->is_launched || !trio->frameworks[piece->framework].is_known) return;
    HfResource entry = *hf_resources_at(&piece->resources, step->b % count);
    if (suits(world, step, entry, piece->role, piece->agent, &operation, &share))
        hf_trio_convert(trio, p, &operation, &share);
    hf_operation_clear(catalog_of(world), &operation);
    hf_resources_clear(catalog_of(world), &share);
}

/* An operator's operation, on what is available or (refused) on the total. */
static void do_available(World *world, const HfStep *step)
{
    uint32_t agent = step->a % HF_TRIO_AGENTS;
    HfTrio *trio = world->trio;
    if (!trio->agents[agent].is_known) return;
    const HfResources *from =
        step->b & 256 ? &trio->agents[agent].total : hf_allocator_available(trio->fast, agent);
    HfOperation operation = {0};
    HfResources share = {0};
    if (hf_resources_is_empty(from)) return;
    HfResource entry = *hf_resources_at(from, step->b % hf_resources_count(from));
    HfRoleId role = world->roles[step->b / 512 % ROLES];
    /* a shared volume that is held must stay: the master guards that */
    gboolean is_held =
        hf_meta_is_shared(catalog_of(world), entry.meta) && holders(world, agent, &entry) > 0;
    if (!is_held && suits(world, step, entry, role, agent, &operation, &share) &&
        !hf_resources_is_empty(&operation.resources))
        hf_trio_update_available(trio, agent, &operation);
    hf_operation_clear(catalog_of(world), &operation);
    hf_resources_clear(catalog_of(world), &share);
}

/* ---- Operators ---- */

static void do_quota(World *world, const HfStep *step)
{
    static const char *const guarantees[] = {"", "cpus:2", "cpus:4;mem:1024", "mem:512;disk:50",
                                             ""};
    static const char *const limits[] = {"",        "cpus:3", "cpus:6;mem:2048;disk:90",
                                         "mem:600", "cpus:0", ""};
    HfQuantities guarantee = {0};
    HfLimits limit = {0};
    const char *text = guarantees[world->has_quota ? step->b % 5 : 0];
    if (*text != '\0') hf_quantities_parse(catalog_of(world), text, &guarantee, NULL);
    text = limits[step->c % G_N_ELEMENTS(limits)];
    if (*text != '\0') hf_limits_parse(catalog_of(world), text, &limit, NULL);
    HfRoleId role = world->roles[step->a % ROLES]; /* a nested one is refused */
    if ((step->c >> 8) % 32 == 0)
        hf_trio_recover_quota(world->trio, role, &guarantee, &limit, step->c >> 11 & 3);
    else
        hf_trio_quota(world->trio, role, &guarantee, &limit);
    hf_quantities_clear(&guarantee);
    hf_limits_clear(&limit);
}

static void do_operator(World *world, const HfStep *step)
{
    static const double weights[] = {1.0, 2.0, 0.5, 3.0, 0.0};
    static const char *const hosts[] = {"h0", "h1", "a0", "a1", "a2", "a3"};
    HfTrio *trio = world->trio;
    uint32_t agent = step->a % HF_TRIO_AGENTS, framework = step->b % HF_TRIO_FRAMEWORKS;
    switch (step->kind) {
    case WEIGHT:
        hf_trio_weight(trio, world->roles[step->a % ROLES],
                       weights[step->b % G_N_ELEMENTS(weights)]);
        break;
    case QUOTA:
        do_quota(world, step);
        break;
    case WHITELIST:
        hf_trio_whitelist(trio, step->b % 6 == 0 ? hosts + step->a % 3 : NULL,
                          step->b % 6 == 0 ? step->c % 4 : 0);
        break;
    case UNAVAILABLE:
        hf_trio_unavailability(trio, agent, step->b % 3 != 0, 100 * HF_NS_PER_SECOND,
                               step->c & 1 ? HF_NS_PER_HOUR : HF_TIME_NEVER);
        break;
    case INVERSE:
        hf_trio_inverse_response(trio, framework, agent, (HfInverseStatus)(step->c % 3),
                                 step->c & 8 ? 2.0 : HF_NO_FILTER);
        break;
    default:
        hf_trio_pause(trio, step->a % 8 == 0);
        break;
    }
}

/* ---- Playing ---- */

static void do_step(World *world, const HfStep *step)
{
    HfTrio *trio = world->trio;
    uint32_t agent = step->a % HF_TRIO_AGENTS, framework = step->a % HF_TRIO_FRAMEWORKS;
    switch ((Kind)step->kind) {
    case AGENT_ADD:
        do_agent_add(world, step);
        break;
    case AGENT_UPDATE:
        do_agent_update(world, step);
        break;
    case AGENT_REMOVE:
        hf_trio_agent_remove(trio, agent);
        break;
    case PROVIDER:
        do_provider(world, step);
        break;
    case AGENT_ACTIVE:
        hf_trio_agent_active(trio, agent, step->b % 6 != 0);
        break;
    case FRAMEWORK_ADD:
    case FRAMEWORK_UPDATE:
        do_framework(world, step);
        break;
    case FRAMEWORK_REMOVE:
        hf_trio_framework_remove(trio, framework);
        break;
    case FRAMEWORK_ACTIVE:
        hf_trio_framework_active(trio, framework, step->b % 6 != 0);
        break;
    case SUPPRESS:
    case REVIVE:
        do_wanted(world, step);
        break;
    case DECLINE:
    case FINISH:
    case LAUNCH:
        do_piece(world, step);
        break;
    case CONVERT:
        do_convert(world, step);
        break;
    case AVAILABLE:
        do_available(world, step);
        break;
    case RUN:
        hf_trio_run(trio);
        break;
    case TICK:
        hf_trio_tick(trio, (1 + step->a % 3) * 250 * HF_NS_PER_MS);
        break;
    case BATCH:
        hf_trio_tick(trio, trio->next_batch - trio->now);
        break;
    default:
        do_operator(world, step);
        break;
    }
}

HfHistory *hf_history_new(uint64_t seed, HfCanary canary)
{
    HfHistory *history = g_new0(HfHistory, 1);
    HfStream stream;
    uint32_t sum = 0;
    history->seed = seed;
    history->canary = canary;
    history->count = HF_HISTORY_STEPS;
    hf_stream_init(&stream, seed, "allocator-twin", 0);
    for (size_t m = 0; m < G_N_ELEMENTS(mix); m++) sum += mix[m].weight;
    for (int s = 0; s < HF_HISTORY_STEPS; s++) {
        uint64_t at = hf_stream_below(&stream, sum);
        size_t m = 0;
        while (at >= mix[m].weight) at -= mix[m++].weight;
        /* a world to play with comes first */
        Kind kind = s >= 12 ? mix[m].kind : s % 2 == 0 ? AGENT_ADD : FRAMEWORK_ADD;
        history->steps[s] =
            (HfStep){kind, (uint32_t)hf_stream_u64(&stream), (uint32_t)hf_stream_u64(&stream),
                     (uint32_t)hf_stream_u64(&stream)};
    }
    return history;
}

void hf_history_free(HfHistory *history)
{
    g_free(history->trouble);
    g_free(history->script);
    g_free(history);
}

/* Play these steps; returns the first that fails, or `count`. */
static uint32_t play(HfHistory *history, const HfStep *steps, uint32_t count, gboolean is_exact,
                     gboolean is_written, uint64_t *offers_out)
{
    World world;
    g_autoptr(HfCatalog) catalog = hf_catalog_new(history->seed % 2 == 0 ? HF_QUIRKS_MESOS : 0);
    world_init(&world, history, catalog);
    HfTrio *trio = world.trio;
    trio->checks_states = is_exact && !trio->looks_seldom;
    if (is_written) hf_trio_write_script(trio);
    uint32_t s = 0;
    while (s < count) {
        do_step(&world, &steps[s]);
        if (hf_trio_fails(trio)) break;
        s++;
    }
    if (s == count) hf_trio_check_states(trio);
    if (hf_trio_fails(trio)) s = MIN(s, count - 1);
    g_free(history->trouble);
    history->trouble = hf_trio_fails(trio) ? g_strdup(trio->trouble->str) : NULL;
    if (is_written) {
        g_free(history->script);
        history->script = g_strdup(trio->script->str);
    }
    if (offers_out != NULL) *offers_out = trio->offers;
    world_clear(&world);
    return s;
}

uint64_t hf_history_play(HfHistory *history)
{
    uint64_t offers;
    uint32_t failed = play(history, history->steps, history->count, FALSE, FALSE, &offers);
    if (history->trouble != NULL) history->count = failed + 1;
    return offers;
}

void hf_history_shrink(HfHistory *history)
{
    HfStep rest[HF_HISTORY_STEPS];
    uint32_t failed = play(history, history->steps, history->count, TRUE, FALSE, NULL);
    history->count = failed + 1;
    for (uint32_t before = 0; before != history->count;) {
        before = history->count;
        for (uint32_t size = MAX(history->count / 2, 1); size > 0; size /= 2)
            for (uint32_t from = 0; from + size <= history->count;) {
                uint32_t count = history->count - size;
                memcpy(rest, history->steps, from * sizeof *rest);
                memcpy(rest + from, history->steps + from + size, (count - from) * sizeof *rest);
                failed = count > 0 ? play(history, rest, count, TRUE, FALSE, NULL) : 0;
                if (count > 0 && history->trouble != NULL) {
                    history->count = failed + 1;
                    memcpy(history->steps, rest, history->count * sizeof *rest);
                } else {
                    from += size;
                }
            }
    }
    play(history, history->steps, history->count, TRUE, TRUE, NULL);
}
