/*
 * Chronos's own jobs (POST /scheduler/iso8601 and /scheduler/dependency), one or a list in a file,
 * as key tables of the scenario.
 *
 * Source: mesos/chronos: jobs/Jobs.scala, utils/JobDeserializer.scala,
 * jobs/Iso8601Expressions.scala, jobs/JobUtils.scala, docs/api.md.
 */
#ifndef HF_MODELS_FRAMEWORKS_SERVICE_JOB_JSON_H
#define HF_MODELS_FRAMEWORKS_SERVICE_JOB_JSON_H

#include "base/law.h"
#include "base/time.h"
#include "models/frameworks/service/constraints.h"
#include "scenario/keys.h"

typedef struct HfJobConstraint {
    const char *field, *op, *value;
} HfJobConstraint;

typedef struct HfJobJson {
    const char *name, *schedule, *epsilon; /* schedule NULL: it has parents */
    const char **parents;
    int64_t cpus, mem, disk; /* milli; -1 = Chronos's default */
    int64_t retries;
    gboolean is_disabled, is_soft, is_concurrent;
    HF_LIST(HfJobConstraint) constraints;
} HfJobJson;

typedef struct HfJobFile {
    HF_LIST(HfJobJson) jobs;
} HfJobFile;

extern const HfKeyTable hf_job_document;

/* An entry of the key `jobs`: a file, and how long its jobs take. */
typedef struct HfJobEntry {
    HfDocument file;
    HfLaw duration; /* kind NULL = the model's lifetime */
} HfJobEntry;
extern const HfKeyTable hf_job_entry_table;

/* R[n]/start/period. */
typedef struct HfSchedule {
    int64_t times; /* -1 = for ever */
    gboolean has_start;
    int64_t start; /* s since 1970 */
    HfTime period; /* > 0 */
} HfSchedule;

/* NULL, or why not (newly allocated). */
char *hf_schedule__parse(const char *text, HfSchedule *schedule_out);
char *hf_period__parse(const char *text, HfTime *period_out);

/* Chronos's names of operators; FALSE: there is none such. */
gboolean hf_job__constraint_op(const char *name, HfConstraintOp *op_out);

/* Names that come twice and parents that are nowhere, in all files together: the reason, newly
 * allocated, and the entry; NULL: all is well. */
char *hf_jobs__refusal(const HfJobEntry *entries, uint32_t count, uint32_t *entry_out);

#endif
