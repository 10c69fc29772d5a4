#pragma once
#include <stddef.h>
#include "ck_types.h"

/// y = x·r ⊙ w with r = 1/sqrt(mean(x²) + epsilon), saved in `r`. https://arxiv.org/abs/1910.07467
void ck_rms_norm_forward(const float *x, size_t xs, const float *w, float epsilon, void *y, size_t ys,
                         enum ck_dtype dtype, float *r, size_t rs, size_t rows, size_t columns);
/// dx (+)= r·(w ⊙ dy) − x·r³/d·Σ(w ⊙ dy ⊙ x). dx may be dy itself if it is assigned.
void ck_rms_norm_backward(const float *dy, size_t dys, const float *x, size_t xs, const float *w, const float *r,
                          size_t rs, float *dx, size_t dxs, size_t rows, size_t columns, enum ck_write write);

/// y = (x − μ)·r ⊙ w + b with the row's mean μ and r = 1/sqrt(variance + epsilon), both saved in `statistics`.
/// https://arxiv.org/abs/1607.06450
void ck_layer_norm_forward(const float *x, size_t xs, const float *w, const float *b, float epsilon, void *y, size_t ys,
                           enum ck_dtype dtype, float *statistics, size_t ss, size_t rows, size_t columns);
/// With x̂ = (x − μ)·r and g = w ⊙ dy: dx (+)= r·(g − mean(g) − x̂·mean(g ⊙ x̂)). dx may be dy itself if it is
/// assigned.
void ck_layer_norm_backward(const float *dy, size_t dys, const float *x, size_t xs, const float *w,
                            const float *statistics, size_t ss, float *dx, size_t dxs, size_t rows, size_t columns,
                            enum ck_write write);

/// dw += Σ dy ⊙ x·r over the rows, one after the other.
void ck_rms_norm_gradient(const float *dy, size_t dys, const float *x, size_t xs, const float *r, size_t rs, float *dw,
                          size_t rows, size_t columns);
/// dw += Σ dy ⊙ (x − μ)·r and db += Σ dy over the rows, one after the other; neither where its place is null.
void ck_layer_norm_gradients(const float *dy, size_t dys, const float *x, size_t xs, const float *statistics, size_t ss,
                             float *dw, float *db, size_t rows, size_t columns);
