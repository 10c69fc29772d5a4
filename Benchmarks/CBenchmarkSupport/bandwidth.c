#include "CBenchmarkSupport.h"

// Twelve sums of a register each, as in a product's inner loop: additions never wait for one another, and nothing is read.
#define MULTIPLY_ADD(WIDTH)                                                                                  \
    typedef float vector __attribute__((vector_size(WIDTH * 4)));                                            \
    vector sums[12] = {0}, factor, addend;                                                                   \
    for (int lane = 0; lane < WIDTH; lane++) factor[lane] = 0.999f, addend[lane] = 1e-3f;                    \
    for (size_t i = 0; i < iterations; i++) {                                                                \
        _Pragma("clang loop unroll(full)") for (int s = 0; s < 12; s++) sums[s] = sums[s] * factor + addend; \
        __asm__ volatile("" : "+x"(factor));                                                                 \
    }                                                                                                        \
    float sum = 0;                                                                                           \
    for (int s = 0; s < 12; s++) sum += sums[s][0];                                                          \
    return sum;

#pragma clang fp contract(fast)
#if defined(__x86_64__)
__attribute__((target("arch=x86-64-v3"))) static float multiply_add_8(size_t iterations) { MULTIPLY_ADD(8) }
__attribute__((target("arch=x86-64-v4"))) static float multiply_add_16(size_t iterations) { MULTIPLY_ADD(16) }
#endif
static float multiply_add_4(size_t iterations) {
#if defined(__x86_64__)
    MULTIPLY_ADD(4)
#else
    float sum = 0;
    for (size_t i = 0; i < 48 * iterations; i++) sum = sum * 0.999f + 1e-3f;
    return sum;
#endif
}

float cb_multiply_add(int width, size_t iterations) {
#if defined(__x86_64__)
    if (width == 16) return multiply_add_16(iterations);
    if (width == 8) return multiply_add_8(iterations);
#endif
    return multiply_add_4(iterations);
}

// Eight sums, so that additions never wait for one another and only memory limits the loop. Vector code by the widest
// instructions of the CPU, as in CKernels.
#if defined(__x86_64__) && defined(__linux__)
__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
float cb_read(const float *values, size_t count) {
    float sums[128] = {0};
    size_t index = 0;
    for (; index + 128 <= count; index += 128) {
        for (int lane = 0; lane < 128; lane++) sums[lane] += values[index + lane];
    }
    float sum = 0;
    for (int lane = 0; lane < 128; lane++) sum += sums[lane];
    for (; index < count; index++) sum += values[index];
    return sum;
}
