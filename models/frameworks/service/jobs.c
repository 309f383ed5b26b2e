/* Chronos's own files: tables, schedules, and the kinds of a service that they make; see
 * job_json.h. */
#include <string.h>

#include "base/assert.h"
#include "models/frameworks/service/config.h"

/* ---- ISO 8601 ---- */

/* A number and its letter; FALSE at the end or at something else. */
static gboolean next_part(const char **text, int64_t *number_out, char *letter_out)
{
    char *end = NULL;
    if (!g_ascii_isdigit(**text)) return FALSE;
    guint64 number = g_ascii_strtoull(*text, &end, 10);
    if (number > 1000000 || *end == '\0') return FALSE;
    *number_out = (int64_t)number;
    *letter_out = *end;
    *text = end + 1;
    return TRUE;
}

static HfTime unit_of(char letter, gboolean is_time)
{
    if (is_time)
        return letter == 'H'   ? HF_NS_PER_HOUR
               : letter == 'M' ? HF_NS_PER_MINUTE
               : letter == 'S' ? HF_NS_PER_SECOND
                               : 0;
    return letter == 'D' ? HF_NS_PER_DAY : letter == 'W' ? 7 * HF_NS_PER_DAY : 0;
}

char *hf_period__parse(const char *text, HfTime *period_out)
{
    const char *at = text;
    gboolean is_time = FALSE;
    HfTime period = 0;
    if (*at++ != 'P') return g_strdup_printf("\"%s\" is no period such as PT30M or P1D", text);
    while (*at != '\0') {
        int64_t number = 0;
        char letter = 0;
        if (*at == 'T' && !is_time) {
            is_time = TRUE;
            at++;
            continue;
        }
        if (!next_part(&at, &number, &letter))
            return g_strdup_printf("\"%s\" is no period such as PT30M or P1D", text);
        if (!is_time && (letter == 'Y' || letter == 'M'))
            return g_strdup_printf("\"%s\": years and months, which differ in length, are not "
                                   "simulated; write days",
                                   text);
        HfTime unit = unit_of(letter, is_time);
        if (unit == 0) return g_strdup_printf("\"%s\" is no period such as PT30M or P1D", text);
        if (number > 36500 * HF_NS_PER_DAY / unit)
            return g_strdup_printf("\"%s\" is longer than a hundred years", text);
        period = hf_time_add(period, unit * number);
    }
    if (period <= 0) return g_strdup_printf("\"%s\" is no time at all", text);
    *period_out = period;
    return NULL;
}

char *hf_schedule__parse(const char *text, HfSchedule *schedule_out)
{
    g_auto(GStrv) parts = g_strsplit(text, "/", -1);
    HfSchedule schedule = {.times = -1};
    if (g_strv_length(parts) != 3 || parts[0][0] != 'R')
        return g_strdup_printf("\"%s\" is no schedule: R[times]/[start]/period", text);
    if (parts[0][1] != '\0') {
        char *end = NULL;
        guint64 times = g_ascii_strtoull(parts[0] + 1, &end, 10);
        if (*end != '\0' || !g_ascii_isdigit(parts[0][1]) || times > 1000000000)
            return g_strdup_printf("\"%s\" is no number of times", parts[0]);
        schedule.times = (int64_t)times;
    }
    if (parts[1][0] != '\0') {
        g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
        g_autoptr(GDateTime) start = g_date_time_new_from_iso8601(parts[1], utc);
        if (start == NULL)
            return g_strdup_printf("\"%s\" is no moment such as 2014-03-08T20:00:00Z", parts[1]);
        schedule.has_start = TRUE;
        schedule.start = g_date_time_to_unix(start);
    }
    char *why = hf_period__parse(parts[2], &schedule.period);
    if (why == NULL) *schedule_out = schedule;
    return why;
}

/* ---- tables ---- */

