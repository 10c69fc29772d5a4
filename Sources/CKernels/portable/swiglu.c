#include "ck_types.h"
#include "../x86/x86.h"
#include "bfloat16.h"
#include "exponential.h"

#pragma clang fp contract(fast) reassociate(on)

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

CK_INLINE void swiglu_row(const void *g, const void *u, void *h, size_t columns, enum ck_dtype dtype) {
    size_t whole = columns / LANES * LANES, rest = columns - whole;
    lanes gate, up, out;
    for (size_t i = 0; i < whole; i += LANES) {
        ck_load(g, i, dtype, &gate);
        ck_load(u, i, dtype, &up);
        swiglu(&gate, &up, &out);
        ck_store(&out, h, i, dtype);
    }
    if (rest > 0) {
        ck_load_rest(g, whole, rest, dtype, &gate);
        ck_load_rest(u, whole, rest, dtype, &up);
        swiglu(&gate, &up, &out);
        ck_store_rest(&out, h, whole, rest, dtype);
    }
}

CK_FUNCTION void ck_swiglu_forward(const void *g, size_t gs, const void *u, size_t us, void *h, size_t hs, size_t rows,
                                   size_t columns, enum ck_dtype dtype) {
    for (size_t row = 0; row < rows; row++) {
#if defined(CK_BFLOAT16_DOT)
        if (dtype == CK_BFLOAT16) {
            ck_swiglu_row_avx512(ck_row(g, row, gs, CK_BFLOAT16), ck_row(u, row, us, CK_BFLOAT16),
                                 ck_row(h, row, hs, CK_BFLOAT16), columns);
            continue;
        }
#endif
        if (dtype == CK_BFLOAT16)
            swiglu_row(ck_row(g, row, gs, CK_BFLOAT16), ck_row(u, row, us, CK_BFLOAT16),
                       ck_row(h, row, hs, CK_BFLOAT16), columns, CK_BFLOAT16);
        else
            swiglu_row(ck_row(g, row, gs, CK_FLOAT32), ck_row(u, row, us, CK_FLOAT32), ck_row(h, row, hs, CK_FLOAT32),
                       columns, CK_FLOAT32);
    }
}

CK_INLINE void swiglu_gradient_row(const void *dh, const void *g, const void *u, void *dg, void *du, size_t columns,
                                   enum ck_dtype dtype) {
    size_t whole = columns / LANES * LANES, rest = columns - whole;
    lanes d_h, gate, up, d_gate, d_up;
    for (size_t i = 0; i < whole; i += LANES) {
        ck_load(dh, i, dtype, &d_h);
        ck_load(g, i, dtype, &gate);
        ck_load(u, i, dtype, &up);
        swiglu_gradients(&d_h, &gate, &up, &d_gate, &d_up);
        ck_store(&d_gate, dg, i, dtype);
        ck_store(&d_up, du, i, dtype);
    }
    if (rest > 0) {
        ck_load_rest(dh, whole, rest, dtype, &d_h);
        ck_load_rest(g, whole, rest, dtype, &gate);
        ck_load_rest(u, whole, rest, dtype, &up);
        swiglu_gradients(&d_h, &gate, &up, &d_gate, &d_up);
        ck_store_rest(&d_gate, dg, whole, rest, dtype);
        ck_store_rest(&d_up, du, whole, rest, dtype);
    }
}

CK_FUNCTION void ck_swiglu_backward(const void *dh, size_t dhs, const void *g, size_t gs, const void *u, size_t us,
                                    void *dg, size_t dgs, void *du, size_t dus, size_t rows, size_t columns,
                                    enum ck_dtype dtype) {
    for (size_t row = 0; row < rows; row++) {
#if defined(CK_BFLOAT16_DOT)
        if (dtype == CK_BFLOAT16) {
            ck_swiglu_gradient_row_avx512(ck_row(dh, row, dhs, CK_BFLOAT16), ck_row(g, row, gs, CK_BFLOAT16),
                                          ck_row(u, row, us, CK_BFLOAT16), ck_row(dg, row, dgs, CK_BFLOAT16),
                                          ck_row(du, row, dus, CK_BFLOAT16), columns);
            continue;
        }
#endif
        if (dtype == CK_BFLOAT16) {
            swiglu_gradient_row(ck_row(dh, row, dhs, CK_BFLOAT16), ck_row(g, row, gs, CK_BFLOAT16),
                                ck_row(u, row, us, CK_BFLOAT16), ck_row(dg, row, dgs, CK_BFLOAT16),
                                ck_row(du, row, dus, CK_BFLOAT16), columns, CK_BFLOAT16);
        } else {
            swiglu_gradient_row(ck_row(dh, row, dhs, CK_FLOAT32), ck_row(g, row, gs, CK_FLOAT32),
                                ck_row(u, row, us, CK_FLOAT32), ck_row(dg, row, dgs, CK_FLOAT32),
                                ck_row(du, row, dus, CK_FLOAT32), columns, CK_FLOAT32);
        }
    }
}
