#include "ck_types.h"
#include "../x86/x86.h"
#include "bfloat16.h"

#pragma clang fp contract(fast) reassociate(off)

/// Rows w[0] and, where `streams` is 2, w[second_stream] against x. Two sums a row hide the latency of the additions,
/// and a row is summed in the same order whichever rows are beside it.
CK_INLINE void gemv_rows(const void *w, size_t ws, size_t second_stream, const float *x, const float *add, void *y,
                         enum ck_dtype y_dtype, size_t columns, enum ck_dtype dtype, size_t streams) {
    enum { SUMS = 2, STREAMS = 2 };
    size_t whole = columns / LANES * LANES, blocks = columns / (SUMS * LANES) * (SUMS * LANES);
    const void *in[STREAMS] = {w, ck_row(w, second_stream, ws, dtype)};
    lanes sums[STREAMS][SUMS] = {0};
    size_t i = 0;
    for (; i < blocks; i += SUMS * LANES) {
        for (size_t stream = 0; stream < streams; stream++) {
            for (size_t j = 0; j < SUMS; j++) {
                lanes weight;
                ck_load(in[stream], i + j * LANES, dtype, &weight);
                sums[stream][j] += weight * *(const lanes *)(x + i + j * LANES);
            }
        }
    }
    for (size_t stream = 0; stream < streams; stream++) {
        if (blocks < whole) {
            lanes weight;
            ck_load(in[stream], blocks, dtype, &weight);
            sums[stream][0] += weight * *(const lanes *)(x + blocks);
        }
        lanes all = sums[stream][0] + sums[stream][1];
        float sum = ck_sum(&all);
        for (i = whole; i < columns; i++) sum += x[i] * ck_load_one(in[stream], i, dtype);
        ck_store_one(add ? add[stream * second_stream] + sum : sum, y, stream * second_stream, y_dtype);
    }
}

CK_INLINE void gemv(const void *w, size_t ws, const float *x, const float *add, void *y, enum ck_dtype y_dtype,
                    size_t rows, size_t columns, size_t second_stream, enum ck_dtype dtype) {
    for (size_t row = 0; row < rows; row++) {
        const void *in = ck_row(w, row, ws, dtype);
        const float *added = add ? add + row : add;
        void *out = (char *)y + row * ck_element_bytes(y_dtype);
        if (second_stream > 0) gemv_rows(in, ws, second_stream, x, added, out, y_dtype, columns, dtype, 2);
        else gemv_rows(in, ws, 0, x, added, out, y_dtype, columns, dtype, 1);
    }
}

CK_FUNCTION void ck_gemv(const void *w, size_t ws, enum ck_dtype dtype, const float *x, const float *add, void *y,
                         enum ck_dtype y_dtype, size_t rows, size_t columns, size_t second_stream) {
    if (dtype == CK_BFLOAT16) gemv(w, ws, x, add, y, y_dtype, rows, columns, second_stream, CK_BFLOAT16);
    else gemv(w, ws, x, add, y, y_dtype, rows, columns, second_stream, CK_FLOAT32);
}

CK_FUNCTION void ck_gemv_bfloat16(const uint16_t *w, size_t ws, const uint16_t *x, const float *add, void *y,
                                  enum ck_dtype y_dtype, size_t rows, size_t columns, size_t second_stream) {
#if defined(CK_BFLOAT16_DOT)
    ck_gemv_bfloat16_avx512(w, ws, x, add, y, y_dtype, rows, columns, second_stream);
#else
    for (size_t row = 0; row < rows; row++) {
        for (size_t stream = 0; stream < (second_stream > 0 ? 2 : 1); stream++) {
            size_t n = row + stream * second_stream;
            float sum = 0;
            for (size_t i = 0; i < columns; i++) sum += ck_widen_one(w[n * ws + i]) * ck_widen_one(x[i]);
            ck_store_one(add ? add[n] + sum : sum, y, n, y_dtype);
        }
    }
#endif
}
