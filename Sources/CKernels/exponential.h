#pragma once
#include <stdint.h>
#include <string.h>
#include "clones.h"

/// exp(x), relative error below 3e-7 on [-87, 88], clamped outside; written so that loops over it vectorise.
///
/// exp(x) = 2^n·exp(f), n = round(x/ln 2), |f| ≤ ln(2)/2, ln 2 split in two, exp(f) by its Taylor polynomial of degree 7.
CK_INLINE float ck_exp(float x) {
    x = x < -87.0f ? -87.0f : (x > 88.0f ? 88.0f : x);
    float shifted = x * 1.44269504088896341f + 12582912.0f;
    float n = shifted - 12582912.0f;
    float f = x - n * 0.693145751953125f;
    f = f - n * 1.428606765330187e-6f;
    float p = 1.9841270e-4f;
    p = p * f + 1.3888889e-3f;
    p = p * f + 8.3333333e-3f;
    p = p * f + 4.1666667e-2f;
    p = p * f + 1.6666667e-1f;
    p = p * f + 0.5f;
    p = p * f + 1.0f;
    p = p * f + 1.0f;
    int32_t bits = ((int32_t)n + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return p * power;
}
