/*
 * The whole state of a pump as text: master, allocator, agents with their disks, frameworks, and
 * all that is under way. Two states with equal text have the same future, if the host decides alike
 * in both. What only names things is renamed in order of appearance (offer ids, serials of
 * operations, versions of registrations), times count from now, and what means nothing any more is
 * left out (timers that will be passed over, counters that only ever grow, what is kept to be
 * fast).
 *
 * A time further than HF_DUMP_FAR away is "far": who calls sees to it that it never comes.
 */
#ifndef HF_TESTS_SUPPORT_DUMP_H
#define HF_TESTS_SUPPORT_DUMP_H

#include "support/dump_allocator.h"
#include "support/pump.h"

void hf_pump_dump(HfPump *pump, GString *out);

/* Will the receiver of this timer act on it? */
gboolean hf_pump_timer_counts(HfPump *pump, const HfPumpEvent *timer);

#endif