#define JOB(MEMBER) .offset = offsetof(HfJobJson, MEMBER)
#define IGNORED(NAME, SHAPE)                                                                       \
    {                                                                                              \
        .name = NAME, .type = HF_KEY_IGNORED, .shape = SHAPE, .help = "Changes nothing here."      \
    }

static const HfKey constraint_keys[] = {{.name = "attribute",
                                         .type = HF_KEY_STRING,
                                         .is_required = TRUE,
                                         .offset = offsetof(HfJobConstraint, field),
                                         .help = "An attribute of agents, or hostname."},
                                        {.name = "operator",
                                         .type = HF_KEY_STRING,
                                         .is_required = TRUE,
                                         .offset = offsetof(HfJobConstraint, op),
                                         .help = "EQUALS, LIKE or UNLIKE."},
                                        {.name = "value",
                                         .type = HF_KEY_STRING,
                                         .is_required = TRUE,
                                         .offset = offsetof(HfJobConstraint, value),
                                         .help = "A value, or a regular expression."},
                                        {0}};
static const HfKeyTable constraint_table = {"constraint", sizeof(HfJobConstraint), constraint_keys,
                                            "[attribute, operator, value].", NULL};

static const HfKeyWord unsaid[] = {{"default", -1, NULL}, {0}};
static const HfKey job_keys[] = {
    {.name = "name", .type = HF_KEY_STRING, JOB(name), .is_required = TRUE, .help = "Its name."},
    {.name = "schedule",
     .type = HF_KEY_STRING,
     JOB(schedule),
     .help = "R[times]/[start]/period, in ISO 8601; without start it begins at once."},
    {.name = "parents",
     .type = HF_KEY_STRINGS,
     JOB(parents),
     .help = "Jobs after which it runs, each time that all of them have."},
    {.name = "epsilon",
     .type = HF_KEY_STRING,
     JOB(epsilon),
     .help = "How late it may start, or it is missed; default: the model's start_deadline."},
    {.name = "cpus",
     .type = HF_KEY_AMOUNT,
     JOB(cpus),
     .fallback = "default",
     .words = unsaid,
     .help = "CPUs."},
    {.name = "mem",
     .type = HF_KEY_AMOUNT,
     JOB(mem),
     .fallback = "default",
     .words = unsaid,
     .help = "Memory, in MB."},
    {.name = "disk",
     .type = HF_KEY_AMOUNT,
     JOB(disk),
     .fallback = "default",
     .words = unsaid,
     .help = "Disk, in MB."},
    {.name = "retries",
     .type = HF_KEY_INT,
     JOB(retries),
     .fallback = "default",
     .words = unsaid,
     .minimum = 0,
     .maximum = 1000,
     .help = "How often it is tried again."},
    {.name = "disabled",
     .type = HF_KEY_BOOL,
     JOB(is_disabled),
     .fallback = "false",
     .help = "It does not run."},
    {.name = "softError",
     .type = HF_KEY_BOOL,
     JOB(is_soft),
     .fallback = "false",
     .help = "Those that depend on it run even if it failed."},
    {.name = "concurrent",
     .type = HF_KEY_BOOL,
     JOB(is_concurrent),
     .fallback = "false",
     .help = "Refused when true: a job that still runs leaves a time out."},
    {.name = "constraints",
     .type = HF_KEY_LIST,
     JOB(constraints),
     .sub = &constraint_table,
     .is_tuple = TRUE,
     .help = "Where it may run."},
    IGNORED("command", '"'),
    IGNORED("arguments", '['),
    IGNORED("shell", 'b'),
    IGNORED("async", 'b'),
    IGNORED("highPriority", 'b'),
    IGNORED("scheduleTimeZone", '"'),
    IGNORED("owner", '"'),
    IGNORED("ownerName", '"'),
    IGNORED("description", '"'),
    IGNORED("runAsUser", '"'),
    IGNORED("executor", '"'),
    IGNORED("executorFlags", '"'),
    IGNORED("taskInfoData", '"'),
    IGNORED("container", '{'),
    IGNORED("environmentVariables", '['),
    IGNORED("uris", '['),
    IGNORED("fetch", '['),
    IGNORED("dataProcessingJobType", 'b'),
    IGNORED("errorCount", '0'),
    IGNORED("successCount", '0'),
    IGNORED("lastError", '"'),
    IGNORED("lastSuccess", '"'),
    IGNORED("errorsSinceLastSuccess", '0'),
    {0}};

