#include <math.h>
#include "CKernels.h"
#include "clones.h"
#include "exponential.h"

#pragma clang fp contract(fast) reassociate(on)

// Blockwise softmax attention that never stores T × T: https://arxiv.org/abs/2205.14135.
// Keys are taken in tiles of KEYS, transposed once a tile so that one query's scores are a vector over the keys.
enum { KEYS = 64, QUERIES = 64 };

CK_INLINE void transpose(const float *x, size_t xs, size_t count, size_t dim, float out[][KEYS]) {
    for (size_t j = 0; j < KEYS; j++)
        for (size_t d = 0; d < dim; d++) out[d][j] = j < count ? x[j * xs + d] : 0.0f;
}

CK_INLINE void scores(const float *q, float kt[][KEYS], size_t dim, float s[KEYS]) {
    for (int j = 0; j < KEYS; j++) s[j] = 0;
    for (size_t d = 0; d < dim; d++)
        for (int j = 0; j < KEYS; j++) s[j] += q[d] * kt[d][j];
}

CK_CLONES
void ck_attention_forward(const float *q, size_t qs, const float *k, size_t ks, const float *v, size_t vs, float *o,
                          size_t os, float *log_sum_exp, size_t ls, size_t query_count, size_t key_count,
                          size_t group, size_t head_dim, float scale) {
    float kt[CK_MAX_HEAD_DIM][KEYS];
    size_t offset = key_count - query_count;
    for (size_t block = 0; block < query_count; block += QUERIES) {
        size_t block_end = block + QUERIES < query_count ? block + QUERIES : query_count;
        for (size_t tile = 0; tile < offset + block_end; tile += KEYS) {
            size_t tile_keys = key_count - tile < KEYS ? key_count - tile : KEYS;
            transpose(k + tile * ks, ks, tile_keys, head_dim, kt);
            size_t first = tile > offset + block ? tile - offset : block;
            for (size_t head = 0; head < group; head++) {
                for (size_t i = first; i < block_end; i++) {
                    size_t visible = offset + i + 1 - tile < tile_keys ? offset + i + 1 - tile : tile_keys;
                    const float *query = q + i * qs + head * head_dim;
                    float *out = o + i * os + head * head_dim;
                    float *state = log_sum_exp + i * ls + head;
                    float s[KEYS];
                    scores(query, kt, head_dim, s);
                    float maximum = -INFINITY;
                    for (size_t j = 0; j < KEYS; j++) {
                        s[j] = j < visible ? s[j] * scale : -INFINITY;
                        maximum = s[j] > maximum ? s[j] : maximum;
                    }
                    // The state between tiles is log Σ exp so far, with `out` normalised by it.
                    float before = tile == 0 ? -INFINITY : *state;
                    float reference = before > maximum ? before : maximum;
                    float sum = 0;
                    for (size_t j = 0; j < KEYS; j++) {
                        s[j] = j < visible ? ck_exp(s[j] - reference) : 0.0f;
                        sum += s[j];
                    }
                    float carried = tile == 0 ? 0.0f : ck_exp(before - reference);
                    float total = carried + sum;
                    float keep = carried / total, share = 1.0f / total;
                    if (tile == 0) {
                        for (size_t d = 0; d < head_dim; d++) out[d] = 0;
                    } else {
                        for (size_t d = 0; d < head_dim; d++) out[d] *= keep;
                    }
                    for (size_t j = 0; j < visible; j++) {
                        const float *value = v + (tile + j) * vs;
                        float p = s[j] * share;
                        for (size_t d = 0; d < head_dim; d++) out[d] += p * value[d];
                    }
                    *state = reference + logf(total);
                }
            }
        }
    }
}

CK_CLONES
void ck_attention_backward(const float *d_o, size_t dos, const float *q, size_t qs, const float *k, size_t ks,
                           const float *v, size_t vs, const float *o, size_t os, const float *log_sum_exp, size_t ls,
                           float *dq, size_t dqs, float *dk, size_t dks, float *dv, size_t dvs, size_t count,
                           size_t group, size_t head_dim, float scale) {
    float kt[CK_MAX_HEAD_DIM][KEYS];
    float vt[CK_MAX_HEAD_DIM][KEYS];
    for (size_t i = 0; i < count; i++)
        for (size_t d = 0; d < group * head_dim; d++) dq[i * dqs + d] = 0;
    for (size_t tile = 0; tile < count; tile += KEYS) {
        size_t tile_keys = count - tile < KEYS ? count - tile : KEYS;
        transpose(k + tile * ks, ks, tile_keys, head_dim, kt);
        transpose(v + tile * vs, vs, tile_keys, head_dim, vt);
        for (size_t j = 0; j < tile_keys; j++) {
            for (size_t d = 0; d < head_dim; d++) {
                dk[(tile + j) * dks + d] = 0;
                dv[(tile + j) * dvs + d] = 0;
            }
        }
        for (size_t head = 0; head < group; head++) {
            for (size_t i = tile; i < count; i++) {
                size_t visible = i + 1 - tile < tile_keys ? i + 1 - tile : tile_keys;
                const float *query = q + i * qs + head * head_dim;
                const float *d_out = d_o + i * dos + head * head_dim;
                const float *out = o + i * os + head * head_dim;
                float *d_query = dq + i * dqs + head * head_dim;
                float delta = 0;
                for (size_t d = 0; d < head_dim; d++) delta += d_out[d] * out[d];
                float lse = log_sum_exp[i * ls + head];
                float s[KEYS], dp[KEYS];
                scores(query, kt, head_dim, s);
                scores(d_out, vt, head_dim, dp);
                for (size_t j = 0; j < KEYS; j++) {
                    s[j] = j < visible ? ck_exp(s[j] * scale - lse) : 0.0f;
                    dp[j] = s[j] * (dp[j] - delta) * scale;
                }
                for (size_t j = 0; j < visible; j++) {
                    const float *key = k + (tile + j) * ks;
                    float *d_key = dk + (tile + j) * dks;
                    float *d_value = dv + (tile + j) * dvs;
                    float p = s[j], ds = dp[j];
                    for (size_t d = 0; d < head_dim; d++) {
                        d_query[d] += ds * key[d];
                        d_key[d] += ds * query[d];
                        d_value[d] += p * d_out[d];
                    }
                }
            }
        }
    }
}
