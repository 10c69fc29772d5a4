#pragma once
#include <stddef.h>
#include <stdint.h>
#include "../tuning.h"

// A product works on panels: NR columns of the second factor, all k of them together, so that the innermost loop reads
// one contiguous stream. In float32 a panel is [k][NR]; in bfloat16 it is [k/2][NR][2], pairs along k side by side as
// the bfloat16 dot product wants them. What lies beyond the factor's edge is zero.
/// y[r, c] = add[r, c] + Σ_i x[r, i]·panel[i, c] for a block of up to PANEL_ROWS rows and `columns` of the panel.
struct ck_block {
    const void *x;
    size_t x_stride;
    /// x lies column by column: x[r, i] at x[i·x_stride + r], or in bfloat16 its pair at word i/2·x_stride + r.
    int x_by_columns;
    const void *panel;
    size_t k;
    void *y;
    size_t y_stride;
    int y_half;
    /// May be NULL, or y itself.
    const float *add;
    size_t add_stride;
    size_t columns;
};

/// Bytes of one packed panel.
static inline size_t ck_panel_bytes(size_t k, int half) {
    return (half ? (k + 1) / 2 * 4 : k * 4) * PANEL_COLUMNS;
}

#if defined(__x86_64__)
void ck_block_avx2(const struct ck_block *block, size_t rows);
void ck_block_avx512(const struct ck_block *block, size_t rows, int half);
/// Two blocks of one row of bfloat16, of the same x and k.
void ck_two_blocks_avx512(const struct ck_block *first, const struct ck_block *second);
// Whole panels of w's rows, for a k that is a multiple of 16: words of 32 bits, or bfloat16 that is widened.
void ck_pack_transposed_avx2(const uint32_t *w, size_t stride, size_t k, uint32_t *panel);
void ck_pack_widened_avx2(const uint16_t *w, size_t stride, size_t k, float *panel);
void ck_pack_transposed_avx512(const uint32_t *w, size_t stride, size_t k, uint32_t *panel);
void ck_pack_widened_avx512(const uint16_t *w, size_t stride, size_t k, float *panel);
void ck_turn_block_avx512(const uint32_t *block, uint32_t *turned);
#endif
