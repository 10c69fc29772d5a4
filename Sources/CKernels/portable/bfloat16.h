#pragma once
#include "ck_types.h"
#include "lanes.h"

// bfloat16: the upper half of a float32, kept as uint16_t.
typedef uint16_t bfloat16_lanes __attribute__((vector_size(32), aligned(2)));
typedef uint32_t uint_lanes __attribute__((vector_size(64), aligned(4)));

CK_INLINE void ck_widen_lanes(const uint16_t *p, lanes *x) {
    bfloat16_lanes upper;
    memcpy(&upper, p, sizeof upper);
    *x = (lanes)(__builtin_convertvector(upper, uint_lanes) << 16);
}

/// Rounds to nearest, ties to even; NaN stays NaN.
CK_INLINE void ck_narrow_lanes(const lanes *x, uint16_t *p) {
    uint_lanes bits = (uint_lanes)*x;
    uint_lanes rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
    uint_lanes nan = (uint_lanes)(*x != *x);
    bfloat16_lanes upper = __builtin_convertvector((rounded & ~nan) | (0x7FC0 & nan), bfloat16_lanes);
    memcpy(p, &upper, sizeof upper);
}

CK_INLINE float ck_widen_one(uint16_t upper) {
    uint32_t bits = (uint32_t)upper << 16;
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

CK_INLINE uint16_t ck_narrow_one(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    if (x != x) return 0x7FC0;
    return (uint16_t)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

/// Bytes of one element.
CK_INLINE size_t ck_element_bytes(enum ck_dtype dtype) {
    return dtype == CK_BFLOAT16 ? sizeof(uint16_t) : sizeof(float);
}

// Element i of a row in either dtype; `dtype` is a constant where these are inlined.
CK_INLINE void ck_load(const void *row, size_t i, enum ck_dtype dtype, lanes *x) {
    if (dtype == CK_BFLOAT16) ck_widen_lanes((const uint16_t *)row + i, x);
    else *x = *(const lanes *)((const float *)row + i);
}

CK_INLINE void ck_store(const lanes *x, void *row, size_t i, enum ck_dtype dtype) {
    if (dtype == CK_BFLOAT16) ck_narrow_lanes(x, (uint16_t *)row + i);
    else *(lanes *)((float *)row + i) = *x;
}

CK_INLINE float ck_load_one(const void *row, size_t i, enum ck_dtype dtype) {
    return dtype == CK_BFLOAT16 ? ck_widen_one(((const uint16_t *)row)[i]) : ((const float *)row)[i];
}

CK_INLINE void ck_store_one(float x, void *row, size_t i, enum ck_dtype dtype) {
    if (dtype == CK_BFLOAT16) ((uint16_t *)row)[i] = ck_narrow_one(x);
    else ((float *)row)[i] = x;
}

/// The first `count` elements from i on, zero in the lanes after them.
CK_INLINE void ck_load_rest(const void *row, size_t i, size_t count, enum ck_dtype dtype, lanes *x) {
    float values[LANES] = {0};
    for (size_t j = 0; j < count; j++) values[j] = ck_load_one(row, i + j, dtype);
    memcpy(x, values, sizeof values);
}

CK_INLINE void ck_store_rest(const lanes *x, void *row, size_t i, size_t count, enum ck_dtype dtype) {
    float values[LANES];
    memcpy(values, x, sizeof values);
    for (size_t j = 0; j < count; j++) ck_store_one(values[j], row, i + j, dtype);
}

/// Row `index` of a matrix with rows `stride` elements apart.
CK_INLINE void *ck_row(const void *start, size_t index, size_t stride, enum ck_dtype dtype) {
    return (char *)(uintptr_t)start + index * stride * ck_element_bytes(dtype);
}
