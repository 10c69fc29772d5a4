#pragma once
#include <stddef.h>
#include <stdint.h>
#include "ck_types.h"

// What stands in this folder: code that is written for one instruction set, each function for the variants that have
// it.

struct ck_block;

#if defined(__x86_64__)
// A block's product, see panels.h.
void ck_block_avx2(const struct ck_block *block, size_t rows);
void ck_block_avx512(const struct ck_block *block, size_t rows);
/// The same of bfloat16 by multiply-adds of float32, to the same bits.
void ck_block_widened_avx512(const struct ck_block *block, size_t rows);
/// With fewer rows either way waits for one sum after another, and the instruction is no slower. Measured on a core of
/// Emerald Rapids, two rows 44 and 42 GFLOP/s, three 53 and 60.
enum { CK_LEAST_WIDENED_ROWS = 3 };
/// Two blocks of one row of bfloat16, of the same x and k.
void ck_two_blocks_avx512(const struct ck_block *first, const struct ck_block *second);

// Whole panels of w's rows, for a k that is a multiple of 16: words of 32 bits, or bfloat16 that is widened.
void ck_pack_transposed_avx2(const uint32_t *w, size_t stride, size_t k, uint32_t *panel);
void ck_pack_widened_avx2(const uint16_t *w, size_t stride, size_t k, float *panel);
void ck_pack_transposed_avx512(const uint32_t *w, size_t stride, size_t k, uint32_t *panel);
void ck_pack_widened_avx512(const uint16_t *w, size_t stride, size_t k, float *panel);
/// As transpose_block of pack.c.
void ck_transpose_block_avx512(const uint32_t *block, uint32_t *transposed);

// With AVX512-BF16, as the functions of the same names in include/, for bfloat16.
void ck_attention_gradients_avx512(const struct ck_attention_tile *tile, const struct ck_score_gradients *gradients);
void ck_gemv_bfloat16_avx512(const uint16_t *w, size_t ws, const uint16_t *x, const float *add, void *y,
                             enum ck_dtype y_dtype, size_t rows, size_t columns, size_t second_stream);
// One row of ck_swiglu_forward and of ck_swiglu_backward.
void ck_swiglu_row_avx512(const uint16_t *g, const uint16_t *u, uint16_t *h, size_t columns);
void ck_swiglu_gradient_row_avx512(const uint16_t *dh, const uint16_t *g, const uint16_t *u, uint16_t *dg, uint16_t *du,
                                   size_t columns);
#endif
