#pragma once
#include <stddef.h>
#include <stdint.h>

/// One AdamW step in PyTorch's order: decay, moments, update; `step` counts from 1. https://arxiv.org/abs/1711.05101
void ck_adamw(float *restrict parameter, const float *restrict gradient, float *restrict m, float *restrict v,
              size_t count, double learning_rate, double beta1, double beta2, double epsilon, double weight_decay,
              uint64_t step);
