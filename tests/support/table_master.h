/*
 * The second host of the allocator: a master that is a table of steps. It has no engine, no network
 * and no messages; it links against `allocator` and what lies below it alone, which is the proof
 * that the allocator is a library (tests/support/CMakeLists.txt). It keeps what a master must: the
 * offers that are out and the tasks that run. Everything that it is offered stands in its log.
 *
 *   step                  who             what
 *   AGENT                 agent           its resources
 *   AGENT_LOST            agent
 *   FRAMEWORK             framework       its roles, separated by commas
 *   FRAMEWORK_GONE        framework
 *   QUOTA                 role            "guarantees|limits", either may be empty
 *   ACCEPT                framework       what one task takes of its oldest offer; the rest is
 *                                         declined with a filter of 5 s; the task is named
 *                                         after the number of the offer
 *   DECLINE               framework       seconds to refuse its oldest offer for
 *   FINISH                task
 *   WAIT                  seconds, whole; batches happen on the way
 *
 * Log: one line for each offer, "1: f0 web a0 cpus@web:4;mem@web:512", numbered from 1.
 */
#ifndef HF_TESTS_SUPPORT_TABLE_MASTER_H
#define HF_TESTS_SUPPORT_TABLE_MASTER_H

#include <glib.h>

typedef enum HfTableKind {
    HF_TABLE_AGENT,
    HF_TABLE_AGENT_LOST,
    HF_TABLE_FRAMEWORK,
    HF_TABLE_FRAMEWORK_GONE,
    HF_TABLE_QUOTA,
    HF_TABLE_ACCEPT,
    HF_TABLE_DECLINE,
    HF_TABLE_FINISH,
    HF_TABLE_WAIT
} HfTableKind;

typedef struct HfTableStep {
    HfTableKind kind;
    const char *who, *what; /* NULL where the step has none */
    const char *offers;     /* the log of this step: lines, separated by newlines; NULL = none */
} HfTableStep;

typedef struct HfTableMaster HfTableMaster;

HfTableMaster *hf_table_master_new(void);
void hf_table_master_free(HfTableMaster *master);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfTableMaster, hf_table_master_free)

/* Perform one step; its log, to be freed with g_free. A step that cannot be done (no such offer,
 * not enough in it) aborts: the table is wrong. */
char *hf_table_master_step(HfTableMaster *master, const HfTableStep *step);

#endif
