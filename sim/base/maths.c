/*
 * Argument reduction and a power series each, with enough terms for a double. Coefficients of the
 * series are their definition (1/k!, 1/(2k+1)), not a fitted table: they can be checked by eye.
 */
#include "base/maths.h"

#include <math.h>
#include <stdint.h>

#include "base/assert.h"

/* log 2 in two parts: the first has trailing zeros, so that k * LN2_HIGH is exact for |k| < 2^20.
 */
#define LN2_HIGH 0x1.62e42fee00000p-1
#define LN2_LOW  0x1.a39ef35793c76p-33
#define INV_LN2  0x1.71547652b82fep+0

double hf_exp(double x)
{
    if (isnan(x)) return x;
    if (x > 709.782712893384) return INFINITY;
    if (x < -745.2) return 0;
    double k = floor(x * INV_LN2 + 0.5);
    double low = k * LN2_LOW;
    double r = (x - k * LN2_HIGH) - low; /* |r| <= 0.347 */
    /* Taylor: the first term left out is r^14 / 14! < 5e-18. */
    double p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    return ldexp(1.0 + (r + r * r * p), (int)k);
}

/* 2 atanh(s) = 2 (s + s^3/3 + s^5/5 + ...) for |s| <= 0.172: the first term left out is < 1e-18. */
static double twice_atanh(double s)
{
    double q = s * s;
    double p = 1.0 / 21.0;
    p = p * q + 1.0 / 19.0;
    p = p * q + 1.0 / 17.0;
    p = p * q + 1.0 / 15.0;
    p = p * q + 1.0 / 13.0;
    p = p * q + 1.0 / 11.0;
    p = p * q + 1.0 / 9.0;
    p = p * q + 1.0 / 7.0;
    p = p * q + 1.0 / 5.0;
    p = p * q + 1.0 / 3.0;
    return 2 * s + 2 * s * q * p;
}

double hf_log(double x)
{
    if (isnan(x) || x < 0) return NAN;
    if (x == 0) return -INFINITY;
    if (isinf(x)) return x;
    int k;
    double m = frexp(x, &k); /* 0.5 <= m < 1 */
    if (m < 0x1.6a09e667f3bcdp-1) {
        m *= 2;
        k--;
    }
    double log_m = twice_atanh((m - 1) / (m + 1)); /* m - 1 is exact */
    return k * LN2_HIGH + (log_m + k * LN2_LOW);
}

double hf_log1p(double x)
{
    HF_ASSERT(x > -1);
    if (fabs(x) < 0.25) return twice_atanh(x / (2 + x)); /* |s| <= 1/7 */
    return hf_log(1 + x);
}

double hf_pow(double x, double y)
{
    HF_ASSERT(x > 0);
    return hf_exp(y * hf_log(x));
}

double hf_gamma(double z)
{
    HF_ASSERT(z > 0);
    if (z > 171.7) return INFINITY;
    /* Gamma(z) = Gamma(z + n) / (z (z+1) ... (z+n-1)), until Stirling's series holds (z >= 16). */
    double product = 1;
    while (z < 16) product *= z++;
    double i = 1 / z, q = i * i;
    /* B(2k) / (2k (2k-1)): the first term left out is < 1e-18 at z = 16. */
    double series = -691.0 / 360360.0;
    series = series * q + 1.0 / 1188.0;
    series = series * q - 1.0 / 1680.0;
    series = series * q + 1.0 / 1260.0;
    series = series * q - 1.0 / 360.0;
    series = series * q + 1.0 / 12.0;
    series *= i;
    /* sqrt(2 pi / z) (z/e)^z e^series, the power in two halves so that it does not overflow early.
     */
    double half = hf_pow(z, z / 2 - 0.25);
    return half * (0x1.40d931ff62706p+1 * hf_exp(series - z)) * half / product;
}
