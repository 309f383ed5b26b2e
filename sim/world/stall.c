/* See stall.h. The agents are asked what they have, the recorder what is held, the models what they
 * wait for; nothing is kept while the world runs but when a task last moved. */
#include "world/stall.h"

#include "resource/text.h"
#include "world/recorder_internal.h"
#include "world/world_internal.h"

#define HOPS          6 /* from an offer to a launch, and what it waits for there: more than enough */
#define WAITS_SHOWN   8
#define HOLDERS_SHOWN 3

/* ---- nothing moves ---- */

/* Is all there that will ever be? What is down for good changes nothing any more. */
static gboolean is_settled(const HfWorld *world)
{
    if (world->sent_reign == UINT32_MAX) return FALSE; /* no master leads */
    for (uint32_t h = 0; h < world->host_count; h++) {
        const HfHost *host = &world->hosts[h];
        if (host->is_lost) continue;
        if (!host->is_up || !host->is_agent_up || host->cut != 0) return FALSE;
    }
    for (uint32_t g = 0; g < world->guest_count; g++) {
        const HfGuest *guest = &world->guests[g];
        if (hf_driver_is_over(guest->driver)) continue;
        if (guest->is_down || !hf_driver_is_subscribed(guest->driver)) return FALSE;
    }
    return TRUE;
}

static gboolean will_one_end(const HfWorld *world)
{
    for (uint32_t h = 0; h < world->host_count; h++)
        for (uint32_t row = world->hosts[h].first_run; row != NO_ROW;
             row = world->runs.at[row].next)
            if (world->runs.at[row].event != 0) return TRUE;
    return FALSE;
}

static gboolean is_still(const HfWorld *world)
{
    const HfScenario *scenario = world->scenario;
    HfTime quiet = MAX(scenario->duration / 10, 10 * scenario->master.allocation_interval);
    return hf_world__now(world) - world->recorder->moved_at >= quiet && is_settled(world) &&
           !will_one_end(world);
}

/* ---- why ---- */

/* Why an agent does not run what waits, from the farthest from it to the nearest. */
typedef enum Reason {
    REASON_DOWN,
    REASON_STOPPED,
    REASON_UNKNOWN,
    REASON_UNRESERVED,
    REASON_LOST,
    REASON_SMALL,
    REASON_BARRED,
    REASON_CLOSED,
    REASON_RESERVED,
    REASON_APART,
    REASON_UNLIKE,
    REASON_INCAPABLE,
    REASON_BUSY,
    REASON_FULL,
    REASON_TAKEN,
    REASON_OFFERED,
    REASON_SUPPRESSED,
    REASON_MINIMUM,
    REASON_QUOTA,
    REASON_FILTER,
    REASON_FREE,
    REASONS
} Reason;

/* Of so many agents, and of the one that will do; would it fit there, were all else gone? */
static const struct {
    const char *many, *one;
    gboolean fits;
} reasons[REASONS] = {
    [REASON_DOWN] = {"down for good", "it is down for good", FALSE},
    [REASON_STOPPED] = {"without an agent, which refuses its flags",
                        "its agent does not start: it refuses its flags", FALSE},
    [REASON_UNKNOWN] = {"not registered", "its agent is not registered", FALSE},
    [REASON_UNRESERVED] = {NULL,
                           "what it asked to have reserved there has not been: the master refused "
                           "it, or a message was lost",
                           FALSE},
    [REASON_LOST] = {NULL,
                     "what it had reserved or stored there is gone: the host came back without it, "
                     "or somebody gave it back",
                     FALSE},
    [REASON_SMALL] = {"too small", "it is too small, were it empty", FALSE},
    [REASON_BARRED] = {"against its constraints", "its own constraints forbid it", TRUE},
    [REASON_CLOSED] = {"closed (draining, deactivated or not on the whitelist)",
                       "it is closed: draining, deactivated or not on the whitelist", TRUE},
    [REASON_RESERVED] = {"reserved to others", "what it has is reserved to others", FALSE},
    [REASON_APART] = {"reserved dynamically, for others or other instances",
                      "what it has is reserved dynamically, for others or other instances", FALSE},
    [REASON_UNLIKE] = {"without the ports, disks or reservations that it takes",
                       "it has no ports, disks or reservations of the kind that it takes", FALSE},
    [REASON_INCAPABLE] = {"not for it (region, owner, capabilities, offer constraints)",
                          "it is not for it: region, owner, capabilities or offer constraints",
                          TRUE},
    [REASON_BUSY] = {NULL, "what it has reserved there is in use", TRUE},
    [REASON_FULL] = {"full", "it is full", TRUE},
    [REASON_TAKEN] = {"whose ports or disks that it takes are in use",
                      "the ports or disks there that it takes are in use", TRUE},
    [REASON_OFFERED] = {"out in offers", "what it has left is out in offers", TRUE},
    [REASON_SUPPRESSED] = {"not asked for (suppressed)", "its framework has suppressed offers",
                           TRUE},
    [REASON_MINIMUM] = {"below min_allocatable_resources",
                        "what is left is below min_allocatable_resources", TRUE},
    [REASON_QUOTA] = {"kept back by quota", "quota keeps it back", TRUE},
    [REASON_FILTER] = {"filtered (declined before)", "it declined this host, and a filter lasts",
                       TRUE},
    [REASON_FREE] = {"free and offered, but nothing comes of it (not wanted, refused, or lost)",
                     "it is free and offered, but nothing comes of it: what is asked for there is "
                     "refused or lost",
                     TRUE},
};

