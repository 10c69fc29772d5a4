#pragma once
#include <stddef.h>
#include <stdint.h>

/// y = x in bfloat16, to nearest, ties to even.
void ck_narrow(const float *x, size_t xs, uint16_t *y, size_t ys, size_t rows, size_t columns);
/// y = x, which is in bfloat16.
void ck_widen(const uint16_t *x, size_t xs, float *y, size_t ys, size_t rows, size_t columns);

/// y += x.
void ck_add(const float *x, size_t xs, float *y, size_t ys, size_t rows, size_t columns);
/// y += x, column i of x times factors[i].
void ck_add_scaled_columns(const float *x, size_t xs, const float *factors, float *y, size_t ys, size_t rows,
                           size_t columns);
/// sums[i] += Σ x·y over the rows of column i.
void ck_add_column_dots(const float *x, size_t xs, const float *y, size_t ys, float *sums, size_t rows, size_t columns);
/// x *= factor.
void ck_scale(float *x, size_t xs, float factor, size_t rows, size_t columns);
/// Σ x², in double.
double ck_squared_norm(const float *x, size_t xs, size_t rows, size_t columns);
