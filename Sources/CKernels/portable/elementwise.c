#include "ck_types.h"
#include "bfloat16.h"

#pragma clang fp contract(fast) reassociate(on)

CK_FUNCTION void ck_narrow(const float *x, size_t xs, uint16_t *y, size_t ys, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++) {
        size_t i = 0;
        for (; i + LANES <= columns; i += LANES) ck_narrow_lanes((const lanes *)(x + row * xs + i), y + row * ys + i);
        for (; i < columns; i++) y[row * ys + i] = ck_narrow_one(x[row * xs + i]);
    }
}

CK_FUNCTION void ck_widen(const uint16_t *x, size_t xs, float *y, size_t ys, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++) y[row * ys + i] = ck_widen_one(x[row * xs + i]);
}

CK_FUNCTION void ck_add(const float *x, size_t xs, float *y, size_t ys, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++) y[row * ys + i] += x[row * xs + i];
}

CK_FUNCTION void ck_scale(float *x, size_t xs, float factor, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++) x[row * xs + i] *= factor;
}

CK_FUNCTION void ck_add_scaled_columns(const float *x, size_t xs, const float *factors, float *y, size_t ys, size_t rows,
                                       size_t columns) {
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++) y[row * ys + i] += factors[i] * x[row * xs + i];
}

CK_FUNCTION void ck_add_column_dots(const float *x, size_t xs, const float *y, size_t ys, float *sums, size_t rows,
                                    size_t columns) {
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++) sums[i] += x[row * xs + i] * y[row * ys + i];
}

CK_FUNCTION double ck_squared_norm(const float *x, size_t xs, size_t rows, size_t columns) {
    double sum = 0;
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++) sum += (double)x[row * xs + i] * (double)x[row * xs + i];
    return sum;
}
