/*
 * The matrix of runs. With several jobs a run is a child process, which leaves its result in a file
 * without a name that the two share; names of metrics go as text, their kinds by address, since
 * parent and child are the same program.
 */
#include "tools/run_batch.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/assert.h"
#include "tools/run_verdict.h"

HfBatch *hf_batch_new(const HfScenarioSet *set)
{
    HfBatch *batch = g_new0(HfBatch, 1);
    batch->set = set;
    batch->arms = set->count;
    batch->replications = (uint32_t)set->arms[0]->replications;
    batch->scenarios = g_new0(HfScenario, (gsize)batch->arms * batch->replications);
    batch->results = g_new0(HfArmResult, (gsize)batch->arms * batch->replications);
    for (uint32_t r = 0; r < batch->replications; r++) {
        for (uint32_t a = 0; a < batch->arms; a++) {
            HfScenario *scenario = &batch->scenarios[r * batch->arms + a];
            *scenario = *set->arms[a];
            scenario->seed += r;
        }
    }
    return batch;
}

void hf_batch_free(HfBatch *batch)
{
    if (batch == NULL) return;
    for (uint32_t i = 0; i < batch->arms * batch->replications; i++)
        hf_arm_result_clear(&batch->results[i]);
    if (batch->verdicts) g_ptr_array_unref(batch->verdicts);
    g_free(batch->scenarios);
    g_free(batch->results);
    g_free(batch);
}

gboolean hf_batch_is_whole(const HfBatch *batch)
{
    for (uint32_t i = 0; i < batch->arms * batch->replications; i++)
        if (batch->results[i].metrics == NULL || batch->results[i].is_partial) return FALSE;
    return TRUE;
}

gboolean hf_batch_is_stalled(const HfBatch *batch)
{
    for (uint32_t i = 0; i < batch->arms * batch->replications; i++)
        if (batch->results[i].stall && batch->scenarios[i].stall == HF_SCENARIO_STALL_FAIL)
            return TRUE;
    return FALSE;
}

/* ---- one run ---- */

static gboolean run_one(const HfBatch *batch, uint32_t i, const HfBatchOptions *options,
                        HfRunDir *dir, HfArmResult *result_out, int *exit_out, GError **error)
{
    const HfScenario *scenario = &batch->scenarios[i];
    HfRunOptions how = options->run;
    g_autofree char *replay = options->replay(options->replay_data, scenario);
    how.replay = replay;
    return hf_run_arm(scenario, &how, i < batch->arms ? dir : NULL,
                      scenario->arm ? scenario->arm : "", result_out, exit_out, error);
}

static gboolean run_here(HfBatch *batch, const HfBatchOptions *options, HfRunDir *dir,
                         int *exit_out, GError **error)
{
    for (uint32_t i = 0; i < batch->arms * batch->replications && !hf_cli_interrupted(); i++)
        if (!run_one(batch, i, options, dir, &batch->results[i], exit_out, error)) return FALSE;
    return TRUE;
}

/* ---- what a child leaves ---- */

/* The fixed part; texts follow, each with its length before it. */
typedef struct Leavings {
    gboolean good;
    int code;
    HfArmResult result; /* its pointers mean nothing to the parent */
    uint32_t metrics;
} Leavings;

static void put(FILE *file, const void *bytes, size_t size)
{
    if (size > 0) fwrite(bytes, 1, size, file); /* what is missing is noticed when it is read */
}

static void put_text(FILE *file, const char *text)
{
    size_t length = strlen(text);
    put(file, &length, sizeof length);
    put(file, text, length);
}

static gboolean get(FILE *file, void *bytes, size_t size)
{
    return size == 0 || fread(bytes, 1, size, file) == size;
}

static char *get_text(FILE *file)
{
    size_t length;
    if (!get(file, &length, sizeof length)) return NULL;
    g_autofree char *text = g_malloc(length + 1);
    if (!get(file, text, length)) return NULL;
    text[length] = '\0';
    return g_steal_pointer(&text);
}

