/*
 * What the tests of the operator API share: hosts of 4 cpus, 1 GB and 1 GB of disk, frameworks that
 * are named like their role and principal, bodies of calls.
 */
#ifndef HF_TESTS_UNIT_CONTROL_OPERATORS_H
#define HF_TESTS_UNIT_CONTROL_OPERATORS_H

#include "unit/control/lab.h"

#define CPUS(role, principal, n)                                                                   \
    "{'name':'cpus','type':'SCALAR','scalar':{'value':" #n "},'reservations':[{'type':'DYNAMIC',"  \
    "'role':'" role "','principal':'" principal "'}]}"
#define VOLUME(id, path, n)                                                                        \
    "{'name':'disk','type':'SCALAR','scalar':{'value':" #n "},'reservations':[{'type':'DYNAMIC',"  \
    "'role':'a','principal':'ops'}],'disk':{'persistence':{'id':'" id "','principal':'ops'},"      \
    "'volume':{'mode':'RW','container_path':'" path "'}}}"
#define DISK(n)                                                                                    \
    "{'name':'disk','type':'SCALAR','scalar':{'value':" #n "},'reservations':[{'type':'DYNAMIC',"  \
    "'role':'a','principal':'ops'}]}"
#define ON_0(list, what) "{'agent_id':{'value':'S00000000'},'" list "':[" what "]}"
#define AGENT_0          "{'agent_id':{'value':'host0'}}"

static inline HfPump *cluster(uint32_t hosts, const HfAcls *with)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.log_messages = TRUE;
    config.master.acls = with;
    HfPump *pump = hf_pump_new(&config);
    for (uint32_t i = 0; i < hosts; i++) hf_pump_add_agent(pump, "cpus:4;mem:1024;disk:1024");
    hf_pump_run(pump, HF_SECONDS(2.5));
    return pump;
}

static inline uint32_t add(HfPump *pump, const char *name)
{
    uint32_t row = hf_pump_add_framework_as(pump, name, name, name, HF_CAPABILITY_MULTI_ROLE, TRUE);
    hf_pump_run_for(pump, 0);
    return row;
}

static inline void assert_call(HfPump *pump, HfCallType type, const char *body, int status)
{
    int is = hf_pump_call(pump, "ops", type, body);
    if (is != status) {
        g_autofree char *text = hf_pump_take_text(pump);
        gsize length = strlen(text);
        fail_msg("%s %s: %d instead of %d: %s", hf_call_type_name(type), body, is, status,
                 text + (length > 300 ? length - 300 : 0));
    }
    hf_pump_run_for(pump, 0);
}

static inline uint32_t rescinds(HfPump *pump, uint32_t framework)
{
    return hf_pump_framework(pump, framework)->rescinds;
}

#endif