typedef struct Telling {
    const HfWorld *world;
    GString *text;
    uint32_t guest;
    uint32_t told, untold;
} Telling;

static gboolean is_not_dynamic(const HfCatalog *catalog, const HfResource *entry, const void *data)
{
    return !hf_meta_has(catalog, entry->meta, HF_META_DYNAMIC);
}

static gboolean has_ports(const HfResources *resources, uint32_t ports)
{
    uint64_t have = 0;
    for (uint32_t i = 0; ports > 0 && i < hf_resources_count(resources); i++) {
        const HfResource *entry = hf_resources_at(resources, i);
        if (entry->kind == HF_KIND_PORTS) have += hf_ranges_width(entry->ranges);
    }
    return have >= ports;
}

/* What a wait is about, and scratch. */
typedef struct Wanting {
    HfCatalog *catalog;
    const HfWait *wait;
    HfQuantities amount;
    HfResources part, less;
} Wanting;

static gboolean is_enough(const Wanting *wanting, const HfResources *resources)
{
    return hf_resources_contains_quantities(wanting->catalog, resources, &wanting->amount) &&
           has_ports(resources, wanting->wait->ports);
}

/* The same of what a role may use of it, and as the framework itself would have it. */
static gboolean is_enough_for(Wanting *wanting, const HfResources *resources, HfRoleId role)
{
    const HfWait *wait = wanting->wait;
    hf_resources_allocatable_to(wanting->catalog, resources, role, &wanting->part);
    return is_enough(wanting, &wanting->part) &&
           (wait->fits == NULL || wait->fits(wait, &wanting->part));
}

/* Why all that an agent has is nothing for a role; REASON_FREE: it is not so. */
static Reason reason_when_empty(Wanting *wanting, const HfResources *total, HfRoleId role)
{
    if (is_enough_for(wanting, total, role)) return REASON_FREE;
    if (!is_enough(wanting, &wanting->part)) return REASON_RESERVED;
    if (wanting->wait->kept != NULL) return REASON_UNLIKE;
    hf_resources_filter(wanting->catalog, &wanting->part, is_not_dynamic, NULL, &wanting->less);
    return is_enough(wanting, &wanting->less) ? REASON_UNLIKE : REASON_APART;
}

/* Resources and those that are out in offers of the same agent. */
typedef struct Gathering {
    HfCatalog *catalog;
    HfResources sum;
} Gathering;

static void gather(void *context, uint32_t framework, HfRoleId role, const HfResources *resources)
{
    Gathering *gathering = context;
    HfResources plain = {0};
    hf_resources_copy(gathering->catalog, &plain, resources);
    hf_resources_unallocate(gathering->catalog, &plain);
    hf_resources_add(gathering->catalog, &gathering->sum, &plain);
    hf_resources_clear(gathering->catalog, &plain);
}

/* What was free before it was offered. Clear `sum`. */
static Gathering gather_free(const HfWorld *world, const Wanting *wanting, uint32_t agent)
{
    Gathering gathering = {.catalog = wanting->catalog};
    const HfResources *available =
        hf_allocator_available(hf_master_allocator(world->master), agent);
    hf_resources_copy(wanting->catalog, &gathering.sum, available);
    hf_master_offers_of(world->master, agent, gather, &gathering);
    return gathering;
}

