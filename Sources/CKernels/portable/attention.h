#pragma once
#include "bfloat16.h"
#include "exponential.h"
#include "visible_keys.h"

// What attention's forward and backward share.

/// exp(scale·s − shift): by way of 2^x, which is faster, if the result is rounded to bfloat16.
CK_INLINE void ck_probability(const float *s, float scale, const lanes *shift, enum ck_dtype dtype, lanes *p) {
    if (dtype == CK_BFLOAT16) {
        *p = *(const lanes *)s * (scale * LOG2_E) - *shift * LOG2_E;
        ck_exp2(p);
    } else {
        *p = *(const lanes *)s * scale - *shift;
        ck_exp(p);
    }
}
