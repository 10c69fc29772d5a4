#if defined(__x86_64__)
#include <immintrin.h>
#include "../portable/bfloat16.h"
#include "x86.h"

#define BF16 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,fma")))

/// Rows w[0] and, where `streams` is 2, w[second_stream]: one load and one instruction for 32 elements, so that the
/// core waits for memory alone. A row is summed in the same order whichever rows are beside it.
BF16 CK_INLINE void dot(const uint16_t *w, size_t second_stream, const uint16_t *x, size_t columns, float *dots,
                        size_t streams) {
    enum { SUMS = 2, STREAMS = 2, PAIRS = 32 };
    __m512 sums[STREAMS][SUMS];
    for (size_t stream = 0; stream < streams; stream++) {
        for (size_t j = 0; j < SUMS; j++) sums[stream][j] = _mm512_setzero_ps();
    }
    size_t i = 0;
    for (; i + SUMS * PAIRS <= columns; i += SUMS * PAIRS) {
        for (size_t stream = 0; stream < streams; stream++) {
            for (size_t j = 0; j < SUMS; j++) {
                sums[stream][j] = _mm512_dpbf16_ps(
                    sums[stream][j], (__m512bh)_mm512_loadu_si512(w + stream * second_stream + i + j * PAIRS),
                    (__m512bh)_mm512_loadu_si512(x + i + j * PAIRS));
            }
        }
    }
    for (size_t j = 0; i < columns; i += PAIRS, j++) {
        __mmask32 here = columns - i < PAIRS ? (__mmask32)((1u << (columns - i)) - 1) : 0xFFFFFFFF;
        for (size_t stream = 0; stream < streams; stream++) {
            sums[stream][j] = _mm512_dpbf16_ps(sums[stream][j],
                                               (__m512bh)_mm512_maskz_loadu_epi16(here, w + stream * second_stream + i),
                                               (__m512bh)_mm512_maskz_loadu_epi16(here, x + i));
        }
    }
    for (size_t stream = 0; stream < streams; stream++) {
        dots[stream] = _mm512_reduce_add_ps(_mm512_add_ps(sums[stream][0], sums[stream][1]));
    }
}

BF16 void ck_gemv_bfloat16_avx512(const uint16_t *w, size_t ws, const uint16_t *x, const float *add, void *y,
                                  enum ck_dtype y_dtype, size_t rows, size_t columns, size_t second_stream) {
    for (size_t row = 0; row < rows; row++) {
        float dots[2];
        if (second_stream > 0) dot(w + row * ws, second_stream * ws, x, columns, dots, 2);
        else dot(w + row * ws, 0, x, columns, dots, 1);
        ck_store_one(add ? add[row] + dots[0] : dots[0], y, row, y_dtype);
        if (second_stream > 0)
            ck_store_one(add ? add[row + second_stream] + dots[1] : dots[1], y, row + second_stream, y_dtype);
    }
}
#endif
