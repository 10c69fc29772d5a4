#pragma once
#include <stddef.h>
#include <stdint.h>
#include "ck_types.h"

/// y (+)= x ⊙ mask/(1 − p), both of `dtype`; the mask of element i comes from Philox at position first + i.
void ck_dropout(const void *x, void *y, enum ck_dtype dtype, size_t count, float probability, uint64_t seed,
                uint32_t stream, uint64_t step, uint64_t first, enum ck_write write);
/// x += magnitude·u, u uniform in [−1, 1) of 24 bits; that of element i comes from Philox at position first + i. Every
/// variant rounds alike.
void ck_add_noise(float *x, size_t count, float magnitude, uint64_t seed, uint32_t stream, uint64_t step,
                  uint64_t first);
/// Philox-4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): four words for a counter and
/// a key.
void ck_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);
