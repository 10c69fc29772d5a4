#include "types.h"
#include "exponential.h"
#include "half.h"
#include "swiglu.h"

#pragma clang fp contract(fast) reassociate(on)

CK_INLINE void rotate_head(const float *x, void *y, const float *cosine, const float *sine, size_t half_dim,
                           float direction, int half) {
    size_t i = 0;
    for (; i + LANES <= half_dim; i += LANES) {
        lanes a = *(const lanes *)(x + i), b = *(const lanes *)(x + half_dim + i);
        lanes c = *(const lanes *)(cosine + i), s = *(const lanes *)(sine + i) * direction;
        lanes first = a * c - b * s, second = b * c + a * s;
        ck_store(&first, y, i, half);
        ck_store(&second, y, half_dim + i, half);
    }
    for (; i < half_dim; i++) {
        float a = x[i], b = x[half_dim + i], s = direction * sine[i];
        ck_store_one(a * cosine[i] - b * s, y, i, half);
        ck_store_one(b * cosine[i] + a * s, y, half_dim + i, half);
    }
}

CK_FUNCTION void ck_rotate(const float *x, size_t xs, void *y, size_t ys, int half, const int32_t *positions, const float *cosines,
               const float *sines, size_t rows, size_t heads, size_t head_dim, size_t rotated, float direction) {
    size_t half_dim = rotated / 2;
    for (size_t row = 0; row < rows; row++) {
        const float *cosine = cosines + (size_t)positions[row] * half_dim;
        const float *sine = sines + (size_t)positions[row] * half_dim;
        for (size_t head = 0; head < heads; head++) {
            const float *from = x + row * xs + head * head_dim;
            void *to = ck_row(ck_row(y, row, ys, half), head, head_dim, half);
            if (half) rotate_head(from, to, cosine, sine, half_dim, direction, 1);
            else rotate_head(from, to, cosine, sine, half_dim, direction, 0);
            if (from != to)
                for (size_t i = rotated; i < head_dim; i++) ck_store_one(from[i], to, i, half);
        }
    }
}

CK_INLINE void swiglu(const lanes *g, const lanes *u, lanes *h) {
    lanes sigmoid;
    ck_sigmoid(g, &sigmoid);
    *h = *g * sigmoid * *u;
}

CK_INLINE void swiglu_gradients(const lanes *dh, const lanes *g, const lanes *u, lanes *dg, lanes *du) {
    lanes sigmoid;
    ck_sigmoid(g, &sigmoid);
    lanes silu = *g * sigmoid;
    *dg = *dh * *u * (sigmoid + silu * (1.0f - sigmoid));
    *du = *dh * silu;
}

CK_INLINE void swiglu_row(const void *g, const void *u, void *h, size_t columns, int half) {
    size_t whole = columns / LANES * LANES, rest = columns - whole;
    lanes gate, up, out;
    for (size_t i = 0; i < whole; i += LANES) {
        ck_load(g, i, half, &gate);
        ck_load(u, i, half, &up);
        swiglu(&gate, &up, &out);
        ck_store(&out, h, i, half);
    }
    if (rest > 0) {
        ck_load_rest(g, whole, rest, half, &gate);
        ck_load_rest(u, whole, rest, half, &up);
        swiglu(&gate, &up, &out);
        ck_store_rest(&out, h, whole, rest, half);
    }
}

CK_FUNCTION void ck_swiglu_forward(const void *g, size_t gs, const void *u, size_t us, void *h, size_t hs, size_t rows,
                       size_t columns, int half) {
    for (size_t row = 0; row < rows; row++) {
#if defined(CK_BF16)
        if (half) {
            ck_swiglu_row_avx512(ck_row(g, row, gs, 1), ck_row(u, row, us, 1), ck_row(h, row, hs, 1), columns);
            continue;
        }
#endif
        if (half) swiglu_row(ck_row(g, row, gs, 1), ck_row(u, row, us, 1), ck_row(h, row, hs, 1), columns, 1);
        else swiglu_row(ck_row(g, row, gs, 0), ck_row(u, row, us, 0), ck_row(h, row, hs, 0), columns, 0);
    }
}

CK_INLINE void swiglu_gradient_row(const void *dh, const void *g, const void *u, void *dg, void *du, size_t columns,
                                   int half) {
    size_t whole = columns / LANES * LANES, rest = columns - whole;
    lanes d_h, gate, up, d_gate, d_up;
    for (size_t i = 0; i < whole; i += LANES) {
        ck_load(dh, i, half, &d_h);
        ck_load(g, i, half, &gate);
        ck_load(u, i, half, &up);
        swiglu_gradients(&d_h, &gate, &up, &d_gate, &d_up);
        ck_store(&d_gate, dg, i, half);
        ck_store(&d_up, du, i, half);
    }
    if (rest > 0) {
        ck_load_rest(dh, whole, rest, half, &d_h);
        ck_load_rest(g, whole, rest, half, &gate);
        ck_load_rest(u, whole, rest, half, &up);
        swiglu_gradients(&d_h, &gate, &up, &d_gate, &d_up);
        ck_store_rest(&d_gate, dg, whole, rest, half);
        ck_store_rest(&d_up, du, whole, rest, half);
    }
}

CK_FUNCTION void ck_swiglu_backward(const void *dh, size_t dhs, const void *g, size_t gs, const void *u, size_t us, void *dg,
                        size_t dgs, void *du, size_t dus, size_t rows, size_t columns, int half) {
    for (size_t row = 0; row < rows; row++) {
#if defined(CK_BF16)
        if (half) {
            ck_swiglu_gradient_row_avx512(ck_row(dh, row, dhs, 1), ck_row(g, row, gs, 1), ck_row(u, row, us, 1),
                                          ck_row(dg, row, dgs, 1), ck_row(du, row, dus, 1), columns);
            continue;
        }
#endif
        if (half) {
            swiglu_gradient_row(ck_row(dh, row, dhs, 1), ck_row(g, row, gs, 1), ck_row(u, row, us, 1),
                                ck_row(dg, row, dgs, 1), ck_row(du, row, dus, 1), columns, 1);
        } else {
            swiglu_gradient_row(ck_row(dh, row, dhs, 0), ck_row(g, row, gs, 0), ck_row(u, row, us, 0),
                                ck_row(dg, row, dgs, 0), ck_row(du, row, dus, 0), columns, 0);
        }
    }
}

CK_FUNCTION void ck_narrow(const float *x, size_t xs, uint16_t *y, size_t ys, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++) {
        size_t i = 0;
        for (; i + LANES <= columns; i += LANES) ck_narrow_lanes((const lanes *)(x + row * xs + i), y + row * ys + i);
        for (; i < columns; i++) y[row * ys + i] = ck_narrow_one(x[row * xs + i]);
    }
}

CK_FUNCTION void ck_widen(const uint16_t *x, size_t xs, float *y, size_t ys, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++) y[row * ys + i] = ck_widen_one(x[row * xs + i]);
}

CK_FUNCTION void ck_add(const float *x, size_t xs, float *y, size_t ys, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++) y[row * ys + i] += x[row * xs + i];
}

CK_FUNCTION void ck_scale(float *x, size_t xs, float factor, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++) x[row * xs + i] *= factor;
}

CK_FUNCTION double ck_squared_norm(const float *x, size_t xs, size_t rows, size_t columns) {
    double sum = 0;
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++) sum += (double)x[row * xs + i] * (double)x[row * xs + i];
    return sum;
}
