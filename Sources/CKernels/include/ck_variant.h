#pragma once
#include <stddef.h>

// Every kernel exists once for each variant, a level of the instruction set, and each function of these headers calls
// the chosen variant's. By default that is the widest that the CPU has. The environment variable LORAD_KERNELS may name
// a lower one: the CPU is then treated as one that has nothing above it.

/// The names of the variants that this build has, narrowest first: "baseline" and, on x86-64, "x86-64-v3" (AVX2, FMA),
/// "x86-64-v4" (AVX-512), "x86-64-v4-bf16" (AVX512-BF16). NULL when `index` is beyond the last.
const char *ck_variant_name(size_t index);
/// Whether the running CPU has the variant; 0 if there is none of that index.
int ck_variant_runs(size_t index);
/// The chosen variant's name.
const char *ck_variant(void);
/// Uses the variant of that index from now on, which must run here. Not while a kernel runs.
void ck_choose_variant(size_t index);
/// What LORAD_KERNELS asked for if it was refused: no variant's name, or one that this CPU lacks. Else NULL.
const char *ck_refused_variant(void);
/// The number of the chosen variant's arithmetic: it changes whenever the same operands may give other bits than
/// before.
int ck_kernels_number(void);

/// Whether the chosen variant has an instruction for products of bfloat16.
int ck_has_bfloat16(void);
/// Whether x86-64-v4-bf16 computes products of bfloat16 by multiply-adds of float32, to the same bits as by that
/// instruction: on CPUs where it is the slower way. A table of CPUs, never a timing.
int ck_widens_bfloat16(void);
/// Decides that anew, for tests and measurements.
void ck_widen_bfloat16(int widens);
/// Columns of a packed panel, NR.
size_t ck_panel_columns(void);

/// Tells the CPU that this thread waits in a loop.
static inline void ck_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}