gboolean hf_job__constraint_op(const char *name, HfConstraintOp *op_out)
{
    static const char *const names[] = {"EQUALS", "LIKE", "UNLIKE"};
    static const HfConstraintOp ops[] = {HF_CONSTRAINT_IS, HF_CONSTRAINT_LIKE,
                                         HF_CONSTRAINT_UNLIKE};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_ascii_strcasecmp(name, names[i]) != 0) continue;
        *op_out = ops[i];
        return TRUE;
    }
    return FALSE;
}

static char *constraint_refusal(const HfJobJson *job, const char **key_out)
{
    for (uint32_t i = 0; i < job->constraints.count; i++) {
        const HfJobConstraint *at = &job->constraints.at[i];
        HfConstraintOp op;
        int part = 1;
        g_autofree char *path = g_strdup_printf("constraints[%u][1]", i);
        *key_out = g_intern_string(path);
        if (!hf_job__constraint_op(at->op, &op))
            return g_strdup("unknown operator; there are EQUALS, LIKE and UNLIKE");
        char *why = op == HF_CONSTRAINT_IS
                        ? NULL
                        : hf_constraints__refusal(at->field, hf_constraint_op_name(op), at->value,
                                                  &op, &part);
        if (why != NULL) return why;
    }
    return NULL;
}

static gboolean is_name(const char *name)
{
    for (const char *p = name; *p != '\0'; p++)
        if (!g_ascii_isalnum(*p) && strchr("_ .#-", *p) == NULL) return FALSE;
    return TRUE;
}

static gboolean check_job(const void *record, const char **key_out, char **why_out)
{
    const HfJobJson *job = record;
    HfSchedule schedule;
    HfTime epsilon;
    *key_out = "name";
    if (!is_name(job->name)) {
        *why_out = g_strdup("a name consists of letters, digits, blanks and _ . # -");
    } else if ((job->schedule != NULL) == (job->parents != NULL && job->parents[0] != NULL)) {
        *key_out = NULL;
        *why_out = g_strdup("a job has either a schedule or parents");
    } else if (job->is_concurrent) {
        *key_out = "concurrent";
        *why_out = g_strdup("jobs that run beside themselves are not simulated");
    } else {
        *key_out = "schedule";
        if (job->schedule != NULL) *why_out = hf_schedule__parse(job->schedule, &schedule);
        if (*why_out == NULL && job->epsilon != NULL) {
            *key_out = "epsilon";
            *why_out = hf_period__parse(job->epsilon, &epsilon);
        }
        if (*why_out == NULL) *why_out = constraint_refusal(job, key_out);
    }
    return *why_out == NULL;
}
static const HfKeyTable job_table = {"job", sizeof(HfJobJson), job_keys, "A job of Chronos's.",
                                     check_job};

static const HfKey file_keys[] = {{.name = "jobs",
                                   .type = HF_KEY_LIST,
                                   .sub = &job_table,
                                   .offset = offsetof(HfJobFile, jobs),
                                   .help = "Its jobs."},
                                  {0}};
const HfKeyTable hf_job_document = {"chronos file", sizeof(HfJobFile), file_keys,
                                    "A job, or a list of jobs, as Chronos takes them.", NULL};

static const HfKey entry_keys[] = {
    {.name = "file",
     .type = HF_KEY_DOCUMENT,
     .is_required = TRUE,
     .sub = &hf_job_document,
     .offset = offsetof(HfJobEntry, file),
     .help = "A file of Chronos's own. An entry that is just a name stands for this key."},
    {.name = "duration",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(HfJobEntry, duration),
     .help = "How long its jobs run; absent: the model's lifetime."},
    {0}};
