#pragma once
#include <stddef.h>
#include <stdint.h>
#include "ck_types.h"

// Attention by tiles, https://arxiv.org/abs/2205.14135.

/// Scores s become exp(scale·s − m), zero where unseen, m the row's maximum so far; what `softmax` carries from earlier
/// tiles is rescaled to the new maximum.
void ck_attention_probabilities(const struct ck_attention_tile *tile, const struct ck_online_softmax *softmax,
                                enum ck_tile_place place);
/// After the last tile: outputs are divided by the sums, and the sums become log Σ exp.
void ck_attention_normalise(const struct ck_online_softmax *softmax, size_t queries);
/// On the tile's transpose: scores s become p = exp(scale·s − logSumExp), and dp becomes ds = p ⊙ (dp − delta)·scale;
/// both zero where unseen.
void ck_attention_gradients(const struct ck_attention_tile *tile, const struct ck_score_gradients *gradients);
/// Soft cap: scores s become cap·tanh(scale·s/cap), for ck_attention_probabilities with a scale of 1.
void ck_attention_cap(const struct ck_attention_tile *tile, float cap);
/// The same on the tile's transpose, and dp changes so that ck_attention_gradients with a scale of 1 gives the gradient
/// of the scores before cap and scale: dp' = (dp − delta)·(1 − tanh²)·scale + delta.
void ck_attention_cap_gradients(const struct ck_attention_tile *tile, const struct ck_score_gradients *gradients,
                                float cap);
/// dots[i] = a[i]·b[i], contiguous rows of `dtype`.
void ck_row_dots(const void *a, const void *b, float *dots, size_t rows, size_t columns, enum ck_dtype dtype);
