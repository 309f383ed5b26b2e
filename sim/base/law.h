/*
 * Distribution laws by name, with named and checked parameters: constant, exponential, uniform,
 * normal, lognormal, weibull, pareto, gamma, geometric, empirical. One table (hf_law_kinds) serves
 * the scenario parser, its errors, the schema and the sampler; adding a law touches this file pair
 * and its test alone. Where a parameter can be given in two ways (mean or rate, mean or scale) both
 * are optional in the table and `prepare` asks for exactly one.
 *
 * Values are plain doubles in the unit of the key that holds the law (seconds for durations, 1 for
 * counts). Draws are the same bits on every machine (base/random.h, base/maths.h).
 */
#ifndef HF_BASE_LAW_H
#define HF_BASE_LAW_H

#include <glib.h>
#include <stdint.h>

#include "base/random.h"

#define HF_LAW_PARAMS 4 /* most parameters a law has */

typedef struct HfLaw HfLaw;

/* One parameter of a law: its name in scenarios, and whether it carries the unit of the value. */
typedef struct HfLawParam {
    const char *name;  /* "mean", "shape", ... */
    gboolean has_unit; /* TRUE: parsed like the key's own quantity (a duration, say); FALSE: a plain
                          number */
    gboolean is_rate;  /* TRUE: per unit of the value ("3/s" for a duration); has_unit is FALSE */
    gboolean is_required;
    double minimum; /* legal range, inclusive unless the note says otherwise */
    double maximum;
    gboolean above_minimum; /* TRUE: must be > minimum, not >= */
    double fallback;        /* value when absent and not required */
    const char *help;
} HfLawParam;

typedef struct HfLawKind {
    const char *name;
    const char *help;                 /* one sentence, with the parametrisation spelled out */
    HfLawParam params[HF_LAW_PARAMS]; /* unused ones have name NULL */
    gboolean takes_file;              /* empirical: `file:` names one number a line */
    /* Check parameters against each other, and derive (e.g. scale from mean): NULL, or a static
     * reason. */
    const char *(*prepare)(HfLaw *law);
    double (*draw)(const HfLaw *law, HfStream *stream);
    double (*mean)(const HfLaw *law); /* may be INFINITY */
} HfLawKind;

struct HfLaw {
    const HfLawKind *kind;       /* NULL = not given */
    double param[HF_LAW_PARAMS]; /* as written, in table order; NAN where absent and optional */
    gboolean given[HF_LAW_PARAMS];
    double derived[4]; /* the law's own */
    double at_least;   /* every draw is clamped into this range; */
    double at_most;    /* -INFINITY .. INFINITY when not given */
    double *sample;    /* empirical: sorted values, owned */
    uint32_t sample_count;
};

extern const HfLawKind *const hf_law_kinds[]; /* NULL-terminated */

const HfLawKind *hf_law_kind_find(const char *name); /* NULL when unknown */

/* Start a law of this kind: no parameter given, no clamp. Set param[] and given[], then prepare. */
void hf_law_init(HfLaw *law, const HfLawKind *kind);

/* Give one parameter by name; FALSE when the law has none of that name. */
gboolean hf_law_set(HfLaw *law, const char *name, double value);

/*
 * Make a law ready to draw: fills fallbacks, checks ranges and derived values.
 * Errors: FALSE and a GError (domain HF_LAW_ERROR) that names the parameter; the law is then
 * unusable.
 */
gboolean hf_law_prepare(HfLaw *law, GError **error);
#define HF_LAW_ERROR (g_quark_from_static_string("hf-law-error"))

/* A law that always gives `value`, ready to draw. */
HfLaw hf_law_constant(double value);

/* Exponential with this mean > 0, ready to draw. */
HfLaw hf_law_exponential(double mean);

/* One draw, clamped. O(1) (empirical: O(1) too, an interpolated inverse). */
double hf_law_draw(const HfLaw *law, HfStream *stream);

/* Mean of the unclamped law; INFINITY when it has none. */
double hf_law_mean(const HfLaw *law);

/*
 * Read the sample of an empirical law: one number a line, in decimal notation; empty lines and
 * lines starting with '#' are skipped. At least one number, at most 2^24, finite.
 * Errors: FALSE and a GError with file and line (HF_LAW_ERROR), or GLib's own for a file that
 * cannot be read; the law is unchanged.
 */
gboolean hf_law_load_sample(HfLaw *law, const char *path, GError **error);

void hf_law_clear(HfLaw *law); /* frees the sample; a zeroed law is legal */

#endif
