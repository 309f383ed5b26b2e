/* Metronome's own files: tables, what Metronome refuses, and the kinds of a service that they make;
 * see metronome_json.h. */
#include "models/frameworks/service/metronome_json.h"

#include <string.h>

#include "base/assert.h"
#include "models/frameworks/service/config.h"

#define RUNS_MOST 100 /* of one job at once, where they may overlap */

#define IGNORED(NAME, SHAPE)                                                                       \
    {                                                                                              \
        .name = NAME, .type = HF_KEY_IGNORED, .shape = SHAPE, .help = "Changes nothing here."      \
    }

/* ---- tables ---- */

static const HfKeyWord ops[] = {{"EQ", HF_METRONOME_EQ, "this value"},
                                {"IS", HF_METRONOME_IS, "this value"},
                                {"LIKE", HF_METRONOME_LIKE, "a regular expression"},
                                {"UNLIKE", HF_METRONOME_UNLIKE, "anything but that"},
                                {0}};
static const HfKey constraint_keys[] = {{.name = "attribute",
                                         .type = HF_KEY_STRING,
                                         .is_required = TRUE,
                                         .offset = offsetof(HfMetronomeConstraint, field),
                                         .help = "An attribute of agents, or hostname."},
                                        {.name = "operator",
                                         .type = HF_KEY_ENUM,
                                         .is_required = TRUE,
                                         .words = ops,
                                         .offset = offsetof(HfMetronomeConstraint, op),
                                         .help = "How the value is compared."},
                                        {.name = "value",
                                         .type = HF_KEY_STRING,
                                         .offset = offsetof(HfMetronomeConstraint, value),
                                         .help = "What it is compared with."},
                                        {0}};
static const HfConstraintOp constraint_ops[] = {
    [HF_METRONOME_EQ] = HF_CONSTRAINT_CLUSTER,
    [HF_METRONOME_IS] = HF_CONSTRAINT_IS,
    [HF_METRONOME_LIKE] = HF_CONSTRAINT_LIKE,
    [HF_METRONOME_UNLIKE] = HF_CONSTRAINT_UNLIKE,
};

static gboolean check_constraint(const void *record, const char **key_out, char **why_out)
{
    const HfMetronomeConstraint *at = record;
    HfConstraintOp op = constraint_ops[at->op];
    int part = 2;
    *key_out = "value";
    if (at->value == NULL && op != HF_CONSTRAINT_CLUSTER) {
        *key_out = NULL;
        *why_out = g_strdup_printf("%s needs a value", ops[at->op].name);
    } else {
        *why_out =
            hf_constraints__refusal(at->field, hf_constraint_op_name(op), at->value, &op, &part);
    }
    return *why_out == NULL;
}
static const HfKeyTable constraint_table = {"constraint", sizeof(HfMetronomeConstraint),
                                            constraint_keys, "Where it may run.", check_constraint};

static const HfKey placement_keys[] = {{.name = "constraints",
                                        .type = HF_KEY_LIST,
                                        .sub = &constraint_table,
                                        .offset = offsetof(HfMetronomePlacement, constraints),
                                        .help = "All must hold."},
                                       {0}};
static const HfKeyTable placement_table = {"placement", sizeof(HfMetronomePlacement),
                                           placement_keys, "Where it may run.", NULL};

static const HfKeyWord policies[] = {{"NEVER", FALSE, "a run that failed is over"},
                                     {"ON_FAILURE", TRUE, "it is started again at once"},
                                     {0}};
static const HfKeyWord unsaid[] = {{"default", -1, NULL}, {0}};
static const HfKey restart_keys[] = {{.name = "policy",
                                      .type = HF_KEY_ENUM,
                                      .is_required = TRUE,
                                      .words = policies,
                                      .offset = offsetof(HfMetronomeRestart, on_failure),
                                      .help = "What becomes of a run whose task failed."},
                                     {.name = "activeDeadlineSeconds",
                                      .type = HF_KEY_INT,
                                      .fallback = "default",
                                      .words = unsaid,
                                      .minimum = 0,
                                      .maximum = 1e9,
                                      .offset = offsetof(HfMetronomeRestart, deadline),
                                      .help = "How long after it was asked for it is started "
                                              "again; absent = for ever."},
                                     {0}};
static const HfKeyTable restart_table = {"restart", sizeof(HfMetronomeRestart), restart_keys,
                                         "What becomes of a run whose task failed.", NULL};

