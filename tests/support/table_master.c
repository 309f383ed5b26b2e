/* See table_master.h. */
#include "support/table_master.h"

#include <string.h>

#include "allocator/allocator.h"
#include "base/intern.h"
#include "resource/text.h"

/* An offer that is out, or a task. */
typedef struct Holding {
    uint32_t number, framework, agent;
    HfRoleId role;
    gboolean is_task;
    HfResources resources; /* with allocation role */
} Holding;

struct HfTableMaster {
    HfCatalog *catalog;
    HfAllocator *allocator;
    HfIntern *agents, *frameworks;
    HfOfferList list;
    HfTime now, next_batch;
    GArray *holdings; /* of Holding, oldest first */
    uint32_t numbers;
    GString *log; /* of this step */
};

#define HOLDING(master, h) (&g_array_index((master)->holdings, Holding, h))

HfTableMaster *hf_table_master_new(void)
{
    HfTableMaster *master = g_new0(HfTableMaster, 1);
    HfAllocatorConfig config;
    master->catalog = hf_catalog_new(0);
    hf_allocator_config_init(&config);
    config.agent_order = HF_AGENT_ORDER_SORTED;
    master->allocator = hf_allocator_new(master->catalog, &config);
    hf_allocator_batch_armed(master->allocator);
    master->next_batch = config.interval;
    master->agents = hf_intern_new();
    master->frameworks = hf_intern_new();
    master->holdings = g_array_new(FALSE, TRUE, sizeof(Holding));
    return master;
}

static void drop(HfTableMaster *master, guint h)
{
    hf_resources_clear(master->catalog, &HOLDING(master, h)->resources);
    g_array_remove_index(master->holdings, h);
}

void hf_table_master_free(HfTableMaster *master)
{
    if (master == NULL) return;
    while (master->holdings->len > 0) drop(master, 0);
    hf_offer_list_clear(master->catalog, &master->list);
    hf_allocator_free(master->allocator);
    hf_intern_free(master->agents);
    hf_intern_free(master->frameworks);
    hf_catalog_free(master->catalog);
    g_array_unref(master->holdings);
    g_free(master);
}

/* What a run offered goes out, and into the log. */
static void send_offers(HfTableMaster *master)
{
    for (uint32_t o = 0; o < master->list.offers.count; o++) {
        const HfOffered *offer = &master->list.offers.at[o];
        Holding holding = {
            ++master->numbers, offer->framework, offer->agent, offer->role, FALSE, {0}};
        hf_resources_copy(master->catalog, &holding.resources,
                          hf_parcel_resources(offer->resources));
        g_array_append_val(master->holdings, holding);
        g_autofree char *text = hf_resources_to_text(master->catalog, &holding.resources);
        g_string_append_printf(master->log, "%s%u: %s %s %s %s", master->log->len > 0 ? "\n" : "",
                               holding.number, hf_intern_name(master->frameworks, offer->framework),
                               hf_role_path(master->catalog, offer->role),
                               hf_intern_name(master->agents, offer->agent), text);
    }
    hf_offer_list_reset(master->catalog, &master->list);
}

static void must(HfStatus status)
{
    if (status != HF_OK) g_error("table: the allocator says %s", hf_status_name(status));
}

static void parse(HfTableMaster *master, const char *text, HfResources *out)
{
    if (!hf_resources_parse_canonical(master->catalog, text, out, NULL))
        g_error("table: no resources: %s", text);
}

/* ---- Steps ---- */

static void agent_comes(HfTableMaster *master, const HfTableStep *step)
{
    HfResources total = {0};
    parse(master, step->what, &total);
    HfAgentSpec spec = {.name = step->who,
                        .total = &total,
                        .capabilities = HF_AGENT_CAPABILITY_ALL,
                        .owner = HF_ROLE_NONE};
    uint32_t row = hf_intern(master->agents, step->who);
    must(hf_allocator_agent_add(master->allocator, master->now, row, &spec, NULL, 0));
    hf_resources_clear(master->catalog, &total);
}

static void framework_comes(HfTableMaster *master, const HfTableStep *step)
{
    g_autoptr(GArray) roles = hf_roles_parse(master->catalog, step->what, NULL);
    g_assert_nonnull(roles);
    HfFrameworkSpec spec = {.name = step->who,
                            .roles = (const HfRoleId *)(gpointer)roles->data,
                            .role_count = roles->len,
                            .capabilities = HF_CAPABILITY_MULTI_ROLE,
                            .active = TRUE};
    uint32_t row = hf_intern(master->frameworks, step->who);
    must(hf_allocator_framework_add(master->allocator, master->now, row, &spec, NULL, 0));
}

