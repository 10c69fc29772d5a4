#pragma once
#include <stddef.h>
#include "ck_types.h"

/// A variant's own functions.
struct ck_kernels {
    const char *name;
    /// See ck_kernels_number.
    int number;
    int has_bfloat16;
    size_t panel_columns;
#define CK_KERNEL(result, function, parameters, arguments) result(*function) parameters;
#include "kernels.def"
#undef CK_KERNEL
};

extern const struct ck_kernels ck_baseline;
#if defined(__x86_64__)
extern const struct ck_kernels ck_x86_64_v3, ck_x86_64_v4, ck_x86_64_v4_bf16;
#endif
