#pragma once
#include <stddef.h>
#include <stdint.h>
#include "ck_types.h"

/// y is x with the halves of each head's first `rotated` columns rotated: (a, b) → (a·cos − b·sin, b·cos + a·sin);
/// `direction` −1 is the inverse. y is of `dtype`; if that is float32, it may be x itself.
/// https://arxiv.org/abs/2104.09864
void ck_rotate(const float *x, size_t xs, void *y, size_t ys, enum ck_dtype dtype, const int32_t *positions,
               const float *cosines, const float *sines, size_t rows, size_t heads, size_t head_dim, size_t rotated,
               float direction);
