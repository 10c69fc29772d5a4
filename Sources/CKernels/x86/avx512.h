#pragma once
#define CK_AVX512 1
#include <immintrin.h>
#include <string.h>
#include "../portable/panels.h"
#include "ck_variant.h"
#include "x86.h"

// What the kernels for AVX-512 share: how they are compiled, and how a block's sums are written.

#define F32 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma")))
#define BF16 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,fma")))
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

/// Rounds to nearest, ties to even; NaN stays NaN.
F32 INLINE __m256i narrow(__m512 x) {
    __m512i bits = _mm512_castps_si512(x);
    __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    __m512i rounded = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7FFF)));
    rounded = _mm512_srli_epi32(rounded, 16);
    __mmask16 nan = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
    return _mm512_cvtepi32_epi16(_mm512_mask_mov_epi32(rounded, nan, _mm512_set1_epi32(0x7FC0)));
}

/// The same in one instruction, which takes denormal numbers for zero.
BF16 INLINE __m256i narrow_by_instruction(__m512 x) { return (__m256i)_mm512_cvtneps_pbh(x); }

// Adds what is to be added to one row's 32 sums and writes them, no column beyond the block's.
#define FINISH(NAME, TARGET, NARROW)                                                         \
    TARGET INLINE void NAME(const struct ck_block *b, size_t row, __m512 low, __m512 high) { \
        __mmask16 in_low = b->columns >= 16 ? 0xFFFF : (__mmask16)((1u << b->columns) - 1);  \
        __mmask16 in_high = b->columns >= 32   ? 0xFFFF                                      \
                            : b->columns <= 16 ? 0                                           \
                                               : (__mmask16)((1u << (b->columns - 16)) - 1); \
        if (b->add.start) {                                                                  \
            const float *add = b->add.start + row * b->add.stride;                           \
            low = _mm512_add_ps(low, _mm512_maskz_loadu_ps(in_low, add));                    \
            high = _mm512_add_ps(high, _mm512_maskz_loadu_ps(in_high, add + 16));            \
        }                                                                                    \
        if (b->y.dtype == CK_BFLOAT16) {                                                     \
            uint16_t *y = (uint16_t *)b->y.start + row * b->y.stride;                        \
            _mm256_mask_storeu_epi16(y, in_low, NARROW(low));                                \
            _mm256_mask_storeu_epi16(y + 16, in_high, NARROW(high));                         \
        } else {                                                                             \
            float *y = (float *)b->y.start + row * b->y.stride;                              \
            _mm512_mask_storeu_ps(y, in_low, low);                                           \
            _mm512_mask_storeu_ps(y + 16, in_high, high);                                    \
        }                                                                                    \
    }
FINISH(finish_float32, F32, narrow)
FINISH(finish_bfloat16, BF16, narrow_by_instruction)

#define ALL_ROWS(KERNEL) \
    KERNEL(1)            \
    KERNEL(2) KERNEL(3) KERNEL(4) KERNEL(5) KERNEL(6) KERNEL(7) KERNEL(8) KERNEL(9) KERNEL(10) KERNEL(11) KERNEL(12)
