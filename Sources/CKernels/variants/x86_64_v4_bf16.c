#if defined(__x86_64__)
#define CK_TABLE ck_x86_64_v4_bf16
#define CK_NAME "x86-64-v4-bf16"
#define CK_NUMBER 2
#define CK_AVX512 1
#define CK_BFLOAT16_DOT 1
#include "system.h"
// Its functions say themselves what instructions they need.
#include "../x86/softmax_bf16.h"
// The whole width of the registers: sums that the compiler cuts by it keep the bits that they had.
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,avx512bf16,no-prefer-256-bit"))), \
                             apply_to = function)
#include "all.h"
#pragma clang attribute pop
#include "table_entry.h"
#endif
