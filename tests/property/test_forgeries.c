/*
 * Runs whose records are falsified on the way to the auditor are caught, so that its silence about
 * others (test_audit.c) means something.
 */
#include "unit/models/lab.h"

#include "audit/audit.h"

static HfAudit *audit_of(Cell *cell)
{
    HfAuditConfig config = {.allocation_interval =
                                hf_world_scenario(cell->world)->master.allocation_interval,
                            .era = hf_world_scenario(cell->world)->era,
                            .registry_takes_time = hf_world_registry_takes_time(cell->world),
                            .names = hf_world_names(cell->world)};
    return hf_audit_new(hf_world_catalog(cell->world), &config);
}

typedef enum Falsify { DROP, DOUBLE, MORE, LESS, OTHER, LATER, VALUE, SOONER } Falsify;

typedef struct Forgery {
    const char *name;
    HfRecordType type;
    Falsify how;
    int state; /* of a task, or -1 = whatever */
} Forgery;

/* Each is a mistake that a master, an allocator or a world might make. */
static const Forgery forgeries[] = {
    {"an offer is made and not booked", HF_RECORD_OFFER_SENT, DROP, -1},
    {"an offer is made twice", HF_RECORD_OFFER_SENT, DOUBLE, -1},
    {"an offer holds more than there is", HF_RECORD_OFFER_SENT, MORE, -1},
    {"an offer goes to who removed itself", HF_RECORD_OFFER_SENT, OTHER, -1},
    {"a decline gives nothing back", HF_RECORD_OFFER_DECLINED, DROP, -1},
    {"a decline gives back twice", HF_RECORD_OFFER_DECLINED, DOUBLE, -1},
    {"a decline gives back less", HF_RECORD_OFFER_DECLINED, LESS, -1},
    {"a filter ends too early", HF_RECORD_OFFER_DECLINED, LATER, -1},
    {"an accept is forgotten", HF_RECORD_OFFER_ACCEPTED, DROP, -1},
    {"an accept is taken twice", HF_RECORD_OFFER_ACCEPTED, DOUBLE, -1},
    {"a task is launched and not booked", HF_RECORD_TASK_LAUNCHED, DROP, -1},
    {"a task is launched twice", HF_RECORD_TASK_LAUNCHED, DOUBLE, -1},
    {"a task gets more than its offer", HF_RECORD_TASK_LAUNCHED, MORE, -1},
    {"an end frees nothing", HF_RECORD_TASK_STATE, DROP, HF_TASK_FINISHED},
    {"an end frees twice", HF_RECORD_TASK_STATE, DOUBLE, HF_TASK_FINISHED},
    {"an end frees less", HF_RECORD_TASK_STATE, LESS, HF_TASK_FINISHED},
    {"a task runs twice", HF_RECORD_TASK_STARTED, DOUBLE, -1},
    {"a task runs elsewhere", HF_RECORD_TASK_STARTED, OTHER, -1},
    {"a task is said to run and does not", HF_RECORD_TASK_STARTED, DROP, -1},
    {"a task is said to have ended and runs", HF_RECORD_TASK_ENDED, DROP, HF_TASK_FINISHED},
    {"a run ends twice", HF_RECORD_TASK_ENDED, DOUBLE, -1},
    {"an agent is not entered", HF_RECORD_AGENT_REGISTERED, DROP, -1},
    {"an agent id is given out twice", HF_RECORD_AGENT_REGISTERED, DOUBLE, -1},
    {"a framework is not entered", HF_RECORD_FRAMEWORK_SUBSCRIBED, DROP, -1},
    {"a suppression is forgotten", HF_RECORD_REVIVED, DROP, -1},
    {"a lost agent is not given up", HF_RECORD_AGENT_UNREACHABLE, DROP, -1},
    {"a lost agent is given up twice", HF_RECORD_AGENT_UNREACHABLE, DOUBLE, -1},
    {"a sandbox is not counted", HF_RECORD_SANDBOX_MADE, DROP, -1},
    {"a sandbox begins with more than is said", HF_RECORD_SANDBOX_MADE, VALUE, -1},
    {"a sandbox grows faster than is said", HF_RECORD_SANDBOX_GROWS, VALUE, -1},
    {"a sandbox holds more than its task wrote", HF_RECORD_SANDBOX_CLOSED, VALUE, -1},
    {"a sandbox is removed and still counted", HF_RECORD_SANDBOX_REMOVED, DROP, -1},
    {"a sandbox is removed twice", HF_RECORD_SANDBOX_REMOVED, DOUBLE, -1},
    {"what others wrote is not counted", HF_RECORD_OUT_OF_BAND, DROP, -1},
    {"a service writes a directory that is not counted", HF_RECORD_PATH_WRITTEN, DROP, -1},
    {"a directory holds more than is said", HF_RECORD_PATH_WRITTEN, VALUE, -1},
    {"a directory is left twice", HF_RECORD_PATH_LEFT, DOUBLE, -1},
    {"more is left than was there", HF_RECORD_PATH_LEFT, VALUE, -1},
    {"a directory is taken over twice", HF_RECORD_PATH_ADOPTED, DOUBLE, -1},
    {"a directory is taken over that holds something else", HF_RECORD_PATH_ADOPTED, VALUE, -1},
    {"a store is not declared", HF_RECORD_STORE_DECLARED, DROP, -1},
    {"a store goes down, or comes up, unheard", HF_RECORD_STORE_STATE, DROP, -1},
    {"a store goes down, or comes up, twice", HF_RECORD_STORE_STATE, DOUBLE, -1},
    {"a share is taken and not booked", HF_RECORD_STORE_TAKEN, DROP, -1},
    {"a share is left twice", HF_RECORD_STORE_LEFT, DOUBLE, -1},
    {"a share is larger when it is left", HF_RECORD_STORE_LEFT, VALUE, -1},
    {"a share is left and not booked", HF_RECORD_STORE_LEFT, DROP, -1},
    {"a share is removed twice", HF_RECORD_STORE_FREED, DOUBLE, -1},
    {"an instance waits for a store that serves", HF_RECORD_STORE_STALLED, DROP, -1},
    {"an instance has its share and is not counted", HF_RECORD_STORE_CLIENTS, DROP, -1},
    {"a host has a share that another has", HF_RECORD_SHARE_ATTACHED, DOUBLE, -1},
    {"a host attaches a share unheard", HF_RECORD_SHARE_ATTACHED, DROP, -1},
    {"a host lets go of a share unheard", HF_RECORD_SHARE_DETACHED, DROP, -1},
    {"a host lets go of a share twice", HF_RECORD_SHARE_DETACHED, DOUBLE, -1},
    {"more is used than is there", HF_RECORD_DISK_USED, VALUE, -1},
    {"a volume has other data than before", HF_RECORD_VOLUME_OPENED, VALUE, -1},
    {"a volume is filled, and holds something else", HF_RECORD_VOLUMES_HOLD, VALUE, -1},
    {"a volume holds what no task wrote", HF_RECORD_VOLUME_FILLED, DROP, -1},
    {"a task that is killed does not stop in time", HF_RECORD_TASK_STOPPING, SOONER, -1},
    {"a task that stops runs elsewhere", HF_RECORD_TASK_STOPPING, OTHER, -1},
    {"a limit is lower than what is offered", HF_RECORD_QUOTA_LIMIT, SOONER, -1},
    {"a quota is set and not told", HF_RECORD_QUOTA, DROP, -1},
    {"an executor is launched and not booked", HF_RECORD_EXECUTOR_LAUNCHED, DROP, -1},
    {"an executor is paid for twice", HF_RECORD_EXECUTOR_LAUNCHED, DOUBLE, -1},
    {"an executor gets more than its offer", HF_RECORD_EXECUTOR_LAUNCHED, MORE, -1},
    {"an executor gets less than it holds", HF_RECORD_EXECUTOR_LAUNCHED, LESS, -1},
    {"an executor holds on when it is over", HF_RECORD_EXECUTOR_REMOVED, DROP, -1},
    {"an executor gives back twice", HF_RECORD_EXECUTOR_REMOVED, DOUBLE, -1},
    {"an executor gives back less", HF_RECORD_EXECUTOR_REMOVED, LESS, -1},
    {"an executor begins unheard", HF_RECORD_EXECUTOR_STARTED, DROP, -1},
    {"an executor begins twice", HF_RECORD_EXECUTOR_STARTED, DOUBLE, -1},
    {"an executor begins elsewhere", HF_RECORD_EXECUTOR_STARTED, OTHER, -1},
    {"an executor ends unheard", HF_RECORD_EXECUTOR_ENDED, DROP, -1},
    {"an executor ends twice", HF_RECORD_EXECUTOR_ENDED, DOUBLE, -1},
};

