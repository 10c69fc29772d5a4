#pragma once
#include "types.h"

// Hot elementwise loops: pure functions over pointers and sizes, no state, no allocation.
// Matrices are row-major float32, or bfloat16 (as uint16_t) where a flag `half` says so; `*s` is a row stride in elements. Functions over a matrix work on `rows` rows, so a
// caller threads them by handing out row ranges.

// Every kernel exists once for each variant, a level of the instruction set; the functions below call the chosen one's.
// Chosen is the widest that the CPU has. The environment variable LORAD_KERNELS names a lower one: the CPU is taken for
// one that has nothing above it.

/// The names of the variants that this build has, narrowest first: "baseline" and, on x86-64, "x86-64-v3" (AVX2, FMA),
/// "x86-64-v4" (AVX-512), "x86-64-v4-bf16" (AVX512-BF16). NULL from their number on.
const char *ck_variant_name(size_t index);
/// Whether the running CPU has the variant; 0 where there is none of that index.
int ck_variant_runs(size_t index);
/// The chosen variant's name.
const char *ck_variant(void);
/// Takes the variant of that index from now on, which must run here. Not while a kernel runs.
void ck_choose_variant(size_t index);
/// What LORAD_KERNELS asked for where it was not taken: no variant's name, or one that this CPU lacks. Else NULL.
const char *ck_refused_variant(void);
/// The number of the chosen variant's arithmetic: it changes whenever the same operands may give other bits than before.
int ck_kernels_number(void);

/// Whether the chosen variant multiplies pairs of bfloat16 faster than float32.
int ck_has_bfloat16(void);
/// Columns of a panel, NR.
size_t ck_panel_columns(void);

/// Tells the CPU that this thread waits in a loop.
static inline void ck_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// y = x·r ⊙ w with r = 1/sqrt(mean(x²) + epsilon), kept in `r`.
void ck_rms_norm_forward(const float *x, size_t xs, const float *w, float epsilon, void *y, size_t ys, int half,
                         float *r, size_t rs, size_t rows, size_t columns);
/// dx (+)= r·(w ⊙ dy) − x·r³/d·Σ(w ⊙ dy ⊙ x).
void ck_rms_norm_backward(const float *dy, size_t dys, const float *x, size_t xs, const float *w, const float *r,
                          size_t rs, float *dx, size_t dxs, size_t rows, size_t columns, int accumulate);

/// y = (x − μ)·r ⊙ w + b with the row's mean μ and r = 1/sqrt(variance + epsilon), both kept in `statistics`.
void ck_layer_norm_forward(const float *x, size_t xs, const float *w, const float *b, float epsilon, void *y, size_t ys,
                           int half, float *statistics, size_t ss, size_t rows, size_t columns);
/// With x̂ = (x − μ)·r and g = w ⊙ dy: dx (+)= r·(g − mean(g) − x̂·mean(g ⊙ x̂)).
void ck_layer_norm_backward(const float *dy, size_t dys, const float *x, size_t xs, const float *w,
                            const float *statistics, size_t ss, float *dx, size_t dxs, size_t rows, size_t columns,
                            int accumulate);

/// y = f(x); x and y are bfloat16 where `half`.
void ck_activation_forward(enum ck_activation f, const void *x, size_t xs, void *y, size_t ys, size_t rows,
                           size_t columns, int half);
/// dx = dy ⊙ f′(x); may be dy itself.
void ck_activation_backward(enum ck_activation f, const void *dy, size_t dys, const void *x, size_t xs, void *dx,
                            size_t dxs, size_t rows, size_t columns, int half);

/// h = f(g) ⊙ u, all bfloat16 where `half`; for f = silu ck_swiglu_forward is quicker.
void ck_gated_forward(enum ck_activation f, const void *g, size_t gs, const void *u, size_t us, void *h, size_t hs,
                      size_t rows, size_t columns, int half);
/// dg = dh ⊙ u ⊙ f′(g), du = dh ⊙ f(g).
void ck_gated_backward(enum ck_activation f, const void *dh, size_t dhs, const void *g, size_t gs, const void *u,
                       size_t us, void *dg, size_t dgs, void *du, size_t dus, size_t rows, size_t columns, int half);

/// x becomes cap·tanh(x/cap).
void ck_soft_cap(float *x, size_t xs, size_t rows, size_t columns, float cap);
/// d ⊙= 1 − (y/cap)² for y = cap·tanh(x/cap); d is bfloat16 where `half`.
void ck_soft_cap_backward(const float *y, size_t ys, void *d, size_t ds, size_t rows, size_t columns, float cap,
                          int half);

