#include "types.h"
#include "half.h"

#pragma clang fp contract(fast) reassociate(off)

#if defined(CK_BF16)
void ck_gemv_half_avx512(const uint16_t *w, size_t ws, const uint16_t *x, const float *add, void *y, int y_half,
                         size_t rows, size_t columns, size_t apart);
#endif

CK_FUNCTION void ck_gemv_half(const uint16_t *w, size_t ws, const uint16_t *x, const float *add, void *y, int y_half,
                              size_t rows, size_t columns, size_t apart) {
#if defined(CK_BF16)
    ck_gemv_half_avx512(w, ws, x, add, y, y_half, rows, columns, apart);
#else
    for (size_t row = 0; row < rows; row++) {
        for (size_t stream = 0; stream < (apart > 0 ? 2 : 1); stream++) {
            size_t n = row + stream * apart;
            float sum = 0;
            for (size_t i = 0; i < columns; i++) sum += ck_widen_one(w[n * ws + i]) * ck_widen_one(x[i]);
            ck_store_one(add ? add[n] + sum : sum, y, n, y_half);
        }
    }
#endif
}
