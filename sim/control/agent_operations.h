/*
 * Operations at the agent: done, checkpointed, answered; the answer is repeated until it is
 * acknowledged. Shared by the agent*.c files.
 *
 * Source: Mesos 1.11 Slave::applyOperation, Slave::checkpointResources,
 * Slave::reconcileOperations, src/status_update_manager; MESOS.md 2.5.
 */
#ifndef HF_CONTROL_AGENT_OPERATIONS_H
#define HF_CONTROL_AGENT_OPERATIONS_H

#include "control/agent.h"

/*
 * APPLY_OPERATION: done at once, or answered DROPPED when it was meant for an earlier registration,
 * or when the agent does not have what it takes; in the second case the agent registers again, so
 * that the master learns what it has. The process may die while it writes: nothing is answered
 * then.
 */
void hf_agent__on_apply_operation(HfAgent *agent, HfTime now, const HfMessage *in, HfOutbox *out);

/* CHECKPOINT_RESOURCES of older masters: what it now has, without an answer. */
void hf_agent__on_checkpoint_resources(HfAgent *agent, const HfMessage *in);

void hf_agent__on_operation_acknowledged(HfAgent *agent, const HfMessage *in);

/* The master asks about operations; those that never arrived are answered DROPPED. Unacknowledged
 * answers are sent again. */
void hf_agent__on_operations_asked(HfAgent *agent, HfTime now, const HfMessage *in,
                                   gboolean was_registered, HfOutbox *out);

/* Say in a registration which answers are still unacknowledged. */
void hf_agent__report_operations(const HfAgent *agent, HfMessage *message);

/* Send answers again whose time has come; when the next one's comes, HF_TIME_NEVER = none. */
HfTime hf_agent__retry_operations(HfAgent *agent, HfTime now, HfOutbox *out);

/* Does the agent have the dynamic reservations and volumes among these resources (with allocation
 * role)? Cost: O(1) unless there are any. */
gboolean hf_agent__has_checkpointed(const HfAgent *agent, const HfResources *resources);
static inline gboolean hf_agent__has_resources(const HfAgent *agent, const HfParcel *parcel)
{
    return G_LIKELY(!(hf_parcel_flags(parcel) & (HF_META_DYNAMIC | HF_META_PERSISTENT))) ||
           hf_agent__has_checkpointed(agent, hf_parcel_resources(parcel));
}

#endif
