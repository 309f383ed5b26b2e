/*
 * What the tests of refusals share: a cell with one of everything, and all of its state as one
 * text. What is compared is the memory of the allocator's tables, byte for byte, and as text what
 * they point to, the master's books, the hosts and what is under way.
 */
#ifndef HF_TESTS_UNIT_CONTROL_LOT_H
#define HF_TESTS_UNIT_CONTROL_LOT_H

#include "unit/control/operators.h"

#include <string.h>

#include "control/master_internal.h"
#include "support/dump.h"

#define WEB   "(D:web,p=web)"
#define SHARE "disk" WEB "[s:p,p=web]{shared}"

#define LOT_ACLS                                                                                   \
    "{'permissive':true,'reserve_resources':[{'principals':{'values':['eve']},"                    \
    "'roles':{'type':'NONE'}}]}"

typedef struct Lot {
    HfPump *pump;
    HfAcls *acls;
    HfAllocator *allocator;
    HfCatalog *catalog;
} Lot;

/*
 * Tasks of `web` on agent 0 hold volume v and two copies of the shared volume s, and `web` holds an
 * offer of the rest; agent 1 is free, but for a filter of `web`. Framework 1 is suppressed. There
 * is a quota, a weight, and maintenance of agent 0; an inverse offer is out.
 */
static inline Lot lot_new(void)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    HfAcls *acls = acls_of(LOT_ACLS);
    config.master.acls = acls;
    config.has_minimum = TRUE;
    HfPump *pump = hf_pump_new(&config);
    hf_pump_add_agent(pump, "cpus:8;mem:4096;disk:4096");
    hf_pump_add_agent(pump, "cpus:4;mem:1024;disk:1024;disk(web):100;gpus:2");
    hf_pump_run(pump, HF_SECONDS(2.5));
    uint32_t web = hf_pump_add_framework_as(pump, "web", "web", "web",
                                            HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_GPU_RESOURCES |
                                                HF_CAPABILITY_SHARED_RESOURCES,
                                            TRUE);
    hf_pump_run_for(pump, 0);
    hf_pump_operate(pump, web, 1,
                    "RESERVE disk" WEB ":1000 | CREATE " SHARE ":100 | "
                    "CREATE disk" WEB "[v:p,p=web]:100 | "
                    "LAUNCH 1=cpus:1;" SHARE ":100 2=cpus:1;" SHARE ":100 3=cpus:1;disk" WEB
                    "[v:p,p=web]:100",
                    0);
    hf_pump_run_for(pump, 0);
    hf_pump_decline_all(pump, web, 3600);
    hf_pump_run_for(pump, 0);
    uint32_t other =
        hf_pump_add_framework_as(pump, "other", "ops", "other", HF_CAPABILITY_MULTI_ROLE, TRUE);
    hf_pump_run_for(pump, 0);
    hf_pump_suppress(pump, other);
    hf_pump_decline_all(pump, other, 0);
    hf_pump_run_for(pump, 0);
    assert_call(pump, HF_CALL_UPDATE_WEIGHTS, "{'weight_infos':[{'role':'web','weight':2}]}", 200);
    assert_call(pump, HF_CALL_UPDATE_QUOTA,
                "{'quota_configs':[{'role':'q','guarantees':{'cpus':{'value':1}},"
                "'limits':{'cpus':{'value':2}}}]}",
                200);
    assert_call(pump, HF_CALL_UPDATE_MAINTENANCE_SCHEDULE,
                "{'schedule':{'windows':[{'machine_ids':[{'hostname':'host0'}],"
                "'unavailability':{'start':{'nanoseconds':3600000000000}}}]}}",
                200);
    hf_pump_run_for(pump, HF_SECONDS(1));
    HfPumpFramework *holds = hf_pump_framework(pump, web);
    assert_int_equal(holds->offers.count, 1);
    assert_int_equal(holds->offers.at[0].agent, 0);
    assert_int_equal(holds->inverse.count, 1);
    assert_available(pump, SHARE ":100");
    assert_int_equal(hf_trace_count(pump->trace, HF_RECORD_OPERATION_DROPPED), 0);
    assert_int_equal(hf_pump_host(pump, 0)->agent.tasks.count, 3);
    return (Lot){pump, acls, pump->master->allocator, pump->catalog};
}

static inline void lot_free(Lot *lot)
{
    hf_pump_free(lot->pump);
    hf_acls_free(lot->acls);
}

static inline char *dump(const Lot *lot)
{
    GString *out = g_string_new(NULL);
    hf_pump_dump(lot->pump, out);
    g_autoptr(JsonNode) state = hf_allocator_state(lot->allocator);
    g_autofree char *text = json_to_string(state, FALSE);
    g_string_append_printf(out, "\n%s", text);
    hf_dump_allocator_tables(lot->allocator, out);
    return g_string_free(out, FALSE);
}

static inline void assert_unchanged(const Lot *lot, const char *before, const char *what)
{
    g_autofree char *after = dump(lot);
    size_t at = 0;
    while (before[at] != '\0' && before[at] == after[at]) at++;
    if (before[at] == after[at]) return;
    while (at > 0 && before[at - 1] != '\n') at--;
    fail_msg("%s\nbefore %.2000s\nafter  %.2000s", what, before + at, after + at);
}

#endif