static const HfKey docker_keys[] = {{.name = "image",
                                     .type = HF_KEY_STRING,
                                     .is_required = TRUE,
                                     .offset = offsetof(HfMetronomeImage, image),
                                     .help = "Changes nothing here."},
                                    IGNORED("forcePullImage", 'b'),
                                    IGNORED("privileged", 'b'),
                                    IGNORED("parameters", '['),
                                    {0}};
static const HfKeyTable docker_table = {"docker", sizeof(HfMetronomeImage), docker_keys,
                                        "A Docker image.", NULL};
#define RUN(MEMBER) .offset = offsetof(HfMetronomeRun, MEMBER)
static const HfKey run_keys[] = {
    {.name = "cpus",
     .type = HF_KEY_AMOUNT,
     RUN(cpus),
     .is_required = TRUE,
     .minimum = 0.01,
     .maximum = 1e6,
     .help = "CPUs."},
    {.name = "mem",
     .type = HF_KEY_AMOUNT,
     RUN(mem),
     .is_required = TRUE,
     .minimum = 32,
     .maximum = 1e12,
     .help = "Memory, in MB."},
    {.name = "disk", .type = HF_KEY_AMOUNT, RUN(disk), .is_required = TRUE, .help = "Disk, in MB."},
    {.name = "gpus",
     .type = HF_KEY_INT,
     RUN(gpus),
     .fallback = "0",
     .minimum = 0,
     .maximum = 1e6,
     .help = "GPUs; the framework needs the capability GPU_RESOURCES."},
    {.name = "cmd",
     .type = HF_KEY_STRING,
     RUN(cmd),
     .help = "What runs: this, or an image. It changes nothing here."},
    {.name = "docker",
     .type = HF_KEY_TABLE,
     RUN(docker),
     .given = 1 + offsetof(HfMetronomeRun, has_docker),
     .sub = &docker_table,
     .help = "An image, in the place of cmd."},
    {.name = "ucr",
     .type = HF_KEY_IGNORED,
     .shape = '{',
     .given = 1 + offsetof(HfMetronomeRun, has_ucr),
     .help = "An image, in the place of cmd."},
    {.name = "placement",
     .type = HF_KEY_TABLE,
     RUN(placement),
     .sub = &placement_table,
     .help = "Where it may run."},
    {.name = "restart",
     .type = HF_KEY_TABLE,
     RUN(restart),
     .sub = &restart_table,
     .help = "What becomes of a run whose task failed; absent = it is over."},
    IGNORED("args", '['),
    IGNORED("artifacts", '['),
    IGNORED("env", '{'),
    IGNORED("maxLaunchDelay", '0'), /* of a back-off, which is 0 */
    IGNORED("networks", '['),
    IGNORED("secrets", '{'),
    IGNORED("taskKillGracePeriodSeconds", '0'),
    IGNORED("user", '"'),
    IGNORED("volumes", '['),
    {0}};

static gboolean check_run(const void *record, const char **key_out, char **why_out)
{
    const HfMetronomeRun *run = record;
    *key_out = NULL;
    if (run->cmd == NULL && !run->has_docker && !run->has_ucr)
        *why_out = g_strdup("cmd, docker or ucr is needed");
    else if (run->has_docker && run->has_ucr)
        *why_out = g_strdup("docker and ucr exclude each other");
    return *why_out == NULL;
}
static const HfKeyTable run_table = {"run", sizeof(HfMetronomeRun), run_keys,
                                     "What a run of the job is.", check_run};

static const HfKeyWord concurrency[] = {
    {"ALLOW", FALSE, "runs may overlap, here at most 100 of them"},
    {"FORBID", TRUE, "a time at which it still runs is left out"},
    {0}};
#define SCHEDULE(MEMBER) .offset = offsetof(HfMetronomeSchedule, MEMBER)
static const HfKey schedule_keys[] = {
    {.name = "id", .type = HF_KEY_STRING, SCHEDULE(id), .is_required = TRUE, .help = "Its name."},
    {.name = "cron",
     .type = HF_KEY_STRING,
     SCHEDULE(cron),
     .is_required = TRUE,
     .help = "Minute, hour, day of the month, month, day of the week, and perhaps a year. Time 0 "
             "of the run is the model's `epoch`."},
    {.name = "timezone",
     .type = HF_KEY_STRING,
     SCHEDULE(zone),
     .fallback = "UTC",
     .help = "Whose clocks: a zone of the system's time zone data, America/Chicago."},
    {.name = "startingDeadlineSeconds",
     .type = HF_KEY_INT,
     SCHEDULE(deadline),
     .fallback = "900",
     .minimum = 60,
     .maximum = 1e9,
     .help = "How late it may start, or it is missed."},
    {.name = "concurrencyPolicy",
     .type = HF_KEY_ENUM,
     SCHEDULE(is_alone),
     .fallback = "ALLOW",
     .words = concurrency,
     .help = "What happens when its time comes and it still runs."},
    {.name = "enabled",
     .type = HF_KEY_BOOL,
     SCHEDULE(is_enabled),
     .fallback = "true",
     .help = "Whether it counts."},
    IGNORED("nextRunAt", '"'),
    {0}};

