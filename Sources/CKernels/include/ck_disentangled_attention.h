#pragma once
#include <stddef.h>
#include <stdint.h>
#include "ck_types.h"

// Disentangled attention, https://arxiv.org/abs/2006.03654: a tile of scores holds `queries` queries of one sequence
// from `first_query` on against all of its keys. The stride is a multiple of 16 of at least `keys`; what lies between
// is overwritten.

/// Scores s become softmax(scale·(s + positions)) over the keys.
void ck_disentangled_probabilities(float *s, size_t stride, const struct ck_positions *positions, size_t first_query,
                                   size_t queries, size_t keys, float scale);
/// dp becomes ds = p ⊙ (dp − Σ p ⊙ dp)·scale, which is added to the positions' gradients too.
void ck_disentangled_gradients(const float *p, float *dp, size_t stride, const struct ck_positions *gradients,
                               size_t first_query, size_t queries, size_t keys, float scale);
