#include "CKernels.h"
#include "exponential.h"

#pragma clang fp contract(fast) reassociate(on)

CK_CLONES
void ck_rotate(float *x, size_t xs, const int32_t *positions, const float *cosines, const float *sines, size_t rows,
               size_t heads, size_t head_dim, float direction) {
    size_t half = head_dim / 2;
    for (size_t row = 0; row < rows; row++) {
        const float *cosine = cosines + (size_t)positions[row] * half;
        const float *sine = sines + (size_t)positions[row] * half;
        for (size_t head = 0; head < heads; head++) {
            float *a = x + row * xs + head * head_dim;
            float *b = a + half;
            for (size_t i = 0; i < half; i++) {
                float s = direction * sine[i];
                float first = a[i] * cosine[i] - b[i] * s;
                b[i] = b[i] * cosine[i] + a[i] * s;
                a[i] = first;
            }
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

CK_CLONES
void ck_swiglu_forward(const float *g, size_t gs, const float *u, size_t us, float *h, size_t hs, size_t rows,
                       size_t columns) {
    size_t whole = columns / LANES * LANES, rest = columns - whole;
    for (size_t row = 0; row < rows; row++, g += gs, u += us, h += hs) {
        for (size_t i = 0; i < whole; i += LANES) {
            swiglu((const lanes *)(g + i), (const lanes *)(u + i), (lanes *)(h + i));
        }
        if (rest > 0) {
            lanes gate, up, out;
            ck_load_some(&gate, g + whole, rest, 0);
            ck_load_some(&up, u + whole, rest, 0);
            swiglu(&gate, &up, &out);
            ck_store_some(&out, h + whole, rest);
        }
    }
}

CK_CLONES
void ck_swiglu_backward(const float *dh, size_t dhs, const float *g, size_t gs, const float *u, size_t us, float *dg,
                        size_t dgs, float *du, size_t dus, size_t rows, size_t columns) {
    size_t whole = columns / LANES * LANES, rest = columns - whole;
    for (size_t row = 0; row < rows; row++, dh += dhs, g += gs, u += us, dg += dgs, du += dus) {
        for (size_t i = 0; i < whole; i += LANES) {
            lanes d_gate, d_up;
            swiglu_gradients((const lanes *)(dh + i), (const lanes *)(g + i), (const lanes *)(u + i), &d_gate, &d_up);
            *(lanes *)(dg + i) = d_gate;
            *(lanes *)(du + i) = d_up;
        }
        if (rest > 0) {
            lanes d_h, gate, up, d_gate, d_up;
            ck_load_some(&d_h, dh + whole, rest, 0);
            ck_load_some(&gate, g + whole, rest, 0);
            ck_load_some(&up, u + whole, rest, 0);
            swiglu_gradients(&d_h, &gate, &up, &d_gate, &d_up);
            ck_store_some(&d_gate, dg + whole, rest);
            ck_store_some(&d_up, du + whole, rest);
        }
    }
}

CK_CLONES
void ck_add(const float *x, size_t xs, float *y, size_t ys, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++) y[row * ys + i] += x[row * xs + i];
}

CK_CLONES
void ck_scale(float *x, size_t xs, float factor, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++) x[row * xs + i] *= factor;
}

CK_CLONES
double ck_squared_norm(const float *x, size_t xs, size_t rows, size_t columns) {
    double sum = 0;
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++) sum += (double)x[row * xs + i] * (double)x[row * xs + i];
    return sum;
}
