/*
 * The tables of a run directory as CSV text: first line names the columns, with units in the names.
 * Numbers are printed so that they do not depend on the locale.
 */
#ifndef HF_WORLD_TABLES_H
#define HF_WORLD_TABLES_H

#include "world/world.h"

/* A table: its file name, what it holds, and a function that prints it whole. */
typedef struct HfTable {
    const char *file; /* "timeseries.csv" */
    const char *help;
    void (*print)(HfWorld *world, GString *out);
} HfTable;

extern const HfTable
    hf_tables[]; /* ended by a NULL file; tasks.csv is streamed instead, see below */

/* tasks.csv: its header, and one row as the recorder's task sink gets it. */
void hf_table_tasks_header(GString *out);
void hf_table_tasks_row(HfWorld *world, const HfTaskRecord *task, GString *out);

#endif
