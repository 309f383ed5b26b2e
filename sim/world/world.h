/*
 * The simulated world: hosts with their agents, the links between everybody, the executors, the
 * frameworks' models and what goes wrong; around the real control plane, which it drives through
 * messages and timers alone.
 *
 * One world is one run. It is deterministic: equal scenario and seed give an equal trace digest.
 */
#ifndef HF_WORLD_WORLD_H
#define HF_WORLD_WORLD_H

#include "control/master.h"
#include "engine/engine.h"
#include "scenario/scenario.h"
#include "world/faults.h"
#include "world/model.h"
#include "world/recorder.h"

#define HF_WORLD_ERROR (g_quark_from_static_string("hf-world-error"))
typedef enum HfWorldError {
    HF_WORLD_ERROR_INPUT = 1, /* the scenario, or a file it names, is wrong: exit 2 */
    HF_WORLD_ERROR_IO = 2     /* it could not be read: exit 1 */
} HfWorldError;

/*
 * Build everything the scenario names; nothing has happened yet.
 * The scenario is borrowed for the world's life.
 * Errors: NULL and HF_WORLD_ERROR: resources, attributes, roles or traces that do not fit together.
 * Memory: under 2 KiB for each host.
 */
HfWorld *hf_world_new(const HfScenario *scenario, GError **error);
void hf_world_free(HfWorld *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfWorld, hf_world_free)

/* Run up to and including `until` (not beyond the scenario's duration). May be called again to go
 * on. */
HfRunEnd hf_world_run(HfWorld *world, HfTime until);

/* End the current hf_world_run() after the event in hand (for a SIGINT handler's flag, via
 * hf_world_run slices). */
void hf_world_stop(HfWorld *world);

/* Closes the account at the present instant: levels are integrated up to now, RUN_ENDED is
 * recorded. Call once. */
void hf_world_finish(HfWorld *world);

HfTrace *hf_world_trace(HfWorld *world);
HfRecorder *hf_world_recorder(HfWorld *world);
HfMaster *hf_world_master(HfWorld *world);
const HfEngine *hf_world_engine(const HfWorld *world);
const HfScenario *hf_world_scenario(const HfWorld *world);

/* Does the registry have a latency? Then a master may end between a write and what follows it. */
gboolean hf_world_registry_takes_time(const HfWorld *world);

/* agent.executor_registration_timeout; 0 where executors start at once, and none is late. */
HfTime hf_world_executor_registration_timeout(const HfWorld *world);

/* Names for the JSONL form of the trace. */
HfTraceNames hf_world_names(HfWorld *world);

/* Bytes by part, for run.json. */
typedef struct HfWorldMemory {
    size_t engine, master, allocator, messages, hosts, recorder;
} HfWorldMemory;
HfWorldMemory hf_world_memory(const HfWorld *world);

/* Recount the master's and the world's books (assertions). O(everything). */
void hf_world_check(const HfWorld *world);

#endif