/* The agent or framework goes, and with it what is held of it or by it. */
static void goes(HfTableMaster *master, const HfTableStep *step)
{
    gboolean is_agent = step->kind == HF_TABLE_AGENT_LOST;
    uint32_t row = hf_intern(is_agent ? master->agents : master->frameworks, step->who);
    for (guint h = master->holdings->len; h-- > 0;)
        if ((is_agent ? HOLDING(master, h)->agent : HOLDING(master, h)->framework) == row)
            drop(master, h);
    must((is_agent ? hf_allocator_agent_remove : hf_allocator_framework_remove)(master->allocator,
                                                                                master->now, row));
}

static void quota(HfTableMaster *master, const HfTableStep *step)
{
    g_auto(GStrv) parts = g_strsplit(step->what, "|", 2);
    HfQuantities guarantees = {0};
    HfLimits limits = {0};
    HfRoleId role;
    gboolean is_ok =
        hf_role_intern(master->catalog, step->who, &role, NULL) &&
        (parts[0][0] == '\0' ||
         hf_quantities_parse(master->catalog, parts[0], &guarantees, NULL)) &&
        (parts[1][0] == '\0' || hf_limits_parse(master->catalog, parts[1], &limits, NULL));
    if (!is_ok) g_error("table: no quota: %s", step->what);
    must(hf_allocator_quota_set(master->allocator, master->now, role, &guarantees, &limits));
    hf_quantities_clear(&guarantees);
    hf_limits_clear(&limits);
}

static void give_back(HfTableMaster *master, guint h, double refuse_seconds)
{
    const Holding *holding = HOLDING(master, h);
    HfRecovery recovery = {holding->framework, holding->agent,   holding->role, &holding->resources,
                           refuse_seconds,     holding->is_task, NULL};
    must(hf_allocator_recover(master->allocator, master->now, &recovery));
    drop(master, h);
}

static guint oldest_offer(const HfTableMaster *master, const char *framework)
{
    uint32_t row = hf_intern_find(master->frameworks, framework);
    for (guint h = 0; h < master->holdings->len; h++)
        if (HOLDING(master, h)->framework == row && !HOLDING(master, h)->is_task) return h;
    g_error("table: %s has no offer", framework);
}

static void accept_offer(HfTableMaster *master, const HfTableStep *step)
{
    guint h = oldest_offer(master, step->who);
    Holding task = *HOLDING(master, h);
    task.is_task = TRUE;
    hf_resources_init(&task.resources);
    parse(master, step->what, &task.resources);
    hf_resources_allocate(master->catalog, &task.resources, task.role);
    HfResources *offered = &HOLDING(master, h)->resources;
    if (!hf_resources_contains(master->catalog, offered, &task.resources))
        g_error("table: offer %u is smaller", task.number);
    hf_resources_subtract(master->catalog, offered, &task.resources);
    must(hf_allocator_launched(master->allocator, task.framework, task.agent, task.role,
                               &task.resources, NULL));
    if (hf_resources_is_empty(offered))
        drop(master, h);
    else
        give_back(master, h, 5.0);
    g_array_append_val(master->holdings, task);
}

static void finish(HfTableMaster *master, const HfTableStep *step)
{
    uint32_t number = (uint32_t)g_ascii_strtoull(step->who, NULL, 10);
    for (guint h = 0; h < master->holdings->len; h++)
        if (HOLDING(master, h)->number == number && HOLDING(master, h)->is_task) {
            give_back(master, h, HF_NO_FILTER);
            return;
        }
    g_error("table: there is no task %s", step->who);
}

static void wait(HfTableMaster *master, const HfTableStep *step)
{
    HfTime end = master->now + (HfTime)g_ascii_strtoll(step->who, NULL, 10) * HF_NS_PER_SECOND;
    while (master->next_batch <= end) {
        master->now = master->next_batch;
        hf_allocator_batch(master->allocator, master->now, &master->list);
        send_offers(master);
        hf_allocator_batch_armed(master->allocator);
        master->next_batch += HF_NS_PER_SECOND;
    }
    master->now = end;
}

char *hf_table_master_step(HfTableMaster *master, const HfTableStep *step)
{
    master->log = g_string_new(NULL);
    switch (step->kind) {
    case HF_TABLE_AGENT:
        agent_comes(master, step);
        break;
    case HF_TABLE_FRAMEWORK:
        framework_comes(master, step);
        break;
    case HF_TABLE_AGENT_LOST:
    case HF_TABLE_FRAMEWORK_GONE:
        goes(master, step);
        break;
    case HF_TABLE_QUOTA:
        quota(master, step);
        break;
    case HF_TABLE_ACCEPT:
        accept_offer(master, step);
        break;
    case HF_TABLE_DECLINE:
        give_back(master, oldest_offer(master, step->who), g_ascii_strtod(step->what, NULL));
        break;
    case HF_TABLE_FINISH:
        finish(master, step);
        break;
    case HF_TABLE_WAIT:
        wait(master, step);
        break;
    }
    if (hf_allocator_wants_run(master->allocator)) {
        hf_allocator_run(master->allocator, master->now, &master->list);
        send_offers(master);
    }
    return g_string_free(g_steal_pointer(&master->log), FALSE);
}
