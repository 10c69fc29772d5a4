#include <math.h>
#include "ck_types.h"
#include "exponential.h"
#include "transpose.h"

#pragma clang fp contract(fast) reassociate(off)

/// Column of `column[key − query]`, counted from the products' first.
CK_INLINE ptrdiff_t position(const struct ck_positions *p, ptrdiff_t query, ptrdiff_t key) {
    return p->column[key - query] - p->first;
}

/// Keys first ..< end, of whose positions to this query the columns follow one another.
CK_INLINE void straight_keys(const struct ck_positions *p, size_t query, size_t keys, size_t *first, size_t *end) {
    size_t reach = (size_t)p->reach;
    *first = query > reach ? query - reach : 0;
    *end = query + reach + 1 < keys ? query + reach + 1 : keys;
}

/// s[j] += c2p[δ(j − query)], or the other way where `scatter`.
CK_INLINE void content_to_position(const struct ck_positions *p, size_t row, float *s, size_t query, size_t keys,
                                   int scatter) {
    float *c2p = p->c2p + row * p->c2ps;
    size_t first, end;
    straight_keys(p, query, keys, &first, &end);
    float *straight = c2p + position(p, (ptrdiff_t)query, (ptrdiff_t)first);
    if (scatter) {
        for (size_t j = 0; j < first; j++) c2p[position(p, (ptrdiff_t)query, (ptrdiff_t)j)] += s[j];
        for (size_t j = first; j < end; j++) straight[j - first] += s[j];
        for (size_t j = end; j < keys; j++) c2p[position(p, (ptrdiff_t)query, (ptrdiff_t)j)] += s[j];
    } else {
        for (size_t j = 0; j < first; j++) s[j] += c2p[position(p, (ptrdiff_t)query, (ptrdiff_t)j)];
        for (size_t j = first; j < end; j++) s[j] += straight[j - first];
        for (size_t j = end; j < keys; j++) s[j] += c2p[position(p, (ptrdiff_t)query, (ptrdiff_t)j)];
    }
}

/// The sixteen elements of a key's row of p2c that the queries from `query` on read, the last query's first: so columns
/// ascend.
CK_INLINE void load_positions(const struct ck_positions *p, size_t query, size_t key, int is_straight, lanes *x) {
    const float *row = p->p2c + key * p->p2cs;
    if (is_straight) {
        *x = *(const lanes *)(row + position(p, (ptrdiff_t)query + LANES - 1, (ptrdiff_t)key));
        return;
    }
    float values[LANES];
    for (size_t l = 0; l < LANES; l++) values[l] = row[position(p, (ptrdiff_t)(query + LANES - 1 - l), (ptrdiff_t)key)];
    memcpy(x, values, sizeof values);
}

CK_INLINE void add_to_positions(const struct ck_positions *p, size_t query, size_t key, int is_straight,
                                const lanes *x) {
    float *row = p->p2c + key * p->p2cs;
    if (is_straight) {
        *(lanes *)(row + position(p, (ptrdiff_t)query + LANES - 1, (ptrdiff_t)key)) += *x;
        return;
    }
    float values[LANES];
    memcpy(values, x, sizeof values);
    // In the order of the queries: several may share a column.
    for (size_t l = LANES; l-- > 0;) row[position(p, (ptrdiff_t)(query + LANES - 1 - l), (ptrdiff_t)key)] += values[l];
}

/// s[i, j] += p2c[j, δ(j − i)] for a block of sixteen queries and keys, or the other way where `scatter`. p2c has a row
/// a key, s a row a query: the block is transposed on the way.
CK_INLINE void position_block(const struct ck_positions *p, float *s, size_t stride, size_t query, size_t key,
                              int scatter) {
    ptrdiff_t d = (ptrdiff_t)key - (ptrdiff_t)query;
    int is_straight = d + (LANES - 1) <= p->reach && (LANES - 1) - d <= p->reach;
    lanes block[LANES];
    if (scatter) {
        for (size_t l = 0; l < LANES; l++) block[l] = *(const lanes *)(s + (LANES - 1 - l) * stride + key);
        ck_transpose_lanes(block);
        for (size_t j = 0; j < LANES; j++) add_to_positions(p, query, key + j, is_straight, block + j);
    } else {
        for (size_t j = 0; j < LANES; j++) load_positions(p, query, key + j, is_straight, block + j);
        ck_transpose_lanes(block);
        for (size_t l = 0; l < LANES; l++) *(lanes *)(s + (LANES - 1 - l) * stride + key) += block[l];
    }
}

