/*
 * Runs of jobs that a scheduler which started anew has launched a second time (METRONOME-100): two
 * tasks of one run. The run is over when one of them has finished, or both have failed; what runs
 * on of it then is nobody's, and is not killed.
 *
 * Source: dcos/metronome pull request 174 (0.4.0): it expected the launch queue to hold what runs,
 * and after a restart that is empty.
 */
#include "base/assert.h"
#include "models/frameworks/service/service.h"

void hf_twins__begin(HfService *service, HfDriver *driver)
{
    for (uint32_t row = 0; row < service->node_count; row++) {
        HfNode *node = &service->nodes[row];
        const HfNodeKind *kind = &service->kinds[node->kind];
        if (node->phase != HF_PHASE_RUNNING || kind->rules.period == 0) continue;
        hf_twins__part(service, row);
        hf_map64_remove(&service->task_nodes, node->task);
        hf_map64_set(&service->twins, node->task, row + 1);
        node->twin = node->task;
        node->wait++;
        hf_service__unbind(service, row);
        hf_service__want(service, driver, row);
    }
    hf_service__note_waiting(service, driver);
}

void hf_twins__part(HfService *service, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    if (node->twin != 0) hf_map64_set(&service->twins, node->twin, 0);
    node->twin = 0;
}

/* The other one goes on without it. */
static void lose_sight(HfService *service, HfNode *node, uint32_t row)
{
    if (node->phase == HF_PHASE_WANTED) {
        hf_service__unwait(service, row);
        return;
    }
    HF_ASSERT(node->phase == HF_PHASE_LAUNCHED || node->phase == HF_PHASE_RUNNING);
    hf_map64_remove(&service->task_nodes, node->task);
    hf_map64_set(&service->twins, node->task, 0);
}

gboolean hf_twins__on_update(HfService *service, HfDriver *driver, const HfTaskStatus *status)
{
    uint32_t found = hf_map64_get(&service->twins, status->task);
    if (found == HF_MAP64_NONE) return FALSE;
    if (!hf_task_state_is_terminal(status->state)) return TRUE;
    hf_map64_remove(&service->twins, status->task);
    if (found == 0) return TRUE;
    uint32_t row = found - 1;
    HfNode *node = &service->nodes[row];
    node->twin = 0;
    if (status->state != HF_TASK_FINISHED) return TRUE;
    lose_sight(service, node, row);
    node->task = status->task;
    hf_service__on_ended(service, driver, row, status);
    return TRUE;
}