/* Letters, digits and, inside, dashes: parts of an id. */
static gboolean is_part(const char *part)
{
    size_t length = strlen(part);
    for (const char *p = part; *p != '\0'; p++)
        if (!g_ascii_islower(*p) && !g_ascii_isdigit(*p) && *p != '-') return FALSE;
    return length > 0 && part[0] != '-' && part[length - 1] != '-';
}

static GTimeZone *zone_of(const char *name)
{
    return g_time_zone_new_identifier(name);
}

static gboolean check_schedule(const void *record, const char **key_out, char **why_out)
{
    const HfMetronomeSchedule *schedule = record;
    HfCronSpec cron;
    g_autoptr(GTimeZone) zone = zone_of(schedule->zone);
    *key_out = "id";
    if (!is_part(schedule->id) || strlen(schedule->id) < 2) {
        *why_out = g_strdup("an id consists of two or more lower-case letters, digits and, "
                            "inside, dashes");
    } else if (zone == NULL) {
        *key_out = "timezone";
        *why_out =
            g_strdup_printf("the time zone data of this system has no \"%s\"", schedule->zone);
    } else {
        *key_out = "cron";
        *why_out = hf_cron_spec__parse(schedule->cron, &cron);
    }
    return *why_out == NULL;
}
static const HfKeyTable schedule_table = {"schedule", sizeof(HfMetronomeSchedule), schedule_keys,
                                          "When a job runs.", check_schedule};

#define JOB(MEMBER) .offset = offsetof(HfMetronomeJob, MEMBER)
static const HfKey job_keys[] = {
    {.name = "id", .type = HF_KEY_STRING, JOB(id), .is_required = TRUE, .help = "Its name."},
    {.name = "run",
     .type = HF_KEY_TABLE,
     JOB(run),
     .is_required = TRUE,
     .sub = &run_table,
     .help = "What a run of it is."},
    {.name = "schedules",
     .type = HF_KEY_LIST,
     JOB(schedules),
     .sub = &schedule_table,
     .help = "When it runs: at most one; a job without never does."},
    IGNORED("description", '"'),
    IGNORED("labels", '{'),
    IGNORED("activeRuns", '['),
    IGNORED("history", '{'),
    IGNORED("historySummary", '{'),
    {0}};

static gboolean check_job(const void *record, const char **key_out, char **why_out)
{
    const HfMetronomeJob *job = record;
    g_auto(GStrv) parts = g_strsplit(job->id, ".", -1);
    *key_out = "id";
    for (char **part = parts; *part != NULL && *why_out == NULL; part++)
        if (!is_part(*part))
            *why_out = g_strdup("an id consists of parts of lower-case letters, digits and, "
                                "inside, dashes, between dots");
    if (*why_out == NULL && job->schedules.count > 1) {
        *key_out = "schedules";
        *why_out = g_strdup("Metronome takes one schedule of a job");
    }
    return *why_out == NULL;
}
static const HfKeyTable job_table = {"metronome job", sizeof(HfMetronomeJob), job_keys,
                                     "A job of Metronome's.", check_job};

static const HfKey file_keys[] = {{.name = "jobs",
                                   .type = HF_KEY_LIST,
                                   .sub = &job_table,
                                   .offset = offsetof(HfMetronomeFile, jobs),
                                   .help = "Its jobs."},
                                  {0}};
static const HfKeyTable document = {"metronome file", sizeof(HfMetronomeFile), file_keys,
                                    "A job, or a list of jobs, as Metronome takes them.", NULL};

static const HfKey entry_keys[] = {
    {.name = "file",
     .type = HF_KEY_DOCUMENT,
     .is_required = TRUE,
     .sub = &document,
     .offset = offsetof(HfJobEntry, file),
     .help = "A file of Metronome's own. An entry that is just a name stands for this key."},
    {.name = "duration",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(HfJobEntry, duration),
     .help = "How long its jobs run; absent: the model's lifetime."},
    {0}};
