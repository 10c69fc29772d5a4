#include <math.h>
#include "CKernels.h"
#include "half.h"

#pragma clang fp contract(fast) reassociate(on)

CK_CLONES
void ck_rms_norm_forward(const float *x, size_t xs, const float *w, float epsilon, void *y, size_t ys, int half,
                         float *r, size_t rs, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++) {
        const float *in = x + row * xs;
        float sum = 0;
        for (size_t i = 0; i < columns; i++) sum += in[i] * in[i];
        float inverse = 1.0f / sqrtf(sum / (float)columns + epsilon);
        r[row * rs] = inverse;
        if (half) {
            uint16_t *out = (uint16_t *)y + row * ys;
            size_t i = 0;
            for (; i + LANES <= columns; i += LANES) {
                lanes v = *(const lanes *)(in + i) * inverse * *(const lanes *)(w + i);
                ck_narrow_lanes(&v, out + i);
            }
            for (; i < columns; i++) out[i] = ck_narrow_one(in[i] * inverse * w[i]);
        } else {
            float *out = (float *)y + row * ys;
            for (size_t i = 0; i < columns; i++) out[i] = in[i] * inverse * w[i];
        }
    }
}

CK_CLONES
void ck_rms_norm_backward(const float *dy, size_t dys, const float *x, size_t xs, const float *w, const float *r,
                          size_t rs, float *dx, size_t dxs, size_t rows, size_t columns, int accumulate) {
    for (size_t row = 0; row < rows; row++) {
        const float *g = dy + row * dys;
        const float *in = x + row * xs;
        float *out = dx + row * dxs;
        float inverse = r[row * rs];
        float sum = 0;
        for (size_t i = 0; i < columns; i++) sum += w[i] * g[i] * in[i];
        float coefficient = sum * inverse * inverse * inverse / (float)columns;
        if (accumulate) {
            for (size_t i = 0; i < columns; i++) out[i] += inverse * w[i] * g[i] - coefficient * in[i];
        } else {
            for (size_t i = 0; i < columns; i++) out[i] = inverse * w[i] * g[i] - coefficient * in[i];
        }
    }
}