static void leave(FILE *file, const Leavings *leavings, const GError *error)
{
    const HfArmResult *result = &leavings->result;
    put(file, leavings, sizeof *leavings);
    if (!leavings->good) put_text(file, error->message);
    for (uint32_t i = 0; i < leavings->metrics; i++) {
        const HfMetric *metric = hf_metrics_at(result->metrics, i);
        put(file, &metric->kind, sizeof metric->kind);
        put(file, &metric->value, sizeof metric->value);
        put_text(file, metric->name);
    }
    if (leavings->good && result->stall) put_text(file, result->stall);
}

/* FALSE if the file ends too early: the child was killed, or its disk was full. */
static gboolean collect(FILE *file, Leavings *leavings, GError **error)
{
    rewind(file);
    if (!get(file, leavings, sizeof *leavings)) return FALSE;
    HfArmResult *result = &leavings->result;
    if (!leavings->good) {
        g_autofree char *message = get_text(file);
        if (message == NULL) return FALSE;
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, message);
        return TRUE;
    }
    gboolean is_stalled = result->stall != NULL;
    result->stall = NULL;
    result->metrics = hf_metrics_new_empty();
    result->outcomes = NULL;
    for (uint32_t i = 0; i < leavings->metrics; i++) {
        HfMetric metric;
        if (!get(file, &metric.kind, sizeof metric.kind) ||
            !get(file, &metric.value, sizeof metric.value) ||
            (metric.name = get_text(file)) == NULL)
            return FALSE;
        hf_metrics_take(result->metrics, &metric);
    }
    return !is_stalled || (result->stall = get_text(file)) != NULL;
}

/* ---- several at once ---- */

typedef struct Child {
    pid_t process; /* 0 = this place is empty */
    uint32_t ix;
    FILE *file;
} Child;

typedef struct Pool {
    HfBatch *batch;
    const HfBatchOptions *options;
    HfRunDir *dir;
    Child *children; /* [options->jobs] */
    uint32_t next, running, done;
    gboolean is_ending; /* nothing more is started */
    uint32_t failed_ix; /* the least run that failed; UINT32_MAX = none */
    int failed_code;
    GError *error;
} Pool;

G_NORETURN static void be_child(Pool *pool, uint32_t i, FILE *file)
{
    Leavings leavings = {0};
    GError *error = NULL;
    HfBatchOptions options = *pool->options;
    options.run.show_progress = FALSE;
    leavings.good =
        run_one(pool->batch, i, &options, pool->dir, &leavings.result, &leavings.code, &error);
    if (leavings.good) leavings.metrics = hf_metrics_count(leavings.result.metrics);
    leave(file, &leavings, error);
    fflush(NULL);
    _exit(0); /* nothing of the parent's is undone: its directory, its streams */
}

static gboolean start(Pool *pool, Child *child, GError **error)
{
    FILE *file = tmpfile();
    if (file == NULL) {
        g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno),
                    "cannot make a temporary file: %s", g_strerror(errno));
        return FALSE;
    }
    fflush(NULL);
    pid_t process = fork();
    if (process == 0) be_child(pool, pool->next, file);
    if (process < 0) {
        g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno),
                    "cannot start a process: %s", g_strerror(errno));
        fclose(file);
        return FALSE;
    }
    *child = (Child){process, pool->next++, file};
    pool->running++;
    return TRUE;
}

static void note_failure(Pool *pool, uint32_t ix, int code, GError *error)
{
    pool->is_ending = TRUE;
    if (ix >= pool->failed_ix) {
        g_error_free(error);
        return;
    }
    g_clear_error(&pool->error);
    pool->failed_ix = ix;
    pool->failed_code = code;
    pool->error = error;
}

