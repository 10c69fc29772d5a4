#include <math.h>
#include "ck_types.h"
#include "bfloat16.h"

#pragma clang fp contract(fast) reassociate(on)

CK_FUNCTION void ck_rms_norm_forward(const float *x, size_t xs, const float *w, float epsilon, void *y, size_t ys,
                                     enum ck_dtype dtype, float *r, size_t rs, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++) {
        const float *in = x + row * xs;
        float sum = 0;
        for (size_t i = 0; i < columns; i++) sum += in[i] * in[i];
        float inverse = 1.0f / sqrtf(sum / (float)columns + epsilon);
        r[row * rs] = inverse;
        // Not `== CK_BFLOAT16`: the compiler associates the products below by the order of the branches, and with it
        // their bits.
        if (dtype != CK_FLOAT32) {
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

CK_FUNCTION void ck_rms_norm_backward(const float *dy, size_t dys, const float *x, size_t xs, const float *w,
                                      const float *r, size_t rs, float *dx, size_t dxs, size_t rows, size_t columns,
                                      enum ck_write write) {
    for (size_t row = 0; row < rows; row++) {
        const float *g = dy + row * dys;
        const float *in = x + row * xs;
        float *out = dx + row * dxs;
        float inverse = r[row * rs];
        float sum = 0;
        for (size_t i = 0; i < columns; i++) sum += w[i] * g[i] * in[i];
        float coefficient = sum * inverse * inverse * inverse / (float)columns;
        if (write == CK_ACCUMULATE) {
            for (size_t i = 0; i < columns; i++) out[i] += inverse * w[i] * g[i] - coefficient * in[i];
        } else {
            for (size_t i = 0; i < columns; i++) out[i] = inverse * w[i] * g[i] - coefficient * in[i];
        }
    }
}

CK_INLINE void layer_norm_row(const float *x, const float *w, const float *b, float mean, float inverse, void *y,
                              size_t columns, enum ck_dtype dtype) {
    size_t i = 0;
    for (; i + LANES <= columns; i += LANES) {
        lanes v = (*(const lanes *)(x + i) - mean) * inverse * *(const lanes *)(w + i) + *(const lanes *)(b + i);
        ck_store(&v, y, i, dtype);
    }
    for (; i < columns; i++) ck_store_one((x[i] - mean) * inverse * w[i] + b[i], y, i, dtype);
}

CK_FUNCTION void ck_layer_norm_forward(const float *x, size_t xs, const float *w, const float *b, float epsilon,
                                       void *y, size_t ys, enum ck_dtype dtype, float *statistics, size_t ss,
                                       size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++) {
        const float *in = x + row * xs;
        float sum = 0, squares = 0;
        for (size_t i = 0; i < columns; i++) sum += in[i];
        float mean = sum / (float)columns;
        // In a second pass: the difference of the two sums would lose what a large mean leaves of the digits.
        for (size_t i = 0; i < columns; i++) squares += (in[i] - mean) * (in[i] - mean);
        float inverse = 1.0f / sqrtf(squares / (float)columns + epsilon);
        statistics[row * ss] = mean;
        statistics[row * ss + 1] = inverse;
        if (dtype == CK_BFLOAT16)
            layer_norm_row(in, w, b, mean, inverse, ck_row(y, row, ys, CK_BFLOAT16), columns, CK_BFLOAT16);
        else layer_norm_row(in, w, b, mean, inverse, ck_row(y, row, ys, CK_FLOAT32), columns, CK_FLOAT32);
    }
}

CK_FUNCTION void ck_layer_norm_backward(const float *dy, size_t dys, const float *x, size_t xs, const float *w,
                                        const float *statistics, size_t ss, float *dx, size_t dxs, size_t rows,
                                        size_t columns, enum ck_write write) {
    for (size_t row = 0; row < rows; row++) {
        const float *g = dy + row * dys, *in = x + row * xs;
        float *out = dx + row * dxs;
        float mean = statistics[row * ss], inverse = statistics[row * ss + 1];
        float sum = 0, dot = 0;
        for (size_t i = 0; i < columns; i++) {
            float scaled = w[i] * g[i];
            sum += scaled;
            dot += scaled * (in[i] - mean) * inverse;
        }
        sum /= (float)columns;
        dot /= (float)columns;
        for (size_t i = 0; i < columns; i++) {
            float gradient = inverse * (w[i] * g[i] - sum - (in[i] - mean) * inverse * dot);
            out[i] = write == CK_ACCUMULATE ? out[i] + gradient : gradient;
        }
    }
}

CK_FUNCTION void ck_rms_norm_gradient(const float *dy, size_t dys, const float *x, size_t xs, const float *r, size_t rs,
                                      float *dw, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++) {
        const float *g = dy + row * dys, *in = x + row * xs;
        float inverse = r[row * rs];
        for (size_t i = 0; i < columns; i++) dw[i] += g[i] * (in[i] * inverse);
    }
}

CK_FUNCTION void ck_layer_norm_gradients(const float *dy, size_t dys, const float *x, size_t xs,
                                         const float *statistics, size_t ss, float *dw, float *db, size_t rows,
                                         size_t columns) {
    for (size_t row = 0; row < rows; row++) {
        const float *g = dy + row * dys, *in = x + row * xs;
        float mean = statistics[row * ss], inverse = statistics[row * ss + 1];
        if (dw)
            for (size_t i = 0; i < columns; i++) dw[i] += g[i] * ((in[i] - mean) * inverse);
        if (db)
            for (size_t i = 0; i < columns; i++) db[i] += g[i];
    }
}
