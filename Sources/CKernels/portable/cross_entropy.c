#include "ck_types.h"
#include <math.h>
#include "bfloat16.h"
#include "exponential.h"

#pragma clang fp contract(fast) reassociate(off)

CK_INLINE float row_maximum(const float *x, size_t count) {
    lanes maximum = {0};
    maximum -= INFINITY;
    size_t whole = count / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES) {
        ck_raise(&maximum, (const lanes *)(x + i));
    }
    if (whole < count) {
        lanes rest;
        ck_load_some(&rest, x + whole, count - whole, -INFINITY);
        ck_raise(&maximum, &rest);
    }
    return ck_highest(&maximum);
}

/// Σ exp(x − maximum), which takes the place of x if `stores`.
CK_INLINE float row_exponentials(float *x, size_t count, float maximum, int stores) {
    lanes sum = {0};
    size_t whole = count / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES) {
        lanes v = *(const lanes *)(x + i) - maximum;
        ck_exp(&v);
        sum += v;
        if (stores) *(lanes *)(x + i) = v;
    }
    if (whole < count) {
        lanes v;
        ck_load_some(&v, x + whole, count - whole, 0);
        v -= maximum;
        ck_exp(&v);
        ck_fill_after(&v, count - whole, 0);
        sum += v;
        if (stores) ck_store_some(&v, x + whole, count - whole);
    }
    return ck_sum(&sum);
}

/// Σ (maximum − x).
CK_INLINE float row_distances(const float *x, size_t count, float maximum) {
    lanes sum = {0};
    size_t whole = count / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES) {
        sum += maximum - *(const lanes *)(x + i);
    }
    if (whole < count) {
        lanes v;
        ck_load_some(&v, x + whole, count - whole, 0);
        v = maximum - v;
        ck_fill_after(&v, count - whole, 0);
        sum += v;
    }
    return ck_sum(&sum);
}

CK_FUNCTION float ck_log_sum_exp(const float *logits, size_t columns) {
    float maximum = row_maximum(logits, columns);
    return maximum + logf(row_exponentials((float *)logits, columns, maximum, 0));
}

CK_FUNCTION float ck_cross_entropy(float *logits, size_t columns, int32_t target, float scale, void *gradient,
                                   enum ck_dtype dtype) {
    float maximum = row_maximum(logits, columns);
    float loss = maximum - logits[target];
    float sum = row_exponentials(logits, columns, maximum, 1);
    float factor = scale / sum;
    logits[target] -= sum;
    size_t i = 0;
    for (; i + LANES <= columns; i += LANES) {
        lanes x = *(const lanes *)(logits + i) * factor;
        if (dtype == CK_BFLOAT16) ck_store(&x, gradient, i, CK_BFLOAT16);
        else ck_store(&x, gradient, i, CK_FLOAT32);
    }
    for (; i < columns; i++) ck_store_one(logits[i] * factor, gradient, i, dtype);
    return loss + logf(sum);
}

CK_FUNCTION float ck_smoothed_cross_entropy(float *logits, size_t columns, int32_t target, float smoothing, float scale,
                                            void *gradient, enum ck_dtype dtype) {
    float confidence = 1.0f - smoothing;
    float maximum = row_maximum(logits, columns);
    float loss = confidence * (maximum - logits[target])
        + smoothing * (row_distances(logits, columns, maximum) / (float)columns);
    float sum = row_exponentials(logits, columns, maximum, 1);
    float factor = scale / sum;
    float share = scale * smoothing / (float)columns;
    logits[target] -= confidence * sum;
    size_t i = 0;
    for (; i + LANES <= columns; i += LANES) {
        lanes x = *(const lanes *)(logits + i) * factor - share;
        if (dtype == CK_BFLOAT16) ck_store(&x, gradient, i, CK_BFLOAT16);
        else ck_store(&x, gradient, i, CK_FLOAT32);
    }
    for (; i < columns; i++) ck_store_one(logits[i] * factor - share, gradient, i, dtype);
    return loss + logf(sum);
}
