#if defined(__x86_64__)
#define CK_TABLE ck_x86_64_v3
#define CK_NAME "x86-64-v3"
#define CK_NUMBER 2
#define CK_AVX2 1
#include "system.h"
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#include "all.h"
#pragma clang attribute pop
#include "table_entry.h"
#endif
