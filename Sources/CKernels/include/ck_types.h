#pragma once
#include <stddef.h>
#include <stdint.h>

// What the kernels take beside pointers and sizes.

/// What a matrix's elements are stored as.
enum ck_dtype {
    CK_FLOAT32,
    /// The upper half of a float32, held as uint16_t. It is rounded to nearest, ties to even.
    CK_BFLOAT16,
};

/// What becomes of a result's elements.
enum ck_write {
    /// They are overwritten.
    CK_ASSIGN,
    /// They are added to.
    CK_ACCUMULATE,
};

/// A function of one element.
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

// Attention by tiles, https://arxiv.org/abs/2205.14135.

/// A window that hides nothing.
enum : ptrdiff_t { CK_NO_WINDOW = (ptrdiff_t)1 << 40 };

/// Scores of some queries against a run of keys. The queries of the heads that share a key head are stacked: row i of
/// the stack belongs to query i / group.
struct ck_attention_tile {
    /// [queries, keys] in forward, [keys, queries] in backward.
    float *scores;
    /// A multiple of 16 of at least the tile's width; what lies between is overwritten.
    size_t stride;
    /// Rows of the stack: queries times `group`.
    size_t queries;
    size_t keys;
    /// Query heads that share a key head.
    size_t group;
    /// Row i of the stack sees the last `window` of the tile's first first_visible + i / group keys, which may be none
    /// of the tile's, but over all tiles is at least one key.
    ptrdiff_t first_visible;
    /// CK_NO_WINDOW if nothing is hidden.
    ptrdiff_t window;
    /// The factor on the scores.
    float scale;
    /// What probabilities and gradients are stored in: bfloat16 takes the first half of each row's memory.
    enum ck_dtype dtype;
};

/// What is carried from tile to tile: an online softmax (Milakov and Gimelshein, https://arxiv.org/abs/1805.02867).
struct ck_online_softmax {
    /// [queries, head_dim], contiguous: the sum of the values, each times its probability.
    float *output;
    size_t head_dim;
    /// [queries]: the highest score so far.
    float *maxima;
    /// [queries]: the sum of the probabilities so far; after ck_attention_normalise log Σ exp(scores).
    float *sums;
};

/// Where in its row of tiles a tile stands.
enum ck_tile_place {
    /// Nothing is carried yet.
    CK_FIRST_TILE,
    CK_LATER_TILE,
};

/// What the gradient of the scores is computed from.
struct ck_score_gradients {
    /// [keys, queries], strides as the tile's: the gradient of the probabilities, which becomes that of the scores.
    float *dp;
    /// If the tile's dtype is bfloat16: receives the result once more, two keys side by side, [keys/2][stride][2].
    uint16_t *pairs;
    /// [queries], readable up to the tile's stride: log Σ exp(scores).
    const float *log_sum_exp;
    /// [queries], readable up to the tile's stride: Σ dO ⊙ O.
    const float *delta;
};

/// What a score gains by relative positions: c2p[query, δ] + p2c[key, δ], δ = column[key − query] − first; either may
/// be NULL.
struct ck_positions {
    /// Content to position: [queries, positions], a row for each of the tile's queries.
    float *c2p;
    size_t c2ps;
    /// Position to content: [keys, positions], a row for each of the sequence's keys.
    float *p2c;
    size_t p2cs;
    /// Points at the entry of 0 and has entries on both sides.
    const int32_t *column;
    int32_t first;
    /// column[d] = column[0] + d if −reach ≤ d ≤ reach.
    ptrdiff_t reach;
};

// Products.

/// How the elements of a product's first factor follow one another.
enum ck_order {
    CK_ROW_MAJOR,
    /// x[i, j] at x[j·stride + i]; in bfloat16, the pair of columns j, j + 1 at word j/2·stride + i.
    CK_COLUMN_MAJOR,
};

/// What the memory of a product's second factor [k, columns] holds.
enum ck_form {
    /// [k, columns]
    CK_PLAIN,
    /// [columns, k]
    CK_TRANSPOSED,
    /// The panels that ck_pack_panels makes of [columns, k].
    CK_PACKED,
    /// The panels of bfloat16 that ck_pack_panels makes of [k, columns]; they are transposed on the way.
    CK_PACKED_TRANSPOSED,
};

/// Which code computes a product. Both give the same numbers but for rounding.
enum ck_backend {
    /// The variant's own instructions.
    CK_NATIVE,
    /// What runs on every CPU; for tests.
    CK_PORTABLE,
};

struct ck_first_factor {
    const void *start;
    size_t stride;
    enum ck_dtype dtype;
    enum ck_order order;
};

struct ck_second_factor {
    const void *start;
    /// Read if the form is plain or transposed.
    size_t stride;
    enum ck_dtype dtype;
    enum ck_form form;
};

struct ck_result {
    void *start;
    size_t stride;
    enum ck_dtype dtype;
};

struct ck_addend {
    /// NULL if nothing is added.
    const float *start;
    size_t stride;
};

/// y [rows, columns] = add + x [rows, k] · w [k, columns]. Every y[i, j] is summed in the order of k alone, so it does
/// not depend on how rows and columns are cut.
struct ck_product {
    struct ck_first_factor x;
    /// Of x's dtype; or bfloat16 while x is float32: w is then widened as its panels are packed, once for all rows of
    /// x.
    struct ck_second_factor w;
    /// May be y itself.
    struct ck_addend add;
    struct ck_result y;
    size_t rows, k, columns;
    enum ck_backend backend;
};
