#include "CKernels.h"
#include "panels.h"

int ck_has_panels(int half) {
#if defined(__x86_64__)
    return ck_has_avx512(half) ? 1 : 0;
#else
    (void)half;
    return 0;
#endif
}

int ck_has_bfloat16(void) { return ck_has_panels(1); }

const char *ck_variant(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return "x86-64-v4";
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "x86-64-v3";
#endif
    return "baseline";
}
