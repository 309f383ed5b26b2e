/*
 * Garbage collection of sandboxes: how old what ended tasks left may become.
 * Source: Mesos 1.11 Slave::age, Slave::_checkDiskUsage (src/slave/slave.cpp), src/slave/gc.cpp;
 * MESOS.md 4.4.
 */
#ifndef HF_CONTROL_GC_H
#define HF_CONTROL_GC_H

#include "base/time.h"

/*
 * gc_delay * max(0, 1 - headroom - usage): what is older goes at the next look at the disk.
 * Units:  headroom and usage are fractions of the file system, 0..1.
 */
HfTime hf_gc_age_max(HfTime gc_delay, double headroom, double usage);

/* When a look at the disk comes next, after `now`; looks come every `interval` from `phase` on. */
HfTime hf_gc_next_look(HfTime phase, HfTime interval, HfTime now);

#endif