/* Stands between the trace and the auditor. */
typedef struct Forger {
    const Forgery *forgery;
    HfAudit *audit;
    HfCatalog *catalog;
    uint32_t spare; /* records of the kind to let pass */
    gboolean is_done;
} Forger;

static void forge(Forger *forger, HfRecord record)
{
    HfResources altered = {0};
    HfResource bit = hf_resource_scalar(HF_KIND_CPUS, HF_META_PLAIN, 1);
    if (record.resources) hf_resources_copy(forger->catalog, &altered, record.resources);
    if (!hf_resources_is_empty(&altered)) bit.meta = hf_resources_at(&altered, 0)->meta;
    switch (forger->forgery->how) {
    case DROP:
        break;
    case DOUBLE:
        hf_audit_listen(forger->audit, &record);
        hf_audit_listen(forger->audit, &record);
        break;
    case MORE:
        bit.milli = INT64_C(1000000); /* more than any agent has */
        hf_resources_add_one(forger->catalog, &altered, &bit);
        record.resources = &altered;
        hf_audit_listen(forger->audit, &record);
        break;
    case LESS:
        hf_resources_subtract_one(forger->catalog, &altered, &bit);
        record.resources = &altered;
        hf_audit_listen(forger->audit, &record);
        break;
    case OTHER:
        if (record.type == HF_RECORD_TASK_STARTED || record.type == HF_RECORD_TASK_STOPPING ||
            record.type == HF_RECORD_EXECUTOR_STARTED)
            record.agent++;
        else
            record.framework += 1000;
        hf_audit_listen(forger->audit, &record);
        break;
    case VALUE:
        record.value += 7;
        hf_audit_listen(forger->audit, &record);
        break;
    case SOONER:
        record.value = 0;
        hf_audit_listen(forger->audit, &record);
        break;
    case LATER:
        record.value *= 100;
        hf_audit_listen(forger->audit, &record);
        break;
    }
    hf_resources_clear(forger->catalog, &altered);
}

