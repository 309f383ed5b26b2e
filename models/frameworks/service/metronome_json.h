/*
 * Metronome's own jobs (POST /v1/jobs, with its schedules as GET /v1/jobs?embed=schedules or
 * /v0/scheduled-jobs have them), one or a list in a file, as key tables of the scenario.
 *
 * Source: dcos/metronome: api/v1/schema/jobspec.schema.json, schedulespec.schema.json,
 * api/v1/models/package.scala, model/JobSpec.scala, JobRunSpec.scala, ScheduleSpec.scala,
 * PlacementSpec.scala, utils/glue/MarathonImplicits.scala (back-off 0).
 */
#ifndef HF_MODELS_FRAMEWORKS_SERVICE_METRONOME_JSON_H
#define HF_MODELS_FRAMEWORKS_SERVICE_METRONOME_JSON_H

#include "models/frameworks/service/cron_spec.h"
#include "models/frameworks/service/job_json.h"

typedef enum HfMetronomeOp {
    HF_METRONOME_EQ, /* Marathon's CLUSTER */
    HF_METRONOME_IS,
    HF_METRONOME_LIKE,
    HF_METRONOME_UNLIKE
} HfMetronomeOp;

typedef struct HfMetronomeConstraint {
    const char *field, *value; /* value NULL = none */
    int op;                    /* HfMetronomeOp */
} HfMetronomeConstraint;

typedef struct HfMetronomePlacement {
    HF_LIST(HfMetronomeConstraint) constraints;
} HfMetronomePlacement;

typedef struct HfMetronomeRestart {
    gboolean on_failure;
    int64_t deadline; /* s since the run was asked for; -1 = for ever */
} HfMetronomeRestart;

typedef struct HfMetronomeImage {
    const char *image;
} HfMetronomeImage;

typedef struct HfMetronomeRun {
    int64_t cpus, mem, disk; /* milli */
    int64_t gpus;            /* whole */
    const char *cmd;
    HfMetronomeImage docker;
    gboolean has_docker, has_ucr;
    HfMetronomePlacement placement;
    HfMetronomeRestart restart;
} HfMetronomeRun;

typedef struct HfMetronomeSchedule {
    const char *id, *cron, *zone;
    int64_t deadline; /* s */
    int is_alone;     /* concurrencyPolicy FORBID */
    gboolean is_enabled;
} HfMetronomeSchedule;

typedef struct HfMetronomeJob {
    const char *id;
    HfMetronomeRun run;
    HF_LIST(HfMetronomeSchedule) schedules;
} HfMetronomeJob;

typedef struct HfMetronomeFile {
    HF_LIST(HfMetronomeJob) jobs;
} HfMetronomeFile;

/* Of a HfJobEntry whose file is a HfMetronomeFile. */
extern const HfKeyTable hf_metronome_entry_table;

/* Ids that come twice in all files together: the reason, newly allocated, and the entry; NULL: all
 * is well. */
char *hf_metronome__refusal(const HfJobEntry *entries, uint32_t count, uint32_t *entry_out);

/* A moment such as 2016-01-04T00:00:00Z, in seconds since 1970; FALSE: it is none. */
gboolean hf_metronome__moment(const char *text, int64_t *moment_out);

#endif
