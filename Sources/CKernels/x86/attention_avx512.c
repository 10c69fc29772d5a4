#if defined(__x86_64__)
#include <math.h>
#include <string.h>
#include "../kernels/attention.h"
#include "power_avx512.h"

// What softmax.c does between attention's products, with results in bfloat16.

/// The lanes of tile column j and after it that lie in first ..< end.
BF16_INLINE __mmask16 lanes_between(size_t j, size_t first, size_t end) {
    uint32_t before_end = end >= j + 16 ? 0xFFFF : end <= j ? 0 : (1u << (end - j)) - 1;
    uint32_t before_first = first >= j + 16 ? 0xFFFF : first <= j ? 0 : (1u << (first - j)) - 1;
    return (__mmask16)(before_end & ~before_first);
}

BF16_INLINE void store_half(uint16_t *p, __m512 x) {
    _mm256_storeu_si256((__m256i *)p, narrow(x));
}

/// Scores of one row become exp(scale·s − maximum) in bfloat16, zero where unseen; returns their sum.
BF16_INLINE float probability_row(float *score, size_t hidden, size_t visible, size_t columns, float scale,
                                  float maximum) {
    uint16_t *half = (uint16_t *)score;
    __m512 factor = _mm512_set1_ps(scale * LOG2_E), shift = _mm512_set1_ps(maximum * LOG2_E);
    __m512 total = _mm512_setzero_ps();
    size_t first = hidden / 16 * 16, end = (visible + 15) / 16 * 16;
    memset(half, 0, first * sizeof *half);
    for (size_t j = first; j < end; j += 16) {
        __mmask16 seen = lanes_between(j, hidden, visible);
        __m512 p = probability(_mm512_fmsub_ps(_mm512_loadu_ps(score + j), factor, shift));
        p = _mm512_maskz_mov_ps(seen, p);
        total = _mm512_add_ps(total, p);
        store_half(half + j, p);
    }
    if (end < columns) memset(half + end, 0, (columns - end) * sizeof *half);
    return _mm512_reduce_add_ps(total);
}

BF16 void ck_attention_probabilities_avx512(float *s, size_t stride, float *o, float *maxima, float *sums, size_t rows,
                                            size_t columns, size_t head_dim, size_t group, ptrdiff_t first_visible,
                                            ptrdiff_t window, float scale, int is_first) {
    __m512 lowest = _mm512_set1_ps(-INFINITY);
    for (size_t row = 0; row < rows; row++) {
        float *score = s + row * stride;
        ptrdiff_t seen = first_visible + (ptrdiff_t)(row / group);
        size_t visible = keys_before(seen, columns), hidden = keys_before(seen - window, columns);
        float before = is_first ? -INFINITY : maxima[row];
        __m512 highest = lowest;
        for (size_t j = hidden / 16 * 16; j < visible; j += 16) {
            __mmask16 lanes = lanes_between(j, hidden, visible);
            highest = _mm512_max_ps(highest, _mm512_mask_loadu_ps(lowest, lanes, score + j));
        }
        float here = _mm512_reduce_max_ps(highest) * scale;
        float maximum = here > before ? here : before;
        // A window may leave nothing of a tile, and of all tiles so far, to a row: all its probabilities are zero.
        float finite = maximum == -INFINITY ? 0 : maximum;
        float sum = probability_row(score, hidden, visible, columns, scale, finite);
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

/// Sixteen queries against one key.
struct gradient {
    __m256i p, ds;
};

/// `factor` is the scale and `shift` logSumExp, both times log2(e).
BF16_INLINE struct gradient gradient_lanes(const float *s, const float *dp, __m512 factor, __m512 shift, __m512 delta,
                                           __m512 scale, __mmask16 seen) {
    __m512 p = probability(_mm512_fmsub_ps(_mm512_loadu_ps(s), factor, shift));
    p = _mm512_maskz_mov_ps(seen, p);
    __m512 ds = _mm512_mul_ps(_mm512_mul_ps(p, _mm512_sub_ps(_mm512_loadu_ps(dp), delta)), scale);
    return (struct gradient){narrow(p), narrow(ds)};
}

BF16 void ck_attention_gradients_avx512(float *s, float *dp, uint16_t *pairs, size_t stride, const float *log_sum_exp,
                                        const float *delta, size_t keys, size_t columns, size_t group,
                                        ptrdiff_t first_visible, ptrdiff_t window, float scale) {
    __m512 factor = _mm512_set1_ps(scale * LOG2_E), scales = _mm512_set1_ps(scale);
    for (size_t key = 0; key < keys; key += 2) {
        size_t second = key + 1 < keys;
        struct seeing queries0 = seeing(columns, key, group, first_visible, window);
        struct seeing queries1 = seeing(columns, key + 1, group, first_visible, window);
        if (!second) queries1 = (struct seeing){0, 0};
        float *s0 = s + key * stride, *s1 = s0 + second * stride;
        float *dp0 = dp + key * stride, *dp1 = dp0 + second * stride;
        uint32_t *words = (uint32_t *)pairs + key / 2 * stride;
        for (size_t j = 0; j < columns; j += 16) {
            __m512 shift = _mm512_mul_ps(_mm512_loadu_ps(log_sum_exp + j), _mm512_set1_ps(LOG2_E));
            __m512 d = _mm512_loadu_ps(delta + j);
            // Both rows are read before either is written: without a second key they are the same row.
            struct gradient low = gradient_lanes(
                s0 + j, dp0 + j, factor, shift, d, scales,
                lanes_between(j, (size_t)queries0.first, (size_t)queries0.end));
            struct gradient high = gradient_lanes(
                s1 + j, dp1 + j, factor, shift, d, scales,
                lanes_between(j, (size_t)queries1.first, (size_t)queries1.end));
            __m512i both = _mm512_or_si512(
                _mm512_cvtepu16_epi32(low.ds), _mm512_slli_epi32(_mm512_cvtepu16_epi32(high.ds), 16));
            _mm512_storeu_si512(words + j, both);
            if (second) {
                _mm256_storeu_si256((__m256i *)((uint16_t *)s1 + j), high.p);
                _mm256_storeu_si256((__m256i *)((uint16_t *)dp1 + j), high.ds);
            }
            _mm256_storeu_si256((__m256i *)((uint16_t *)s0 + j), low.p);
            _mm256_storeu_si256((__m256i *)((uint16_t *)dp0 + j), low.ds);
        }
    }
}
#endif