static void forger_listen(void *context, const HfRecord *record)
{
    Forger *forger = context;
    const Forgery *forgery = forger->forgery;
    gboolean is_it =
        record->type == forgery->type && !forger->is_done &&
        (forgery->state < 0 || record->state == forgery->state) &&
        (forgery->how != LATER || record->value == 2000); /* of g, which never revives */
    if (!is_it || forger->spare-- > 0) {
        hf_audit_listen(forger->audit, record);
        return;
    }
    forger->is_done = TRUE;
    forge(forger, *record);
}

/* Agents that go and come back under a framework with executors of its own. */
static Cell *cell_with_executors(void)
{
    return cell_new("seed: 4\n"
                    "duration: 30m\n"
                    "agents: [{name: n, count: 4, resources: 'cpus:4;mem:4096'}]\n"
                    "frameworks:\n"
                    "  - {name: s, model: spark, mode: fine, arrivals: 20s, task_cpus: 1,\n"
                    "     executor_mem: 256, stages: [{tasks: 4, duration: 10s}]}\n"
                    "  - {name: f, model: batch, role: a, arrivals: 10s, duration: 20s, cpus: 1,\n"
                    "     mem: 128}\n"
                    "failures: [{what: agent-crash, mtbf: 3m, down: 90s, detect: ping}]\n");
}