/* What is not held by tasks is too little; REASON_FREE: it is not so. */
static Reason reason_when_used(const HfWorld *world, Wanting *wanting, uint32_t agent,
                               HfRoleId role)
{
    const HfResources *kept = wanting->wait->kept;
    Gathering free = gather_free(world, wanting, agent);
    Reason reason = REASON_FREE;
    if (kept != NULL && !hf_resources_contains(wanting->catalog, &free.sum, kept))
        reason = REASON_BUSY;
    else if (!is_enough_for(wanting, &free.sum, role))
        reason = is_enough(wanting, &wanting->part) ? REASON_TAKEN : REASON_FULL;
    hf_resources_clear(wanting->catalog, &free.sum);
    return reason;
}

static Reason reason_under(const HfWorld *world, Wanting *wanting, uint32_t framework,
                           uint32_t agent, HfRoleId role)
{
    HfAllocator *allocator = hf_master_allocator(world->master);
    const HfResources *available = hf_allocator_available(allocator, agent);
    HfWithheld why = hf_allocator_withheld(allocator, framework, role, agent, &wanting->amount);
    if (why == HF_WITHHELD_AGENT) return REASON_CLOSED;
    Reason reason = reason_when_empty(wanting, hf_allocator_total(allocator, agent), role);
    if (reason != REASON_FREE) return reason;
    if (why == HF_WITHHELD_CAPABILITY) return REASON_INCAPABLE;
    reason = reason_when_used(world, wanting, agent, role);
    if (reason != REASON_FREE) return reason;
    if (!is_enough_for(wanting, available, role)) return REASON_OFFERED;
    switch (why) {
    case HF_WITHHELD_FRAMEWORK:
        return REASON_SUPPRESSED;
    case HF_WITHHELD_MINIMUM:
        return REASON_MINIMUM;
    case HF_WITHHELD_QUOTA:
        return REASON_QUOTA;
    case HF_WITHHELD_FILTER:
        return REASON_FILTER;
    case HF_WITHHELD_SHORT: /* shared, revocable or refined resources that it cannot have */
        return REASON_INCAPABLE;
    case HF_WITHHELD_AGENT:
    case HF_WITHHELD_CAPABILITY:
    case HF_WITHHELD_NOTHING:
        break;
    }
    return REASON_FREE;
}

/* Why there is no agent to ask; REASON_FREE: there is. */
static Reason reason_of_host(const HfWorld *world, const HfHost *host)
{
    if (!host->is_up) return REASON_DOWN;
    if (!host->is_agent_up) return REASON_STOPPED;
    uint32_t agent = host->agent.id;
    if (agent == HF_ROW_NONE || !hf_master_agent_is_registered(world->master, agent) ||
        hf_allocator_total(hf_master_allocator(world->master), agent) == NULL)
        return REASON_UNKNOWN;
    return REASON_FREE;
}

/* By the role under which it is nearest. */
static Reason reason_of(const Telling *telling, Wanting *wanting, uint32_t row)
{
    const HfWorld *world = telling->world;
    const HfWait *wait = wanting->wait;
    Reason reason = reason_of_host(world, &world->hosts[row]);
    if (reason != REASON_FREE) return reason;
    uint32_t agent = world->hosts[row].agent.id;
    const HfResources *total = hf_allocator_total(hf_master_allocator(world->master), agent);
    if (wait->kept != NULL && !hf_resources_contains(wanting->catalog, total, wait->kept))
        return wait->is_reserving ? REASON_UNRESERVED : REASON_LOST;
    if (!is_enough(wanting, total)) return REASON_SMALL;
    if (wait->host == HF_ROW_NONE && wait->allows != NULL && !wait->allows(wait, row))
        return REASON_BARRED;
    const HfDriver *driver = world->guests[telling->guest].driver;
    uint32_t framework = hf_driver_framework(driver), role_count;
    const HfRoleId *roles = hf_driver_roles(driver, &role_count);
    Reason nearest = role_count > 0 ? REASON_DOWN : REASON_SUPPRESSED;
    for (uint32_t i = 0; i < role_count; i++)
        nearest = MAX(nearest, reason_under(world, wanting, framework, agent, roles[i]));
    return nearest;
}

/* ---- who holds it ---- */

static void print_amount(GString *text, int64_t milli)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append(text, g_ascii_formatd(digits, sizeof digits, "%.10g", (double)milli / 1000));
}

/* What each framework has been offered of a kind. */
typedef struct Offered {
    HfKindId kind;
    int64_t *milli; /* [frameworks] */
} Offered;

