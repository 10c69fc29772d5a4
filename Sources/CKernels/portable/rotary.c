#include "ck_types.h"
#include "bfloat16.h"

#pragma clang fp contract(fast) reassociate(on)

CK_INLINE void rotate_head(const float *x, void *y, const float *cosine, const float *sine, size_t half_dim,
                           float direction, enum ck_dtype dtype) {
    size_t i = 0;
    for (; i + LANES <= half_dim; i += LANES) {
        lanes a = *(const lanes *)(x + i), b = *(const lanes *)(x + half_dim + i);
        lanes c = *(const lanes *)(cosine + i), s = *(const lanes *)(sine + i) * direction;
        lanes first = a * c - b * s, second = b * c + a * s;
        ck_store(&first, y, i, dtype);
        ck_store(&second, y, half_dim + i, dtype);
    }
    for (; i < half_dim; i++) {
        float a = x[i], b = x[half_dim + i], s = direction * sine[i];
        ck_store_one(a * cosine[i] - b * s, y, i, dtype);
        ck_store_one(b * cosine[i] + a * s, y, half_dim + i, dtype);
    }
}

CK_FUNCTION void ck_rotate(const float *x, size_t xs, void *y, size_t ys, enum ck_dtype dtype, const int32_t *positions,
                           const float *cosines, const float *sines, size_t rows, size_t heads, size_t head_dim,
                           size_t rotated, float direction) {
    size_t half_dim = rotated / 2;
    for (size_t row = 0; row < rows; row++) {
        const float *cosine = cosines + (size_t)positions[row] * half_dim;
        const float *sine = sines + (size_t)positions[row] * half_dim;
        for (size_t head = 0; head < heads; head++) {
            const float *from = x + row * xs + head * head_dim;
            void *to = ck_row(ck_row(y, row, ys, dtype), head, head_dim, dtype);
            if (dtype == CK_BFLOAT16) rotate_head(from, to, cosine, sine, half_dim, direction, CK_BFLOAT16);
            else rotate_head(from, to, cosine, sine, half_dim, direction, CK_FLOAT32);
            if (from != to)
                for (size_t i = rotated; i < head_dim; i++) ck_store_one(from[i], to, i, dtype);
        }
    }
}
