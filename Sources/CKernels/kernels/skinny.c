#include "types.h"
#include "half.h"

#pragma clang fp contract(fast) reassociate(off)

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

CK_FUNCTION void ck_gemv(const void *w, size_t ws, int half, const float *x, const float *add, void *y, int y_half, size_t rows,
             size_t columns, size_t apart) {
    if (half) gemv(w, ws, x, add, y, y_half, rows, columns, apart, 1);
    else gemv(w, ws, x, add, y, y_half, rows, columns, apart, 0);
}

CK_FUNCTION void ck_turn_skinny(const float *b, size_t bs, size_t rows, size_t columns, float *turned) {
    for (size_t j = 0; j < columns; j++) {
        for (size_t i = 0; i < rows; i++) turned[j * rows + i] = b[i * bs + j];
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

enum { RIGHT_ROWS = 3, RIGHT_RANKS = 8 };

/// Up to three rows of x against up to eight of p, along k; rows beyond the last repeat it and are thrown away.
CK_INLINE void skinny_right_rows(const void *x, size_t xs, const float *p, size_t ps, float *c, size_t cs, size_t rows,
                                 size_t k, size_t ranks, float scale, int accumulate, int half) {
    const void *in[RIGHT_ROWS];
    const float *factor[RIGHT_RANKS];
    for (size_t i = 0; i < RIGHT_ROWS; i++) in[i] = ck_row(x, i < rows ? i : rows - 1, xs, half);
    for (size_t j = 0; j < RIGHT_RANKS; j++) factor[j] = p + (j < ranks ? j : ranks - 1) * ps;
    lanes sums[RIGHT_ROWS][RIGHT_RANKS] = {0};
    size_t whole = k / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES) {
        lanes v[RIGHT_ROWS];
        for (size_t r = 0; r < RIGHT_ROWS; r++) ck_load(in[r], i, half, &v[r]);
        for (size_t j = 0; j < RIGHT_RANKS; j++) {
            lanes f = *(const lanes *)(factor[j] + i);
            for (size_t r = 0; r < RIGHT_ROWS; r++) sums[r][j] += v[r] * f;
        }
    }
    if (whole < k) {
        for (size_t j = 0; j < RIGHT_RANKS; j++) {
            lanes f, v;
            ck_load_rest(factor[j], whole, k - whole, 0, &f);
            for (size_t r = 0; r < RIGHT_ROWS; r++) {
                ck_load_rest(in[r], whole, k - whole, half, &v);
                sums[r][j] += v * f;
            }
        }
    }
    for (size_t r = 0; r < rows; r++) {
        float sum[RIGHT_RANKS];
        sum_eight(sums[r], sum);
        for (size_t j = 0; j < ranks; j++) c[r * cs + j] = (accumulate ? c[r * cs + j] : 0.0f) + scale * sum[j];
    }
}

CK_INLINE void skinny_right(const void *x, size_t xs, const float *p, size_t ps, float *c, size_t cs, size_t m,
                            size_t k, size_t r, float scale, int accumulate, int half) {
    for (size_t row = 0; row < m; row += RIGHT_ROWS) {
        size_t rows = m - row < RIGHT_ROWS ? m - row : RIGHT_ROWS;
        for (size_t j = 0; j < r; j += RIGHT_RANKS) {
            skinny_right_rows(ck_row(x, row, xs, half), xs, p + j * ps, ps, c + row * cs + j, cs, rows, k,
                              r - j < RIGHT_RANKS ? r - j : RIGHT_RANKS, scale, accumulate, half);
        }
    }
}

CK_FUNCTION void ck_skinny_right(const void *x, size_t xs, int half, const float *p, size_t ps, float *c, size_t cs, size_t m,
                     size_t k, size_t r, float scale, int accumulate) {
    if (half) skinny_right(x, xs, p, ps, c, cs, m, k, r, scale, accumulate, 1);
    else skinny_right(x, xs, p, ps, c, cs, m, k, r, scale, accumulate, 0);
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

CK_FUNCTION void ck_rank_update(const float *h, size_t hs, const float *b, size_t bs, void *y, size_t ys, int half, size_t m,
                    size_t n, size_t r, float scale, int accumulate) {
    if (half) rank_update(h, hs, b, bs, y, ys, m, n, r, scale, accumulate, 1);
    else rank_update(h, hs, b, bs, y, ys, m, n, r, scale, accumulate, 0);
}

enum { LEFT_ROWS = 8, LEFT_VECTORS = 2 };

/// Up to eight rows of hᵀ against `width` columns of x, in one vector or two of them, which in bfloat16 are a line of the
/// cache. Rows beyond the last repeat it and are thrown away.
CK_INLINE void skinny_left_columns(const float *h, size_t hs, const void *x, size_t xs, float *g, size_t gs, size_t t,
                                   size_t width, size_t rows, float scale, int accumulate, int half, size_t vectors) {
    size_t offset[LEFT_ROWS];
    for (size_t j = 0; j < LEFT_ROWS; j++) offset[j] = j < rows ? j : rows - 1;
    lanes sums[LEFT_ROWS][LEFT_VECTORS] = {0};
    for (size_t i = 0; i < t; i++) {
        lanes v[LEFT_VECTORS];
        const void *in = ck_row(x, i, xs, half);
        for (size_t c = 0; c < vectors; c++) {
            if (width == vectors * LANES) ck_load(in, c * LANES, half, &v[c]);
            else ck_load_rest(in, c * LANES, width, half, &v[c]);
        }
        for (size_t j = 0; j < LEFT_ROWS; j++) {
            for (size_t c = 0; c < vectors; c++) sums[j][c] += v[c] * h[i * hs + offset[j]];
        }
    }
    for (size_t j = 0; j < rows; j++) {
        for (size_t c = 0; c < width; c++) {
            float before = accumulate ? g[j * gs + c] : 0.0f;
            g[j * gs + c] = before + scale * sums[j][c / LANES][c % LANES];
        }
    }
}

CK_INLINE void skinny_left(const float *h, size_t hs, const void *x, size_t xs, float *g, size_t gs, size_t t, size_t n,
                           size_t r, float scale, int accumulate, int half) {
    enum { LINE = LEFT_VECTORS * LANES };
    for (size_t row = 0; row < r; row += LEFT_ROWS) {
        const float *hr = h + row;
        float *gr = g + row * gs;
        size_t rows = r - row < LEFT_ROWS ? r - row : LEFT_ROWS, c = 0;
        for (; c + LINE <= n; c += LINE) {
            const void *in = (const char *)x + c * (half ? sizeof(uint16_t) : sizeof(float));
            skinny_left_columns(hr, hs, in, xs, gr + c, gs, t, LINE, rows, scale, accumulate, half, LEFT_VECTORS);
        }
        for (; c < n; c += LANES) {
            const void *in = (const char *)x + c * (half ? sizeof(uint16_t) : sizeof(float));
            size_t width = n - c < LANES ? n - c : LANES;
            skinny_left_columns(hr, hs, in, xs, gr + c, gs, t, width, rows, scale, accumulate, half, 1);
        }
    }
}

CK_FUNCTION void ck_skinny_left(const float *h, size_t hs, const void *x, size_t xs, int half, float *g, size_t gs, size_t t,
                    size_t n, size_t r, float scale, int accumulate) {
    if (half) skinny_left(h, hs, x, xs, g, gs, t, n, r, scale, accumulate, 1);
    else skinny_left(h, hs, x, xs, g, gs, t, n, r, scale, accumulate, 0);
}