static void count_offer(void *context, uint32_t framework, HfRoleId role,
                        const HfResources *resources)
{
    Offered *offered = context;
    offered->milli[framework] += hf_resources_milli(resources, offered->kind);
}

/* Who holds the offers: those that hold most. */
static void tell_offered(Telling *telling, HfKindId kind)
{
    HfMaster *master = telling->world->master;
    uint32_t count = hf_master_frameworks(master);
    g_autofree int64_t *milli = g_new0(int64_t, MAX(count, 1));
    Offered offered = {kind, milli};
    for (uint32_t a = 0; a < hf_master_agents(master); a++)
        hf_master_offers_of(master, a, count_offer, &offered);
    for (uint32_t i = 0; i < HOLDERS_SHOWN; i++) {
        uint32_t most = 0;
        for (uint32_t f = 1; f < count; f++)
            if (milli[f] > milli[most]) most = f;
        if (count == 0 || milli[most] == 0) break;
        g_string_append_printf(telling->text, "%s%s ", i == 0 ? " (" : ", ",
                               hf_master_framework_name(master, most));
        print_amount(telling->text, milli[most]);
        milli[most] = 0;
    }
}

/* Who has most of this kind: frameworks by what their tasks have, and what is out in offers. */
static void tell_holders(Telling *telling, HfKindId kind)
{
    const HfRecorder *recorder = telling->world->recorder;
    if (kind >= recorder->kinds) return;
    const HfTracked *levels = &recorder->resource[kind * HF_RESOURCE_LEVELS];
    int64_t total = hf_level_value(&levels[HF_LEVEL_TOTAL].level),
            offered = hf_level_value(&levels[HF_LEVEL_OFFERED].level);
    GString *text = telling->text;
    g_string_append_printf(text, "    %s: ", hf_kind_name(telling->world->catalog, kind));
    print_amount(text, total);
    g_string_append(text, " in all");
    int64_t below = INT64_MAX;
    for (uint32_t i = 0, last = UINT32_MAX; i < HOLDERS_SHOWN; i++) {
        int64_t most = 0;
        uint32_t who = UINT32_MAX;
        for (uint32_t f = 0; f < recorder->frameworks.count; f++) {
            const HfFrameworkStats *stats = &recorder->frameworks.at[f];
            if (stats->allocated == NULL) continue;
            int64_t held = hf_level_value(&stats->allocated[kind].level);
            if (held <= most || held > below || (held == below && f <= last)) continue;
            most = held;
            who = f;
        }
        if (who == UINT32_MAX) break;
        below = most;
        last = who;
        g_string_append_printf(text, ", tasks of %s hold ",
                               hf_master_framework_name(telling->world->master, who));
        print_amount(text, most);
    }
    g_string_append(text, ", ");
    print_amount(text, offered);
    g_string_append(text, " out in offers");
    if (offered > 0) tell_offered(telling, kind);
    g_string_append(text, offered > 0 ? ")\n" : "\n");
}

/* How many of the agents, for each reason that there is. */
static void tell_reasons(Telling *telling, Wanting *wanting)
{
    uint32_t counts[REASONS] = {0}, hosts = telling->world->host_count, fits = 0;
    for (uint32_t h = 0; h < hosts; h++) {
        Reason reason = reason_of(telling, wanting, h);
        counts[reason]++;
        if (reasons[reason].fits) fits++;
    }
    GString *text = telling->text;
    if (fits == 0)
        g_string_append(text, "    it fits no agent, were it empty");
    else
        g_string_append_printf(text, "    it fits %u of %u agents, were they empty", fits, hosts);
    const char *separator = ": ";
    for (int r = 0; r < REASONS; r++) {
        if (counts[r] == 0) continue;
        g_string_append_printf(text, "%s%u %s", separator, counts[r], reasons[r].many);
        separator = ", ";
    }
    g_string_append_c(text, '\n');
    if (fits == 0) return;
    for (uint32_t i = 0; i < wanting->amount.count; i++)
        tell_holders(telling, hf_quantities_entries(&wanting->amount)[i].kind);
}

