/* See stall.h. The agents are asked what they have, the recorder what is held, the models what they
 * wait for; nothing is kept while the world runs but when a task last moved. */
#include "world/stall.h"

#include "resource/text.h"
#include "world/recorder_internal.h"
#include "world/world_internal.h"

#define WAITS_SHOWN   8
#define HOLDERS_SHOWN 3

/* ---- nothing moves ---- */

static gboolean is_all_up(const HfWorld *world)
{
    if (world->sent_reign == UINT32_MAX) return FALSE; /* no master leads */
    for (uint32_t h = 0; h < world->host_count; h++) {
        const HfHost *host = &world->hosts[h];
        if (!host->is_up || !host->is_agent_up || host->cut != 0) return FALSE;
    }
    for (uint32_t g = 0; g < world->guest_count; g++)
        if (world->guests[g].is_down || !hf_driver_is_subscribed(world->guests[g].driver))
            return FALSE;
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
    return hf_world__now(world) - world->recorder->moved_at >= quiet && is_all_up(world) &&
           !will_one_end(world);
}

/* ---- why ---- */

typedef struct Telling {
    const HfWorld *world;
    GString *text;
    uint32_t guest;
    uint32_t told, untold;
} Telling;

/* Is there as much on this agent when nobody holds any of it, in what one of its framework's roles
 * may have? */
static gboolean fits_empty(const HfWorld *world, uint32_t guest, const HfResources *total,
                           const HfWait *wait)
{
    HfCatalog *catalog = world->catalog;
    const HfScenarioFramework *keys = &world->scenario->frameworks.at[guest];
    const char *one[] = {keys->role, NULL};
    HfQuantities wanted = {0};
    HfResources usable = {0};
    gboolean fits = FALSE;
    hf_resources_scalar_quantities(catalog, wait->asks, &wanted);
    for (const char **role = keys->roles ? keys->roles : one; *role != NULL && !fits; role++) {
        HfQuantities have = {0};
        hf_resources_allocatable_to(catalog, total, hf_role_find(catalog, *role), &usable);
        hf_resources_scalar_quantities(catalog, &usable, &have);
        fits = hf_quantities_contains(&have, &wanted);
        hf_quantities_clear(&have);
    }
    hf_quantities_clear(&wanted);
    hf_resources_clear(catalog, &usable);
    return fits;
}

static void print_amount(GString *text, int64_t milli)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append(text, g_ascii_formatd(digits, sizeof digits, "%.10g", (double)milli / 1000));
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
    g_string_append(text, " out in offers\n");
}

static void tell_wait(void *context, const HfWait *wait)
{
    Telling *telling = context;
    const HfWorld *world = telling->world;
    if (telling->told == WAITS_SHOWN) {
        telling->untold++;
        return;
    }
    telling->told++;
    uint32_t fits = 0;
    for (uint32_t h = 0; h < world->host_count; h++)
        if (wait->host == HF_ROW_NONE || wait->host == h)
            fits += fits_empty(world, telling->guest, world->hosts[h].total, wait);
    g_autofree char *asks = hf_resources_print(world->catalog, wait->asks);
    GString *text = telling->text;
    g_string_append_printf(text, "  %s: %" G_GINT64_FORMAT " %s%s%s %s since %.0f s for %s",
                           hf_driver_name(world->guests[telling->guest].driver), wait->tasks,
                           wait->tasks == 1 ? "task" : "tasks", wait->what ? " of " : "",
                           wait->what ? wait->what : "", wait->tasks == 1 ? "waits" : "wait",
                           hf_time_to_seconds(wait->since), asks);
    if (wait->ports > 0)
        g_string_append_printf(text, " and %u %s", wait->ports,
                               wait->ports == 1 ? "port" : "ports");
    if (wait->host != HF_ROW_NONE)
        g_string_append_printf(text, ", on host %s alone", world->hosts[wait->host].name);
    g_string_append_c(text, '\n');
    if (fits == 0) {
        g_string_append_printf(text,
                               "    it fits no %s, were it empty: what is reserved to other roles "
                               "cannot be used\n",
                               wait->host == HF_ROW_NONE ? "agent" : "such host");
        return;
    }
    if (wait->host != HF_ROW_NONE) {
        g_string_append(text,
                        "    that host is there: what it had reserved or stored on it is gone, "
                        "is in use, or is not offered to it\n");
        return;
    }
    g_string_append_printf(
        text,
        "    it fits %u of %u agents, were they empty: what is free there is too "
        "little, or is not offered to it (filters, quota, constraints)\n",
        fits, world->host_count);
    HfQuantities wanted = {0};
    hf_resources_scalar_quantities(world->catalog, wait->asks, &wanted);
    for (uint32_t i = 0; i < wanted.count; i++)
        tell_holders(telling, hf_quantities_entries(&wanted)[i].kind);
    hf_quantities_clear(&wanted);
}

char *hf_stall_explain(const HfWorld *world)
{
    if (!is_still(world)) return NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    Telling telling = {.world = world, .text = text};
    for (telling.guest = 0; telling.guest < world->guest_count; telling.guest++)
        hf_driver_waits(world->guests[telling.guest].driver, tell_wait, &telling);
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
