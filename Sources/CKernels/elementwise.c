#include <math.h>
#include "CKernels.h"
#include "clones.h"
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

CK_CLONES
void ck_swiglu_forward(const float *g, size_t gs, const float *u, size_t us, float *h, size_t hs, size_t rows,
                       size_t columns) {
    for (size_t row = 0; row < rows; row++) {
        const float *gate = g + row * gs;
        const float *up = u + row * us;
        float *out = h + row * hs;
        for (size_t i = 0; i < columns; i++) out[i] = gate[i] / (1.0f + ck_exp(-gate[i])) * up[i];
    }
}

CK_CLONES
void ck_swiglu_backward(const float *dh, size_t dhs, const float *g, size_t gs, const float *u, size_t us, float *dg,
                        size_t dgs, float *du, size_t dus, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++) {
        const float *d = dh + row * dhs;
        const float *gate = g + row * gs;
        const float *up = u + row * us;
        float *d_gate = dg + row * dgs;
        float *d_up = du + row * dus;
        for (size_t i = 0; i < columns; i++) {
            float sigmoid = 1.0f / (1.0f + ck_exp(-gate[i]));
            float silu = gate[i] * sigmoid;
            d_gate[i] = d[i] * up[i] * (sigmoid + silu * (1.0f - sigmoid));
            d_up[i] = d[i] * silu;
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

CK_CLONES
float ck_log_sum_exp(const float *logits, size_t columns) {
    float maximum = logits[0];
    for (size_t i = 1; i < columns; i++) maximum = logits[i] > maximum ? logits[i] : maximum;
    float sum = 0;
    for (size_t i = 0; i < columns; i++) sum += ck_exp(logits[i] - maximum);
    return maximum + logf(sum);
}

CK_CLONES
float ck_cross_entropy(float *logits, size_t columns, int32_t target, float scale) {
    float maximum = logits[0];
    for (size_t i = 1; i < columns; i++) maximum = logits[i] > maximum ? logits[i] : maximum;
    float loss = maximum - logits[target];
    float sum = 0;
    for (size_t i = 0; i < columns; i++) {
        logits[i] = ck_exp(logits[i] - maximum);
        sum += logits[i];
    }
    float factor = scale / sum;
    for (size_t i = 0; i < columns; i++) logits[i] *= factor;
    logits[target] -= scale;
    return loss + logf(sum);
}
