#if defined(__x86_64__)
#define CK_TABLE ck_x86_64_v4
#define CK_NAME "x86-64-v4"
#define CK_NUMBER 2
#define CK_AVX512 1
#include "system.h"
// The whole width of the registers: sums that the compiler cuts by it keep the bits that they had.
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,no-prefer-256-bit"))), apply_to = function)
#include "all.h"
#pragma clang attribute pop
#include "table_entry.h"
#endif
