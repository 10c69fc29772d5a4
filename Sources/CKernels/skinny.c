#include "CKernels.h"
#include "lanes.h"

CK_CLONES
void ck_gemv(const float *w, size_t ws, const float *x, float *y, size_t rows, size_t columns, int accumulate) {
    size_t whole = columns / LANES * LANES;
    size_t row = 0;
    for (; row < rows; row += 4) {
        size_t count = rows - row < 4 ? rows - row : 4;
        const float *w0 = w + row * ws;
        const float *w1 = count > 1 ? w0 + ws : w0;
        const float *w2 = count > 2 ? w1 + ws : w0;
        const float *w3 = count > 3 ? w2 + ws : w0;
        lanes s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
        for (size_t i = 0; i < whole; i += LANES) {
            lanes v = *(const lanes *)(x + i);
            s0 += v * *(const lanes *)(w0 + i);
            s1 += v * *(const lanes *)(w1 + i);
            s2 += v * *(const lanes *)(w2 + i);
            s3 += v * *(const lanes *)(w3 + i);
        }
        float sums[4] = {0, 0, 0, 0};
        for (int lane = 0; lane < LANES; lane++) {
            sums[0] += s0[lane];
            sums[1] += s1[lane];
            sums[2] += s2[lane];
            sums[3] += s3[lane];
        }
        for (size_t i = whole; i < columns; i++) {
            sums[0] += x[i] * w0[i];
            sums[1] += x[i] * w1[i];
            sums[2] += x[i] * w2[i];
            sums[3] += x[i] * w3[i];
        }
        for (size_t i = 0; i < count; i++) y[row + i] = accumulate ? y[row + i] + sums[i] : sums[i];
    }
}

CK_CLONES
void ck_skinny_right(const float *x, size_t xs, const float *p, size_t width, float *c, size_t cs, size_t m, size_t k,
                     size_t r, float scale, int accumulate) {
    enum { ROWS = 8 };
    for (size_t row = 0; row < m; row += ROWS) {
        const float *in[ROWS];
        for (size_t i = 0; i < ROWS; i++) in[i] = x + (row + i < m ? row + i : row) * xs;
        for (size_t column = 0; column < r; column += LANES) {
            lanes s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0}, s4 = {0}, s5 = {0}, s6 = {0}, s7 = {0};
            for (size_t i = 0; i < k; i++) {
                lanes v = *(const lanes *)(p + i * width + column);
                s0 += v * in[0][i];
                s1 += v * in[1][i];
                s2 += v * in[2][i];
                s3 += v * in[3][i];
                s4 += v * in[4][i];
                s5 += v * in[5][i];
                s6 += v * in[6][i];
                s7 += v * in[7][i];
            }
            lanes sums[ROWS] = {s0, s1, s2, s3, s4, s5, s6, s7};
            size_t end = r - column < LANES ? r - column : LANES;
            for (size_t i = 0; i < ROWS && row + i < m; i++) {
                float *out = c + (row + i) * cs + column;
                for (size_t j = 0; j < end; j++) out[j] = (accumulate ? out[j] : 0.0f) + scale * sums[i][j];
            }
        }
    }
}

CK_CLONES
void ck_rank_update(const float *h, size_t hs, const float *b, size_t bs, float *y, size_t ys, size_t m, size_t n,
                    size_t r, float scale, int accumulate) {
    enum { ROWS = 4 };
    size_t whole = n / LANES * LANES;
    for (size_t row = 0; row < m; row += ROWS) {
        size_t count = m - row < ROWS ? m - row : ROWS;
        const float *hr[ROWS];
        for (size_t i = 0; i < ROWS; i++) hr[i] = h + (row + (i < count ? i : 0)) * hs;
        for (size_t column = 0; column < whole; column += LANES) {
            lanes s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
            for (size_t j = 0; j < r; j++) {
                lanes v = *(const lanes *)(b + j * bs + column);
                s0 += v * hr[0][j];
                s1 += v * hr[1][j];
                s2 += v * hr[2][j];
                s3 += v * hr[3][j];
            }
            lanes sums[ROWS] = {s0, s1, s2, s3};
            for (size_t i = 0; i < count; i++) {
                lanes *out = (lanes *)(y + (row + i) * ys + column);
                *out = accumulate ? *out + sums[i] * scale : sums[i] * scale;
            }
        }
        for (size_t i = 0; i < count; i++) {
            for (size_t column = whole; column < n; column++) {
                float sum = 0;
                for (size_t j = 0; j < r; j++) sum += hr[i][j] * b[j * bs + column];
                float *out = y + (row + i) * ys + column;
                *out = (accumulate ? *out : 0.0f) + scale * sum;
            }
        }
    }
}

CK_CLONES
void ck_skinny_left(const float *h, size_t hs, const float *x, size_t xs, float *g, size_t gs, size_t t, size_t n,
                    size_t r, float scale, int accumulate) {
    enum { ROWS = 8 };
    size_t whole = n / LANES * LANES;
    for (size_t row = 0; row < r; row += ROWS) {
        size_t count = r - row < ROWS ? r - row : ROWS;
        for (size_t column = 0; column < whole; column += LANES) {
            lanes s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0}, s4 = {0}, s5 = {0}, s6 = {0}, s7 = {0};
            for (size_t i = 0; i < t; i++) {
                lanes v = *(const lanes *)(x + i * xs + column);
                const float *hr = h + i * hs + row;
                s0 += v * hr[0];
                if (count > 1) s1 += v * hr[1];
                if (count > 2) s2 += v * hr[2];
                if (count > 3) s3 += v * hr[3];
                if (count > 4) s4 += v * hr[4];
                if (count > 5) s5 += v * hr[5];
                if (count > 6) s6 += v * hr[6];
                if (count > 7) s7 += v * hr[7];
            }
            lanes sums[ROWS] = {s0, s1, s2, s3, s4, s5, s6, s7};
            for (size_t i = 0; i < count; i++) {
                lanes *out = (lanes *)(g + (row + i) * gs + column);
                *out = accumulate ? *out + sums[i] * scale : sums[i] * scale;
            }
        }
        for (size_t i = 0; i < count; i++) {
            for (size_t column = whole; column < n; column++) {
                float sum = 0;
                for (size_t j = 0; j < t; j++) sum += h[j * hs + row + i] * x[j * xs + column];
                float *out = g + (row + i) * gs + column;
                *out = (accumulate ? *out : 0.0f) + scale * sum;
            }
        }
    }
}
