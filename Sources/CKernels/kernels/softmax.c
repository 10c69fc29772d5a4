#include <math.h>
#include "types.h"
#include "attention.h"
#include "exponential.h"
#include "half.h"

#pragma clang fp contract(fast) reassociate(off)

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

CK_FUNCTION float ck_log_sum_exp(const float *logits, size_t columns) {
    float maximum = row_maximum(logits, columns);
    return maximum + logf(row_exponentials((float *)logits, columns, maximum, 0));
}

CK_FUNCTION float ck_cross_entropy(float *logits, size_t columns, int32_t target, float scale, void *gradient, int half) {
    float maximum = row_maximum(logits, columns);
    float loss = maximum - logits[target];
    float sum = row_exponentials(logits, columns, maximum, 1);
    float factor = scale / sum;
    logits[target] -= sum;
    size_t i = 0;
    for (; i + LANES <= columns; i += LANES) {
        lanes x = *(const lanes *)(logits + i) * factor;
        if (half) ck_store(&x, gradient, i, 1);
        else ck_store(&x, gradient, i, 0);
    }
    for (; i < columns; i++) ck_store_one(logits[i] * factor, gradient, i, half);
    return loss + logf(sum);
}

/// Leaves the lanes of tile column j and after it that lie before `visible`; the others become `fill`.
CK_INLINE void keep_visible(lanes *x, size_t j, size_t visible, float fill) {
    if (visible < j + LANES) ck_keep_some(x, visible > j ? visible - j : 0, fill);
}

/// Leaves the lanes of tile column j and after it that do not lie before `hidden`; the others become `fill`.
CK_INLINE void drop_hidden(lanes *x, size_t j, size_t hidden, float fill) {
    if (j >= hidden) return;
    int_lanes column = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    int_lanes kept = column + (int32_t)j >= (int32_t)hidden;
    lanes filling = {0};
    filling += fill;
    *x = (lanes)(((int_lanes)*x & kept) | ((int_lanes)filling & ~kept));
}

/// exp(scale·s − shift): by way of 2^x, which is faster, where the result is rounded to bfloat16.
CK_INLINE void probability(const float *s, float scale, const lanes *shift, int half, lanes *p) {
    if (half) {
        *p = *(const lanes *)s * (scale * LOG2_E) - *shift * LOG2_E;
        ck_exp2(p);
    } else {
        *p = *(const lanes *)s * scale - *shift;
        ck_exp(p);
    }
}

/// Scores of one row become exp(scale·s − maximum), zero where unseen; returns their sum.
CK_INLINE float probability_row(float *score, size_t hidden, size_t visible, size_t columns, float scale, float maximum,
                                int half) {
    lanes total = {0}, shift = {0}, p;
    shift += maximum;
    for (size_t j = 0; j < columns; j += LANES) {
        probability(score + j, scale, &shift, half, &p);
        keep_visible(&p, j, visible, 0);
        drop_hidden(&p, j, hidden, 0);
        total += p;
        ck_store(&p, score, j, half);
    }
    return ck_sum(&total);
}

