/* A recount of the master's tables against each other and against the allocator; for tests. */
#include "control/master_internal.h"

#include "base/assert.h"

/*
 * What is held and what is free make up the total. Shared volumes are always free as well; and more
 * may be held than there is, when an agent came back without what it had been told to reserve.
 */
static void check_available(const HfMaster *master, uint32_t row, const HfResources *held)
{
    HfCatalog *catalog = master->catalog;
    const HfResources *total = master->agents_more.at[row].total;
    HfResources left = {0}, part = {0};
    hf_resources_non_shared(catalog, held, &part);
    hf_resources_non_shared(catalog, total, &left);
    HF_ASSERT(master->agents.at[row].is_overheld || hf_resources_contains(catalog, &left, &part));
    hf_resources_subtract(catalog, &left, &part);
    hf_resources_shared(catalog, total, &part);
    hf_resources_add(catalog, &left, &part);
    HF_ASSERT(hf_resources_equal(catalog, &left, hf_allocator_available(master->allocator, row)));
    hf_resources_clear(catalog, &left);
    hf_resources_clear(catalog, &part);
}

/* The offers of an agent, also where they do not stand in its list; where they do, the newest is
 * the first. */
static void check_offers(const HfMaster *master, uint32_t row, HfResources *held, uint32_t *offers)
{
    const HfAgentRow *agent = &master->agents.at[row];
    uint32_t of_agent = 0, listed = 0;
    for (guint32 o = 0; o < master->offers.count; o++) {
        const HfOfferRow *offer = &master->offers.at[o];
        if (offer->of == UINT64_MAX || offer->agent != row) continue;
        HF_ASSERT(agent->standing == HF_STANDING_REGISTERED);
        hf_resources_add(master->catalog, held, hf_parcel_resources(offer->resources));
        of_agent++;
    }
    uint64_t newer = UINT64_MAX;
    for (uint32_t o = agent->first_offer; o != NO_ROW; o = hf_master__next_offer(master, o)) {
        const HfOfferRow *offer = &master->offers.at[o];
        HF_ASSERT(offer->of != UINT64_MAX && offer->agent == row);
        HF_ASSERT(hf_master__number_of(offer) < newer);
        newer = hf_master__number_of(offer);
        listed++;
    }
    HF_ASSERT(listed == (master->are_offers_linked ? of_agent : 0));
    *offers += of_agent;
}

/* What stands in the lists of one agent; what they hold and what is free make up its total. */
static void check_agent(const HfMaster *master, uint32_t row, uint32_t *offers, uint32_t *tasks,
                        uint32_t *executors)
{
    const HfAgentRow *agent = &master->agents.at[row];
    const HfAgentMore *more = &master->agents_more.at[row];
    HfResources held = {0};
    HF_ASSERT(!hf_master__is_held(agent) ||
              hf_map64_get(&master->agent_of_host, agent->host) == row);
    check_offers(master, row, &held, offers);
    for (uint32_t t = agent->first_task; t != NO_ROW; t = master->tasks.at[t].links.next_of_agent) {
        const HfTaskRow *task = &master->tasks.at[t];
        HF_ASSERT(task->agent == row);
        HF_ASSERT(hf_master__is_held(agent));
        HF_ASSERT(task->is_holding == !hf_task_state_is_terminal((HfTaskState)task->state));
        HF_ASSERT(!hf_fresh_is(&master->frameworks.at[task->framework].new_tasks, task->id));
        HF_ASSERT(!master->task_rows.is_kept ||
                  hf_map64_get(&master->task_rows.map,
                               hf_master__task_key(task->framework, task->id)) == t);
        if (task->is_holding)
            hf_resources_add(master->catalog, &held, hf_parcel_resources(task->resources));
        (*tasks)++;
    }
    for (uint32_t e = more->first_executor; e != NO_ROW;
         e = master->executors.at[e].links.next_of_agent) {
        const HfExecutorRow *executor = &master->executors.at[e];
        HF_ASSERT(executor->agent == row && hf_master__is_held(agent));
        HF_ASSERT(hf_master__find_executor(master, executor->framework, row, executor->info->id) ==
                  e);
        hf_resources_add(master->catalog, &held, hf_executor_info_resources(executor->info));
        (*executors)++;
    }
    uint32_t operations = 0;
    for (guint32 i = 0; i < master->operations.count; i++) {
        const HfOperationRow *operation = &master->operations.at[i];
        if (!operation->is_live || operation->agent != row) continue;
        HF_ASSERT(!operation->is_holding || hf_master__is_held(agent));
        if (operation->is_holding) hf_resources_add_one(master->catalog, &held, &operation->source);
        operations++;
    }
    HF_ASSERT(operations == more->operations);
    if (!hf_master__is_held(agent)) {
        HF_ASSERT(hf_allocator_available(master->allocator, row) == NULL);
    } else {
        hf_resources_unallocate(master->catalog, &held); /* offers and tasks say for whom */
        check_available(master, row, &held);
    }
    hf_resources_clear(master->catalog, &held);
}

/* Rows of each table that are in use: those of frameworks that may have such. */
static void count_rows(const HfMaster *master, uint32_t *offers, uint32_t *tasks,
                       uint32_t *executors)
{
    for (guint32 o = 0; o < master->offers.count; o++) {
        const HfOfferRow *offer = &master->offers.at[o];
        if (offer->of == UINT64_MAX) continue;
        const HfFrameworkRow *framework = &master->frameworks.at[hf_master__framework_of(offer)];
        HF_ASSERT(framework->standing == HF_FRAMEWORK_ACTIVE);
        (*offers)++;
    }
    for (guint32 t = 0; t < master->tasks.count; t++) {
        if (master->tasks.at[t].framework == NO_ROW) continue;
        HF_ASSERT(hf_master__is_there(&master->frameworks.at[master->tasks.at[t].framework]));
        (*tasks)++;
    }
    for (guint32 e = 0; e < master->executors.count; e++) {
        const HfExecutorRow *executor = &master->executors.at[e];
        if (executor->info == NULL) continue;
        HF_ASSERT(hf_master__is_there(&master->frameworks.at[executor->framework]));
        (*executors)++;
    }
}

void hf_master_check(const HfMaster *master)
{
    uint32_t of_agents[3] = {0}, in_use[3] = {0}; /* offers, tasks, executors */
    hf_master_registry_check(&master->registry);
    if (master->is_down) {
        HF_ASSERT(
            master->live_offers + hf_master__live_tasks(master) + master->executor_slots.live == 0);
        return;
    }
    for (guint32 a = 0; a < master->agents.count; a++)
        check_agent(master, a, &of_agents[0], &of_agents[1], &of_agents[2]);
    count_rows(master, &in_use[0], &in_use[1], &in_use[2]);
    HF_ASSERT(of_agents[0] == master->live_offers);
    HF_ASSERT(of_agents[1] == hf_master__live_tasks(master));
    HF_ASSERT(of_agents[2] == master->executor_slots.live);
    HF_ASSERT(in_use[2] == master->executor_slots.live);
    HF_ASSERT(in_use[0] == master->live_offers);
    HF_ASSERT(in_use[1] == hf_master__live_tasks(master));
    HF_ASSERT(!master->task_rows.is_kept || of_agents[1] == master->task_rows.map.count);
}
