#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "linkage.h"

// Sixteen floats at a time: one register where there is AVX-512, several elsewhere. A scalar beside one is broadcast.
// Helpers take pointers: a vector passed by value would have another calling convention in each clone.
enum { LANES = 16 };
typedef float lanes __attribute__((vector_size(64), aligned(4)));
typedef int32_t int_lanes __attribute__((vector_size(64), aligned(4)));

/// The first `count` floats at p, and `fill` in the lanes after them.
CK_INLINE void ck_load_some(lanes *x, const float *p, size_t count, float fill) {
    float values[LANES];
    for (size_t i = 0; i < LANES; i++) values[i] = fill;
    memcpy(values, p, count * sizeof(float));
    memcpy(x, values, sizeof values);
}

CK_INLINE void ck_store_some(const lanes *x, float *p, size_t count) {
    float values[LANES];
    memcpy(values, x, sizeof values);
    memcpy(p, values, count * sizeof(float));
}

/// `fill` in lane `count` and all after it.
CK_INLINE void ck_fill_after(lanes *x, size_t count, float fill) {
    int_lanes index = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    int_lanes before = index < (int32_t)count;
    lanes filling = {0};
    filling += fill;
    *x = (lanes)(((int_lanes)*x & before) | ((int_lanes)filling & ~before));
}

// __builtin_elementwise_max asks of both its operands whether they are NaN, which takes three instructions that wait for
// one another; a comparison that is false for NaN takes one.
typedef float selecting_lanes __attribute__((ext_vector_type(16), aligned(4)));

/// highest becomes the higher of highest and x; a NaN in x is passed over.
CK_INLINE void ck_raise(lanes *highest, const lanes *x) {
    selecting_lanes a, b;
    memcpy(&a, highest, sizeof a);
    memcpy(&b, x, sizeof b);
    a = b > a ? b : a;
    memcpy(highest, &a, sizeof a);
}

/// The highest of lanes of which none is NaN.
CK_INLINE float ck_highest(const lanes *x) {
    float v[LANES];
    memcpy(v, x, sizeof v);
    for (int width = LANES / 2; width > 0; width /= 2)
        for (int i = 0; i < width; i++) v[i] = v[i + width] > v[i] ? v[i + width] : v[i];
    return v[0];
}

/// Sum in a tree, which is both quicker and more accurate than from left to right.
CK_INLINE float ck_sum(const lanes *x) {
    float v[LANES];
    memcpy(v, x, sizeof v);
    for (int width = LANES / 2; width > 0; width /= 2)
        for (int i = 0; i < width; i++) v[i] += v[i + width];
    return v[0];
}
