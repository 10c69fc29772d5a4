#include "CKernels.h"
#include "half.h"

#pragma clang fp contract(fast)

/// Rows w[0] and, where `streams` is 2, w[apart] against x. Two sums a row hide the latency of the additions, and a row
/// is summed in the same order whichever rows are beside it.
CK_INLINE void gemv_rows(const void *w, size_t ws, size_t apart, const float *x, const float *add, void *y, int y_half,
                         size_t columns, int half, size_t streams) {
    enum { SUMS = 2, STREAMS = 2 };
    size_t whole = columns / LANES * LANES, blocks = columns / (SUMS * LANES) * (SUMS * LANES);
    const void *in[STREAMS] = {w, ck_row(w, apart, ws, half)};
    lanes sums[STREAMS][SUMS] = {0};
    size_t i = 0;
    for (; i < blocks; i += SUMS * LANES) {
        for (size_t stream = 0; stream < streams; stream++) {
            for (size_t j = 0; j < SUMS; j++) {
                lanes weight;
                ck_load(in[stream], i + j * LANES, half, &weight);
                sums[stream][j] += weight * *(const lanes *)(x + i + j * LANES);
            }
        }
    }
    for (size_t stream = 0; stream < streams; stream++) {
        if (blocks < whole) {
            lanes weight;
            ck_load(in[stream], blocks, half, &weight);
            sums[stream][0] += weight * *(const lanes *)(x + blocks);
        }
        lanes all = sums[stream][0] + sums[stream][1];
        float sum = ck_sum(&all);
        for (i = whole; i < columns; i++) sum += x[i] * ck_load_one(in[stream], i, half);
        ck_store_one(add ? add[stream * apart] + sum : sum, y, stream * apart, y_half);
    }
}

CK_INLINE void gemv(const void *w, size_t ws, const float *x, const float *add, void *y, int y_half, size_t rows,
                    size_t columns, size_t apart, int half) {
    for (size_t row = 0; row < rows; row++) {
        const void *in = ck_row(w, row, ws, half);
        const float *added = add ? add + row : add;
        void *out = (char *)y + row * (y_half ? sizeof(uint16_t) : sizeof(float));
        if (apart > 0) gemv_rows(in, ws, apart, x, added, out, y_half, columns, half, 2);
        else gemv_rows(in, ws, 0, x, added, out, y_half, columns, half, 1);
    }
}

CK_CLONES
void ck_gemv(const void *w, size_t ws, int half, const float *x, const float *add, void *y, int y_half, size_t rows,
             size_t columns, size_t apart) {
    if (half) gemv(w, ws, x, add, y, y_half, rows, columns, apart, 1);
    else gemv(w, ws, x, add, y, y_half, rows, columns, apart, 0);
}

/// Eight rows of x against 16 columns of p.
CK_INLINE void skinny_right(const void *x, size_t xs, const float *p, size_t width, float *c, size_t cs, size_t m,
                            size_t k, size_t r, float scale, int accumulate, int half) {
    enum { ROWS = 8 };
    for (size_t row = 0; row < m; row += ROWS) {
        const void *in[ROWS];
        for (size_t i = 0; i < ROWS; i++) in[i] = ck_row(x, row + i < m ? row + i : row, xs, half);
        for (size_t column = 0; column < r; column += LANES) {
            lanes sums[ROWS] = {0};
            for (size_t i = 0; i < k; i++) {
                lanes v = *(const lanes *)(p + i * width + column);
                for (size_t j = 0; j < ROWS; j++) sums[j] += v * ck_load_one(in[j], i, half);
            }
            size_t end = r - column < LANES ? r - column : LANES;
            for (size_t i = 0; i < ROWS && row + i < m; i++) {
                float *out = c + (row + i) * cs + column;
                for (size_t j = 0; j < end; j++) out[j] = (accumulate ? out[j] : 0.0f) + scale * sums[i][j];
            }
        }
    }
}

CK_CLONES
void ck_skinny_right(const void *x, size_t xs, int half, const float *p, size_t width, float *c, size_t cs, size_t m,
                     size_t k, size_t r, float scale, int accumulate) {
    if (half) skinny_right(x, xs, p, width, c, cs, m, k, r, scale, accumulate, 1);
    else skinny_right(x, xs, p, width, c, cs, m, k, r, scale, accumulate, 0);
}

CK_INLINE void rank_update(const float *h, size_t hs, const float *b, size_t bs, void *y, size_t ys, size_t m, size_t n,
                           size_t r, float scale, int accumulate, int half) {
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
                void *out = ck_row(y, row + i, ys, half);
                lanes before = {0}, after;
                if (width == LANES) {
                    if (accumulate) ck_load(out, column, half, &before);
                    after = before + sums[i] * scale;
                    ck_store(&after, out, column, half);
                } else {
                    if (accumulate) ck_load_rest(out, column, width, half, &before);
                    after = before + sums[i] * scale;
                    ck_store_rest(&after, out, column, width, half);
                }
            }
        }
    }
}

CK_CLONES
void ck_rank_update(const float *h, size_t hs, const float *b, size_t bs, void *y, size_t ys, int half, size_t m,
                    size_t n, size_t r, float scale, int accumulate) {
    if (half) rank_update(h, hs, b, bs, y, ys, m, n, r, scale, accumulate, 1);
    else rank_update(h, hs, b, bs, y, ys, m, n, r, scale, accumulate, 0);
}

/// Eight rows of hᵀ against 16 columns of x; rows beyond the last repeat it and are thrown away.
CK_INLINE void skinny_left(const float *h, size_t hs, const void *x, size_t xs, float *g, size_t gs, size_t t, size_t n,
                           size_t r, float scale, int accumulate, int half) {
    enum { ROWS = 8 };
    for (size_t row = 0; row < r; row += ROWS) {
        size_t count = r - row < ROWS ? r - row : ROWS;
        size_t offset[ROWS];
        for (size_t i = 0; i < ROWS; i++) offset[i] = row + (i < count ? i : count - 1);
        for (size_t column = 0; column < n; column += LANES) {
            size_t width = n - column < LANES ? n - column : LANES;
            lanes sums[ROWS] = {0};
            for (size_t i = 0; i < t; i++) {
                lanes v;
                const void *in = ck_row(x, i, xs, half);
                if (width == LANES) ck_load(in, column, half, &v);
                else ck_load_rest(in, column, width, half, &v);
                const float *hr = h + i * hs;
                for (size_t j = 0; j < ROWS; j++) sums[j] += v * hr[offset[j]];
            }
            for (size_t i = 0; i < count; i++) {
                float *out = g + (row + i) * gs + column;
                for (size_t j = 0; j < width; j++) out[j] = (accumulate ? out[j] : 0.0f) + scale * sums[i][j];
            }
        }
    }
}

CK_CLONES
void ck_skinny_left(const float *h, size_t hs, const void *x, size_t xs, int half, float *g, size_t gs, size_t t,
                    size_t n, size_t r, float scale, int accumulate) {
    if (half) skinny_left(h, hs, x, xs, g, gs, t, n, r, scale, accumulate, 1);
    else skinny_left(h, hs, x, xs, g, gs, t, n, r, scale, accumulate, 0);
}