/// y is x with the halves of each head's first `rotated` columns rotated: (a, b) → (a·cos − b·sin, b·cos + a·sin);
/// `direction` −1 is the inverse. y is bfloat16 where `half`, else it may be x itself.
void ck_rotate(const float *x, size_t xs, void *y, size_t ys, int half, const int32_t *positions, const float *cosines,
               const float *sines, size_t rows, size_t heads, size_t head_dim, size_t rotated, float direction);

/// h = g·sigmoid(g) ⊙ u. Relative error of the exponential: below 2e-7.
void ck_swiglu_forward(const void *g, size_t gs, const void *u, size_t us, void *h, size_t hs, size_t rows,
                       size_t columns, int half);
void ck_swiglu_backward(const void *dh, size_t dhs, const void *g, size_t gs, const void *u, size_t us, void *dg,
                        size_t dgs, void *du, size_t dus, size_t rows, size_t columns, int half);

/// y = x in bfloat16, to nearest, ties to even; and back.
void ck_narrow(const float *x, size_t xs, uint16_t *y, size_t ys, size_t rows, size_t columns);
void ck_widen(const uint16_t *x, size_t xs, float *y, size_t ys, size_t rows, size_t columns);

/// y += x.
void ck_add(const float *x, size_t xs, float *y, size_t ys, size_t rows, size_t columns);
/// x *= factor.
void ck_scale(float *x, size_t xs, float factor, size_t rows, size_t columns);
/// Σ x², in double.
double ck_squared_norm(const float *x, size_t xs, size_t rows, size_t columns);

/// log Σ exp(logits) of one row.
float ck_log_sum_exp(const float *logits, size_t columns);
/// gradient = (softmax − onehot(target))·scale of one row, which is overwritten; it may be the row's own memory. Returns
/// −log softmax[target].
float ck_cross_entropy(float *logits, size_t columns, int32_t target, float scale, void *gradient, int half);

// Attention works on a tile of scores: queries of the heads that share a key head, stacked, against a run of keys. Row
// i of the stack is query i / group; of the tile's keys it sees the last `window` of the first first_visible + i / group,
// all of these where the window is CK_NO_WINDOW; of all tiles it sees one at least. The stride is a multiple of 16 of at least the tile's width; what lies between is overwritten. With `half`
// results are bfloat16 in the first half of each row's memory.
/// Scores s become exp(scale·s − m), zero where unseen, m the row's maximum so far; what `o` and `sums` hold from earlier
/// tiles is rescaled to the new maximum. o is contiguous.
void ck_attention_probabilities(float *s, size_t stride, float *o, float *maxima, float *sums, size_t rows,
                                size_t columns, size_t head_dim, size_t group, ptrdiff_t first_visible,
                                ptrdiff_t window, float scale, int is_first, int half);
/// After the last tile: o is divided by the sums, and the sums become log Σ exp.
void ck_attention_normalise(float *o, size_t head_dim, const float *maxima, float *sums, size_t rows);
/// On the tile's transpose, a row a key: s become p = exp(scale·s − logSumExp), and dp becomes ds = p ⊙ (dp − delta)·scale;
/// zero where unseen. log_sum_exp and delta can be read up to the stride.
void ck_attention_gradients(float *s, float *dp, size_t stride, const float *log_sum_exp, const float *delta,
                            size_t keys, size_t columns, size_t group, ptrdiff_t first_visible, ptrdiff_t window,
                            float scale);
/// The same in bfloat16; `pairs` receives ds once more with two keys side by side, [keys/2][stride][2].
void ck_attention_gradients_half(float *s, float *dp, uint16_t *pairs, size_t stride, const float *log_sum_exp,
                                 const float *delta, size_t keys, size_t columns, size_t group,
                                 ptrdiff_t first_visible, ptrdiff_t window, float scale);
/// Soft cap: scores s become cap·tanh(scale·s/cap), for ck_attention_probabilities with a scale of 1.
void ck_attention_cap(float *s, size_t stride, size_t rows, size_t columns, float scale, float cap);
/// The same on the tile's transpose, and dp changes so that ck_attention_gradients with a scale of 1 gives the gradient
/// of the scores before cap and scale: dp' = (dp − delta)·(1 − tanh²)·scale + delta.
void ck_attention_cap_gradients(float *s, float *dp, size_t stride, const float *delta, size_t keys, size_t columns,
                                float scale, float cap);