static void finish(Pool *pool, Child *child, int status)
{
    Leavings leavings = {0};
    GError *error = NULL;
    HfArmResult *result = &pool->batch->results[child->ix];
    gboolean is_whole = collect(child->file, &leavings, &error);
    fclose(child->file);
    child->process = 0;
    pool->running--;
    pool->done++;
    if (is_whole && leavings.good && WIFEXITED(status)) {
        *result = leavings.result;
        result->scenario = &pool->batch->scenarios[child->ix];
        return;
    }
    if (is_whole && error != NULL) {
        note_failure(pool, child->ix, leavings.code, error);
        return;
    }
    if (leavings.good) hf_arm_result_clear(&leavings.result);
    if (hf_cli_interrupted()) return;
    if (WIFSIGNALED(status))
        g_set_error(&error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                    "the process of a run was ended by signal %d (%s)", WTERMSIG(status),
                    g_strsignal(WTERMSIG(status)));
    else if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
        g_set_error(&error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                    "the process of a run ended with status %d", WEXITSTATUS(status));
    else
        g_set_error(
            &error, G_FILE_ERROR, G_FILE_ERROR_NOSPC,
            "the result of a run could not be handed over: is the temporary directory full?");
    note_failure(pool, child->ix,
                 WIFEXITED(status) && WEXITSTATUS(status) == HF_EXIT_INVARIANT ? HF_EXIT_INVARIANT
                                                                               : HF_EXIT_FAILURE,
                 error);
}

/* Tell those still running that it is over; each ends its run and leaves what it has. */
static void stop_others(const Pool *pool)
{
    for (uint32_t c = 0; c < pool->options->jobs; c++)
        if (pool->children[c].process != 0) kill(pool->children[c].process, SIGTERM);
}

static void draw(const Pool *pool)
{
    if (pool->options->run.show_progress)
        g_printerr("\r\033[K%s: %u of %u runs done, %u running", pool->batch->set->name, pool->done,
                   pool->batch->arms * pool->batch->replications, pool->running);
}

static void wait_for_one(Pool *pool, gboolean *is_told)
{
    int status;
    pid_t process = waitpid(-1, &status, 0);
    if ((hf_cli_interrupted() || pool->is_ending) && !*is_told) {
        *is_told = TRUE;
        pool->is_ending = TRUE;
        stop_others(pool);
    }
    if (process < 0) {
        HF_ASSERT(errno == EINTR);
        return;
    }
    for (uint32_t c = 0; c < pool->options->jobs; c++)
        if (pool->children[c].process == process) finish(pool, &pool->children[c], status);
}

static gboolean run_in_children(HfBatch *batch, const HfBatchOptions *options, HfRunDir *dir,
                                int *exit_out, GError **error)
{
    Pool pool = {.batch = batch, .options = options, .dir = dir, .failed_ix = UINT32_MAX};
    g_autofree Child *children = g_new0(Child, options->jobs);
    uint32_t all = batch->arms * batch->replications;
    gboolean is_told = FALSE;
    pool.children = children;
    for (;;) {
        for (uint32_t c = 0; c < options->jobs; c++) {
            if (pool.is_ending || hf_cli_interrupted() || pool.next == all) break;
            if (children[c].process != 0) continue;
            GError *failure = NULL;
            if (!start(&pool, &children[c], &failure))
                note_failure(&pool, pool.next, HF_EXIT_FAILURE, failure);
        }
        draw(&pool);
        if (pool.running == 0) break;
        wait_for_one(&pool, &is_told);
    }
    if (options->run.show_progress) g_printerr("\r\033[K");
    if (pool.error == NULL) return TRUE;
    *exit_out = pool.failed_code;
    g_propagate_error(error, pool.error);
    return FALSE;
}

gboolean hf_batch_run(HfBatch *batch, const HfBatchOptions *options, HfRunDir *dir, int *exit_out,
                      GError **error)
{
    HF_ASSERT(options->jobs >= 1);
    for (uint32_t a = 0; a < batch->arms; a++) {
        const char *name = batch->scenarios[a].arm;
        if (name == NULL || hf_run_dir_add(dir, name, error)) continue;
        *exit_out = HF_EXIT_FAILURE;
        return FALSE;
    }
    gboolean is_serial = options->jobs == 1 || batch->arms * batch->replications == 1;
    gboolean ok = is_serial ? run_here(batch, options, dir, exit_out, error)
                            : run_in_children(batch, options, dir, exit_out, error);
    /* An arm that an interruption left out has no directory. */
    for (uint32_t a = 0; ok && a < batch->arms; a++)
        if (batch->scenarios[a].arm != NULL && hf_batch_at(batch, a, 0)->metrics == NULL)
            hf_run_dir_drop(dir, batch->scenarios[a].arm);
    return ok;
}

