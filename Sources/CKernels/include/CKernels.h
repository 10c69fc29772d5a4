#pragma once
#include <stddef.h>
#include <stdint.h>

// Hot elementwise loops: pure functions over pointers and sizes, no state, no allocation.
// Matrices are row-major float32; `*s` is a row stride in elements. Functions over a matrix work on `rows` rows, so a
// caller threads them by handing out row ranges.

/// Widest instruction set that the running CPU lets these kernels use: "x86-64-v4", "x86-64-v3" or "baseline".
const char *ck_variant(void);

/// y = x·r ⊙ w with r = 1/sqrt(mean(x²) + epsilon), kept in `r`.
void ck_rms_norm_forward(const float *x, size_t xs, const float *w, float epsilon, float *y, size_t ys, float *r,
                         size_t rs, size_t rows, size_t columns);
/// dx (+)= r·(w ⊙ dy) − x·r³/d·Σ(w ⊙ dy ⊙ x).
void ck_rms_norm_backward(const float *dy, size_t dys, const float *x, size_t xs, const float *w, const float *r,
                          size_t rs, float *dx, size_t dxs, size_t rows, size_t columns, int accumulate);

/// Rotates the halves of each head in place: (a, b) → (a·cos − b·sin, b·cos + a·sin); `direction` −1 is the inverse.
void ck_rotate(float *x, size_t xs, const int32_t *positions, const float *cosines, const float *sines, size_t rows,
               size_t heads, size_t head_dim, float direction);

/// h = g·sigmoid(g) ⊙ u. Relative error of the exponential: below 3e-7.
void ck_swiglu_forward(const float *g, size_t gs, const float *u, size_t us, float *h, size_t hs, size_t rows,
                       size_t columns);
void ck_swiglu_backward(const float *dh, size_t dhs, const float *g, size_t gs, const float *u, size_t us, float *dg,
                        size_t dgs, float *du, size_t dus, size_t rows, size_t columns);

/// y += x.
void ck_add(const float *x, size_t xs, float *y, size_t ys, size_t rows, size_t columns);
/// x *= factor.
void ck_scale(float *x, size_t xs, float factor, size_t rows, size_t columns);
/// Σ x², in double.
double ck_squared_norm(const float *x, size_t xs, size_t rows, size_t columns);

/// log Σ exp(logits) of one row.
float ck_log_sum_exp(const float *logits, size_t columns);
/// One row becomes (softmax − onehot(target))·scale; returns −log softmax[target].
float ck_cross_entropy(float *logits, size_t columns, int32_t target, float scale);

/// Causal attention of one group of query heads that share a key/value head, over one span.
///
/// Query row i stands at position key_count − query_count + i. q has `group` heads side by side; k, v one head.
void ck_attention_forward(const float *q, size_t qs, const float *k, size_t ks, const float *v, size_t vs, float *o,
                          size_t os, float *log_sum_exp, size_t ls, size_t query_count, size_t key_count,
                          size_t group, size_t head_dim, float scale);
/// Assigns dq, dk and dv of the same group and span; needs query_count == key_count.
void ck_attention_backward(const float *d_o, size_t dos, const float *q, size_t qs, const float *k, size_t ks,
                           const float *v, size_t vs, const float *o, size_t os, const float *log_sum_exp, size_t ls,
                           float *dq, size_t dqs, float *dk, size_t dks, float *dv, size_t dvs, size_t count,
                           size_t group, size_t head_dim, float scale);
/// Largest head_dim that the attention kernels take.
enum { CK_MAX_HEAD_DIM = 256 };

/// y[n] (+)= dot(x, w[n]) for `rows` rows of w.
void ck_gemv(const float *w, size_t ws, const float *x, float *y, size_t rows, size_t columns, int accumulate);

// Products with one small dimension r, a LoRA rank. `p` is packed [k][width], width a multiple of 16, zero padded.
/// c[m, r] (+)= scale · x[m, k] · p[k, r].
void ck_skinny_right(const float *x, size_t xs, const float *p, size_t width, float *c, size_t cs, size_t m, size_t k,
                     size_t r, float scale, int accumulate);
/// y[m, n] (+)= scale · h[m, r] · b[r, n].
void ck_rank_update(const float *h, size_t hs, const float *b, size_t bs, float *y, size_t ys, size_t m, size_t n,
                    size_t r, float scale, int accumulate);
/// g[r, n] (+)= scale · hᵀ · x with h[t, r], x[t, n].
void ck_skinny_left(const float *h, size_t hs, const float *x, size_t xs, float *g, size_t gs, size_t t, size_t n,
                    size_t r, float scale, int accumulate);

/// y = x ⊙ mask/(1−p) or, with `accumulate`, y += …; the mask of element i comes from Philox at position first + i.
void ck_dropout(const float *x, float *y, size_t count, float probability, uint64_t seed, uint32_t stream,
                uint64_t step, uint64_t first, int accumulate);
/// Philox-4x32-10: four words for a counter and a key.
void ck_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/// One AdamW step in PyTorch's order: decay, moments, update.
void ck_adamw(float *parameter, const float *gradient, float *m, float *v, size_t count, float learning_rate,
              float beta1, float beta2, float epsilon, float weight_decay, double bias1, double bias2);
