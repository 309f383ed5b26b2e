/*
 * Elementary functions whose results are the same bits on every machine.
 *
 * The C library's exp and log differ in the last place between versions and processors, and one
 * such bit in a drawn delay changes a run's digest. These use only +, -, *, / on IEEE doubles (each
 * correctly rounded by the standard) and scaling by powers of two; the build forbids contraction to
 * fused operations. sqrt(), floor(), fabs() and ldexp() of the C library are exact and safe to use
 * beside them. Error: below 2 units in the last place unless said otherwise.
 */
#ifndef HF_BASE_MATHS_H
#define HF_BASE_MATHS_H

/* e^x; 0 below about -745, INFINITY above about 709.78; NaN for NaN. */
double hf_exp(double x);

/* Natural logarithm; -INFINITY for 0, NaN for negative x and NaN, INFINITY for INFINITY. */
double hf_log(double x);

/* log(1 + x) without loss for small x; x > -1. */
double hf_log1p(double x);

/* x^y for x > 0, as exp(y log x): relative error about 1e-16 * (1 + |y log x|). */
double hf_pow(double x, double y);

/* Gamma(z) for z > 0; INFINITY beyond about 171.6. Relative error below 1e-12. */
double hf_gamma(double z);

#endif
