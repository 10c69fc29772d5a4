#include "ck_types.h"
#include <math.h>
#include "attention.h"

#pragma clang fp contract(fast) reassociate(off)

/// Fills the lanes of tile column j and after it that lie outside of `seen`.
CK_INLINE void fill_unseen(lanes *x, size_t j, struct key_range seen, float fill) {
    if (seen.end < j + LANES) ck_fill_after(x, seen.end > j ? seen.end - j : 0, fill);
    if (j >= seen.first) return;
    int_lanes column = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    int_lanes inside = column + (int32_t)j >= (int32_t)seen.first;
    lanes filling = {0};
    filling += fill;
    *x = (lanes)(((int_lanes)*x & inside) | ((int_lanes)filling & ~inside));
}

/// The highest of one row's scores that are seen.
CK_INLINE float highest_score(const float *score, struct key_range seen) {
    lanes highest = {0};
    highest -= INFINITY;
    for (size_t j = seen.first / LANES * LANES; j < seen.end; j += LANES) {
        lanes v = *(const lanes *)(score + j);
        fill_unseen(&v, j, seen, -INFINITY);
        ck_raise(&highest, &v);
    }
    return ck_highest(&highest);
}

/// Scores of one row become exp(scale·s − maximum), zero where unseen; returns their sum.
CK_INLINE float score_exponentials(float *score, struct key_range seen, size_t keys, float scale, float maximum,
                                   enum ck_dtype dtype) {
    lanes total = {0}, shift = {0}, p;
    shift += maximum;
    size_t first = seen.first / LANES * LANES, end = (seen.end + LANES - 1) / LANES * LANES;
    memset(score, 0, first * ck_element_bytes(dtype));
    for (size_t j = first; j < end; j += LANES) {
        ck_probability(score + j, scale, &shift, dtype, &p);
        fill_unseen(&p, j, seen, 0);
        total += p;
        ck_store(&p, score, j, dtype);
    }
    if (end < keys) memset((char *)score + end * ck_element_bytes(dtype), 0, (keys - end) * ck_element_bytes(dtype));
    return ck_sum(&total);
}

/// The same without a test of the range's start in the loop.
CK_INLINE float window_exponentials(float *score, struct key_range seen, size_t keys, float scale, float maximum,
                                    enum ck_dtype dtype) {
    if (seen.first > 0) return score_exponentials(score, seen, keys, scale, maximum, dtype);
    return score_exponentials(score, (struct key_range){0, seen.end}, keys, scale, maximum, dtype);
}

CK_INLINE float row_highest(const float *score, struct key_range seen, enum ck_dtype dtype) {
#if defined(CK_BFLOAT16_DOT)
    if (dtype == CK_BFLOAT16) return ck_highest_score_avx512(score, seen);
#endif
    (void)dtype;
    return highest_score(score, seen);
}

CK_INLINE float row_probabilities(float *score, struct key_range seen, size_t keys, float scale, float maximum,
                                  enum ck_dtype dtype) {
    if (dtype == CK_FLOAT32) return window_exponentials(score, seen, keys, scale, maximum, CK_FLOAT32);
#if defined(CK_BFLOAT16_DOT)
    return ck_exponentials_avx512(score, seen, keys, scale, maximum);
#else
    return window_exponentials(score, seen, keys, scale, maximum, CK_BFLOAT16);
#endif
}

/// One dtype's. Copies of the structs: the compiler must take any store for one that changes what a pointer shows.
CK_INLINE void online_softmax(struct ck_attention_tile tile, struct ck_online_softmax softmax, enum ck_tile_place place,
                              enum ck_dtype dtype) {
    for (size_t row = 0; row < tile.queries; row++) {
        float *score = tile.scores + row * tile.stride;
        struct key_range seen = keys_seen(&tile, row);
        float before = place == CK_FIRST_TILE ? -INFINITY : softmax.maxima[row];
        float here = row_highest(score, seen, dtype) * tile.scale;
        float maximum = here > before ? here : before;
        // A window may leave nothing of a tile, and of all tiles so far, to a row: all its probabilities are zero.
        float finite = maximum == -INFINITY ? 0 : maximum;
        float sum = row_probabilities(score, seen, tile.keys, tile.scale, finite, dtype);
        softmax.maxima[row] = maximum;
        if (place == CK_FIRST_TILE) {
            softmax.sums[row] = sum;
        } else if (before == maximum) {
            softmax.sums[row] += sum;
        } else {
            float rescale = expf(before - maximum);
            softmax.sums[row] = softmax.sums[row] * rescale + sum;
            for (size_t d = 0; d < softmax.head_dim; d++) softmax.output[row * softmax.head_dim + d] *= rescale;
        }
    }
}

CK_FUNCTION void ck_attention_probabilities(const struct ck_attention_tile *tile,
                                            const struct ck_online_softmax *softmax, enum ck_tile_place place) {
    if (tile->dtype == CK_BFLOAT16) online_softmax(*tile, *softmax, place, CK_BFLOAT16);
    else online_softmax(*tile, *softmax, place, CK_FLOAT32);
}

CK_FUNCTION void ck_attention_normalise(const struct ck_online_softmax *softmax, size_t queries) {
    size_t head_dim = softmax->head_dim;
    for (size_t row = 0; row < queries; row++) {
        float inverse = 1.0f / softmax->sums[row];
        for (size_t d = 0; d < head_dim; d++) softmax->output[row * head_dim + d] *= inverse;
        softmax->sums[row] = softmax->maxima[row] + logf(softmax->sums[row]);
    }
}

CK_FUNCTION void ck_attention_cap(const struct ck_attention_tile *tile, float cap) {
    float scale = tile->scale;
    size_t keys = tile->keys;
    for (size_t row = 0; row < tile->queries; row++) {
        float *score = tile->scores + row * tile->stride;
        for (size_t j = 0; j < keys; j += LANES) {
            lanes x = *(const lanes *)(score + j) * (scale / cap), t;
            ck_tanh(&x, &t);
            *(lanes *)(score + j) = t * cap;
        }
    }
}
