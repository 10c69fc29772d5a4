#if defined(__x86_64__)
#include "avx512.h"

INLINE int word(const uint16_t *p) {
    int w;
    memcpy(&w, p, sizeof w);
    return w;
}

// R rows against a whole panel: 2·R sums, two registers of the panel and one element of x fill the 32 registers. AT is
// where the element, or in bfloat16 the pair of elements, of row r and step i lies.
#define FLOAT32_ROWS(NAME, R, AT)                                                    \
    F32 static void NAME##R(const struct ck_block *b) {                              \
        const float *x = b->x.start, *panel = b->panel;                              \
        size_t stride = b->x.stride, k = b->k;                                       \
        __m512 sums[R][2];                                                           \
        UNROLL for (int r = 0; r < R; r++)                                           \
            sums[r][0] = sums[r][1] = _mm512_setzero_ps();                           \
        for (size_t i = 0; i < k; i++, panel += NR) {                                \
            __m512 low = _mm512_loadu_ps(panel), high = _mm512_loadu_ps(panel + 16); \
            UNROLL for (size_t r = 0; r < R; r++) {                                  \
                __m512 element = _mm512_set1_ps(x[AT]);                              \
                sums[r][0] = _mm512_fmadd_ps(element, low, sums[r][0]);              \
                sums[r][1] = _mm512_fmadd_ps(element, high, sums[r][1]);             \
            }                                                                        \
        }                                                                            \
        UNROLL for (int r = 0; r < R; r++)                                           \
            finish_float32(b, (size_t)r, sums[r][0], sums[r][1]);                    \
    }

#define BFLOAT16_STEP(R, PAIR)                                 \
    __m512bh low = (__m512bh)_mm512_loadu_si512(panel);        \
    __m512bh high = (__m512bh)_mm512_loadu_si512(panel + NR);  \
    UNROLL for (size_t r = 0; r < R; r++) {                    \
        __m512bh pair = (__m512bh)_mm512_set1_epi32(PAIR);     \
        sums[r][0] = _mm512_dpbf16_ps(sums[r][0], pair, low);  \
        sums[r][1] = _mm512_dpbf16_ps(sums[r][1], pair, high); \
    }

#define BFLOAT16_ROWS(NAME, R, PAIR, LAST)                         \
    BF16 static void NAME##R(const struct ck_block *b) {           \
        const uint16_t *x = b->x.start, *panel = b->panel;         \
        size_t stride = b->x.stride, k = b->k, i = 0;              \
        __m512 sums[R][2];                                         \
        UNROLL for (int r = 0; r < R; r++)                         \
            sums[r][0] = sums[r][1] = _mm512_setzero_ps();         \
        for (; i + 1 < k; i += 2, panel += 2 * NR) {               \
            BFLOAT16_STEP(R, PAIR)                                 \
        }                                                          \
        if (i < k) {                                               \
            BFLOAT16_STEP(R, LAST)                                 \
        }                                                          \
        UNROLL for (int r = 0; r < R; r++)                         \
            finish_bfloat16(b, (size_t)r, sums[r][0], sums[r][1]); \
    }

#define FLOAT32(R) FLOAT32_ROWS(float32_, R, r *stride + i)
#define FLOAT32_COLUMN_MAJOR(R) FLOAT32_ROWS(float32_column_major_, R, i *stride + r)
#define BFLOAT16(R) BFLOAT16_ROWS(bfloat16_, R, word(x + r * stride + i), x[r * stride + i])
#define BFLOAT16_COLUMN_MAJOR(R) \
    BFLOAT16_ROWS(bfloat16_column_major_, R, word(x + i * stride + 2 * r), x[i * stride + 2 * r])
ALL_ROWS(FLOAT32)
ALL_ROWS(FLOAT32_COLUMN_MAJOR)
ALL_ROWS(BFLOAT16)
ALL_ROWS(BFLOAT16_COLUMN_MAJOR)

void ck_block_avx512(const struct ck_block *block, size_t rows) {
    typedef void (*kernel)(const struct ck_block *);
#define NAME_0(R) float32_##R,
#define NAME_1(R) float32_column_major_##R,
#define NAME_2(R) bfloat16_##R,
#define NAME_3(R) bfloat16_column_major_##R,
    static const kernel kernels[2][2][MR] = {
        [CK_FLOAT32] = {[CK_ROW_MAJOR] = {ALL_ROWS(NAME_0)}, [CK_COLUMN_MAJOR] = {ALL_ROWS(NAME_1)}},
        [CK_BFLOAT16] = {[CK_ROW_MAJOR] = {ALL_ROWS(NAME_2)}, [CK_COLUMN_MAJOR] = {ALL_ROWS(NAME_3)}},
    };
    if (block->x.dtype == CK_BFLOAT16 && rows >= CK_LEAST_WIDENED_ROWS && ck_widens_bfloat16()) {
        ck_block_widened_avx512(block, rows);
        return;
    }
    kernels[block->x.dtype][block->x.order][rows - 1](block);
}

