/*
 * Simulated time: int64_t nanoseconds since the start of the run. No wall clock appears in sim/.
 */
#ifndef HF_BASE_TIME_H
#define HF_BASE_TIME_H

#include <glib.h>
#include <stdint.h>

typedef int64_t
    HfTime; /* ns; legal range 0 .. HF_TIME_MAX for instants, any sign for differences */

/* About 36.5 years: the event list keeps 60 bits of it. HF_TIME_NEVER lies beyond every instant. */
#define HF_TIME_MAX   ((HfTime)((INT64_C(1) << 60) - 1))
#define HF_TIME_NEVER INT64_MAX

#define HF_NS_PER_US     INT64_C(1000)
#define HF_NS_PER_MS     INT64_C(1000000)
#define HF_NS_PER_SECOND INT64_C(1000000000)
#define HF_NS_PER_MINUTE (60 * HF_NS_PER_SECOND)
#define HF_NS_PER_HOUR   (60 * HF_NS_PER_MINUTE)
#define HF_NS_PER_DAY    (24 * HF_NS_PER_HOUR)

/*
 * Seconds to time, rounded to the nearest nanosecond.
 * Shape: NaN and negative give 0; beyond HF_TIME_MAX gives HF_TIME_MAX (a draw from a heavy tail
 * must not wrap).
 */
HfTime hf_time_from_seconds(double seconds);

/* Time in seconds; exact to about 1e-16 relative. */
double hf_time_to_seconds(HfTime time);

/*
 * Parse a duration: a number directly followed by ns, us, ms, s, m (or min, mins), h (or hrs), d
 * (or days), w (or weeks), as in `90s`, `1.5h`, `500ms`. Mesos's own spellings (`secs`, `mins`,
 * `hrs`, `days`, `weeks`) are accepted. The unit may be missing only for 0. Errors: FALSE and
 * *why_out (static text) for no number, unknown unit, negative, or beyond HF_TIME_MAX.
 */
gboolean hf_time_parse(const char *text, HfTime *time_out, const char **why_out);

/* Print as the shortest exact duration of one unit (`90s`, `1500ms`); buffer of at least 32 bytes.
 * Returns it. */
char *hf_time_print(HfTime time, char *buffer, size_t buffer_size);

/* Add with saturation at HF_TIME_NEVER; both operands >= 0. */
static inline HfTime hf_time_add(HfTime a, HfTime b)
{
    HfTime sum;
    return __builtin_add_overflow(a, b, &sum) ? HF_TIME_NEVER : sum;
}

#endif