const HfKeyTable hf_job_entry_table = {"jobs", sizeof(HfJobEntry), entry_keys,
                                       "Jobs in a file of Chronos's own.", NULL};

/* ---- several files ---- */

static const HfJobFile *file_of(const HfJobEntry *entry)
{
    return entry->file.record;
}

/* The number of the job of that name among all, or HF_MAP64_NONE. */
static uint32_t find_job(const HfJobEntry *entries, uint32_t count, const char *name,
                         uint32_t before)
{
    uint32_t number = 0;
    for (uint32_t e = 0; e < count; e++)
        for (uint32_t j = 0; j < file_of(&entries[e])->jobs.count && number < before; j++, number++)
            if (strcmp(file_of(&entries[e])->jobs.at[j].name, name) == 0) return number;
    return HF_MAP64_NONE;
}

/* Whether each parent of a job is among those that run. */
static gboolean can_run(const HfJobJson *job, GHashTable *running)
{
    for (uint32_t p = 0; job->schedule == NULL && job->parents[p] != NULL; p++)
        if (!g_hash_table_contains(running, job->parents[p])) return FALSE;
    return TRUE;
}

/* The first job that never runs because it waits for itself by way of its parents, or for one that
 * does; NULL: none. Chronos takes no such job. */
static const HfJobJson *find_idle(const HfJobEntry *entries, uint32_t count, uint32_t *entry_out)
{
    g_autoptr(GHashTable) running = g_hash_table_new(g_str_hash, g_str_equal);
    const HfJobJson *idle = NULL;
    for (gboolean has_new = TRUE; has_new;) {
        has_new = FALSE;
        idle = NULL;
        for (uint32_t e = 0; e < count; e++) {
            for (uint32_t j = 0; j < file_of(&entries[e])->jobs.count; j++) {
                const HfJobJson *job = &file_of(&entries[e])->jobs.at[j];
                if (g_hash_table_contains(running, job->name)) continue;
                if (can_run(job, running)) {
                    has_new = g_hash_table_add(running, (char *)job->name);
                } else if (idle == NULL) {
                    idle = job;
                    *entry_out = e;
                }
            }
        }
    }
    return idle;
}

char *hf_jobs__refusal(const HfJobEntry *entries, uint32_t count, uint32_t *entry_out)
{
    uint32_t number = 0;
    for (uint32_t e = 0; e < count; e++) {
        *entry_out = e;
        for (uint32_t j = 0; j < file_of(&entries[e])->jobs.count; j++, number++) {
            const HfJobJson *job = &file_of(&entries[e])->jobs.at[j];
            if (find_job(entries, count, job->name, number) != HF_MAP64_NONE)
                return g_strdup_printf("job %s of %s comes twice", job->name, entries[e].file.path);
            for (uint32_t p = 0; job->parents != NULL && job->parents[p] != NULL; p++)
                if (find_job(entries, count, job->parents[p], UINT32_MAX) == HF_MAP64_NONE)
                    return g_strdup_printf("job %s of %s has the parent %s, which is nowhere",
                                           job->name, entries[e].file.path, job->parents[p]);
        }
    }
    const HfJobJson *idle = find_idle(entries, count, entry_out);
    if (idle != NULL)
        return g_strdup_printf(
            "job %s of %s never runs: its parents wait for it, or for each other", idle->name,
            entries[*entry_out].file.path);
    return NULL;
}

/* ---- as kinds ---- */

uint32_t hf_jobs__count(const HfServiceConfig *config)
{
    uint32_t count = 0;
    for (uint32_t e = 0; e < config->jobs.count; e++)
        count += file_of(&config->jobs.at[e])->jobs.count;
    return count;
}

