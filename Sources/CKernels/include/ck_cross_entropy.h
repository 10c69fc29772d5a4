#pragma once
#include <stddef.h>
#include <stdint.h>
#include "ck_types.h"

/// log Σ exp(logits) of one row.
float ck_log_sum_exp(const float *logits, size_t columns);
/// gradient = (softmax − onehot(target))·scale of one row of logits, which are overwritten. The gradient is of `dtype`
/// and may be the row's own memory. Returns −log softmax[target].
float ck_cross_entropy(float *logits, size_t columns, int32_t target, float scale, void *gradient, enum ck_dtype dtype);
/// The same against (1 − smoothing)·onehot(target) + smoothing/columns: PyTorch's cross_entropy with label_smoothing.
float ck_smoothed_cross_entropy(float *logits, size_t columns, int32_t target, float smoothing, float scale,
                                void *gradient, enum ck_dtype dtype);
