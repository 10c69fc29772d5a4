#pragma once
#include <stddef.h>
#include <stdint.h>
#include "panels.h"

// Which parts of a tile of scores are seen; see CKernels.h for how a tile lies.

/// Keys of a tile before `count`, which may lie outside of it.
static inline size_t keys_before(ptrdiff_t count, size_t columns) {
    return count < 0 ? 0 : (size_t)count < columns ? (size_t)count : columns;
}

/// Columns of a transposed tile whose queries see a key.
struct seeing {
    int32_t first, end;
};

/// Of `key`, counted from the tile's first.
static inline struct seeing seeing(size_t columns, size_t key, size_t group, ptrdiff_t first_visible,
                                   ptrdiff_t window) {
    // Query i sees the key where first_visible + i − window <= key < first_visible + i; its columns are i·group and on.
    ptrdiff_t query = (ptrdiff_t)key - first_visible + 1;
    size_t end = window > (ptrdiff_t)columns - query ? columns : keys_before((query + window) * (ptrdiff_t)group, columns);
    return (struct seeing){query <= 0 ? 0 : (int32_t)(query * (ptrdiff_t)group), (int32_t)end};
}

#if defined(__x86_64__)
// As the functions of the same names in CKernels.h, results in bfloat16.
void ck_attention_probabilities_avx512(float *s, size_t stride, float *o, float *maxima, float *sums, size_t rows,
                                       size_t columns, size_t head_dim, size_t group, ptrdiff_t first_visible,
                                       ptrdiff_t window, float scale, int is_first);
void ck_attention_gradients_avx512(float *s, float *dp, uint16_t *pairs, size_t stride, const float *log_sum_exp,
                                   const float *delta, size_t keys, size_t columns, size_t group,
                                   ptrdiff_t first_visible, ptrdiff_t window, float scale);
#endif
