/*
 * The gate of `holdfast bench`: results as JSON, compared with those kept from before. What is
 * compared are counts of work and memory, which are equal on every machine and build, and how fast
 * the ladder is relative to the heap in the same process; never nanoseconds.
 */
#ifndef HF_TOOLS_BASELINE_H
#define HF_TOOLS_BASELINE_H

#include <glib.h>
#include <json-glib/json-glib.h>

#define HF_BASELINE_COUNT_SLACK 0.02 /* a count may grow by so much of itself */

/* The ratio of two times on a busy machine is off by half now and then: worse is only a ladder that
 * is slower than the heap and takes twice as long, relative to it, as before. */
#define HF_BASELINE_RATIO_FACTOR 2.0

/* Results of a file that `holdfast bench --format json` wrote; NULL and an error if it is none. */
JsonObject *hf_baseline_load(const char *path, GError **error);

/*
 * What is worse now: one line for each, newly allocated strings in an array with free function.
 * Shape: `now` and `before` are whole outputs, with an array "results"; a result is found again by
 *        its suite, workload and what else it is named by, and its size. One of `before` that is
 * not in `now` is worse too, unless `suite` or `workload` is given (not NULL) and it is of another.
 */
GPtrArray *hf_baseline_compare(JsonObject *now, JsonObject *before, const char *suite,
                               const char *workload);

#endif
