/* Expectations over one replication or many; see run_verdict.h. */
#include "tools/run_verdict.h"

#include <math.h>
#include <string.h>

#include "base/assert.h"

static void verdict_free(gpointer data)
{
    HfVerdict *verdict = data;
    g_free(verdict->line);
    g_free(verdict);
}

static void add_verdict(HfBatch *batch, const char *arm, char *line, gboolean holds)
{
    HfVerdict *verdict = g_new(HfVerdict, 1);
    *verdict = (HfVerdict){arm, line, holds};
    g_ptr_array_add(batch->verdicts, verdict);
}

/* ---- where the numbers come from ---- */

/* The metrics of one replication: of one arm, or of all as ARM.metric. */
typedef struct Source {
    const HfBatch *batch;
    uint32_t replication;
    int64_t arm; /* -1 = all */
} Source;

static gboolean find(const char *name, double *value_out, void *data)
{
    const Source *source = data;
    if (source->arm >= 0)
        return hf_metrics_find(
            hf_batch_at(source->batch, (uint32_t)source->arm, source->replication)->metrics, name,
            value_out);
    for (uint32_t a = 0; a < source->batch->arms; a++) {
        const HfArmResult *result = hf_batch_at(source->batch, a, source->replication);
        size_t length = strlen(result->scenario->arm);
        if (strncmp(name, result->scenario->arm, length) == 0 && name[length] == '.')
            return hf_metrics_find(result->metrics, name + length + 1, value_out);
    }
    return FALSE;
}

/* All names that there are, for near misses. */
static GPtrArray *names_of(const Source *source)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (uint32_t a = 0; a < source->batch->arms; a++) {
        const HfArmResult *result = hf_batch_at(source->batch, a, source->replication);
        if (source->arm >= 0 && a != (uint32_t)source->arm) continue;
        for (uint32_t i = 0; i < hf_metrics_count(result->metrics); i++) {
            const char *name = hf_metrics_at(result->metrics, i)->name;
            g_ptr_array_add(names, source->arm >= 0
                                       ? g_strdup(name)
                                       : g_strdup_printf("%s.%s", result->scenario->arm, name));
        }
    }
    g_ptr_array_add(names, NULL);
    return names;
}

static void judge_one(HfBatch *batch, int64_t arm, const HfExpect *expect)
{
    g_autofree HfExpectResult *trials = g_new0(HfExpectResult, batch->replications);
    g_autofree char *missing = NULL;
    const char *name = arm >= 0 ? batch->scenarios[arm].arm : NULL;
    for (uint32_t r = 0; r < batch->replications; r++) {
        Source source = {batch, r, arm};
        g_autoptr(GPtrArray) names = names_of(&source);
        HfExpectMetrics metrics = {find, &source, (const char *const *)names->pdata};
        hf_expect_check(expect, &metrics, &trials[r]);
        if (missing == NULL) missing = hf_expect_missing(expect, &metrics);
        if (batch->replications > 1) continue;
        return add_verdict(batch, name, hf_expect_explain(expect, &metrics, &trials[r]),
                           trials[r].holds);
    }
    g_autofree char *why = NULL;
    gboolean holds = hf_verdict_of(hf_expect_claim(expect), (HfTrials){trials, batch->replications},
                                   batch->set->arms[0]->confidence, &why);
    add_verdict(batch, name,
                g_strdup_printf("%s: %s (%s%s%s)", hf_expect_text(expect),
                                holds ? "met" : "not met", why, missing != NULL ? ": " : "",
                                missing != NULL ? missing : ""),
                holds);
}

static void judge_list(HfBatch *batch, int64_t arm, const HfExpect *const *list)
{
    for (; *list; list++) judge_one(batch, arm, *list);
}

void hf_batch_judge(HfBatch *batch)
{
    HF_ASSERT(batch->verdicts == NULL);
    batch->verdicts = g_ptr_array_new_with_free_func(verdict_free);
    if (!hf_batch_is_whole(batch)) return;
    for (uint32_t a = 0; a < batch->arms; a++) judge_list(batch, a, batch->set->arms[a]->expect);
    if (batch->set->arms[0]->arm != NULL) judge_list(batch, -1, batch->set->expect);
}

gboolean hf_batch_holds(const HfBatch *batch)
{
    for (guint i = 0; i < batch->verdicts->len; i++)
        if (!((const HfVerdict *)batch->verdicts->pdata[i])->holds) return FALSE;
    return TRUE;
}
