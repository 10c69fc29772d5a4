#include <math.h>
#include "CKernels.h"
#include "exponential.h"

#pragma clang fp contract(fast)

/// How many of a tile's keys a row may see.
CK_INLINE size_t visible_keys(ptrdiff_t first, size_t row, size_t group, size_t columns) {
    ptrdiff_t count = first + (ptrdiff_t)(row / group);
    return count < 0 ? 0 : (size_t)count < columns ? (size_t)count : columns;
}

CK_INLINE float row_maximum(const float *x, size_t count) {
    lanes maximum = {0};
    maximum -= INFINITY;
    size_t whole = count / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES) {
        maximum = __builtin_elementwise_max(maximum, *(const lanes *)(x + i));
    }
    if (whole < count) {
        lanes rest;
        ck_load_some(&rest, x + whole, count - whole, -INFINITY);
        maximum = __builtin_elementwise_max(maximum, rest);
    }
    return __builtin_reduce_max(maximum);
}

/// Σ exp(x − maximum), left in x where `keep`.
CK_INLINE float row_exponentials(float *x, size_t count, float maximum, int keep) {
    lanes sum = {0};
    size_t whole = count / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES) {
        lanes v = *(const lanes *)(x + i) - maximum;
        ck_exp(&v);
        sum += v;
        if (keep) *(lanes *)(x + i) = v;
    }
    if (whole < count) {
        lanes v;
        ck_load_some(&v, x + whole, count - whole, 0);
        v -= maximum;
        ck_exp(&v);
        ck_keep_some(&v, count - whole, 0);
        sum += v;
        if (keep) ck_store_some(&v, x + whole, count - whole);
    }
    return ck_sum(&sum);
}

CK_CLONES
float ck_log_sum_exp(const float *logits, size_t columns) {
    float maximum = row_maximum(logits, columns);
    return maximum + logf(row_exponentials((float *)logits, columns, maximum, 0));
}

CK_CLONES
float ck_cross_entropy(float *logits, size_t columns, int32_t target, float scale) {
    float maximum = row_maximum(logits, columns);
    float loss = maximum - logits[target];
    float sum = row_exponentials(logits, columns, maximum, 1);
    float factor = scale / sum;
    for (size_t i = 0; i < columns; i++) logits[i] *= factor;
    logits[target] -= scale;
    return loss + logf(sum);
}

/// Leaves the lanes of tile column j and after it that lie before `visible`; the others become `fill`.
CK_INLINE void keep_visible(lanes *x, size_t j, size_t visible, float fill) {
    if (visible < j + LANES) ck_keep_some(x, visible > j ? visible - j : 0, fill);
}

CK_CLONES
void ck_attention_probabilities(float *s, size_t stride, float *o, float *maxima, float *sums, size_t rows,
                                size_t columns, size_t head_dim, size_t group, ptrdiff_t first_visible, int is_first) {
    for (size_t row = 0; row < rows; row++) {
        float *score = s + row * stride;
        size_t visible = visible_keys(first_visible, row, group, columns);
        float before = is_first ? -INFINITY : maxima[row];
        lanes highest = {0};
        highest += before;
        for (size_t j = 0; j < visible; j += LANES) {
            lanes v = *(const lanes *)(score + j);
            keep_visible(&v, j, visible, -INFINITY);
            highest = __builtin_elementwise_max(highest, v);
        }
        float maximum = __builtin_reduce_max(highest);
        lanes total = {0};
        for (size_t j = 0; j < columns; j += LANES) {
            lanes p = *(const lanes *)(score + j) - maximum;
            ck_exp(&p);
            keep_visible(&p, j, visible, 0);
            total += p;
            *(lanes *)(score + j) = p;
        }
        maxima[row] = maximum;
        float sum = ck_sum(&total);
        if (is_first) {
            sums[row] = sum;
        } else if (before == maximum) {
            sums[row] += sum;
        } else {
            float keep = expf(before - maximum);
            sums[row] = sums[row] * keep + sum;
            for (size_t d = 0; d < head_dim; d++) o[row * head_dim + d] *= keep;
        }
    }
}

CK_CLONES
void ck_attention_normalise(float *o, size_t head_dim, const float *maxima, float *sums, size_t rows) {
    for (size_t row = 0; row < rows; row++) {
        float inverse = 1.0f / sums[row];
        for (size_t d = 0; d < head_dim; d++) o[row * head_dim + d] *= inverse;
        sums[row] = maxima[row] + logf(sums[row]);
    }
}

CK_CLONES
void ck_attention_gradients(float *s, float *dp, size_t stride, const float *log_sum_exp, const float *delta,
                            size_t rows, size_t columns, size_t group, ptrdiff_t first_visible, float scale) {
    for (size_t row = 0; row < rows; row++) {
        size_t visible = visible_keys(first_visible, row, group, columns);
        for (size_t j = 0; j < columns; j += LANES) {
            float *score = s + row * stride + j;
            float *gradient = dp + row * stride + j;
            lanes p = *(const lanes *)score - log_sum_exp[row];
            ck_exp(&p);
            lanes ds = p * (*(const lanes *)gradient - delta[row]) * scale;
            keep_visible(&p, j, visible, 0);
            keep_visible(&ds, j, visible, 0);
            *(lanes *)score = p;
            *(lanes *)gradient = ds;
        }
    }
}

CK_CLONES
void ck_row_dots(const float *a, const float *b, float *dots, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++) {
        const float *x = a + row * columns;
        const float *y = b + row * columns;
        lanes sum = {0};
        size_t whole = columns / LANES * LANES;
        for (size_t i = 0; i < whole; i += LANES) sum += *(const lanes *)(x + i) * *(const lanes *)(y + i);
        float rest = 0;
        for (size_t i = whole; i < columns; i++) rest += x[i] * y[i];
        dots[row] = ck_sum(&sum) + rest;
    }
}