CK_FUNCTION void ck_attention_probabilities(float *s, size_t stride, float *o, float *maxima, float *sums, size_t rows,
                                size_t columns, size_t head_dim, size_t group, ptrdiff_t first_visible,
                                ptrdiff_t window, float scale, int is_first, int half) {
#if defined(CK_BF16)
    if (half) {
        ck_attention_probabilities_avx512(s, stride, o, maxima, sums, rows, columns, head_dim, group, first_visible,
                                          window, scale, is_first);
        return;
    }
#endif
    for (size_t row = 0; row < rows; row++) {
        float *score = s + row * stride;
        ptrdiff_t seen = first_visible + (ptrdiff_t)(row / group);
        size_t visible = keys_before(seen, columns), hidden = keys_before(seen - window, columns);
        float before = is_first ? -INFINITY : maxima[row];
        lanes highest = {0};
        highest -= INFINITY;
        for (size_t j = hidden / LANES * LANES; j < visible; j += LANES) {
            lanes v = *(const lanes *)(score + j);
            keep_visible(&v, j, visible, -INFINITY);
            drop_hidden(&v, j, hidden, -INFINITY);
            highest = __builtin_elementwise_max(highest, v);
        }
        float here = __builtin_reduce_max(highest) * scale;
        float maximum = here > before ? here : before;
        // A window may leave nothing of a tile, and of all tiles so far, to a row: all its probabilities are zero.
        float finite = maximum == -INFINITY ? 0 : maximum;
        float sum;
        if (hidden > 0) {
            sum = half ? probability_row(score, hidden, visible, columns, scale, finite, 1)
                       : probability_row(score, hidden, visible, columns, scale, finite, 0);
        } else {
            sum = half ? probability_row(score, 0, visible, columns, scale, finite, 1)
                       : probability_row(score, 0, visible, columns, scale, finite, 0);
        }
        maxima[row] = maximum;
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

CK_FUNCTION void ck_attention_normalise(float *o, size_t head_dim, const float *maxima, float *sums, size_t rows) {
    for (size_t row = 0; row < rows; row++) {
        float inverse = 1.0f / sums[row];
        for (size_t d = 0; d < head_dim; d++) o[row * head_dim + d] *= inverse;
        sums[row] = maxima[row] + logf(sums[row]);
    }
}

/// Sixteen queries against one key: `seen` zero in the lanes whose query does not see the key.
CK_INLINE void gradient_lanes(const float *s, const float *dp, const float *log_sum_exp, const float *delta,
                              const int_lanes *seen, float scale, int half, lanes *p, lanes *ds) {
    probability(s, scale, (const lanes *)log_sum_exp, half, p);
    *ds = *p * (*(const lanes *)dp - *(const lanes *)delta) * scale;
    *p = (lanes)((int_lanes)*p & *seen);
    *ds = (lanes)((int_lanes)*ds & *seen);
}

CK_INLINE void seeing_lanes(int_lanes *seen, size_t j, struct seeing queries) {
    int_lanes column = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    column += (int32_t)j;
    *seen = (column >= queries.first) & (column < queries.end);
}

CK_FUNCTION void ck_attention_gradients(float *s, float *dp, size_t stride, const float *log_sum_exp, const float *delta,
                            size_t keys, size_t columns, size_t group, ptrdiff_t first_visible, ptrdiff_t window,
                            float scale) {
    for (size_t key = 0; key < keys; key++) {
        struct seeing queries = seeing(columns, key, group, first_visible, window);
        for (size_t j = 0; j < columns; j += LANES) {
            float *score = s + key * stride + j, *gradient = dp + key * stride + j;
            int_lanes seen;
            lanes p, ds;
            seeing_lanes(&seen, j, queries);
            gradient_lanes(score, gradient, log_sum_exp + j, delta + j, &seen, scale, 0, &p, &ds);
            *(lanes *)score = p;
            *(lanes *)gradient = ds;
        }
    }
}

CK_FUNCTION void ck_attention_gradients_half(float *s, float *dp, uint16_t *pairs, size_t stride, const float *log_sum_exp,
                                 const float *delta, size_t keys, size_t columns, size_t group,
                                 ptrdiff_t first_visible, ptrdiff_t window, float scale) {
#if defined(CK_BF16)
    ck_attention_gradients_avx512(s, dp, pairs, stride, log_sum_exp, delta, keys, columns, group, first_visible,
                                  window, scale);
#else
    for (size_t key = 0; key < keys; key += 2) {
        size_t second = key + 1 < keys;
        struct seeing queries0 = seeing(columns, key, group, first_visible, window);
        struct seeing queries1 = seeing(columns, key + 1, group, first_visible, window);
        float *s0 = s + key * stride, *s1 = s0 + second * stride;
        float *dp0 = dp + key * stride, *dp1 = dp0 + second * stride;
        uint32_t *words = (uint32_t *)pairs + key / 2 * stride;
        for (size_t j = 0; j < columns; j += LANES) {
            int_lanes seen0, seen1 = {0};
            lanes p0, ds0, p1, ds1;
            seeing_lanes(&seen0, j, queries0);
            if (second) seeing_lanes(&seen1, j, queries1);
            // Both rows are read before either is written: without a second key they are the same row.
            gradient_lanes(s0 + j, dp0 + j, log_sum_exp + j, delta + j, &seen0, scale, 1, &p0, &ds0);
            gradient_lanes(s1 + j, dp1 + j, log_sum_exp + j, delta + j, &seen1, scale, 1, &p1, &ds1);
            uint16_t low[LANES], high[LANES];
            ck_narrow_lanes(&ds0, low);
            ck_narrow_lanes(&ds1, high);
            for (size_t i = 0; i < LANES; i++) words[j + i] = low[i] | (uint32_t)high[i] << 16;
            if (second) {
                ck_store(&p1, s1, j, 1);
                memcpy((uint16_t *)dp1 + j, high, sizeof high);
            }
            ck_store(&p0, s0, j, 1);
            memcpy((uint16_t *)dp0 + j, low, sizeof low);
        }
    }
#endif
}

CK_FUNCTION void ck_attention_cap(float *s, size_t stride, size_t rows, size_t columns, float scale, float cap) {
    for (size_t row = 0; row < rows; row++) {
        for (size_t j = 0; j < columns; j += LANES) {
            lanes x = *(const lanes *)(s + row * stride + j) * (scale / cap), t;
            ck_tanh(&x, &t);
            *(lanes *)(s + row * stride + j) = t * cap;
        }
    }
}

CK_FUNCTION void ck_attention_cap_gradients(float *s, float *dp, size_t stride, const float *delta, size_t keys, size_t columns,
                                float scale, float cap) {
    for (size_t key = 0; key < keys; key++) {
        for (size_t j = 0; j < columns; j += LANES) {
            float *score = s + key * stride + j, *gradient = dp + key * stride + j;
            lanes x = *(const lanes *)score * (scale / cap), t;
            ck_tanh(&x, &t);
            *(lanes *)score = t * cap;
            lanes d = *(const lanes *)(delta + j);
            *(lanes *)gradient = (*(const lanes *)gradient - d) * ((1.0f - t * t) * scale) + d;
        }
    }
}

CK_INLINE void row_dots(const void *a, const void *b, float *dots, size_t rows, size_t columns, int half) {
    for (size_t row = 0; row < rows; row++) {
        const void *x = ck_row(a, row, columns, half), *y = ck_row(b, row, columns, half);
        lanes sum = {0};
        size_t whole = columns / LANES * LANES;
        for (size_t i = 0; i < whole; i += LANES) {
            lanes left, right;
            ck_load(x, i, half, &left);
            ck_load(y, i, half, &right);
            sum += left * right;
        }
        float rest = 0;
        for (size_t i = whole; i < columns; i++) rest += ck_load_one(x, i, half) * ck_load_one(y, i, half);
        dots[row] = ck_sum(&sum) + rest;
    }
}

CK_FUNCTION void ck_row_dots(const void *a, const void *b, float *dots, size_t rows, size_t columns, int half) {
    if (half) row_dots(a, b, dots, rows, columns, 1);
    else row_dots(a, b, dots, rows, columns, 0);
}
