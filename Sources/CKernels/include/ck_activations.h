#pragma once
#include <stddef.h>
#include "ck_types.h"

/// y = f(x), both of `dtype`.
void ck_activation_forward(enum ck_activation f, const void *x, size_t xs, void *y, size_t ys, size_t rows,
                           size_t columns, enum ck_dtype dtype);
/// dx = dy ⊙ f′(x), all of `dtype`; dx may be dy itself.
void ck_activation_backward(enum ck_activation f, const void *dy, size_t dys, const void *x, size_t xs, void *dx,
                            size_t dxs, size_t rows, size_t columns, enum ck_dtype dtype);

/// h = f(g) ⊙ u, all of `dtype`; for f = silu ck_swiglu_forward is quicker. https://arxiv.org/abs/2002.05202
void ck_gated_forward(enum ck_activation f, const void *g, size_t gs, const void *u, size_t us, void *h, size_t hs,
                      size_t rows, size_t columns, enum ck_dtype dtype);
/// dg = dh ⊙ u ⊙ f′(g), du = dh ⊙ f(g), all of `dtype`; either may be one of the inputs.
void ck_gated_backward(enum ck_activation f, const void *dh, size_t dhs, const void *g, size_t gs, const void *u,
                       size_t us, void *dg, size_t dgs, void *du, size_t dus, size_t rows, size_t columns,
                       enum ck_dtype dtype);

/// h = g·sigmoid(g) ⊙ u, all of `dtype`. Relative error of the exponential: below 2e-7.
void ck_swiglu_forward(const void *g, size_t gs, const void *u, size_t us, void *h, size_t hs, size_t rows,
                       size_t columns, enum ck_dtype dtype);
/// Its gradients, all of `dtype`; either may be one of the inputs.
void ck_swiglu_backward(const void *dh, size_t dhs, const void *g, size_t gs, const void *u, size_t us, void *dg,
                        size_t dgs, void *du, size_t dus, size_t rows, size_t columns, enum ck_dtype dtype);

/// x becomes cap·tanh(x/cap).
void ck_soft_cap(float *x, size_t xs, size_t rows, size_t columns, float cap);
/// d ⊙= 1 − (y/cap)² for y = cap·tanh(x/cap); d is of `dtype`.
void ck_soft_cap_backward(const float *y, size_t ys, void *d, size_t ds, size_t rows, size_t columns, float cap,
                          enum ck_dtype dtype);
