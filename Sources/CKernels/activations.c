#include "CKernels.h"
#include "exponential.h"
#include "half.h"

#pragma clang fp contract(fast) reassociate(on)

/// y becomes tanh(x) = 1 − 2/(exp(2x) + 1): absolute error below 2e-7.
CK_INLINE void hyperbolic_tangent(const lanes *x, lanes *y) {
    lanes e = *x * 2.0f;
    ck_exp(&e);
    *y = 1.0f - 2.0f / (e + 1.0f);
}

/// `distribution` becomes Φ(x), `density` φ(x) = exp(−x²/2)/√(2π).
///
/// Φ by erf of Abramowitz and Stegun 7.1.26: absolute error below 2e-7.
CK_INLINE void normal(const lanes *x, lanes *distribution, lanes *density) {
    lanes zero = {0};
    lanes z = __builtin_elementwise_abs(*x) * 0.70710678118654752f;
    lanes e = -z * z;
    ck_exp(&e);
    lanes t = 1.0f / (1.0f + 0.3275911f * z);
    lanes p = t * 1.061405429f - 1.453152027f;
    p = p * t + 1.421413741f;
    p = p * t - 0.284496736f;
    p = p * t + 0.254829592f;
    lanes tail = 0.5f * p * t * e;
    int_lanes negative = *x < zero;
    lanes upper = 1.0f - tail;
    *distribution = (lanes)(((int_lanes)tail & negative) | ((int_lanes)upper & ~negative));
    *density = e * 0.39894228040143268f;
}

/// s becomes (1 + tanh(t))/2 = sigmoid(2t), t = √(2/π)·(x + 0.044715·x³): where it is near zero, nothing cancels.
CK_INLINE void gelu_tanh_share(const lanes *x, lanes *s) {
    lanes twice = 1.5957691216057307f * (*x + 0.044715f * *x * *x * *x);
    ck_sigmoid(&twice, s);
}

CK_INLINE void value(enum ck_activation f, const lanes *x, lanes *y) {
    lanes zero = {0}, a, b;
    switch (f) {
    case CK_RELU: *y = __builtin_elementwise_max(*x, zero); break;
    case CK_GELU:
        normal(x, &a, &b);
        *y = *x * a;
        break;
    case CK_GELU_TANH:
        gelu_tanh_share(x, &a);
        *y = *x * a;
        break;
    case CK_SILU:
        ck_sigmoid(x, &a);
        *y = *x * a;
        break;
    case CK_TANH: hyperbolic_tangent(x, y); break;
    }
}

CK_INLINE void derivative(enum ck_activation f, const lanes *x, lanes *d) {
    lanes zero = {0}, a, b;
    switch (f) {
    case CK_RELU: {
        int_lanes positive = *x > zero;
        lanes one = zero + 1.0f;
        *d = (lanes)((int_lanes)one & positive);
        break;
    }
    case CK_GELU:
        normal(x, &a, &b);
        *d = a + *x * b;
        break;
    case CK_GELU_TANH:
        // Beyond 10 the derivative is 0 or 1 to the last digit, while x³ may overflow.
        b = __builtin_elementwise_min(__builtin_elementwise_max(*x, zero - 10.0f), zero + 10.0f);
        gelu_tanh_share(&b, &a);
        *d = a + b * a * (1.0f - a) * (1.5957691216057307f * (1.0f + 0.134145f * b * b));
        break;
    case CK_SILU:
        ck_sigmoid(x, &a);
        *d = a * (1.0f + *x * (1.0f - a));
        break;
    case CK_TANH:
        hyperbolic_tangent(x, &a);
        *d = 1.0f - a * a;
        break;
    }
}

CK_INLINE void forward_rows(enum ck_activation f, const void *x, size_t xs, void *y, size_t ys, size_t rows,
                            size_t columns, int half) {
    size_t whole = columns / LANES * LANES, rest = columns - whole;
    lanes in, out;
    for (size_t row = 0; row < rows; row++) {
        const void *from = ck_row(x, row, xs, half);
        void *to = ck_row(y, row, ys, half);
        for (size_t i = 0; i < whole; i += LANES) {
            ck_load(from, i, half, &in);
            value(f, &in, &out);
            ck_store(&out, to, i, half);
        }
        if (rest > 0) {
            ck_load_rest(from, whole, rest, half, &in);
            value(f, &in, &out);
            ck_store_rest(&out, to, whole, rest, half);
        }
    }
}

CK_INLINE void backward_rows(enum ck_activation f, const void *dy, size_t dys, const void *x, size_t xs, void *dx,
                             size_t dxs, size_t rows, size_t columns, int half) {
    size_t whole = columns / LANES * LANES, rest = columns - whole;
    lanes in, gradient, out;
    for (size_t row = 0; row < rows; row++) {
        const void *from = ck_row(x, row, xs, half), *above = ck_row(dy, row, dys, half);
        void *to = ck_row(dx, row, dxs, half);
        for (size_t i = 0; i < whole; i += LANES) {
            ck_load(from, i, half, &in);
            ck_load(above, i, half, &gradient);
            derivative(f, &in, &out);
            out *= gradient;
            ck_store(&out, to, i, half);
        }
        if (rest > 0) {
            ck_load_rest(from, whole, rest, half, &in);
            ck_load_rest(above, whole, rest, half, &gradient);
            derivative(f, &in, &out);
            out *= gradient;
            ck_store_rest(&out, to, whole, rest, half);
        }
    }
}

// Each function in both dtypes, so that neither is asked for element by element.
#define CK_EACH(call, half)                              \
    switch (f) {                                         \
    case CK_RELU: call(CK_RELU, half); break;            \
    case CK_GELU: call(CK_GELU, half); break;            \
    case CK_GELU_TANH: call(CK_GELU_TANH, half); break;  \
    case CK_SILU: call(CK_SILU, half); break;            \
    case CK_TANH: call(CK_TANH, half); break;            \
    }

CK_CLONES
void ck_activation_forward(enum ck_activation f, const void *x, size_t xs, void *y, size_t ys, size_t rows,
                           size_t columns, int half) {
#define CK_FORWARD(f, half) forward_rows(f, x, xs, y, ys, rows, columns, half)
    if (half) {
        CK_EACH(CK_FORWARD, 1)
    } else {
        CK_EACH(CK_FORWARD, 0)
    }
}

CK_CLONES
void ck_activation_backward(enum ck_activation f, const void *dy, size_t dys, const void *x, size_t xs, void *dx,
                            size_t dxs, size_t rows, size_t columns, int half) {
#define CK_BACKWARD(f, half) backward_rows(f, dy, dys, x, xs, dx, dxs, rows, columns, half)
    if (half) {
        CK_EACH(CK_BACKWARD, 1)
    } else {
        CK_EACH(CK_BACKWARD, 0)
    }
}