/// dots[i] = a[i]·b[i], contiguous rows.
void ck_row_dots(const void *a, const void *b, float *dots, size_t rows, size_t columns, int half);

// Disentangled attention: a tile of scores holds `queries` queries of one sequence from `first_query` on against all of
// its keys. The stride is a multiple of 16 of at least `keys`; what lies between is overwritten.
/// Scores s become softmax(scale·(s + positions)) over the keys.
void ck_disentangled_probabilities(float *s, size_t stride, const struct ck_positions *positions, size_t first_query,
                                   size_t queries, size_t keys, float scale);
/// dp becomes ds = p ⊙ (dp − Σ p ⊙ dp)·scale, which is added to the positions' gradients too.
void ck_disentangled_gradients(const float *p, float *dp, size_t stride, const struct ck_positions *gradients,
                               size_t first_query, size_t queries, size_t keys, float scale);

/// y[n] = add[n] + dot(x, w[n]) for n < rows of w, which is bfloat16 where `half`; add may be NULL. Where apart > 0, for
/// n + apart too: memory is read faster as two streams, each in order, than as one.
void ck_gemv(const void *w, size_t ws, int half, const float *x, const float *add, void *y, int y_half, size_t rows,
             size_t columns, size_t apart);

/// The same with both factors in bfloat16; fast only where ck_has_bfloat16.
void ck_gemv_half(const uint16_t *w, size_t ws, const uint16_t *x, const float *add, void *y, int y_half, size_t rows,
                  size_t columns, size_t apart);

/// Bytes of the panels of w [columns, k].
size_t ck_panels_bytes(size_t columns, size_t k, int half);
/// Packs `count` panels of w [columns, k], each ck_panel_columns rows of it, from panel `first` on, for products x·wᵀ.
void ck_pack_panels(const void *w, size_t ws, size_t columns, size_t k, int half, size_t first, size_t count,
                    void *panels);
/// From the panels of w [columns, k] in bfloat16 makes `count` panels of wᵀ [k, columns] from panel `first` on;
/// `portable` as in ck_product.
void ck_turn_panels(const void *panels, size_t columns, size_t k, size_t first, size_t count, int portable,
                    void *turned);
/// Bytes of scratch memory that ck_product_part needs.
size_t ck_product_scratch(const struct ck_product *product);
/// Some rows and columns of the product; `first_column` is a multiple of ck_panel_columns.
void ck_product_part(const struct ck_product *product, size_t first_row, size_t rows, size_t first_column,
                     size_t columns, void *scratch);

// Products with one small dimension r, a LoRA rank.
/// turned[columns, rows] = bᵀ, both of few rows or few columns.
void ck_turn_skinny(const float *b, size_t bs, size_t rows, size_t columns, float *turned);
/// c[m, r] (+)= scale · x[m, k] · p[r, k]ᵀ.
void ck_skinny_right(const void *x, size_t xs, int half, const float *p, size_t ps, float *c, size_t cs, size_t m,
                     size_t k, size_t r, float scale, int accumulate);
/// y[m, n] (+)= scale · h[m, r] · b[r, n].
void ck_rank_update(const float *h, size_t hs, const float *b, size_t bs, void *y, size_t ys, int half, size_t m,
                    size_t n, size_t r, float scale, int accumulate);
/// g[r, n] (+)= scale · hᵀ · x with h[t, r], x[t, n].
void ck_skinny_left(const float *h, size_t hs, const void *x, size_t xs, int half, float *g, size_t gs, size_t t,
                    size_t n, size_t r, float scale, int accumulate);

/// y = x ⊙ mask/(1−p) or, with `accumulate`, y += …; the mask of element i comes from Philox at position first + i.
void ck_dropout(const void *x, void *y, int half, size_t count, float probability, uint64_t seed, uint32_t stream,
                uint64_t step, uint64_t first, int accumulate);
/// Philox-4x32-10: four words for a counter and a key.
void ck_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/// One AdamW step in PyTorch's order: decay, moments, update; `step` counts from 1.
void ck_adamw(float *restrict parameter, const float *restrict gradient, float *restrict m, float *restrict v,
              size_t count, double learning_rate, double beta1, double beta2, double epsilon, double weight_decay,
              uint64_t step);
