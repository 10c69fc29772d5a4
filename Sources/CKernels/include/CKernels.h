#pragma once
#include <stddef.h>
#include <stdint.h>

// Hot elementwise loops: pure functions over pointers and sizes, no state, no allocation.
// Matrices are row-major float32; `*s` is a row stride in elements. Functions over a matrix work on `rows` rows, so a
// caller threads them by handing out row ranges.

/// Widest instruction set that the running CPU lets these kernels use: "x86-64-v4", "x86-64-v3" or "baseline".
const char *ck_variant(void);

/// Tells the CPU that this thread waits in a loop.
static inline void ck_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// y = x·r ⊙ w with r = 1/sqrt(mean(x²) + epsilon), kept in `r`.
void ck_rms_norm_forward(const float *x, size_t xs, const float *w, float epsilon, float *y, size_t ys, float *r,
                         size_t rs, size_t rows, size_t columns);
/// dx (+)= r·(w ⊙ dy) − x·r³/d·Σ(w ⊙ dy ⊙ x).
void ck_rms_norm_backward(const float *dy, size_t dys, const float *x, size_t xs, const float *w, const float *r,
                          size_t rs, float *dx, size_t dxs, size_t rows, size_t columns, int accumulate);

/// Rotates the halves of each head in place: (a, b) → (a·cos − b·sin, b·cos + a·sin); `direction` −1 is the inverse.
void ck_rotate(float *x, size_t xs, const int32_t *positions, const float *cosines, const float *sines, size_t rows,
               size_t heads, size_t head_dim, float direction);

/// h = g·sigmoid(g) ⊙ u. Relative error of the exponential: below 2e-7.
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

// Attention works on a tile of scores: queries of the heads that share a key head, against a run of keys. Row i is
// query i / group; it may see first_visible + i / group of the tile's keys, at least one of the first tile's. The
// stride is a multiple of 16 of at least `columns`; what lies between is overwritten.
/// Scores s become exp(s − m), zero where unseen, m the row's maximum so far; what `o` and `sums` hold from earlier
/// tiles is rescaled to the new maximum. o is contiguous.
void ck_attention_probabilities(float *s, size_t stride, float *o, float *maxima, float *sums, size_t rows,
                                size_t columns, size_t head_dim, size_t group, ptrdiff_t first_visible, int is_first);
/// After the last tile: o is divided by the sums, and the sums become log Σ exp.
void ck_attention_normalise(float *o, size_t head_dim, const float *maxima, float *sums, size_t rows);
/// Scores s become p = exp(s − logSumExp), and dp becomes ds = p ⊙ (dp − delta)·scale; zero where unseen.
void ck_attention_gradients(float *s, float *dp, size_t stride, const float *log_sum_exp, const float *delta,
                            size_t rows, size_t columns, size_t group, ptrdiff_t first_visible, float scale);
/// dots[i] = a[i]·b[i], contiguous rows.
void ck_row_dots(const float *a, const float *b, float *dots, size_t rows, size_t columns);

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

/// One AdamW step in PyTorch's order: decay, moments, update; `step` counts from 1.
void ck_adamw(float *restrict parameter, const float *restrict gradient, float *restrict m, float *restrict v,
              size_t count, double learning_rate, double beta1, double beta2, double epsilon, double weight_decay,
              uint64_t step);
