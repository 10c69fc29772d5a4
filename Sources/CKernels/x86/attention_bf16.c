#if defined(__x86_64__)
#include "softmax_bf16.h"
#include "x86.h"

// What attention_gradients.c does, with results in bfloat16.

/// Sixteen queries against one key.
struct gradient {
    __m256i p, ds;
};

/// `factor` is the scale and `shift` logSumExp, both times log2(e).
BF16_INLINE struct gradient gradient_lanes(const float *s, const float *dp, __m512 factor, __m512 shift, __m512 delta,
                                           __m512 scale, __mmask16 seen) {
    __m512 p = ck_exp2_avx512(_mm512_fmsub_ps(_mm512_loadu_ps(s), factor, shift));
    p = _mm512_maskz_mov_ps(seen, p);
    __m512 ds = _mm512_mul_ps(_mm512_mul_ps(p, _mm512_sub_ps(_mm512_loadu_ps(dp), delta)), scale);
    return (struct gradient){ck_narrow_avx512(p), ck_narrow_avx512(ds)};
}

BF16 void ck_attention_gradients_avx512(const struct ck_attention_tile *tile,
                                        const struct ck_score_gradients *gradients) {
    const float *log_sum_exp = gradients->log_sum_exp, *delta = gradients->delta;
    size_t columns = tile->queries, stride = tile->stride, keys = tile->keys;
    __m512 factor = _mm512_set1_ps(tile->scale * LOG2_E), scales = _mm512_set1_ps(tile->scale);
    for (size_t key = 0; key < keys; key += 2) {
        size_t second = key + 1 < keys;
        struct query_range queries0 = queries_seeing(tile, key), queries1 = queries_seeing(tile, key + 1);
        if (!second) queries1 = (struct query_range){0, 0};
        float *s0 = tile->scores + key * stride, *s1 = s0 + second * stride;
        float *dp0 = gradients->dp + key * stride, *dp1 = dp0 + second * stride;
        uint32_t *words = (uint32_t *)gradients->pairs + key / 2 * stride;
        for (size_t j = 0; j < columns; j += 16) {
            __m512 shift = _mm512_mul_ps(_mm512_loadu_ps(log_sum_exp + j), _mm512_set1_ps(LOG2_E));
            __m512 d = _mm512_loadu_ps(delta + j);
            // Both rows are read before either is written: without a second key they are the same row.
            struct gradient low = gradient_lanes(s0 + j, dp0 + j, factor, shift, d, scales,
                                                 lanes_between(j, (size_t)queries0.first, (size_t)queries0.end));
            struct gradient high = gradient_lanes(s1 + j, dp1 + j, factor, shift, d, scales,
                                                  lanes_between(j, (size_t)queries1.first, (size_t)queries1.end));
            __m512i both =
                _mm512_or_si512(_mm512_cvtepu16_epi32(low.ds), _mm512_slli_epi32(_mm512_cvtepu16_epi32(high.ds), 16));
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
