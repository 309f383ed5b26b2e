/*
 * Instances whose agents are out of reach, as Marathon's unreachableStrategy has it: for
 * inactive_after nothing is done, then another is started in their place, and for expunge_after
 * they may come back. Then there is one too many, and one is killed, the youngest or the oldest.
 * Until it is forgotten an instance counts at its host for constraints.
 *
 *     RUNNING -out of reach-> MISSING -inactive-> WANTED (and an absent task)
 *                 ^------ back ------/
 */
#include "base/assert.h"
#include "models/frameworks/service/service.h"

static void forget(HfService *service, uint32_t at)
{
    for (uint32_t i = 0; i < MAX(service->absent.at[at].parts, 1); i++)
        hf_map64_remove(&service->absent_rows, service->absent.at[at].task + i);
    HfAbsent last = service->absent.at[--service->absent.count];
    if (at == service->absent.count) return;
    service->absent.at[at] = last;
    for (uint32_t i = 0; i < MAX(last.parts, 1); i++)
        hf_map64_set(&service->absent_rows, last.task + i, at);
}

static void kill_absent(HfDriver *driver, const HfAbsent *absent)
{
    for (uint32_t i = 0; i < MAX(absent->parts, 1); i++) hf_driver_kill(driver, absent->task + i);
}

gboolean hf_absent__begin(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    const HfNodeKind *kind = &service->kinds[node->kind];
    if (kind->expunge_after == 0 || kind->rules.identity != HF_IDENTITY_NONE) return FALSE;
    node->phase = HF_PHASE_MISSING;
    node->wait++;
    hf_service__remember_tasks(service, row);
    if (kind->inactive_after != HF_FOR_EVER)
        hf_driver_after(driver, kind->inactive_after, HF_SERVICE_TIMER_INACTIVE,
                        hf_service__timer_arg(service, row));
    return TRUE;
}

void hf_absent__on_inactive(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    const HfNodeKind *kind = &service->kinds[node->kind];
    HF_ASSERT(node->phase == HF_PHASE_MISSING);
    hf_service__forget_tasks(service, row);
    if (kind->expunge_after > kind->inactive_after) {
        for (uint32_t i = 0; i < MAX(node->parts, 1); i++)
            hf_map64_set(&service->absent_rows, node->task + i, service->absent.count);
        hf_vec_push(&service->absent, (HfAbsent){node->task, row, node->host, node->parts});
        node->is_bound = FALSE; /* and counted still */
        if (kind->expunge_after != HF_FOR_EVER)
            hf_driver_after(driver, kind->expunge_after - kind->inactive_after,
                            HF_SERVICE_TIMER_EXPUNGE, node->task);
    } else {
        hf_service__unbind(service, row);
    }
    hf_service__want(service, driver, row);
}

void hf_absent__on_expunge(HfService *service, uint64_t task)
{
    uint32_t at = hf_map64_get(&service->absent_rows, task);
    if (at == HF_MAP64_NONE) return;
    HfAbsent absent = service->absent.at[at];
    forget(service, at);
    hf_service__count_at(service, &service->kinds[service->nodes[absent.row].kind], absent.host,
                         -1);
}

/* The task takes the place of what the row has. */
static void adopt(HfService *service, HfDriver *driver, uint32_t row, const HfAbsent *absent,
                  uint32_t agent)
{
    HfNode *node = &service->nodes[row];
    HF_ASSERT(!node->is_bound);
    node->task = absent->task;
    node->parts = absent->parts;
    node->up = node->over = 0;                /* each is told of again: those that run on */
    node->host = node->ran_on = absent->host; /* where it is counted already */
    node->agent = agent;
    node->is_bound = TRUE;
    node->phase = HF_PHASE_RUNNING;
    node->since = hf_driver_now(driver);
    node->wait++;
    hf_service__remember_tasks(service, row);
    hf_service__note_waiting(service, driver);
    hf_health__on_running(service, driver, row);
}

/* Which of the kind has to go: tasks are numbered in the order of their launches. */
static uint32_t surplus_row(const HfService *service, const HfNodeKind *kind, uint64_t returned)
{
    uint32_t victim = HF_NO_NODE;
    uint64_t task = returned;
    for (uint32_t i = 0; i < kind->rows; i++) {
        const HfNode *node = &service->nodes[kind->first + i];
        if (node->phase != HF_PHASE_LAUNCHED && node->phase != HF_PHASE_RUNNING) continue;
        if (kind->kills_oldest ? node->task > task : node->task < task) continue;
        victim = kind->first + i;
        task = node->task;
    }
    return victim;
}

static void resolve(HfService *service, HfDriver *driver, const HfAbsent *absent, uint32_t agent)
{
    HfNode *node = &service->nodes[absent->row];
    HfNodeKind *kind = &service->kinds[node->kind];
    if (node->phase == HF_PHASE_WANTED || node->phase == HF_PHASE_DELAYED) {
        if (node->phase == HF_PHASE_WANTED) hf_service__unwait(service, absent->row);
        adopt(service, driver, absent->row, absent, agent);
        return;
    }
    uint32_t victim = node->phase == HF_PHASE_IDLE /* it was scaled away */
                          ? HF_NO_NODE
                          : surplus_row(service, kind, absent->task);
    if (victim == HF_NO_NODE) {
        kill_absent(driver, absent);
        hf_service__count_at(service, kind, absent->host, -1);
        return;
    }
    hf_service__kill(driver, &service->nodes[victim]);
    hf_service__forget_tasks(service, victim);
    hf_service__unbind(service, victim);
    adopt(service, driver, victim, absent, agent);
}

gboolean hf_absent__on_update(HfService *service, HfDriver *driver, const HfTaskStatus *status)
{
    uint32_t at = hf_map64_get(&service->absent_rows, status->task);
    if (at == HF_MAP64_NONE) return FALSE;
    HfAbsent absent = service->absent.at[at];
    if (status->task != absent.task) return TRUE; /* of a pod: its first task says it */
    if (hf_task_state_is_alive(status->state)) {
        forget(service, at);
        resolve(service, driver, &absent, status->agent);
    } else if (hf_task_state_is_terminal(status->state)) {
        hf_absent__on_expunge(service, status->task);
    }
    return TRUE;
}
