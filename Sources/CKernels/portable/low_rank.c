#include "ck_types.h"
#include "bfloat16.h"

#pragma clang fp contract(fast) reassociate(off)

CK_FUNCTION void ck_transpose(const float *b, size_t bs, size_t rows, size_t columns, float *transposed) {
    for (size_t j = 0; j < columns; j++) {
        for (size_t i = 0; i < rows; i++) transposed[j * rows + i] = b[i * bs + j];
    }
}

#define SHUFFLE(A, B, ...) __builtin_shufflevector(A, B, __VA_ARGS__)

/// sums[j] = the sum of v[j]'s lanes, all eight at once: halves are added until two lanes of each are left, then those.
CK_INLINE void sum_eight(const lanes v[8], float sums[8]) {
    lanes four[4], two[2], one;
    for (size_t i = 0; i < 4; i++) {
        lanes a = v[2 * i], b = v[2 * i + 1];
        four[i] = SHUFFLE(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
                  SHUFFLE(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    }
    for (size_t i = 0; i < 2; i++) {
        lanes a = four[2 * i], b = four[2 * i + 1];
        two[i] = SHUFFLE(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
                 SHUFFLE(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
    }
    one = SHUFFLE(two[0], two[1], 0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28, 29) +
          SHUFFLE(two[0], two[1], 2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23, 26, 27, 30, 31);
    for (size_t j = 0; j < 8; j++) sums[j] = one[2 * j] + one[2 * j + 1];
}

enum { DOWN_ROWS = 3, DOWN_RANKS = 8 };

/// Up to three rows of x against up to eight of p, along k; rows beyond the last repeat it and are thrown away.
CK_INLINE void down_rows(const void *x, size_t xs, const float *p, size_t ps, float *c, size_t cs, size_t rows,
                         size_t k, size_t ranks, float scale, enum ck_write write, enum ck_dtype dtype) {
    const void *in[DOWN_ROWS];
    const float *factor[DOWN_RANKS];
    for (size_t i = 0; i < DOWN_ROWS; i++) in[i] = ck_row(x, i < rows ? i : rows - 1, xs, dtype);
    for (size_t j = 0; j < DOWN_RANKS; j++) factor[j] = p + (j < ranks ? j : ranks - 1) * ps;
    lanes sums[DOWN_ROWS][DOWN_RANKS] = {0};
    size_t whole = k / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES) {
        lanes v[DOWN_ROWS];
        for (size_t r = 0; r < DOWN_ROWS; r++) ck_load(in[r], i, dtype, &v[r]);
        for (size_t j = 0; j < DOWN_RANKS; j++) {
            lanes f = *(const lanes *)(factor[j] + i);
            for (size_t r = 0; r < DOWN_ROWS; r++) sums[r][j] += v[r] * f;
        }
    }
    if (whole < k) {
        for (size_t j = 0; j < DOWN_RANKS; j++) {
            lanes f, v;
            ck_load_rest(factor[j], whole, k - whole, CK_FLOAT32, &f);
            for (size_t r = 0; r < DOWN_ROWS; r++) {
                ck_load_rest(in[r], whole, k - whole, dtype, &v);
                sums[r][j] += v * f;
            }
        }
    }
    for (size_t r = 0; r < rows; r++) {
        float sum[DOWN_RANKS];
        sum_eight(sums[r], sum);
        for (size_t j = 0; j < ranks; j++)
            c[r * cs + j] = (write == CK_ACCUMULATE ? c[r * cs + j] : 0.0f) + scale * sum[j];
    }
}

CK_INLINE void down(const void *x, size_t xs, const float *p, size_t ps, float *c, size_t cs, size_t m, size_t k,
                    size_t r, float scale, enum ck_write write, enum ck_dtype dtype) {
    for (size_t row = 0; row < m; row += DOWN_ROWS) {
        size_t rows = m - row < DOWN_ROWS ? m - row : DOWN_ROWS;
        for (size_t j = 0; j < r; j += DOWN_RANKS) {
            down_rows(ck_row(x, row, xs, dtype), xs, p + j * ps, ps, c + row * cs + j, cs, rows, k,
                      r - j < DOWN_RANKS ? r - j : DOWN_RANKS, scale, write, dtype);
        }
    }
}

CK_FUNCTION void ck_low_rank_down(const void *x, size_t xs, enum ck_dtype dtype, const float *p, size_t ps, float *c,
                                  size_t cs, size_t m, size_t k, size_t r, float scale, enum ck_write write) {
    if (dtype == CK_BFLOAT16) down(x, xs, p, ps, c, cs, m, k, r, scale, write, CK_BFLOAT16);
    else down(x, xs, p, ps, c, cs, m, k, r, scale, write, CK_FLOAT32);
}

CK_INLINE void up(const float *h, size_t hs, const float *b, size_t bs, void *y, size_t ys, size_t m, size_t n,
                  size_t r, float scale, enum ck_write write, enum ck_dtype dtype) {
    enum { ROWS = 4 };
    for (size_t row = 0; row < m; row += ROWS) {
        size_t count = m - row < ROWS ? m - row : ROWS;
        const float *hr[ROWS];
        for (size_t i = 0; i < ROWS; i++) hr[i] = h + (row + (i < count ? i : 0)) * hs;
        for (size_t column = 0; column < n; column += LANES) {
            size_t width = n - column < LANES ? n - column : LANES;
            lanes sums[ROWS] = {0};
            for (size_t j = 0; j < r; j++) {
                lanes v;
                if (width == LANES) v = *(const lanes *)(b + j * bs + column);
                else ck_load_some(&v, b + j * bs + column, width, 0);
                for (size_t i = 0; i < ROWS; i++) sums[i] += v * hr[i][j];
            }
            for (size_t i = 0; i < count; i++) {
                void *out = ck_row(y, row + i, ys, dtype);
                lanes before = {0}, after;
                if (width == LANES) {
                    if (write == CK_ACCUMULATE) ck_load(out, column, dtype, &before);
                    after = before + sums[i] * scale;
                    ck_store(&after, out, column, dtype);
                } else {
                    if (write == CK_ACCUMULATE) ck_load_rest(out, column, width, dtype, &before);
                    after = before + sums[i] * scale;
                    ck_store_rest(&after, out, column, width, dtype);
                }
            }
        }
    }
}

CK_FUNCTION void ck_low_rank_up(const float *h, size_t hs, const float *b, size_t bs, void *y, size_t ys,
                                enum ck_dtype dtype, size_t m, size_t n, size_t r, float scale, enum ck_write write) {
    if (dtype == CK_BFLOAT16) up(h, hs, b, bs, y, ys, m, n, r, scale, write, CK_BFLOAT16);
    else up(h, hs, b, bs, y, ys, m, n, r, scale, write, CK_FLOAT32);
}

enum { GRADIENT_ROWS = 8, GRADIENT_VECTORS = 2 };

/// Up to eight rows of hᵀ against `width` columns of x, in one vector or two of them, which in bfloat16 are a line of
/// the cache. Rows beyond the last repeat it and are thrown away.
CK_INLINE void gradient_columns(const float *h, size_t hs, const void *x, size_t xs, float *g, size_t gs, size_t t,
                                size_t width, size_t rows, float scale, enum ck_write write, enum ck_dtype dtype,
                                size_t vectors) {
    size_t offset[GRADIENT_ROWS];
    for (size_t j = 0; j < GRADIENT_ROWS; j++) offset[j] = j < rows ? j : rows - 1;
    lanes sums[GRADIENT_ROWS][GRADIENT_VECTORS] = {0};
    for (size_t i = 0; i < t; i++) {
        lanes v[GRADIENT_VECTORS];
        const void *in = ck_row(x, i, xs, dtype);
        for (size_t c = 0; c < vectors; c++) {
            if (width == vectors * LANES) ck_load(in, c * LANES, dtype, &v[c]);
            else ck_load_rest(in, c * LANES, width, dtype, &v[c]);
        }
        for (size_t j = 0; j < GRADIENT_ROWS; j++) {
            for (size_t c = 0; c < vectors; c++) sums[j][c] += v[c] * h[i * hs + offset[j]];
        }
    }
    for (size_t j = 0; j < rows; j++) {
        for (size_t c = 0; c < width; c++) {
            float before = write == CK_ACCUMULATE ? g[j * gs + c] : 0.0f;
            g[j * gs + c] = before + scale * sums[j][c / LANES][c % LANES];
        }
    }
}

CK_INLINE void gradient(const float *h, size_t hs, const void *x, size_t xs, float *g, size_t gs, size_t t, size_t n,
                        size_t r, float scale, enum ck_write write, enum ck_dtype dtype) {
    enum { LINE = GRADIENT_VECTORS * LANES };
    for (size_t row = 0; row < r; row += GRADIENT_ROWS) {
        const float *hr = h + row;
        float *gr = g + row * gs;
        size_t rows = r - row < GRADIENT_ROWS ? r - row : GRADIENT_ROWS, c = 0;
        for (; c + LINE <= n; c += LINE) {
            const void *in = (const char *)x + c * ck_element_bytes(dtype);
            gradient_columns(hr, hs, in, xs, gr + c, gs, t, LINE, rows, scale, write, dtype, GRADIENT_VECTORS);
        }
        for (; c < n; c += LANES) {
            const void *in = (const char *)x + c * ck_element_bytes(dtype);
            size_t width = n - c < LANES ? n - c : LANES;
            gradient_columns(hr, hs, in, xs, gr + c, gs, t, width, rows, scale, write, dtype, 1);
        }
    }
}

CK_FUNCTION void ck_low_rank_gradient(const float *h, size_t hs, const void *x, size_t xs, enum ck_dtype dtype,
                                      float *g, size_t gs, size_t t, size_t n, size_t r, float scale,
                                      enum ck_write write) {
    if (dtype == CK_BFLOAT16) gradient(h, hs, x, xs, g, gs, t, n, r, scale, write, CK_BFLOAT16);
    else gradient(h, hs, x, xs, g, gs, t, n, r, scale, write, CK_FLOAT32);
}