static void tell_head(Telling *telling, const HfWait *wait)
{
    const HfWorld *world = telling->world;
    GString *text = telling->text;
    g_autofree char *asks = hf_resources_print(world->catalog, wait->asks);
    g_string_append_printf(text, "  %s: ", hf_driver_name(world->guests[telling->guest].driver));
    if (wait->missed > 0)
        g_string_append_printf(text,
                               "%s was due %" G_GINT64_FORMAT
                               " %s, was too late each time and never ran; it is %s",
                               wait->what ? wait->what : "a job", wait->missed,
                               wait->missed == 1 ? "time" : "times", asks);
    else
        g_string_append_printf(text, "%" G_GINT64_FORMAT " %s%s%s %s since %.0f s for %s",
                               wait->tasks, wait->tasks == 1 ? "task" : "tasks",
                               wait->what ? " of " : "", wait->what ? wait->what : "",
                               wait->tasks == 1 ? "waits" : "wait", hf_time_to_seconds(wait->since),
                               asks);
    if (wait->ports > 0)
        g_string_append_printf(text, " and %u %s", wait->ports,
                               wait->ports == 1 ? "port" : "ports");
    if (wait->host != HF_ROW_NONE)
        g_string_append_printf(text, ", on host %s alone", world->hosts[wait->host].name);
    if (wait->in_vain > 0)
        g_string_append_printf(
            text, "; since it last ran %" G_GINT64_FORMAT " %s for it came to nothing",
            wait->in_vain,
            wait->in_vain == 1 ? "launch or reservation" : "launches or reservations");
    g_string_append_c(text, '\n');
}

static void tell_wait(void *context, const HfWait *wait)
{
    Telling *telling = context;
    if (telling->told == WAITS_SHOWN) {
        telling->untold++;
        return;
    }
    telling->told++;
    tell_head(telling, wait);
    Wanting wanting = {.catalog = telling->world->catalog, .wait = wait};
    hf_resources_scalar_quantities(wanting.catalog, wait->asks, &wanting.amount);
    if (wait->host == HF_ROW_NONE)
        tell_reasons(telling, &wanting);
    else
        g_string_append_printf(telling->text, "    %s\n",
                               reasons[reason_of(telling, &wanting, wait->host)].one);
    hf_quantities_clear(&wanting.amount);
    hf_resources_clear(wanting.catalog, &wanting.part);
    hf_resources_clear(wanting.catalog, &wanting.less);
}

/* ---- orders that were lost ---- */

/* Tasks of one name that were launched and that no agent has, and whether the master has them. */
typedef struct Lost {
    const char *what;
    gboolean is_booked;
    int64_t tasks;
    HfTime since;
} Lost;

typedef struct Losing {
    const HfWorld *world;
    uint32_t framework;
    GHashTable *there; /* ids of its tasks that agents have; NULL until one is asked for */
    GArray *lost;      /* Lost */
} Losing;

static void find_there(Losing *losing)
{
    losing->there = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (uint32_t h = 0; h < losing->world->host_count; h++) {
        const HfAgent *agent = &losing->world->hosts[h].agent;
        for (HfAgentTask *task = NULL; (task = hf_agent_next_task(agent, task)) != NULL;)
            if (task->framework == losing->framework) g_hash_table_add(losing->there, &task->id);
    }
}

/* May what was said at `since`, or somewhat later, still be on its way to an agent? */
static gboolean may_be_under_way(const HfWorld *world, HfTime since)
{
    HfTime latency = hf_time_from_seconds(hf_law_mean(&world->scenario->network.latency));
    if (world->constant_latency != HF_TIME_NEVER) latency = world->constant_latency;
    return hf_message_pool_live(world->pool) > 0 &&
           hf_world__now(world) - since < MIN(latency, HF_NS_PER_HOUR) * HOPS;
}

static void count_lost(void *context, const HfUnheard *task)
{
    Losing *losing = context;
    const HfWorld *world = losing->world;
    if (losing->there == NULL) find_there(losing);
    if (g_hash_table_contains(losing->there, &task->task)) return; /* it is being started */
    if (task->since != HF_TIME_NEVER && may_be_under_way(world, task->since)) return;
    uint32_t host = hf_master_host_of(world->master, losing->framework, task->task);
    gboolean is_booked = host != HF_ROW_NONE;
    if (is_booked && (!world->hosts[host].is_up || !world->hosts[host].is_agent_up))
        return; /* it is gone with its host, which the master has yet to find out */
    for (guint i = 0; i < losing->lost->len; i++) {
        Lost *lost = &g_array_index(losing->lost, Lost, i);
        if (lost->is_booked != is_booked || g_strcmp0(lost->what, task->what) != 0) continue;
        lost->tasks++;
        lost->since = MIN(lost->since, task->since);
        return;
    }
    Lost first = {task->what, is_booked, 1, task->since};
    g_array_append_val(losing->lost, first);
}

