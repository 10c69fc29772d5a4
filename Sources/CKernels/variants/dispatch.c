#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "CKernels.h"
#include "kernel_table.h"

static const struct ck_kernels *const variants[] = {
    &ck_baseline,
#if defined(__x86_64__)
    &ck_x86_64_v3,
    &ck_x86_64_v4,
    &ck_x86_64_v4_bf16,
#endif
};
enum { VARIANTS = sizeof variants / sizeof *variants };

static const struct ck_kernels *chosen = &ck_baseline;
static const char *refused;
/// Of the CPU's variants, the widest that LORAD_KERNELS leaves.
static size_t widest = VARIANTS - 1;

/// Whether products of bfloat16 take longer by their instruction than by multiply-adds of float32. In two cycles Intel's
/// cores begin one instruction of 32 products, or four of 16 multiply-adds (a core of Emerald Rapids, registers alone: 102
/// and 218 GFLOP/s), and AMD's two of either. Cooper Lake was not measured, and passes for one that is fast.
static int is_slow_with_pairs(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_is("intel") && !__builtin_cpu_is("cooperlake");
#else
    return 0;
#endif
}

static _Atomic int widens_bfloat16;

int ck_widens_bfloat16(void) { return atomic_load_explicit(&widens_bfloat16, memory_order_relaxed); }
void ck_widen_bfloat16(int widens) { atomic_store_explicit(&widens_bfloat16, widens, memory_order_relaxed); }

const char *ck_variant_name(size_t index) { return index < VARIANTS ? variants[index]->name : NULL; }

/// Of the levels as the x86-64 psABI defines them, what kernels use.
int ck_variant_runs(size_t index) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    int v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
             __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("f16c") && __builtin_cpu_supports("lzcnt");
    int v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl");
    const int runs[VARIANTS] = {1, v3, v4, v4 && __builtin_cpu_supports("avx512bf16")};
#else
    const int runs[VARIANTS] = {1};
#endif
    return index <= widest ? runs[index] : 0;
}

void ck_choose_variant(size_t index) {
    if (!ck_variant_runs(index)) abort();
    chosen = variants[index];
}

/// Before main and any thread, so that nothing is computed by another variant than what follows.
__attribute__((constructor)) static void choose(void) {
    const char *wanted = getenv("LORAD_KERNELS");
    int isKnown = !wanted || !*wanted;
    while (!ck_variant_runs(widest)) widest--;
    for (size_t i = 0; i <= widest && !isKnown; i++) {
        if (strcmp(wanted, variants[i]->name) != 0) continue;
        isKnown = 1;
        widest = i;
    }
    if (!isKnown) refused = wanted;
    ck_choose_variant(widest);
    ck_widen_bfloat16(is_slow_with_pairs());
}

const char *ck_refused_variant(void) { return refused; }
const char *ck_variant(void) { return chosen->name; }
int ck_kernels_number(void) { return chosen->number; }
int ck_has_bfloat16(void) { return chosen->has_bfloat16; }
size_t ck_panel_columns(void) { return chosen->panel_columns; }

// The functions of CKernels.h: each is the chosen variant's. `return` of a void call is an extension that both
// compilers know.
#define CK_KERNEL(result, function, parameters, arguments) \
    result function parameters { return chosen->function arguments; }
#include "kernels.def"
