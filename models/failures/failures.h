/* The failure models there are. tools/registry.c lists them. */
#ifndef HF_MODELS_FAILURES_FAILURES_H
#define HF_MODELS_FAILURES_FAILURES_H

#include "world/model.h"

extern const HfFailureModel hf_failure_agent_crash;
extern const HfFailureModel hf_failure_agent_restart;
extern const HfFailureModel hf_failure_burst;
extern const HfFailureModel hf_failure_disk_fill;
extern const HfFailureModel hf_failure_framework_failover;
extern const HfFailureModel hf_failure_host_loss;
extern const HfFailureModel hf_failure_master_failover;
extern const HfFailureModel hf_failure_mount_missing;
extern const HfFailureModel hf_failure_outage;
extern const HfFailureModel hf_failure_partition;
extern const HfFailureModel hf_failure_reboot;
extern const HfFailureModel hf_failure_recorded;
extern const HfFailureModel hf_failure_scheduler_partition;
extern const HfFailureModel hf_failure_slow_link;
extern const HfFailureModel hf_failure_store_outage;
extern const HfFailureModel hf_failure_store_loss;
extern const HfFailureModel hf_failure_task_failure;

#endif
