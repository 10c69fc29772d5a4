#include "ck_types.h"
#include "exponential.h"
#include "bfloat16.h"

#pragma clang fp contract(fast) reassociate(on)

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
    case CK_TANH: ck_tanh(x, y); break;
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
        ck_tanh(x, &a);
        *d = 1.0f - a * a;
        break;
    }
}

CK_INLINE void forward_rows(enum ck_activation f, const void *x, size_t xs, void *y, size_t ys, size_t rows,
                            size_t columns, enum ck_dtype dtype) {
    size_t whole = columns / LANES * LANES, rest = columns - whole;
    lanes in, out;
    for (size_t row = 0; row < rows; row++) {
        const void *from = ck_row(x, row, xs, dtype);
        void *to = ck_row(y, row, ys, dtype);
        for (size_t i = 0; i < whole; i += LANES) {
            ck_load(from, i, dtype, &in);
            value(f, &in, &out);
            ck_store(&out, to, i, dtype);
        }
        if (rest > 0) {
            ck_load_rest(from, whole, rest, dtype, &in);
            value(f, &in, &out);
            ck_store_rest(&out, to, whole, rest, dtype);
        }
    }
}

CK_INLINE void backward_rows(enum ck_activation f, const void *dy, size_t dys, const void *x, size_t xs, void *dx,
                             size_t dxs, size_t rows, size_t columns, enum ck_dtype dtype) {
    size_t whole = columns / LANES * LANES, rest = columns - whole;
    lanes in, gradient, out;
    for (size_t row = 0; row < rows; row++) {
        const void *from = ck_row(x, row, xs, dtype), *above = ck_row(dy, row, dys, dtype);
        void *to = ck_row(dx, row, dxs, dtype);
        for (size_t i = 0; i < whole; i += LANES) {
            ck_load(from, i, dtype, &in);
            ck_load(above, i, dtype, &gradient);
            derivative(f, &in, &out);
            out *= gradient;
            ck_store(&out, to, i, dtype);
        }
        if (rest > 0) {
            ck_load_rest(from, whole, rest, dtype, &in);
            ck_load_rest(above, whole, rest, dtype, &gradient);
            derivative(f, &in, &out);
            out *= gradient;
            ck_store_rest(&out, to, whole, rest, dtype);
        }
    }
}

// Each function in both dtypes, so that neither is asked for element by element.
#define CK_EACH(call, dtype)                             \
    switch (f) {                                         \
    case CK_RELU: call(CK_RELU, dtype); break;           \
    case CK_GELU: call(CK_GELU, dtype); break;           \
    case CK_GELU_TANH: call(CK_GELU_TANH, dtype); break; \
    case CK_SILU: call(CK_SILU, dtype); break;           \
    case CK_TANH: call(CK_TANH, dtype); break;           \
    }

CK_FUNCTION void ck_activation_forward(enum ck_activation f, const void *x, size_t xs, void *y, size_t ys, size_t rows,
                                       size_t columns, enum ck_dtype dtype) {
#define CK_FORWARD(f, dtype) forward_rows(f, x, xs, y, ys, rows, columns, dtype)
    if (dtype == CK_BFLOAT16) {
        CK_EACH(CK_FORWARD, CK_BFLOAT16)
    } else {
        CK_EACH(CK_FORWARD, CK_FLOAT32)
    }
}

CK_FUNCTION void ck_activation_backward(enum ck_activation f, const void *dy, size_t dys, const void *x, size_t xs,
                                        void *dx, size_t dxs, size_t rows, size_t columns, enum ck_dtype dtype) {
#define CK_BACKWARD(f, dtype) backward_rows(f, dy, dys, x, xs, dx, dxs, rows, columns, dtype)
    if (dtype == CK_BFLOAT16) {
        CK_EACH(CK_BACKWARD, CK_BFLOAT16)
    } else {
        CK_EACH(CK_BACKWARD, CK_FLOAT32)
    }
}

/// Sixteen elements of a row from i on, or the `columns` − i that are left.
CK_INLINE void load_at(const void *row, size_t i, size_t columns, enum ck_dtype dtype, lanes *x) {
    if (i + LANES <= columns) ck_load(row, i, dtype, x);
    else ck_load_rest(row, i, columns - i, dtype, x);
}

CK_INLINE void store_at(const lanes *x, void *row, size_t i, size_t columns, enum ck_dtype dtype) {
    if (i + LANES <= columns) ck_store(x, row, i, dtype);
    else ck_store_rest(x, row, i, columns - i, dtype);
}

