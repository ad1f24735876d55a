/* Vectors of 16 numbers, and the exponential function with its relatives.

   The functions of one number have no jumps: both sides of a choice are computed and one is taken,
   because a loop with a jump in it would not be turned into vector instructions. libm's functions
   would not be either. The series are Taylor's; errors are below 2e-6 relative. */

#ifndef NNPLAY_ARITHMETIC_H
#define NNPLAY_ARITHMETIC_H

#include <math.h>
#include <string.h>

#include "kernels.h"

/* Aligned as one number: rows begin anywhere, and processors with wide vectors do not mind. */
typedef float vector __attribute__((vector_size(64), aligned(4), may_alias));
typedef float half_vector __attribute__((vector_size(32)));
typedef float quarter_vector __attribute__((vector_size(16)));
typedef int32_t int_vector __attribute__((vector_size(64)));
typedef uint8_t byte_vector __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint16_t short_vector __attribute__((vector_size(32), aligned(2), may_alias));

static inline vector load(const float *from) { return *(const vector *)from; }
static inline void store(float *to, vector x) { *(vector *)to = x; }
static inline vector all(float x) { return x - (vector){0}; }

/* One instruction where the processor has it: the compiler fuses operations of one expression. */
static inline vector multiply_add(vector a, vector b, vector c) { return a * b + c; }

/* Adds the numbers of a vector in pairs: four additions one after the other instead of fifteen. */
static inline float total(vector x) {
    half_vector h = __builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7) +
                    __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15);
    quarter_vector q = __builtin_shufflevector(h, h, 0, 1, 2, 3) +
                       __builtin_shufflevector(h, h, 4, 5, 6, 7);
    quarter_vector p = q + __builtin_shufflevector(q, q, 2, 3, 0, 1);
    return p[0] + p[1];
}

static inline float power_of_two(float whole) {
    uint32_t bits = (uint32_t)((int32_t)whole + 127) << 23;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Infinite above 88, 0 below -87: what lies between has an exponent that float32 holds. */
static inline float clamped(float x) {
    float low = x > -87.0f ? x : -87.0f;
    return low < 88.0f ? low : 88.0f;
}

static inline float rounded_powers(float x) {
    float share = x * 1.4426950408889634f;
    return (float)(int32_t)(share + (share > 0.0f ? 0.5f : -0.5f));
}

/* e**r - 1 of what is left of x without `powers` times ln 2. ln 2 is taken in two parts, the first
   of which has so few digits that its multiples are exact. */
static inline float remainder_less_one(float x, float powers) {
    float r = (x - powers * 0.693359375f) - powers * (float)(0.693147180559945309 - 0.693359375);
    float tail = 1.0f / 24 + r * (1.0f / 120 + r * (1.0f / 720 + r * (1.0f / 5040)));
    return r + r * r * (0.5f + r * (1.0f / 6 + r * tail));
}

static inline float exp_of(float x) {
    float c = clamped(x), powers = rounded_powers(c), scale = power_of_two(powers);
    float y = scale + scale * remainder_less_one(c, powers);
    y = x > 88.0f ? INFINITY : y;
    y = x < -87.0f ? 0.0f : y;
    return x == x ? y : x;
}

static inline float expm1_of(float x) {
    float c = clamped(x), powers = rounded_powers(c), scale = power_of_two(powers);
    float y = scale * remainder_less_one(c, powers) + (scale - 1.0f);
    y = x > 88.0f ? INFINITY : y;
    return x == x ? y : x;
}

/* ln(1 + u) for u from 0 to 1, by the series of the inverse hyperbolic tangent. */
static inline float log1p_of(float u) {
    float s = u / (2.0f + u), q = s * s;
    float tail = 1.0f / 7 + q * (1.0f / 9 + q * (1.0f / 11 + q * (1.0f / 13 + q * (1.0f / 15))));
    return 2.0f * s * (1.0f + q * (1.0f / 3 + q * (1.0f / 5 + q * tail)));
}

static inline float tanh_of(float x) {
    /* Beyond 10 it is 1 to the last place, and infinity by infinity would be NaN. */
    float twice = x + x;
    twice = twice < 20.0f ? twice : 20.0f;
    float e = expm1_of(twice), y = e / (e + 2.0f);
    return x == x ? y : x;
}

/* Exact in relation to its size on the left as well. */
static inline float sigmoid_of(float x) {
    float small = exp_of(-fabsf(x)), share = 1.0f / (1.0f + small);
    return x >= 0.0f ? share : small * share;
}

static inline float softplus_of(float x) {
    float y = (x > 0.0f ? x : 0.0f) + log1p_of(exp_of(-fabsf(x)));
    return x == x ? y : x;
}

/* Puts the softmax of sixteen samples into `out`; `mass` and `top` give the logarithm of the sum
   of e**y as log(mass) + top. The largest output is taken off first, so that nothing overflows. */
static inline void softmax(const float *y, int64_t outputs, int64_t lanes, float *out, float *mass,
                    float *top) {
    memcpy(top, y, LANES * sizeof *top);
    for (int64_t k = 1; k < outputs; k++)
        for (int i = 0; i < LANES; i++)
            top[i] = y[k * lanes + i] > top[i] ? y[k * lanes + i] : top[i];
    memset(mass, 0, LANES * sizeof *mass);
    for (int64_t k = 0; k < outputs; k++)
        for (int i = 0; i < LANES; i++) {
            float share = exp_of(y[k * lanes + i] - top[i]);
            out[k * lanes + i] = share;
            mass[i] += share;
        }
    for (int64_t k = 0; k < outputs; k++)
        for (int i = 0; i < LANES; i++)
            out[k * lanes + i] /= mass[i];
}

#endif
