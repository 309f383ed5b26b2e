/*
 * A run that came to a stop: tasks wait, and nothing moves that could help them. Why each of them
 * waits, and who holds what it wants.
 */
#ifndef HF_WORLD_STALL_H
#define HF_WORLD_STALL_H

#include "world/world.h"

/*
 * NULL unless, at the present instant: tasks wait, jobs have missed each of their times, or tasks
 * were launched by orders that are lost; no task that runs will end by itself; all hosts, agents
 * and schedulers are up, but those that are lost for good, and a master leads; and no task was
 * launched or ended for the last tenth of the run, or for ten allocation intervals if that is
 * longer. Then lines for people, each ending in a newline: what waits since when, on how many
 * agents it would fit if they were empty, how many agents do not run it for which reason (too
 * small, reserved to others, full, out in offers, quota, filters, ...), and who holds what of that,
 * in tasks and in offers; or why the only host that will do does not; or how far its order came. A
 * reason holds of an agent if none that is named before it in `reasons` (stall.c) does. Newly
 * allocated. Cost: O(agents x kinds of tasks that wait + tasks), once at the end of a run.
 */
char *hf_stall_explain(const HfWorld *world);

/*
 * Simulated time that stands still: so many messages and timers at one instant that it will not
 * pass (2^24). hf_world_run() returns HF_RUN_STOPPED then, and this is TRUE from there on.
 */
gboolean hf_stall_is_standing(const HfWorld *world);
/* What went round at that instant: a line for people, newly allocated. */
char *hf_stall_explain_standing(const HfWorld *world);

#endif
