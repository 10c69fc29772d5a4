#pragma once
#include <stddef.h>
#include <stdint.h>

// What the kernels of CKernels.h take beside pointers and sizes.

/// What ck_activation_forward applies to every element.
enum ck_activation {
    /// max(x, 0)
    CK_RELU,
    /// x·Φ(x), Φ the normal distribution; absolute error of Φ below 2e-7
    CK_GELU,
    /// x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))
    CK_GELU_TANH,
    /// x/(1 + exp(-x))
    CK_SILU,
    CK_TANH,
};

/// A window that hides nothing.
enum : ptrdiff_t { CK_NO_WINDOW = (ptrdiff_t)1 << 40 };

/// What a score takes from relative positions: c2p[query, δ] + p2c[key, δ], δ = column[key − query] − first; either may
/// be NULL.
struct ck_positions {
    /// [queries, positions], a row for each of the tile's queries.
    float *c2p;
    size_t c2ps;
    /// [keys, positions], a row for each of the sequence's keys.
    float *p2c;
    size_t p2cs;
    /// Points at the entry of 0 and has entries on both sides.
    const int32_t *column;
    int32_t first;
    /// column[d] = column[0] + d where −reach ≤ d ≤ reach.
    ptrdiff_t reach;
};

/// y[rows, n] = add + x[rows, k]·w, w being [k, n] or, `transposed`, [n, k]. Every y[i, j] is summed in the order of k
/// alone, so it does not depend on how rows and columns are cut.
struct ck_product {
    const void *x;
    size_t xs;
    /// x lies column by column: x[i, j] at x[j·xs + i]; in bfloat16, the pair of columns j, j + 1 at word j/2·xs + i.
    int x_by_columns;
    const void *w;
    size_t ws;
    /// Where not NULL, w packed by ck_pack_panels: [n, k], in place of w; or, to be `turned` on the way, [k, n] in
    /// bfloat16.
    const void *panels;
    int turned;
    void *y;
    size_t ys;
    /// [rows, n] in float32: NULL, y itself, or another matrix.
    const float *add;
    size_t adds;
    size_t rows, k;
    /// Columns of y; read where `turned`.
    size_t columns;
    int transposed;
    /// x and w are bfloat16.
    int half;
    /// w is bfloat16 and x float32: w is widened as its panels are packed, once for all rows of x.
    int widens;
    /// y is bfloat16.
    int y_half;
    /// Takes the kernels that run on every CPU, for tests.
    int portable;
};