CK_INLINE void gated_rows(enum ck_activation f, const void *g, size_t gs, const void *u, size_t us, void *h, size_t hs,
                          size_t rows, size_t columns, enum ck_dtype dtype) {
    lanes gate, up, out;
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = 0; i < columns; i += LANES) {
            load_at(ck_row(g, row, gs, dtype), i, columns, dtype, &gate);
            load_at(ck_row(u, row, us, dtype), i, columns, dtype, &up);
            value(f, &gate, &out);
            out *= up;
            store_at(&out, ck_row(h, row, hs, dtype), i, columns, dtype);
        }
    }
}

CK_INLINE void gated_gradient_rows(enum ck_activation f, const void *dh, size_t dhs, const void *g, size_t gs,
                                   const void *u, size_t us, void *dg, size_t dgs, void *du, size_t dus, size_t rows,
                                   size_t columns, enum ck_dtype dtype) {
    lanes gradient, gate, up, d_gate, d_up;
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = 0; i < columns; i += LANES) {
            load_at(ck_row(dh, row, dhs, dtype), i, columns, dtype, &gradient);
            load_at(ck_row(g, row, gs, dtype), i, columns, dtype, &gate);
            load_at(ck_row(u, row, us, dtype), i, columns, dtype, &up);
            derivative(f, &gate, &d_gate);
            d_gate *= gradient * up;
            value(f, &gate, &d_up);
            d_up *= gradient;
            store_at(&d_gate, ck_row(dg, row, dgs, dtype), i, columns, dtype);
            store_at(&d_up, ck_row(du, row, dus, dtype), i, columns, dtype);
        }
    }
}

CK_FUNCTION void ck_gated_forward(enum ck_activation f, const void *g, size_t gs, const void *u, size_t us, void *h,
                                  size_t hs, size_t rows, size_t columns, enum ck_dtype dtype) {
#define CK_GATED(f, dtype) gated_rows(f, g, gs, u, us, h, hs, rows, columns, dtype)
    if (dtype == CK_BFLOAT16) {
        CK_EACH(CK_GATED, CK_BFLOAT16)
    } else {
        CK_EACH(CK_GATED, CK_FLOAT32)
    }
}

CK_FUNCTION void ck_gated_backward(enum ck_activation f, const void *dh, size_t dhs, const void *g, size_t gs,
                                   const void *u, size_t us, void *dg, size_t dgs, void *du, size_t dus, size_t rows,
                                   size_t columns, enum ck_dtype dtype) {
#define CK_GATED_BACK(f, dtype) gated_gradient_rows(f, dh, dhs, g, gs, u, us, dg, dgs, du, dus, rows, columns, dtype)
    if (dtype == CK_BFLOAT16) {
        CK_EACH(CK_GATED_BACK, CK_BFLOAT16)
    } else {
        CK_EACH(CK_GATED_BACK, CK_FLOAT32)
    }
}

CK_FUNCTION void ck_soft_cap(float *x, size_t xs, size_t rows, size_t columns, float cap) {
    float inverse = 1.0f / cap;
    lanes v, t;
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = 0; i < columns; i += LANES) {
            load_at(x + row * xs, i, columns, CK_FLOAT32, &v);
            v *= inverse;
            ck_tanh(&v, &t);
            t *= cap;
            store_at(&t, x + row * xs, i, columns, CK_FLOAT32);
        }
    }
}

CK_INLINE void soft_cap_gradient_rows(const float *y, size_t ys, void *d, size_t ds, size_t rows, size_t columns,
                                      float cap, enum ck_dtype dtype) {
    float inverse = 1.0f / cap;
    lanes value, gradient;
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = 0; i < columns; i += LANES) {
            load_at(y + row * ys, i, columns, CK_FLOAT32, &value);
            load_at(ck_row(d, row, ds, dtype), i, columns, dtype, &gradient);
            value *= inverse;
            gradient *= 1.0f - value * value;
            store_at(&gradient, ck_row(d, row, ds, dtype), i, columns, dtype);
        }
    }
}

CK_FUNCTION void ck_soft_cap_backward(const float *y, size_t ys, void *d, size_t ds, size_t rows, size_t columns,
                                      float cap, enum ck_dtype dtype) {
    if (dtype == CK_BFLOAT16) soft_cap_gradient_rows(y, ys, d, ds, rows, columns, cap, CK_BFLOAT16);
    else soft_cap_gradient_rows(y, ys, d, ds, rows, columns, cap, CK_FLOAT32);
}