/* ---- over replications ---- */

/* Metrics of one arm mostly stand at the same place in each replication: look there first. */
static gboolean find_at(const HfMetrics *metrics, const char *name, uint32_t hint,
                        double *value_out)
{
    if (hint >= hf_metrics_count(metrics) || strcmp(hf_metrics_at(metrics, hint)->name, name) != 0)
        return hf_metrics_find(metrics, name, value_out);
    *value_out = hf_metrics_at(metrics, hint)->value;
    return TRUE;
}

HfInterval hf_batch_interval(const HfBatch *batch, uint32_t arm, const char *metric, uint32_t hint,
                             HfTally *tally_out)
{
    HfTally tally = {0};
    for (uint32_t r = 0; r < batch->replications; r++) {
        const HfMetrics *metrics = hf_batch_at(batch, arm, r)->metrics;
        double value;
        if (metrics && find_at(metrics, metric, hint, &value) && isfinite(value))
            hf_tally_add(&tally, value);
    }
    if (tally_out) *tally_out = tally;
    return hf_interval_of(&tally, batch->set->arms[0]->confidence);
}

static void append_number(GString *text, double value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append_c(text, ',');
    if (isfinite(value)) g_string_append(text, g_ascii_dtostr(number, sizeof number, value));
}

static void append_replication(GString *text, const HfArmResult *result, uint32_t replication)
{
    const char *arm = result->scenario->arm ? result->scenario->arm : "";
    for (uint32_t i = 0; i < hf_metrics_count(result->metrics); i++) {
        const HfMetric *metric = hf_metrics_at(result->metrics, i);
        g_string_append_printf(text, "%s,%u,%" G_GUINT64_FORMAT ",%s,%s", arm, replication,
                               (guint64)result->scenario->seed, result->digest, metric->name);
        append_number(text, metric->value);
        g_string_append_c(text, '\n');
    }
}

static void append_intervals(GString *text, const HfBatch *batch, uint32_t arm)
{
    const HfArmResult *first = hf_batch_at(batch, arm, 0);
    if (first->metrics == NULL) return;
    for (uint32_t i = 0; i < hf_metrics_count(first->metrics); i++) {
        const HfMetric *metric = hf_metrics_at(first->metrics, i);
        HfTally tally;
        HfInterval interval = hf_batch_interval(batch, arm, metric->name, i, &tally);
        gboolean is_known = tally.count > 0;
        g_string_append_printf(text, "%s,%s,%s,%" G_GUINT64_FORMAT,
                               first->scenario->arm ? first->scenario->arm : "", metric->name,
                               metric->kind->unit, (guint64)tally.count);
        append_number(text, is_known ? interval.mean : NAN);
        append_number(text, is_known ? interval.half_width : NAN);
        append_number(text, is_known ? tally.min : NAN);
        append_number(text, is_known ? tally.max : NAN);
        g_string_append_c(text, '\n');
    }
}

gboolean hf_batch_write(const HfBatch *batch, HfRunDir *dir, GError **error)
{
    g_autoptr(GString) runs = g_string_new("arm,replication,seed,trace_digest,metric,value\n");
    g_autoptr(GString) intervals =
        g_string_new("arm,metric,unit,replications,mean,half_width,least,greatest\n");
    for (uint32_t r = 0; r < batch->replications; r++)
        for (uint32_t a = 0; a < batch->arms; a++)
            if (hf_batch_at(batch, a, r)->metrics)
                append_replication(runs, hf_batch_at(batch, a, r), r);
    for (uint32_t a = 0; a < batch->arms; a++) append_intervals(intervals, batch, a);
    return hf_run_dir_write(dir, "replications.csv", runs->str, (gssize)runs->len, error) &&
           hf_run_dir_write(dir, "intervals.csv", intervals->str, (gssize)intervals->len, error);
}
