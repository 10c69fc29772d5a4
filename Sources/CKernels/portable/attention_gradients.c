#include "ck_types.h"
#include <string.h>
#include "../x86/x86.h"
#include "attention.h"

#pragma clang fp contract(fast) reassociate(off)

/// Sixteen queries against one key: `seen` is zero in the lanes whose query does not see the key.
CK_INLINE void gradient_lanes(const float *s, const float *dp, const float *log_sum_exp, const float *delta,
                              const int_lanes *seen, float scale, enum ck_dtype dtype, lanes *p, lanes *ds) {
    ck_probability(s, scale, (const lanes *)log_sum_exp, dtype, p);
    *ds = *p * (*(const lanes *)dp - *(const lanes *)delta) * scale;
    *p = (lanes)((int_lanes)*p & *seen);
    *ds = (lanes)((int_lanes)*ds & *seen);
}

CK_INLINE void seeing_lanes(int_lanes *seen, size_t j, struct query_range queries) {
    int_lanes column = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    column += (int32_t)j;
    *seen = (column >= queries.first) & (column < queries.end);
}

/// Where the lanes begin that hold the first of the queries, which may be none of the tile's.
CK_INLINE size_t first_chunk(struct query_range queries, size_t columns) {
    return ((size_t)queries.first < columns ? (size_t)queries.first : columns) / LANES * LANES;
}

CK_INLINE void float32_gradients(const struct ck_attention_tile *tile, const struct ck_score_gradients *gradients) {
    const float *log_sum_exp = gradients->log_sum_exp, *delta = gradients->delta;
    size_t columns = tile->queries, stride = tile->stride;
    float scale = tile->scale;
    for (size_t key = 0; key < tile->keys; key++) {
        struct query_range queries = queries_seeing(tile, key);
        float *scores = tile->scores + key * stride, *dp = gradients->dp + key * stride;
        size_t first = first_chunk(queries, columns), end = ((size_t)queries.end + LANES - 1) / LANES * LANES;
        memset(scores, 0, first * sizeof *scores);
        memset(dp, 0, first * sizeof *dp);
        for (size_t j = first; j < end; j += LANES) {
            int_lanes seen;
            lanes p, ds;
            seeing_lanes(&seen, j, queries);
            gradient_lanes(scores + j, dp + j, log_sum_exp + j, delta + j, &seen, scale, CK_FLOAT32, &p, &ds);
            *(lanes *)(scores + j) = p;
            *(lanes *)(dp + j) = ds;
        }
        if (end < columns) {
            memset(scores + end, 0, (columns - end) * sizeof *scores);
            memset(dp + end, 0, (columns - end) * sizeof *dp);
        }
    }
}

CK_INLINE void bfloat16_gradients(const struct ck_attention_tile *tile, const struct ck_score_gradients *gradients) {
    const float *log_sum_exp = gradients->log_sum_exp, *delta = gradients->delta;
    size_t columns = tile->queries, stride = tile->stride, keys = tile->keys;
    float scale = tile->scale;
    for (size_t key = 0; key < keys; key += 2) {
        size_t second = key + 1 < keys;
        struct query_range queries0 = queries_seeing(tile, key), queries1 = queries_seeing(tile, key + 1);
        float *s0 = tile->scores + key * stride, *s1 = s0 + second * stride;
        float *dp0 = gradients->dp + key * stride, *dp1 = dp0 + second * stride;
        uint32_t *words = (uint32_t *)gradients->pairs + key / 2 * stride;
        for (size_t j = 0; j < columns; j += LANES) {
            int_lanes seen0, seen1 = {0};
            lanes p0, ds0, p1, ds1;
            seeing_lanes(&seen0, j, queries0);
            if (second) seeing_lanes(&seen1, j, queries1);
            // Both rows are read before either is written: without a second key they are the same row.
            gradient_lanes(s0 + j, dp0 + j, log_sum_exp + j, delta + j, &seen0, scale, CK_BFLOAT16, &p0, &ds0);
            gradient_lanes(s1 + j, dp1 + j, log_sum_exp + j, delta + j, &seen1, scale, CK_BFLOAT16, &p1, &ds1);
            uint16_t low[LANES], high[LANES];
            ck_narrow_lanes(&ds0, low);
            ck_narrow_lanes(&ds1, high);
            for (size_t i = 0; i < LANES; i++) words[j + i] = low[i] | (uint32_t)high[i] << 16;
            if (second) {
                ck_store(&p1, s1, j, CK_BFLOAT16);
                memcpy((uint16_t *)dp1 + j, high, sizeof high);
            }
            ck_store(&p0, s0, j, CK_BFLOAT16);
            memcpy((uint16_t *)dp0 + j, low, sizeof low);
        }
    }
}

CK_FUNCTION void ck_attention_gradients(const struct ck_attention_tile *tile,
                                        const struct ck_score_gradients *gradients) {
    if (tile->dtype == CK_FLOAT32) {
        float32_gradients(tile, gradients);
        return;
    }
#if defined(CK_BFLOAT16_DOT)
    ck_attention_gradients_avx512(tile, gradients);
#else
    bfloat16_gradients(tile, gradients);
#endif
}

CK_FUNCTION void ck_attention_cap_gradients(const struct ck_attention_tile *tile,
                                            const struct ck_score_gradients *gradients, float cap) {
    float scale = tile->scale;
    size_t columns = tile->queries, stride = tile->stride;
    for (size_t key = 0; key < tile->keys; key++) {
        for (size_t j = 0; j < columns; j += LANES) {
            float *score = tile->scores + key * stride + j, *gradient = gradients->dp + key * stride + j;
            lanes x = *(const lanes *)score * (scale / cap), t;
            ck_tanh(&x, &t);
            *(lanes *)score = t * cap;
            lanes d = *(const lanes *)(gradients->delta + j);
            *(lanes *)gradient = (*(const lanes *)gradient - d) * ((1.0f - t * t) * scale) + d;
        }
    }
}

CK_INLINE void row_dots(const void *a, const void *b, float *dots, size_t rows, size_t columns, enum ck_dtype dtype) {
    for (size_t row = 0; row < rows; row++) {
        const void *x = ck_row(a, row, columns, dtype), *y = ck_row(b, row, columns, dtype);
        lanes sum = {0};
        size_t whole = columns / LANES * LANES;
        for (size_t i = 0; i < whole; i += LANES) {
            lanes left, right;
            ck_load(x, i, dtype, &left);
            ck_load(y, i, dtype, &right);
            sum += left * right;
        }
        float rest = 0;
        for (size_t i = whole; i < columns; i++) rest += ck_load_one(x, i, dtype) * ck_load_one(y, i, dtype);
        dots[row] = ck_sum(&sum) + rest;
    }
}

CK_FUNCTION void ck_row_dots(const void *a, const void *b, float *dots, size_t rows, size_t columns,
                             enum ck_dtype dtype) {
    if (dtype == CK_BFLOAT16) row_dots(a, b, dots, rows, columns, CK_BFLOAT16);
    else row_dots(a, b, dots, rows, columns, CK_FLOAT32);
}