// Memory is read faster as two streams, each in order, than as one: the hardware's prefetching starts again in every
// page.
BF16 void ck_two_blocks_avx512(const struct ck_block *first, const struct ck_block *second) {
    const struct ck_block *blocks[2] = {first, second};
    const uint16_t *x = first->x.start, *panels[2] = {first->panel, second->panel};
    __m512 sums[2][2];
    UNROLL for (int s = 0; s < 2; s++)
        sums[s][0] = sums[s][1] = _mm512_setzero_ps();
    for (size_t i = 0; i < first->k; i += 2) {
        __m512bh pair = (__m512bh)_mm512_set1_epi32(i + 1 < first->k ? word(x + i) : x[i]);
        UNROLL for (int s = 0; s < 2; s++) {
            const uint16_t *panel = panels[s] + i * NR;
            sums[s][0] = _mm512_dpbf16_ps(sums[s][0], pair, (__m512bh)_mm512_loadu_si512(panel));
            sums[s][1] = _mm512_dpbf16_ps(sums[s][1], pair, (__m512bh)_mm512_loadu_si512(panel + NR));
        }
    }
    UNROLL for (int s = 0; s < 2; s++)
        finish_bfloat16(blocks[s], 0, sums[s][0], sums[s][1]);
}

/// Sixteen rows of sixteen words change places with their columns.
F32 INLINE void transpose(__m512i r[16]) {
    __m512i t[16];
    UNROLL for (int i = 0; i < 16; i += 2) {
        t[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
    }
    UNROLL for (int i = 0; i < 16; i += 4) {
        r[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
        r[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
        r[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
        r[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
    UNROLL for (int i = 0; i < 4; i++) {
        t[i] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x88);
        t[i + 4] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xDD);
        t[i + 8] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x88);
        t[i + 12] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xDD);
    }
    UNROLL for (int i = 0; i < 4; i++) {
        r[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88);
        r[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xDD);
        r[i + 4] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0x88);
        r[i + 12] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0xDD);
    }
}

F32 void ck_pack_transposed_avx512(const uint32_t *w, size_t stride, size_t k, uint32_t *panel) {
    for (size_t i = 0; i < k; i += 16) {
        for (size_t first = 0; first < NR; first += 16) {
            __m512i r[16];
            UNROLL for (size_t j = 0; j < 16; j++)
                r[j] = _mm512_loadu_si512(w + (first + j) * stride + i);
            transpose(r);
            UNROLL for (size_t j = 0; j < 16; j++)
                _mm512_storeu_si512(panel + (i + j) * NR + first, r[j]);
        }
    }
}

F32 void ck_pack_widened_avx512(const uint16_t *w, size_t stride, size_t k, float *panel) {
    for (size_t i = 0; i < k; i += 16) {
        for (size_t first = 0; first < NR; first += 16) {
            __m512i r[16];
            UNROLL for (size_t j = 0; j < 16; j++) {
                __m256i bfloat16 = _mm256_loadu_si256((const __m256i *)(w + (first + j) * stride + i));
                r[j] = _mm512_slli_epi32(_mm512_cvtepu16_epi32(bfloat16), 16);
            }
            transpose(r);
            UNROLL for (size_t j = 0; j < 16; j++)
                _mm512_storeu_si512(panel + (i + j) * NR + first, r[j]);
        }
    }
}

/// Eight rows of eight double words change places with their columns.
F32 INLINE void transpose_doubles(__m512i r[8]) {
    __m512i t[8];
    UNROLL for (int i = 0; i < 8; i += 2) {
        t[i] = _mm512_unpacklo_epi64(r[i], r[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi64(r[i], r[i + 1]);
    }
    UNROLL for (int i = 0; i < 8; i += 4) {
        UNROLL for (int j = 0; j < 2; j++) {
            r[i + j] = _mm512_shuffle_i64x2(t[i + j], t[i + j + 2], 0x88);
            r[i + j + 2] = _mm512_shuffle_i64x2(t[i + j], t[i + j + 2], 0xDD);
        }
    }
    UNROLL for (int i = 0; i < 4; i++) {
        t[i] = _mm512_shuffle_i64x2(r[i], r[i + 4], 0x88);
        t[i + 4] = _mm512_shuffle_i64x2(r[i], r[i + 4], 0xDD);
    }
    UNROLL for (int i = 0; i < 8; i++)
        r[i] = t[i];
}

F32 void ck_transpose_block_avx512(const uint32_t *block, uint32_t *transposed) {
    // In each double word, a column pair's elements of two rows: (0, 1), (2, 3) become (0, 2), (1, 3).
    const __m512i order = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15));
    for (size_t pairs = 0; pairs < 16; pairs += 8) {
        for (size_t columns = 0; columns < NR; columns += 16) {
            __m512i r[8];
            UNROLL for (size_t j = 0; j < 8; j++) {
                r[j] = _mm512_shuffle_epi8(_mm512_loadu_si512(block + (pairs + j) * NR + columns), order);
            }
            transpose_doubles(r);
            UNROLL for (size_t j = 0; j < 8; j++) {
                _mm512_storeu_si512(transposed + (columns / 2 + j) * NR + 2 * pairs, r[j]);
            }
        }
    }
}
#endif
