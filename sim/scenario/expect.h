/*
 * Expectations: what makes a scenario a test. One comparison of arithmetic over metric names and
 * numbers:
 *
 *     relaunch.same_agent.ratio == 1
 *     utilization.cpus.allocated > 75%
 *     shared.utilization.cpus.allocated - static.utilization.cpus.allocated >= 0.2
 *     used ~ 0.93 +- 0.10                      within: |left - right| <= tolerance
 *     max(wait.p99, restart.p99) < 90s
 *
 * Operators: == != < <= > >= ~, + - * / and parentheses, abs(x), min(x, ...), max(x, ...). == is
 * exact. Numbers may carry % (of 1), a unit of time (gives seconds) or of memory (gives MB).
 * A name is letters, digits, '_', '.' and '-', beginning with a letter: a minus sign therefore
 * needs spaces around it between names. Any other name is written in double quotes.
 */
#ifndef HF_SCENARIO_EXPECT_H
#define HF_SCENARIO_EXPECT_H

#include <glib.h>
#include <stdint.h>

typedef struct HfExpect HfExpect;

/* Errors: NULL and HF_SCENARIO_ERROR_INPUT with the character at fault. Depth limit 64. */
HfExpect *hf_expect_parse(const char *text, GError **error);
void hf_expect_free(HfExpect *expect);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfExpect, hf_expect_free)

/* As written. */
const char *hf_expect_text(const HfExpect *expect);

/* The distinct metric names it uses, in order of appearance; borrowed, NULL-terminated. */
const char *const *hf_expect_names(const HfExpect *expect);

/* Where metrics come from. `find` gives FALSE for a name it does not know. */
typedef struct HfExpectMetrics {
    gboolean (*find)(const char *name, double *value_out, void *data);
    void *data;
    const char *const *names; /* all known, for near misses; NULL-terminated or NULL */
} HfExpectMetrics;

typedef struct HfExpectResult {
    gboolean holds;     /* FALSE also when a side has no value */
    double left, right; /* the two sides compared */
    double tolerance;   /* of ~; 0 for the others */
} HfExpectResult;

/* What is claimed of left - right. */
typedef enum HfExpectClaim {
    HF_EXPECT_EQUAL,
    HF_EXPECT_OTHER,
    HF_EXPECT_LESS,
    HF_EXPECT_AT_MOST,
    HF_EXPECT_MORE,
    HF_EXPECT_AT_LEAST,
    HF_EXPECT_NEAR
} HfExpectClaim;
HfExpectClaim hf_expect_claim(const HfExpect *expect);

/* Whether `claim` is true of two sides. Of a side without a value (0 / 0, 1 / 0) it never is. */
gboolean hf_expect_is_true(HfExpectClaim claim, double left, double right, double tolerance);

/* Work it out. A metric that is not there has no value, so that what it stands in is not met. */
void hf_expect_check(const HfExpect *expect, const HfExpectMetrics *metrics,
                     HfExpectResult *result_out);

/* The first metric that is not there, as "there is no metric a.b; did you mean a.c?"; NULL: all
 * are. Newly allocated. */
char *hf_expect_missing(const HfExpect *expect, const HfExpectMetrics *metrics);

/*
 * One line for people: the expectation, then the value of each metric in it.
 * `utilization.cpus.allocated > 0.75: not met (utilization.cpus.allocated = 0.6123)`.
 * Shape: newly allocated.
 */
char *hf_expect_explain(const HfExpect *expect, const HfExpectMetrics *metrics,
                        const HfExpectResult *result);

#endif
