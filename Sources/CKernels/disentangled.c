#include <math.h>
#include "CKernels.h"
#include "exponential.h"

#pragma clang fp contract(fast)

/// Column of `column[key − query]`, counted from the products' first.
CK_INLINE ptrdiff_t position(const struct ck_positions *p, ptrdiff_t query, ptrdiff_t key) {
    return p->column[key - query] - p->first;
}

/// s[j] += c2p[query, δ] + p2c[j, δ].
CK_INLINE void add_positions(const struct ck_positions *p, float *s, size_t row, size_t query, size_t keys) {
    if (p->c2p) {
        const float *c2p = p->c2p + row * p->c2ps;
        for (size_t j = 0; j < keys; j++) s[j] += c2p[position(p, (ptrdiff_t)query, (ptrdiff_t)j)];
    }
    if (p->p2c) {
        for (size_t j = 0; j < keys; j++) {
            s[j] += p->p2c[j * p->p2cs + (size_t)position(p, (ptrdiff_t)query, (ptrdiff_t)j)];
        }
    }
}

/// The other way: what each position's score gains of ds.
CK_INLINE void scatter_positions(const struct ck_positions *p, const float *ds, size_t row, size_t query, size_t keys) {
    if (p->c2p) {
        float *c2p = p->c2p + row * p->c2ps;
        for (size_t j = 0; j < keys; j++) c2p[position(p, (ptrdiff_t)query, (ptrdiff_t)j)] += ds[j];
    }
    if (p->p2c) {
        for (size_t j = 0; j < keys; j++) {
            p->p2c[j * p->p2cs + (size_t)position(p, (ptrdiff_t)query, (ptrdiff_t)j)] += ds[j];
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
        highest = __builtin_elementwise_max(highest, *(const lanes *)(s + j));
    }
    float maximum = __builtin_reduce_max(highest) * scale;
    lanes total = {0};
    for (size_t j = 0; j < whole; j += LANES) {
        lanes e = *(const lanes *)(s + j) * scale - maximum;
        ck_exp(&e);
        if (j + LANES > keys) ck_keep_some(&e, keys - j, 0);
        total += e;
        *(lanes *)(s + j) = e;
    }
    float inverse = 1.0f / ck_sum(&total);
    for (size_t j = 0; j < whole; j += LANES) *(lanes *)(s + j) *= inverse;
}

CK_CLONES
void ck_disentangled_probabilities(float *s, size_t stride, const struct ck_positions *positions, size_t first_query,
                                   size_t queries, size_t keys, float scale) {
    for (size_t row = 0; row < queries; row++) {
        add_positions(positions, s + row * stride, row, first_query + row, keys);
        softmax_row(s + row * stride, keys, scale);
    }
}

CK_CLONES
void ck_disentangled_gradients(const float *p, float *dp, size_t stride, const struct ck_positions *gradients,
                               size_t first_query, size_t queries, size_t keys, float scale) {
    for (size_t row = 0; row < queries; row++) {
        const float *probability = p + row * stride;
        float *ds = dp + row * stride;
        lanes sum = {0};
        size_t whole = keys / LANES * LANES;
        for (size_t j = 0; j < whole; j += LANES) sum += *(const lanes *)(probability + j) * *(const lanes *)(ds + j);
        float delta = ck_sum(&sum);
        for (size_t j = whole; j < keys; j++) delta += probability[j] * ds[j];
        for (size_t j = 0; j < keys; j++) ds[j] = probability[j] * (ds[j] - delta) * scale;
        scatter_positions(gradients, ds, row, first_query + row, keys);
    }
}
