#pragma once
#include "constants.h"
#include "lanes.h"

/// x becomes exp(x): relative error below 2e-7 on [-87, 88], clamped outside; NaN stays NaN.
///
/// exp(x) = 2^n·exp(f), n = round(x/ln 2), |f| ≤ ln(2)/2, ln 2 split in two, exp(f) by its Taylor polynomial of
/// degree 7.
CK_INLINE void ck_exp(lanes *x) {
    lanes zero = {0};
    int_lanes nan = *x != *x;
    lanes clamped = __builtin_elementwise_min(__builtin_elementwise_max(*x, zero - 87.0f), zero + 88.0f);
    // Adding 1.5·2^23 leaves no bit for a fraction: rounding to nearest that needs no instruction of its own.
    lanes shifted = clamped * LOG2_E + 12582912.0f;
    lanes n = shifted - 12582912.0f;
    lanes f = clamped - n * 0.693145751953125f;
    f = f - n * 1.428606765330187e-6f;
    lanes p = zero + 1.9841270e-4f;
    p = p * f + 1.3888889e-3f;
    p = p * f + 8.3333333e-3f;
    p = p * f + 4.1666667e-2f;
    p = p * f + 1.6666667e-1f;
    p = p * f + 0.5f;
    p = p * f + 1.0f;
    p = p * f + 1.0f;
    int_lanes power = (__builtin_convertvector(n, int_lanes) + 127) << 23;
    *x = (lanes)((int_lanes)(p * (lanes)power) | nan);
}

/// x becomes 2^x: relative error below 2e-7 on [-125, 126], 2^-125 below; NaN stays NaN.
///
/// 2^n·2^f with |f| ≤ 1/2; 2^f by its Taylor polynomial of degree 6.
CK_INLINE void ck_exp2(lanes *x) {
    lanes zero = {0};
    int_lanes nan = *x != *x;
    lanes clamped = __builtin_elementwise_max(*x, zero - 125.0f);
    lanes n = (clamped + 12582912.0f) - 12582912.0f;
    lanes f = clamped - n;
    lanes p = zero + 1.5403530e-4f;
    p = p * f + 1.3333558e-3f;
    p = p * f + 9.6181291e-3f;
    p = p * f + 5.5504109e-2f;
    p = p * f + 2.4022651e-1f;
    p = p * f + 6.9314718e-1f;
    p = p * f + 1.0f;
    int_lanes power = (__builtin_convertvector(n, int_lanes) + 127) << 23;
    *x = (lanes)((int_lanes)(p * (lanes)power) | nan);
}

/// y becomes 1/(1 + exp(-x)).
CK_INLINE void ck_sigmoid(const lanes *x, lanes *y) {
    lanes e = -*x;
    ck_exp(&e);
    *y = 1.0f / (1.0f + e);
}

/// y becomes tanh(x) = 1 − 2/(exp(2x) + 1): absolute error below 2e-7.
CK_INLINE void ck_tanh(const lanes *x, lanes *y) {
    lanes e = *x * 2.0f;
    ck_exp(&e);
    *y = 1.0f - 2.0f / (e + 1.0f);
}
