#pragma once
#include <stddef.h>
#include <stdint.h>
#include "ck_types.h"

/// Bytes of scratch memory that ck_product_part needs.
size_t ck_product_scratch(const struct ck_product *product);
/// Some rows and columns of the product; `first_column` is a multiple of ck_panel_columns.
void ck_product_part(const struct ck_product *product, size_t first_row, size_t rows, size_t first_column,
                     size_t columns, void *scratch);

/// Bytes of the panels of w [columns, k].
size_t ck_panels_bytes(size_t columns, size_t k, enum ck_dtype dtype);
/// Packs `count` panels of w [columns, k], each ck_panel_columns rows of it, from panel `first` on, for products x·wᵀ.
void ck_pack_panels(const void *w, size_t ws, size_t columns, size_t k, enum ck_dtype dtype, size_t first, size_t count,
                    void *panels);
/// From the panels of w [columns, k] in bfloat16 makes `count` panels of wᵀ [k, columns] from panel `first` on.
void ck_transpose_panels(const void *panels, size_t columns, size_t k, size_t first, size_t count,
                         enum ck_backend backend, void *transposed);

/// y[n] = add[n] + dot(x, w[n]) for n < rows of w; add may be NULL. If second_stream > 0, the same for n +
/// second_stream: memory is read faster as two streams, each in order, than as one.
void ck_gemv(const void *w, size_t ws, enum ck_dtype dtype, const float *x, const float *add, void *y,
             enum ck_dtype y_dtype, size_t rows, size_t columns, size_t second_stream);
/// The same with both factors in bfloat16; fast only if ck_has_bfloat16.
void ck_gemv_bfloat16(const uint16_t *w, size_t ws, const uint16_t *x, const float *add, void *y, enum ck_dtype y_dtype,
                      size_t rows, size_t columns, size_t second_stream);
