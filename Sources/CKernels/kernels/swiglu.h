#pragma once
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
// One row of ck_swiglu_forward and ck_swiglu_backward in bfloat16.
void ck_swiglu_row_avx512(const uint16_t *g, const uint16_t *u, uint16_t *h, size_t columns);
void ck_swiglu_gradient_row_avx512(const uint16_t *dh, const uint16_t *g, const uint16_t *u, uint16_t *dg,
                                   uint16_t *du, size_t columns);
#endif
