/*
 * Pods: instances of several containers. Each container is a task of its own; they are launched
 * together (LAUNCH_GROUP), in a default executor of their instance, which holds what is neither of
 * them: its own resources, and the ports. When one fails or is killed the executor kills the
 * others, and the instance is over when all of them are. To the rest of the scheduler an instance
 * is one task, its first: here what is told of the others is put together, and what it wants done
 * to an instance is done to all of them.
 *
 * The tasks of an instance have consecutive numbers. Its persistent volumes are in the task of the
 * first container that mounts one; Marathon has them in the executor's resources, with the same
 * effect, and no task would tell what becomes of them.
 *
 * Source: Marathon 1.11 TaskGroupBuilder.scala, Instance.scala (InstanceState); Mesos 1.11
 * src/launcher/default_executor.cpp.
 */
#include "models/frameworks/service/service.h"

#include <math.h>

#include "base/assert.h"

static uint32_t bit(uint32_t part)
{
    return UINT32_C(1) << part;
}

static uint32_t all_of(const HfNode *node)
{
    return node->parts >= 32 ? UINT32_MAX : bit(node->parts) - 1;
}

void hf_service__remember_tasks(HfService *service, uint32_t row)
{
    const HfNode *node = &service->nodes[row];
    hf_map64_set(&service->task_nodes, node->task, row);
    for (uint32_t i = 1; i < node->parts; i++)
        hf_map64_set(&service->task_nodes, node->task + i, row);
}

void hf_service__forget_tasks(HfService *service, uint32_t row)
{
    const HfNode *node = &service->nodes[row];
    hf_map64_remove(&service->task_nodes, node->task);
    for (uint32_t i = 1; i < node->parts; i++)
        hf_map64_remove(&service->task_nodes, node->task + i);
}

void hf_service__kill(HfDriver *driver, const HfNode *node)
{
    if (G_LIKELY(node->parts == 0)) {
        hf_driver_kill(driver, node->task);
        return;
    }
    for (uint32_t i = 0; i < node->parts; i++)
        if (!(node->over & bit(i))) hf_driver_kill(driver, node->task + i);
}

/* ---- launching ---- */

/* The parts of one instance as tasks; what they leave of `resources` its executor holds. */
static void make_tasks(HfService *service, HfNode *node, const HfTaskInfo *like,
                       HfResources *resources, HfTaskInfo *tasks)
{
    HfCatalog *catalog = service->env.catalog;
    const HfNodeKind *kind = &service->kinds[node->kind];
    HfResources volumes = {0};
    for (uint32_t i = 0; i < hf_resources_count(resources); i++)
        if (hf_meta_is_persistent(catalog, hf_resources_at(resources, i)->meta))
            hf_resources_add_one(catalog, &volumes, hf_resources_at(resources, i));
    hf_resources_subtract(catalog, resources, &volumes);
    for (uint32_t i = 0; i < node->parts; i++) {
        const HfPodPart *part = &kind->parts[i];
        const HfLaw *lifetime = part->lifetime.kind ? &part->lifetime : &kind->lifetime;
        HfResources own = {0};
        hf_demand_cut(catalog, &part->demand, resources, &own);
        if (i == kind->holder) hf_resources_add(catalog, &own, &volumes);
        tasks[i] = *like;
        tasks[i].id = node->task + i;
        tasks[i].end = part->ends;
        tasks[i].has_kill_grace = part->has_kill_grace;
        tasks[i].kill_grace = part->kill_grace;
        if (lifetime->kind != NULL)
            tasks[i].duration = hf_time_from_seconds(hf_law_draw(lifetime, &node->stream));
        double usage = kind->usage.kind ? hf_law_draw(&kind->usage, &node->stream) : 1;
        tasks[i].usage_milli = (uint32_t)floor(usage * 1000 + 0.5);
        hf_writes_draw(&kind->writes, service->env.seed, service->env.entity, &tasks[i]);
        tasks[i].resources = hf_parcel_take(catalog, &own);
    }
    hf_resources_clear(catalog, &volumes);
}

void hf_pods__launch(HfService *service, HfDriver *driver, uint32_t row, const HfTaskInfo *like,
                     HfResources *resources)
{
    HfNode *node = &service->nodes[row];
    g_autofree HfTaskInfo *tasks = g_new0(HfTaskInfo, node->parts);
    make_tasks(service, node, like, resources, tasks);
    HfExecutorInfo *executor = hf_executor_info_new(
        &(HfExecutorInfo){.id = ++service->next_executor,
                          .is_default = TRUE,
                          .resources = hf_parcel_take(service->env.catalog, resources),
                          .usage_milli = 1000});
    for (uint32_t i = 0; i < node->parts; i++) tasks[i].executor = hf_executor_info_ref(executor);
    hf_executor_info_drop(service->env.catalog, &executor);
    hf_driver_launch_group(driver, tasks, node->parts);
}

/* ---- what is told of them ---- */

/* Of several ends the one that says most: what has to be done about the instance. */
static int weight_of(HfTaskState state)
{
    switch (state) {
    case HF_TASK_FAILED:
        return 5;
    case HF_TASK_GONE_BY_OPERATOR:
    case HF_TASK_GONE:
        return 4;
    case HF_TASK_KILLED:
        return 2;
    case HF_TASK_FINISHED:
        return 1;
    default:
        return 3; /* lost with its agent, out of reach, refused */
    }
}

gboolean hf_pods__fold(HfService *service, uint32_t row, const HfTaskStatus *status,
                       HfTaskStatus *whole_out)
{
    HfNode *node = &service->nodes[row];
    uint32_t part = (uint32_t)(status->task - node->task);
    HF_ASSERT(part < node->parts);
    *whole_out = *status;
    whole_out->task = node->task;
    if (hf_task_state_is_alive(status->state)) {
        if (status->state != HF_TASK_RUNNING) return FALSE;
        if (node->over & bit(part)) node->end = (uint8_t)HF_TASK_FINISHED; /* it is back */
        node->over &= ~bit(part);
        node->up |= bit(part);
        return node->up == all_of(node);
    }
    if (!hf_task_state_is_terminal(status->state)) node->up &= ~bit(part);
    if (node->over == 0 || weight_of(status->state) > weight_of((HfTaskState)node->end)) {
        node->end = (uint8_t)status->state;
        node->end_reason = (uint8_t)status->reason;
    }
    node->over |= bit(part);
    whole_out->state = (HfTaskState)node->end;
    whole_out->reason = (HfTaskReason)node->end_reason;
    return node->over == all_of(node);
}
