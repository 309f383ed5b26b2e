/*
 * How much of the start of a series to throw away, because the system was still filling up. A fixed
 * warm-up needs no help: the collectors' _restart() functions forget what was before it. This is
 * the rule for when nobody knows: MSER-5.
 */
#ifndef HF_STATS_WARM_UP_H
#define HF_STATS_WARM_UP_H

#include <glib.h>
#include <stdint.h>

/*
 * The number of leading values to drop (a multiple of 5): the one that makes the standard error of
 * the mean of the rest smallest, over means of 5 values.
 * Shape:  value[count], equally spaced in time or in order of arrival.
 * Errors: FALSE when the rule finds no steady part: fewer than 20 values, or the minimum lies in
 * the second half. *drop_out is then left alone; the run is too short. Cost:   O(count); allocates
 * count / 5 doubles. Source: White, "An effective truncation heuristic for bias reduction in
 * simulation output", Simulation 69(6), 1997; the batches of 5 and the half rule from White, Cobb
 * and Spratt, "A comparison of five steady-state truncation heuristics", WSC 2000.
 */
gboolean hf_warm_up_mser5(const double *value, uint32_t count, uint32_t *drop_out);

#endif