/// The same for all queries and keys of a tile; what fills no block goes one by one.
CK_INLINE void position_to_content(const struct ck_positions *p, float *s, size_t stride, size_t first_query,
                                   size_t queries, size_t keys, int scatter) {
    size_t whole_queries = queries / LANES * LANES, whole_keys = keys / LANES * LANES;
    for (size_t row = 0; row < whole_queries; row += LANES) {
        for (size_t key = 0; key < whole_keys; key += LANES) {
            position_block(p, s + row * stride, stride, first_query + row, key, scatter);
        }
    }
    for (size_t row = 0; row < queries; row++) {
        for (size_t j = row < whole_queries ? whole_keys : 0; j < keys; j++) {
            float *score = s + row * stride + j;
            float *term = p->p2c + j * p->p2cs + position(p, (ptrdiff_t)(first_query + row), (ptrdiff_t)j);
            if (scatter) *term += *score;
            else *score += *term;
        }
    }
}

/// s becomes softmax(scale·s).
CK_INLINE void softmax_row(float *s, size_t keys, float scale) {
    lanes highest = {0};
    highest -= INFINITY;
    size_t whole = (keys + LANES - 1) / LANES * LANES;
    for (size_t j = keys; j < whole; j++) s[j] = -INFINITY;
    for (size_t j = 0; j < whole; j += LANES) {
        ck_raise(&highest, (const lanes *)(s + j));
    }
    float maximum = ck_highest(&highest) * scale;
    lanes total = {0};
    for (size_t j = 0; j < whole; j += LANES) {
        lanes e = *(const lanes *)(s + j) * scale - maximum;
        ck_exp(&e);
        if (j + LANES > keys) ck_fill_after(&e, keys - j, 0);
        total += e;
        *(lanes *)(s + j) = e;
    }
    float inverse = 1.0f / ck_sum(&total);
    for (size_t j = 0; j < whole; j += LANES) *(lanes *)(s + j) *= inverse;
}

CK_FUNCTION void ck_disentangled_probabilities(float *s, size_t stride, const struct ck_positions *positions,
                                               size_t first_query, size_t queries, size_t keys, float scale) {
    if (positions->p2c) position_to_content(positions, s, stride, first_query, queries, keys, 0);
    for (size_t row = 0; row < queries; row++) {
        float *score = s + row * stride;
        if (positions->c2p) content_to_position(positions, row, score, first_query + row, keys, 0);
        softmax_row(score, keys, scale);
    }
}

CK_FUNCTION void ck_disentangled_gradients(const float *p, float *dp, size_t stride,
                                           const struct ck_positions *gradients, size_t first_query, size_t queries,
                                           size_t keys, float scale) {
    for (size_t row = 0; row < queries; row++) {
        const float *probability = p + row * stride;
        float *ds = dp + row * stride;
        lanes sum = {0};
        size_t whole = keys / LANES * LANES;
        for (size_t j = 0; j < whole; j += LANES) sum += *(const lanes *)(probability + j) * *(const lanes *)(ds + j);
        float delta = ck_sum(&sum);
        for (size_t j = whole; j < keys; j++) delta += probability[j] * ds[j];
        for (size_t j = 0; j < keys; j++) ds[j] = probability[j] * (ds[j] - delta) * scale;
        if (gradients->c2p) content_to_position(gradients, row, ds, first_query + row, keys, 1);
    }
    if (gradients->p2c) position_to_content(gradients, dp, stride, first_query, queries, keys, 1);
}
