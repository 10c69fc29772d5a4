#pragma once
#include <stddef.h>
#include "ck_types.h"

// Products with one small dimension r, a LoRA rank (https://arxiv.org/abs/2106.09685), in which a general product would
// spend its time on packing.

/// transposed[columns, rows] = bᵀ, for a b of few rows or few columns.
void ck_transpose(const float *b, size_t bs, size_t rows, size_t columns, float *transposed);
/// Down to the rank: c[m, r] (+)= scale · x[m, k] · p[r, k]ᵀ.
void ck_low_rank_down(const void *x, size_t xs, enum ck_dtype dtype, const float *p, size_t ps, float *c, size_t cs,
                      size_t m, size_t k, size_t r, float scale, enum ck_write write);
/// Up from the rank: y[m, n] (+)= scale · h[m, r] · b[r, n].
void ck_low_rank_up(const float *h, size_t hs, const float *b, size_t bs, void *y, size_t ys, enum ck_dtype dtype,
                    size_t m, size_t n, size_t r, float scale, enum ck_write write);
/// The gradient of a low-rank factor: g[r, n] (+)= scale · hᵀ · x with h[t, r], x[t, n].
void ck_low_rank_gradient(const float *h, size_t hs, const void *x, size_t xs, enum ck_dtype dtype, float *g, size_t gs,
                          size_t t, size_t n, size_t r, float scale, enum ck_write write);
