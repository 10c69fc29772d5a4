#if defined(__x86_64__)
#define CK_AVX2 1
#include <immintrin.h>
#include <string.h>
#include "../portable/bfloat16.h"
#include "../portable/panels.h"
#include "x86.h"

#define AVX2 __attribute__((target("avx2,fma")))
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

/// Steps of k that are unrolled.
enum { STEPS = 4 };

/// Adds what is to be added to one row's sixteen sums and writes them, no column beyond the block's.
AVX2 INLINE void finish(const struct ck_block *b, size_t row, __m256 low, __m256 high) {
    const float *add = b->add.start ? b->add.start + row * b->add.stride : NULL;
    if (b->columns == NR && b->y.dtype == CK_FLOAT32) {
        float *y = (float *)b->y.start + row * b->y.stride;
        if (add) {
            low = _mm256_add_ps(low, _mm256_loadu_ps(add));
            high = _mm256_add_ps(high, _mm256_loadu_ps(add + 8));
        }
        _mm256_storeu_ps(y, low);
        _mm256_storeu_ps(y + 8, high);
        return;
    }
    float sums[NR];
    _mm256_storeu_ps(sums, low);
    _mm256_storeu_ps(sums + 8, high);
    void *y = ck_row(b->y.start, row, b->y.stride, b->y.dtype);
    for (size_t c = 0; c < b->columns; c++) ck_store_one(add ? sums[c] + add[c] : sums[c], y, c, b->y.dtype);
}

// R rows against a whole panel: 2·R sums, two registers of the panel and one element of x fill the sixteen registers.
// AT is where the element of row r lies, `step` steps from `top`, row 0, or `bottom`, row 3; NEXT is where they begin
// `steps` later. The empty instruction keeps the compiler from loading for the next step while this one needs all
// registers.
#define STEP(R, AT)                                                             \
    {                                                                           \
        __m256 low = _mm256_loadu_ps(panel), high = _mm256_loadu_ps(panel + 8); \
        UNROLL for (size_t r = 0; r < R; r++) {                                 \
            __m256 element = _mm256_broadcast_ss(AT);                           \
            sums[r][0] = _mm256_fmadd_ps(element, low, sums[r][0]);             \
            sums[r][1] = _mm256_fmadd_ps(element, high, sums[r][1]);            \
        }                                                                       \
        __asm__ volatile("" ::: "memory");                                      \
        panel += NR;                                                            \
    }

#define FLOAT32_ROWS(NAME, R, APART, AT, NEXT)                                           \
    AVX2 static void NAME##R(const struct ck_block *b) {                                 \
        size_t stride = b->x.stride, k = b->k, i = 0;                                    \
        const float *panel = b->panel, *top = b->x.start, *bottom = top + 3 * (APART);   \
        __m256 sums[R][2];                                                               \
        UNROLL for (int r = 0; r < R; r++)                                               \
            sums[r][0] = sums[r][1] = _mm256_setzero_ps();                               \
        for (; i + STEPS <= k; i += STEPS) {                                             \
            UNROLL for (size_t step = 0; step < STEPS; step++)                           \
                STEP(R, AT)                                                              \
            top += NEXT(STEPS), bottom += NEXT(STEPS);                                   \
        }                                                                                \
        for (size_t step = 0; i < k; i++, top += NEXT(1), bottom += NEXT(1)) STEP(R, AT) \
        UNROLL for (int r = 0; r < R; r++)                                               \
            finish(b, (size_t)r, sums[r][0], sums[r][1]);                                \
    }

#define ALL_ROWS(KERNEL) KERNEL(1) KERNEL(2) KERNEL(3) KERNEL(4) KERNEL(5) KERNEL(6)
#define NEXT_IN_ROW(steps) (steps)
#define NEXT_IN_COLUMNS(steps) ((steps) * stride)
#define FLOAT32(R) \
    FLOAT32_ROWS(float32_, R, stride, (r < 3 ? top + r * stride : bottom + (r - 3) * stride) + step, NEXT_IN_ROW)
#define FLOAT32_COLUMN_MAJOR(R) \
    FLOAT32_ROWS(float32_column_major_, R, 1, (r < 3 ? top + r : bottom + (r - 3)) + step * stride, NEXT_IN_COLUMNS)
ALL_ROWS(FLOAT32)
ALL_ROWS(FLOAT32_COLUMN_MAJOR)

void ck_block_avx2(const struct ck_block *block, size_t rows) {
    typedef void (*kernel)(const struct ck_block *);
#define NAME_0(R) float32_##R,
#define NAME_1(R) float32_column_major_##R,
    static const kernel kernels[2][MR] = {
        [CK_ROW_MAJOR] = {ALL_ROWS(NAME_0)},
        [CK_COLUMN_MAJOR] = {ALL_ROWS(NAME_1)},
    };
    kernels[block->x.order][rows - 1](block);
}

/// Eight rows of eight words change places with their columns.
AVX2 INLINE void transpose(__m256 r[8]) {
    __m256 t[8];
    UNROLL for (int i = 0; i < 8; i += 2) {
        t[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
        t[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
    }
    UNROLL for (int i = 0; i < 8; i += 4) {
        r[i] = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
        r[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xEE);
        r[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
        r[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xEE);
    }
    UNROLL for (int i = 0; i < 4; i++) {
        t[i] = _mm256_permute2f128_ps(r[i], r[i + 4], 0x20);
        t[i + 4] = _mm256_permute2f128_ps(r[i], r[i + 4], 0x31);
    }
    UNROLL for (int i = 0; i < 8; i++)
        r[i] = t[i];
}

AVX2 void ck_pack_transposed_avx2(const uint32_t *w, size_t stride, size_t k, uint32_t *panel) {
    for (size_t i = 0; i < k; i += 8) {
        for (size_t first = 0; first < NR; first += 8) {
            __m256 r[8];
            UNROLL for (size_t j = 0; j < 8; j++)
                r[j] = _mm256_loadu_ps((const float *)(w + (first + j) * stride + i));
            transpose(r);
            UNROLL for (size_t j = 0; j < 8; j++) { _mm256_storeu_ps((float *)(panel + (i + j) * NR + first), r[j]); }
        }
    }
}

AVX2 void ck_pack_widened_avx2(const uint16_t *w, size_t stride, size_t k, float *panel) {
    for (size_t i = 0; i < k; i += 8) {
        for (size_t first = 0; first < NR; first += 8) {
            __m256 r[8];
            UNROLL for (size_t j = 0; j < 8; j++) {
                __m128i bfloat16 = _mm_loadu_si128((const __m128i *)(w + (first + j) * stride + i));
                r[j] = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(bfloat16), 16));
            }
            transpose(r);
            UNROLL for (size_t j = 0; j < 8; j++)
                _mm256_storeu_ps(panel + (i + j) * NR + first, r[j]);
        }
    }
}
#endif
