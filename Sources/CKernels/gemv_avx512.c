#include "CKernels.h"
#include "half.h"
#include "panels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define BF16 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,fma")))

/// One load and one instruction for 32 elements, so that the core waits for memory alone.
BF16 static float dot(const uint16_t *w, const uint16_t *x, size_t columns) {
    enum { SUMS = 4, PAIRS = 32 };
    __m512 sums[SUMS] = {_mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps()};
    size_t i = 0;
    for (; i + SUMS * PAIRS <= columns; i += SUMS * PAIRS) {
        for (size_t j = 0; j < SUMS; j++) {
            sums[j] = _mm512_dpbf16_ps(sums[j], (__m512bh)_mm512_loadu_si512(w + i + j * PAIRS),
                                       (__m512bh)_mm512_loadu_si512(x + i + j * PAIRS));
        }
    }
    for (size_t j = 0; i < columns; i += PAIRS, j++) {
        __mmask32 here = columns - i < PAIRS ? (__mmask32)((1u << (columns - i)) - 1) : 0xFFFFFFFF;
        sums[j] = _mm512_dpbf16_ps(sums[j], (__m512bh)_mm512_maskz_loadu_epi16(here, w + i),
                                   (__m512bh)_mm512_maskz_loadu_epi16(here, x + i));
    }
    return _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(sums[0], sums[1]), _mm512_add_ps(sums[2], sums[3])));
}

BF16 void ck_gemv_half(const uint16_t *w, size_t ws, const uint16_t *x, const float *add, void *y, int y_half,
                       size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++) {
        float sum = dot(w + row * ws, x, columns);
        ck_store_one(add ? add[row] + sum : sum, y, row, y_half);
    }
}
#else
void ck_gemv_half(const uint16_t *w, size_t ws, const uint16_t *x, const float *add, void *y, int y_half, size_t rows,
                  size_t columns) {
    for (size_t row = 0; row < rows; row++) {
        float sum = 0;
        for (size_t i = 0; i < columns; i++) sum += ck_widen_one(w[row * ws + i]) * ck_widen_one(x[i]);
        ck_store_one(add ? add[row] + sum : sum, y, row, y_half);
    }
}
#endif
