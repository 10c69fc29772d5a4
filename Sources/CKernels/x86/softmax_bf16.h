#pragma once
#include <math.h>
#include <string.h>
#include "../portable/visible_keys.h"
#include "exp2_bf16.h"

// One row of attention's scores, results in bfloat16.

/// The lanes of tile column j and after it that lie in first ..< end.
BF16_INLINE __mmask16 lanes_between(size_t j, size_t first, size_t end) {
    uint32_t before_end = end >= j + 16 ? 0xFFFF : end <= j ? 0 : (1u << (end - j)) - 1;
    uint32_t before_first = first >= j + 16 ? 0xFFFF : first <= j ? 0 : (1u << (first - j)) - 1;
    return (__mmask16)(before_end & ~before_first);
}

/// The highest of one row's scores that are seen.
BF16_INLINE __attribute__((unused)) float ck_highest_score_avx512(const float *score, struct key_range seen) {
    __m512 lowest = _mm512_set1_ps(-INFINITY), highest = lowest;
    for (size_t j = seen.first / 16 * 16; j < seen.end; j += 16) {
        __mmask16 lanes = lanes_between(j, seen.first, seen.end);
        highest = _mm512_max_ps(highest, _mm512_mask_loadu_ps(lowest, lanes, score + j));
    }
    return _mm512_reduce_max_ps(highest);
}

/// Scores of one row become exp(scale·s − maximum) in bfloat16, zero where unseen; returns their sum.
BF16_INLINE __attribute__((unused)) float ck_exponentials_avx512(float *score, struct key_range seen, size_t keys,
                                                                 float scale, float maximum) {
    uint16_t *p = (uint16_t *)score;
    __m512 factor = _mm512_set1_ps(scale * LOG2_E), shift = _mm512_set1_ps(maximum * LOG2_E);
    __m512 total = _mm512_setzero_ps();
    size_t first = seen.first / 16 * 16, end = (seen.end + 15) / 16 * 16;
    memset(p, 0, first * sizeof *p);
    for (size_t j = first; j < end; j += 16) {
        __mmask16 lanes = lanes_between(j, seen.first, seen.end);
        __m512 e = ck_exp2_avx512(_mm512_fmsub_ps(_mm512_loadu_ps(score + j), factor, shift));
        e = _mm512_maskz_mov_ps(lanes, e);
        total = _mm512_add_ps(total, e);
        _mm256_storeu_si256((__m256i *)(p + j), ck_narrow_avx512(e));
    }
    if (end < keys) memset(p + end, 0, (keys - end) * sizeof *p);
    return _mm512_reduce_add_ps(total);
}