/* A lost message is not sent again, and nobody asks: the framework takes its tasks for launched. */
static void tell_lost(Telling *telling)
{
    if (hf_trace_count(telling->world->trace, HF_RECORD_MESSAGE_LOST) == 0) return;
    const HfDriver *driver = telling->world->guests[telling->guest].driver;
    g_autoptr(GArray) lost = g_array_new(FALSE, FALSE, sizeof(Lost));
    Losing losing = {telling->world, hf_driver_framework(driver), NULL, lost};
    hf_driver_unheard(driver, count_lost, &losing);
    g_clear_pointer(&losing.there, g_hash_table_unref);
    for (guint i = 0; i < lost->len; i++) {
        const Lost *one = &g_array_index(lost, Lost, i);
        if (telling->told == WAITS_SHOWN) {
            telling->untold++;
            continue;
        }
        telling->told++;
        g_autofree char *since =
            one->since == HF_TIME_NEVER
                ? g_strdup("")
                : g_strdup_printf(" since %.0f s", hf_time_to_seconds(one->since));
        g_string_append_printf(telling->text,
                               "  %s: %" G_GINT64_FORMAT
                               " %s%s%s %s%s: launched, but the order was lost on its way to the "
                               "%s\n",
                               hf_driver_name(driver), one->tasks,
                               one->tasks == 1 ? "task" : "tasks", one->what ? " of " : "",
                               one->what ? one->what : "", one->tasks == 1 ? "waits" : "wait",
                               since, one->is_booked ? "agent" : "master");
    }
}

char *hf_stall_explain(const HfWorld *world)
{
    if (!is_still(world)) return NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    Telling telling = {.world = world, .text = text};
    for (telling.guest = 0; telling.guest < world->guest_count; telling.guest++) {
        if (hf_driver_is_over(world->guests[telling.guest].driver)) continue;
        hf_driver_waits(world->guests[telling.guest].driver, tell_wait, &telling);
        tell_lost(&telling);
    }
    if (telling.told == 0) return NULL;
    if (telling.untold > 0) g_string_append_printf(text, "  and %u more\n", telling.untold);
    g_autofree char *tail = g_strdup(text->str);
    return g_strdup_printf("no task was launched or ended after %.0f s, none that runs will end by "
                           "itself, and some wait:\n%s",
                           hf_time_to_seconds(world->recorder->moved_at), tail);
}

/* ---- time stands still ---- */

gboolean hf_stall_is_standing(const HfWorld *world)
{
    return world->standing.is_standing;
}

/* The records of an instant, by type: before it was long, and now. */
void hf_stall__look(HfWorld *world)
{
    HfTime now = hf_world__now(world);
    if (now != world->standing.at) {
        world->standing.at = now;
        world->standing.looks = 0;
        return;
    }
    world->standing.looks++;
    if (world->standing.looks == 1)
        for (int t = 0; t < HF_RECORD_TYPES; t++)
            world->standing.before[t] = hf_trace_count(world->trace, (HfRecordType)t);
    if (world->standing.looks < HF_STALL_LOOKS) return;
    world->standing.is_standing = TRUE;
    hf_engine_stop(world->engine);
}

char *hf_stall_explain_standing(const HfWorld *world)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_printf(text,
                    "simulated time stands still at %.9f s: %u million messages and timers at that "
                    "instant",
                    hf_time_to_seconds(world->standing.at),
                    (unsigned)((HF_STALL_LOOKS * (HF_STALL_STEPS / 1000)) / 1000));
    uint64_t below = UINT64_MAX;
    for (int i = 0; i < HOLDERS_SHOWN; i++) {
        uint64_t most = 0;
        int which = 0;
        for (int t = 0; t < HF_RECORD_TYPES; t++) {
            uint64_t count =
                hf_trace_count(world->trace, (HfRecordType)t) - world->standing.before[t];
            if (count <= most || count >= below) continue;
            most = count;
            which = t;
        }
        if (most == 0) break;
        below = most;
        g_string_append_printf(text, "%s %" G_GUINT64_FORMAT " x %s", i == 0 ? ":" : ",",
                               (guint64)most, hf_record_shapes[which].name);
    }
    g_string_append(text, "; what goes round takes no time: give network.latency, a task or a gap "
                          "more than 0 s");
    return g_string_free(g_steal_pointer(&text), FALSE);
}
