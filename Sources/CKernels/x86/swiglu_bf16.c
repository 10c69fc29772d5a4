#if defined(__x86_64__)
#include "exp2_bf16.h"
#include "x86.h"

/// 1/(1 + exp(−x)): relative error below 1e-6.
BF16_INLINE __m512 sigmoid(__m512 x) {
    // Below 2^-126 the reciprocal would no longer be a normal number.
    __m512 exponent = _mm512_min_ps(_mm512_set1_ps(126), _mm512_mul_ps(x, _mm512_set1_ps(-LOG2_E)));
    __m512 sum = _mm512_add_ps(_mm512_set1_ps(1), ck_exp2_minimax_avx512(exponent));
    __m512 inverse = _mm512_rcp14_ps(sum);
    // A step of Newton's doubles its fourteen bits.
    return _mm512_mul_ps(inverse, _mm512_fnmadd_ps(sum, inverse, _mm512_set1_ps(2)));
}

/// The lanes that `left` elements fill.
BF16_INLINE __mmask16 lanes_of(size_t left) { return left >= 16 ? 0xFFFF : (__mmask16)((1u << left) - 1); }

BF16 void ck_swiglu_row_avx512(const uint16_t *g, const uint16_t *u, uint16_t *h, size_t columns) {
    for (size_t i = 0; i < columns; i += 16) {
        __mmask16 lanes = lanes_of(columns - i);
        __m512 gate = ck_widen_avx512(_mm256_maskz_loadu_epi16(lanes, g + i));
        __m512 up = ck_widen_avx512(_mm256_maskz_loadu_epi16(lanes, u + i));
        _mm256_mask_storeu_epi16(h + i, lanes, ck_narrow_avx512(_mm512_mul_ps(_mm512_mul_ps(gate, sigmoid(gate)), up)));
    }
}

BF16 void ck_swiglu_gradient_row_avx512(const uint16_t *dh, const uint16_t *g, const uint16_t *u, uint16_t *dg,
                                        uint16_t *du, size_t columns) {
    __m512 one = _mm512_set1_ps(1);
    for (size_t i = 0; i < columns; i += 16) {
        __mmask16 lanes = lanes_of(columns - i);
        __m512 gradient = ck_widen_avx512(_mm256_maskz_loadu_epi16(lanes, dh + i));
        __m512 gate = ck_widen_avx512(_mm256_maskz_loadu_epi16(lanes, g + i));
        __m512 up = ck_widen_avx512(_mm256_maskz_loadu_epi16(lanes, u + i));
        __m512 s = sigmoid(gate), share = _mm512_mul_ps(gradient, s);
        // silu'(g) = s·(1 + g·(1 − s))
        __m512 slope = _mm512_fmadd_ps(gate, _mm512_sub_ps(one, s), one);
        _mm256_mask_storeu_epi16(dg + i, lanes, ck_narrow_avx512(_mm512_mul_ps(_mm512_mul_ps(share, slope), up)));
        _mm256_mask_storeu_epi16(du + i, lanes, ck_narrow_avx512(_mm512_mul_ps(share, gate)));
    }
}
#endif
