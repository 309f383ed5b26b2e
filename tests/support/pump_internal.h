/* Between the parts of the pump: pump.c (events and messages), pump_peers.c (frameworks and
 * executors), pump_executors.c, pump_operations.c, pump_print.c (what happened, as text). */
#ifndef HF_TESTS_SUPPORT_PUMP_INTERNAL_H
#define HF_TESTS_SUPPORT_PUMP_INTERNAL_H

#include "support/pump.h"

/* pump.c */
void hf_pump__flush(HfPump *pump, HfPeer self);

/* pump_peers.c */
void hf_pump__executor(HfPump *pump, const HfMessage *in);
/* EXECUTOR_BEGIN or EXECUTOR_LAUNCH is carried out. */
void hf_pump__start_now(HfPump *pump, const HfMessage *in);
void hf_pump__end_by_itself(HfPump *pump, uint32_t host, uint32_t generation);
void hf_pump__end_unchecked_runs(HfPump *pump, uint32_t host);
void hf_pump__kill_runs(HfPump *pump, uint32_t host);

void hf_pump__end_run(HfPump *pump, uint32_t host, guint32 run, HfTaskState state);
void hf_pump__kill_run(HfPump *pump, uint32_t host, guint32 run, HfTime grace);

/* pump_executors.c */
/* EXECUTOR_BEGIN, or EXECUTOR_LAUNCH of a task with an executor of its own: TRUE when it waits. */
gboolean hf_pump__start_later(HfPump *pump, const HfMessage *in);
/* One of a framework is there, and registers. */
void hf_pump__begin_executor(HfPump *pump, const HfMessage *in);
/* A task whose own executor is being started will not run; FALSE: there is none. */
gboolean hf_pump__cancel_task(HfPump *pump, uint32_t host, uint32_t framework, uint64_t task);
/* The agent's process is gone, and with it all that it had begun. */
void hf_pump__cancel_starts(HfPump *pump, uint32_t host);
/* `run` of it ended so, and is gone: the others of its group may be killed, and it may end. */
void hf_pump__run_left(HfPump *pump, uint32_t host, const HfPumpRun *run, HfTaskState how);
void hf_pump__shut_down_executor(HfPump *pump, const HfMessage *in);
void hf_pump__reconnect_executors(HfPump *pump, uint32_t host);
/* Those that do not outlive the agent's process, or all of them; their runs have ended. */
void hf_pump__end_executors(HfPump *pump, uint32_t host, gboolean checkpointed);

/* pump_operations.c */
void hf_pump__say_operations(HfPump *pump, HfDriver *driver, const uint64_t *offers, uint32_t count,
                             const char *script, double refuse_seconds);
void hf_pump__print_operations(HfPump *pump, const HfMessage *message);

/* pump_print.c */
void hf_pump__on_record(void *context, const HfRecord *record);
void hf_pump__print_message(HfPump *pump, const HfMessage *message, gboolean is_lost);

#endif
