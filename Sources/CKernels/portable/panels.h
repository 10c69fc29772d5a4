#pragma once
#include <stddef.h>
#include <stdint.h>
#include "../tuning.h"
#include "ck_types.h"

// A product works on panels: NR columns of the second factor, all k of them together, so that the innermost loop reads
// one contiguous stream. In float32 a panel is [k][NR]; in bfloat16 it is [k/2][NR][2], pairs along k side by side as
// the bfloat16 dot product wants them. What lies beyond the factor's edge is zero.

/// y[r, c] = add[r, c] + Σ_i x[r, i]·panel[i, c] for a block of up to MR rows and `columns` of the panel.
struct ck_block {
    /// The block's first row and column.
    struct ck_first_factor x;
    const void *panel;
    size_t k;
    struct ck_addend add;
    struct ck_result y;
    size_t columns;
};

/// Bytes of one packed panel.
static inline size_t ck_panel_bytes(size_t k, enum ck_dtype dtype) {
    return (dtype == CK_BFLOAT16 ? (k + 1) / 2 * 4 : k * 4) * NR;
}