const HfKeyTable hf_metronome_entry_table = {"metronome jobs", sizeof(HfJobEntry), entry_keys,
                                             "Jobs in a file of Metronome's own.", NULL};

/* ---- several files ---- */

static const HfMetronomeFile *file_of(const HfJobEntry *entry)
{
    return entry->file.record;
}

char *hf_metronome__refusal(const HfJobEntry *entries, uint32_t count, uint32_t *entry_out)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    for (uint32_t e = 0; e < count; e++) {
        *entry_out = e;
        for (uint32_t j = 0; j < file_of(&entries[e])->jobs.count; j++) {
            const char *id = file_of(&entries[e])->jobs.at[j].id;
            if (!g_hash_table_add(ids, (gpointer)id))
                return g_strdup_printf("job %s of %s comes twice", id, entries[e].file.path);
        }
    }
    return NULL;
}

gboolean hf_metronome__moment(const char *text, int64_t *moment_out)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) moment = g_date_time_new_from_iso8601(text, utc);
    if (moment == NULL) return FALSE;
    *moment_out = g_date_time_to_unix(moment);
    return TRUE;
}

/* ---- as kinds ---- */

uint32_t hf_metronome__count(const HfServiceConfig *config)
{
    uint32_t count = 0;
    for (uint32_t e = 0; e < config->jobs.count; e++)
        count += file_of(&config->jobs.at[e])->jobs.count;
    return count;
}

static void fill_schedule(const HfMetronomeSchedule *schedule, int64_t epoch, HfNodeKind *kind)
{
    HfCronTimes *times = g_new0(HfCronTimes, 1);
    g_autofree char *why = hf_cron_spec__parse(schedule->cron, &times->spec);
    HF_ASSERT(why == NULL); /* the file was checked */
    times->zone = zone_of(schedule->zone);
    times->epoch = epoch;
    kind->times = times;
    kind->has_schedule = TRUE;
    kind->first_run = hf_cron__next(kind, -HF_NS_PER_SECOND);
    kind->rules.start_deadline = schedule->deadline * HF_NS_PER_SECOND;
    kind->rows = schedule->is_alone ? 1 : RUNS_MOST;
}

static void fill_job(HfService *service, const HfMetronomeJob *job, int64_t epoch, HfNodeKind *kind)
{
    HfCatalog *catalog = service->env.catalog;
    HfNodeRules *rules = &kind->rules;
    const HfMetronomeSchedule *schedule = job->schedules.at;
    gboolean is_due = job->schedules.count > 0 && schedule->is_enabled;
    rules->name = hf_text(catalog, hf_text_intern(catalog, job->id));
    rules->count = is_due ? 1 : 0;
    rules->cpus = job->run.cpus;
    rules->mem = job->run.mem;
    rules->disk = job->run.disk;
    rules->gpus = job->run.gpus * 1000;
    rules->period = HF_FOR_EVER; /* it is a job */
    rules->retries = job->run.restart.on_failure ? INT64_MAX : 0;
    rules->retry_after = 0;
    kind->active_deadline = job->run.restart.deadline >= 0
                                ? job->run.restart.deadline * HF_NS_PER_SECOND
                                : HF_TIME_NEVER;
    if (is_due) fill_schedule(schedule, epoch, kind);
    for (uint32_t c = 0; c < job->run.placement.constraints.count; c++) {
        const HfMetronomeConstraint *at = &job->run.placement.constraints.at[c];
        hf_constraints__add(&kind->constraints, catalog, at->field, constraint_ops[at->op],
                            at->value);
    }
}

gboolean hf_metronome__fill(HfService *service, const HfServiceConfig *config, GError **error)
{
    HfNodeKind *kind = service->kinds;
    int64_t epoch = 0;
    gboolean is_moment = hf_metronome__moment(config->epoch, &epoch);
    HF_ASSERT(is_moment); /* the key was checked */
    if (config->kinds.count > 0) {
        g_set_error(error, HF_MODEL_ERROR, 1, "kinds: with jobs there are no kinds of the variant");
        return FALSE;
    }
    for (uint32_t e = 0; e < config->jobs.count; e++) {
        const HfJobEntry *entry = &config->jobs.at[e];
        for (uint32_t j = 0; j < file_of(entry)->jobs.count; j++, kind++) {
            if (entry->duration.kind != NULL) kind->lifetime = entry->duration;
            fill_job(service, &file_of(entry)->jobs.at[j], epoch, kind);
        }
    }
    return TRUE;
}
