/*
 * Demand for a service that follows the hours and comes in bursts: each so often its app is scaled
 * to mean x (1 + (peak_to_mean - 1) x cos(2 pi (t - peak_at) / period)) x burst x noise, rounded.
 * While it is in a deployment it is left alone, as Marathon refuses the scaling then.
 */
#include <math.h>

#include "base/assert.h"
#include "models/frameworks/service/service.h"

#define TWO_PI 6.283185307179586

int64_t hf_curve__most(const HfCurve *curve)
{
    double most = curve->mean * curve->peak_to_mean * MAX(1, curve->burst) * exp(4 * curve->noise);
    return (int64_t)ceil(MIN(most, 1e6));
}

/* Bursts and quiet take turns; the first is quiet. */
static void take_turns(HfCurve *curve, HfTime now)
{
    if (curve->burst_on.kind == NULL) return;
    while (curve->until <= now) {
        const HfLaw *law = curve->is_on ? &curve->burst_off : &curve->burst_on;
        if (curve->until == 0) law = &curve->burst_off;
        curve->is_on = law == &curve->burst_on;
        HfTime lasts = hf_time_from_seconds(hf_law_draw(law, &curve->stream));
        curve->until = hf_time_add(curve->until, MAX(lasts, HF_NS_PER_SECOND));
    }
}

/* Polar method; of the two numbers one is used. */
static double normal(HfStream *stream)
{
    for (;;) {
        double u = 2 * hf_stream_uniform(stream) - 1, v = 2 * hf_stream_uniform(stream) - 1;
        double s = u * u + v * v;
        if (s > 0 && s < 1) return u * sqrt(-2 * log(s) / s);
    }
}

static int64_t wanted_at(HfCurve *curve, HfTime now)
{
    double turn = (double)((now - curve->peak_at) % curve->period) / (double)curve->period;
    double wanted = curve->mean * (1 + (curve->peak_to_mean - 1) * cos(TWO_PI * turn));
    take_turns(curve, now);
    if (curve->is_on) wanted *= curve->burst;
    if (curve->noise > 0)
        wanted *= exp(curve->noise * normal(&curve->stream) - curve->noise * curve->noise / 2);
    return CLAMP((int64_t)floor(wanted + 0.5), 0, curve->most);
}

void hf_curve__on_time(HfService *service, HfDriver *driver, uint32_t row)
{
    HfCurve *curve = &service->curves.at[row];
    HfNodeKind *kind = &service->kinds[curve->kind];
    if (service->is_leaving || service->is_over) return;
    hf_driver_after(driver, curve->every, HF_SERVICE_TIMER_CURVE, row);
    hf_deploy__set_count(service, driver, kind, wanted_at(curve, hf_driver_now(driver)));
}

void hf_curve__start_all(HfService *service, HfDriver *driver)
{
    for (guint32 i = 0; i < service->curves.count; i++)
        hf_driver_after(driver, service->curves.at[i].every, HF_SERVICE_TIMER_CURVE, i);
}
