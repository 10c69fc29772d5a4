#include "CBenchmarkSupport.h"

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
