/* What a batch of runs says: the table and verdicts for people, the same as JSON, and the tables
 * that compare arms. */
#ifndef HF_TOOLS_RUN_REPORT_H
#define HF_TOOLS_RUN_REPORT_H

#include <json-glib/json-glib.h>

#include "tools/run_verdict.h"

/* On standard output. `dir` names where the results are. The batch is judged. */
void hf_report_print(const HfBatch *batch, const HfRunDir *dir);

/* One object added to what is being built: name, directory, arms with their metrics, expect. */
void hf_report_json(const HfBatch *batch, const HfRunDir *dir, JsonBuilder *json);

/*
 * Files of the batch as a whole, for a scenario with arms or replications: verdicts.json; with arms
 * arms.csv and a run.json that names them; with replications their tables (run_batch.h).
 */
gboolean hf_report_write(const HfBatch *batch, HfRunDir *dir, GError **error);

#endif