/* The earliest start, in seconds since 1970: time 0 of the run. */
static int64_t epoch_of(const HfServiceConfig *config)
{
    int64_t epoch = INT64_MAX;
    for (uint32_t e = 0; e < config->jobs.count; e++) {
        const HfJobFile *file = file_of(&config->jobs.at[e]);
        for (uint32_t j = 0; j < file->jobs.count; j++) {
            HfSchedule schedule = {0};
            if (file->jobs.at[j].schedule == NULL) continue;
            g_autofree char *why = hf_schedule__parse(file->jobs.at[j].schedule, &schedule);
            if (schedule.has_start) epoch = MIN(epoch, schedule.start);
        }
    }
    return epoch;
}

static gboolean fill_job(HfService *service, const HfServiceConfig *config, const HfJobJson *job,
                         HfNodeKind *kind, int64_t epoch, GError **error)
{
    HfCatalog *catalog = service->env.catalog;
    HfNodeRules *rules = &kind->rules;
    rules->name = hf_text(catalog, hf_text_intern(catalog, job->name));
    rules->count = job->is_disabled ? 0 : 1;
    if (job->cpus >= 0) rules->cpus = job->cpus;
    if (job->mem >= 0) rules->mem = job->mem;
    if (job->disk >= 0) rules->disk = job->disk;
    if (job->retries >= 0) rules->retries = job->retries;
    kind->is_soft = job->is_soft;
    kind->has_schedule = job->schedule != NULL;
    kind->is_dependent = !kind->has_schedule;
    g_autofree char *epsilon_why =
        job->epsilon != NULL ? hf_period__parse(job->epsilon, &rules->start_deadline) : NULL;
    HF_ASSERT(epsilon_why == NULL); /* the file was checked */
    if (kind->has_schedule) {
        HfSchedule schedule;
        g_autofree char *why = hf_schedule__parse(job->schedule, &schedule);
        HF_ASSERT(why == NULL);
        rules->period = schedule.period;
        kind->runs_left = schedule.times;
        int64_t late = schedule.has_start ? schedule.start - epoch : 0;
        if (late > HF_TIME_NEVER / HF_NS_PER_SECOND / 2)
            late = HF_TIME_NEVER / HF_NS_PER_SECOND / 2;
        kind->first_run = late * HF_NS_PER_SECOND;
    } else {
        rules->period = HF_FOR_EVER; /* it is a job */
        rules->start_deadline = 0;
    }
    for (uint32_t p = 0; kind->is_dependent && job->parents[p] != NULL; p++) {
        hf_vec_push(&kind->parents,
                    find_job(config->jobs.at, config->jobs.count, job->parents[p], UINT32_MAX));
        hf_vec_push(&kind->parents_done, 0);
    }
    for (uint32_t c = 0; c < job->constraints.count; c++) {
        HfConstraintOp op = HF_CONSTRAINT_IS;
        hf_job__constraint_op(job->constraints.at[c].op, &op);
        hf_constraints__add(&kind->constraints, catalog, job->constraints.at[c].field, op,
                            job->constraints.at[c].value);
    }
    return TRUE;
}

gboolean hf_jobs__fill(HfService *service, const HfServiceConfig *config, GError **error)
{
    HfNodeKind *kind = service->kinds;
    int64_t epoch = epoch_of(config);
    if (config->kinds.count > 0) {
        g_set_error(error, HF_MODEL_ERROR, 1, "kinds: with jobs there are no kinds of the variant");
        return FALSE;
    }
    for (uint32_t e = 0; e < config->jobs.count; e++) {
        const HfJobEntry *entry = &config->jobs.at[e];
        for (uint32_t j = 0; j < file_of(entry)->jobs.count; j++, kind++) {
            if (entry->duration.kind != NULL) kind->lifetime = entry->duration;
            if (!fill_job(service, config, &file_of(entry)->jobs.at[j], kind, epoch, error))
                return FALSE;
        }
    }
    return TRUE;
}
