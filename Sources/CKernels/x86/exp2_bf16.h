#pragma once
#include <immintrin.h>
#include "../portable/constants.h"

// What the kernels share whose results are bfloat16, on a CPU that rounds to it by itself.

#define BF16 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,fma")))
#define BF16_INLINE BF16 static inline __attribute__((always_inline))

/// 2^x for x ≤ 128: relative error below 3e-7; NaN stays NaN.
///
/// 2^n·2^f with |f| ≤ 1/2; 2^f by its minimax polynomial of degree 5.
BF16_INLINE __attribute__((unused)) __m512 ck_exp2_minimax_avx512(__m512 x) {
    __m512 n = _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m512 f = _mm512_sub_ps(x, n);
    __m512 p = _mm512_set1_ps(1.3276461e-3f);
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(9.6755419e-3f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(5.5507135e-2f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(2.4022120e-1f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(6.9314694e-1f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(1.0000001f));
    return _mm512_scalef_ps(p, n);
}

/// 2^x, the numbers of ck_exp2 bit for bit: rounding must not depend on which of the two a CPU runs.
BF16_INLINE __attribute__((unused)) __m512 ck_exp2_avx512(__m512 x) {
    __m512 clamped = _mm512_max_ps(_mm512_set1_ps(-125), x);
    __m512 n = _mm512_roundscale_ps(clamped, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m512 f = _mm512_sub_ps(clamped, n);
    __m512 p = _mm512_set1_ps(1.5403530e-4f);
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(1.3333558e-3f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(9.6181291e-3f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(5.5504109e-2f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(2.4022651e-1f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(6.9314718e-1f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(1.0f));
    return _mm512_scalef_ps(p, n);
}

/// Rounds to nearest, ties to even; NaN stays NaN, denormal numbers become zero.
BF16_INLINE __attribute__((unused)) __m256i ck_narrow_avx512(__m512 x) { return (__m256i)_mm512_cvtneps_pbh(x); }

BF16_INLINE __attribute__((unused)) __m512 ck_widen_avx512(__m256i upper) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(upper), 16));
}
