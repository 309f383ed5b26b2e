/* The trace formats there are: of workloads (tasks) and of agents (machines). tools/registry.c
 * lists them. */
#ifndef HF_MODELS_WORKLOADS_WORKLOADS_H
#define HF_MODELS_WORKLOADS_WORKLOADS_H

#include "world/model.h"

extern const HfWorkloadFormat hf_workload_openb;
extern const HfWorkloadFormat hf_workload_swf;
extern const HfAgentTraceFormat hf_agent_trace_openb;

#endif