static Cell *cell_with_all_else(void)
{
    return cell_new(
        "seed: 4\n"
        "duration: 30m\n"
        "agents: [{name: n, count: 4, resources: "
        "'cpus:4;cpus(b):1;mem:4096;disk:900;ports:[1-9]'}]\n"
        "agent: {gc_delay: 5m}\n"
        "roles: {a: {limit: 'cpus:99'}, b: {limit: 'mem:99999'}, c: {limit: 'cpus:99'}}\n"
        "operators: [{at: 6m, drain_agent: {agent_id: n-0}},\n"
        "            {at: 6m, drain_agent: {agent_id: n-1}},\n"
        "            {at: 8m, reactivate_agent: {agent_id: n-0}},\n"
        "            {at: 8m, reactivate_agent: {agent_id: n-1}},\n"
        "            {at: 12m, drain_agent: {agent_id: n-2}},\n"
        "            {at: 12m, drain_agent: {agent_id: n-3}},\n"
        "            {at: 14m, reactivate_agent: {agent_id: n-2}},\n"
        "            {at: 14m, reactivate_agent: {agent_id: n-3}},\n"
        "            {at: 18m, drain_agent: {agent_id: n-0}},\n"
        "            {at: 18m, drain_agent: {agent_id: n-1}},\n"
        "            {at: 20m, reactivate_agent: {agent_id: n-0}},\n"
        "            {at: 20m, reactivate_agent: {agent_id: n-1}},\n"
        "            {at: 24m, drain_agent: {agent_id: n-2}},\n"
        "            {at: 24m, drain_agent: {agent_id: n-3}},\n"
        "            {at: 26m, reactivate_agent: {agent_id: n-2}},\n"
        "            {at: 26m, reactivate_agent: {agent_id: n-3}}]\n"
        "frameworks:\n"
        "  - {name: f, model: batch, role: a, arrivals: 10s, tasks: 2, duration: 20s, cpus: 1,\n"
        "     mem: 128, refuse: 5s, sandbox: 9, sandbox_growth: 0.5, stop_time: 1s}\n"
        "  - {name: g, model: batch, role: c, arrivals: 30s, duration: 15s, cpus: 1, mem: 128,\n"
        "     refuse: 2s, suppress: false}\n"
        "  - {name: m, model: marathon, role: b, refuse: 10s, apps: [\n"
        "      {id: /x, instances: 5, cpus: 0.5, mem: 64, ports: 1, lifetime: 100s}]}\n"
        "  - {name: v, model: marathon, role: v, checkpoint: true, apps: [\n"
        "      {id: /v, instances: 4, cpus: 0.1, mem: 64, disk: 90, residency: true,\n"
        "       lifetime: 80s}]}\n"
        "  - {name: p, model: service, variant: stateful-centralized, role: p, nodes: 3, cpus: "
        "0.1,\n"
        "     mem: 64, disk: 0, place: path, identity: host, same_wait: 0s, data: 20,\n"
        "     lifetime: 60s}\n"
        "  - {name: q, model: service, variant: stateful-centralized, role: q, nodes: 2, cpus: "
        "0.1,\n"
        "     mem: 64, disk: 0, identity: none, store: s, data: 20, lifetime: 90s, backoff: 1s,\n"
        "     max_backoff: 1s}\n"
        "stores: [{name: s, kind: san, capacity: 45, setup: 0s, cleanup: 40s, fence: 1s, attach: "
        "1s,\n"
        "          on_outage: hang}]\n"
        "failures: [{what: agent-crash, mtbf: 3m, down: 90s, detect: ping},\n"
        "           {what: store-outage, at: 2m, every: 4m, for: 20s},\n"
        "           {what: disk-fill, mtbf: 4m, amount: 50, for: 1m}]\n");
}

/* One run with one falsified record; is it caught? */
static gboolean is_caught(const Forgery *forgery, uint32_t spare)
{
    gboolean is_of_executors =
        forgery->type >= HF_RECORD_EXECUTOR_LAUNCHED && forgery->type <= HF_RECORD_EXECUTOR_ENDED;
    Cell *cell = is_of_executors ? cell_with_executors() : cell_with_all_else();
    Forger forger = {forgery, audit_of(cell), hf_world_catalog(cell->world), spare, FALSE};
    hf_trace_listen(hf_world_trace(cell->world), forger_listen, &forger);
    cell_run(cell, hf_world_scenario(cell->world)->duration);
    hf_audit_finish(forger.audit);
    if (!forger.is_done) fail_msg("%s: never happened", forgery->name);
    gboolean caught = hf_audit_breach(forger.audit) != NULL;
    hf_audit_free(forger.audit);
    cell_free(cell);
    return caught;
}

static void every_falsified_record_is_caught(void **state)
{
    uint32_t missed = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(forgeries); i++) {
        for (uint32_t spare = 0; spare < 3; spare++) {
            if (spare > 0 && (forgeries[i].type == HF_RECORD_FRAMEWORK_SUBSCRIBED ||
                              forgeries[i].type == HF_RECORD_STORE_DECLARED))
                continue; /* there are not so many */
            if (is_caught(&forgeries[i], spare)) continue;
            print_error("%s, the %u. time: let pass\n", forgeries[i].name, spare + 1);
            missed++;
        }
    }
    assert_int_equal(missed, 0);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_falsified_record_is_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
