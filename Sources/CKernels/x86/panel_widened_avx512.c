#if defined(__x86_64__)
#include "avx512.h"

// Blocks of bfloat16 by multiply-adds of float32, for CPUs whose instruction for pairs is slower than two of those; the
// bits are that instruction's. By its definition (Intel 64 and IA-32 Architectures Software Developer's Manual, VDPBF16PS)
// it adds the odd element's product to the sum, then the even one's, each time rounded to nearest, with denormal operands
// and results taken for zero; a product of two bfloat16 is exact in float32.

/// Pairs along k of which a block's rows are widened at a time. They stay in the first-level cache beside the panel's part.
enum { PAIRS = 128 };
/// Lanes of a register: x widened column by column has a register for each element of k.
enum { LANES_512 = 16 };
/// Which element of a pair.
enum { EVEN, ODD };

/// Where an element of pair i of row r is: [MR][2][PAIRS], or [PAIRS][2][16].
#define IN_ROW(r, i, element) (((r) * 2 + (element)) * PAIRS + (i))
#define IN_COLUMN(r, i, element) (((i) * 2 + (element)) * LANES_512 + (r))

F32 INLINE __m512 even(__m512i pairs) { return _mm512_castsi512_ps(_mm512_slli_epi32(pairs, 16)); }
F32 INLINE __m512 odd(__m512i pairs) {
    return _mm512_castsi512_ps(_mm512_and_si512(pairs, _mm512_set1_epi32((int)0xFFFF0000)));
}

/// x[r, first ..< first + count] of a block's rows; what the last pair lacks is zero.
F32 INLINE void widen_rows(const struct ck_first_factor *x, size_t rows, size_t first, size_t count, float *wide) {
    for (size_t r = 0; r < rows; r++) {
        const uint16_t *row = (const uint16_t *)x->start + r * x->stride + first;
        for (size_t i = 0; i < count; i += 2 * LANES_512) {
            size_t rest = count - i;
            __mmask32 there = rest < 2 * LANES_512 ? ((__mmask32)1 << rest) - 1 : 0xFFFFFFFF;
            __m512i pairs = _mm512_maskz_loadu_epi16(there, row + i);
            _mm512_store_ps(wide + IN_ROW(r, i / 2, EVEN), even(pairs));
            _mm512_store_ps(wide + IN_ROW(r, i / 2, ODD), odd(pairs));
        }
    }
}

/// The same where pairs of a column stand together.
F32 INLINE void widen_columns(const struct ck_first_factor *x, size_t rows, size_t first, size_t count, float *wide) {
    __mmask16 there = (__mmask16)((1u << rows) - 1);
    const uint32_t *column = (const uint32_t *)x->start + first / 2 * x->stride;
    for (size_t i = 0; i < (count + 1) / 2; i++, column += x->stride) {
        __m512i pairs = _mm512_maskz_loadu_epi32(there, column);
        _mm512_store_ps(wide + IN_COLUMN(0, i, EVEN), even(pairs));
        _mm512_store_ps(wide + IN_COLUMN(0, i, ODD), 2 * i + 1 < count ? odd(pairs) : _mm512_setzero_ps());
    }
}

/// Has denormal operands and results taken for zero from here on; returns the control register as it was.
INLINE unsigned flush_denormals(void) {
    unsigned before = _mm_getcsr(), flushing = before | _MM_FLUSH_ZERO_ON | _MM_DENORMALS_ZERO_ON;
    __asm__ volatile("ldmxcsr %0" : : "m"(flushing) : "memory");
    return before;
}

#define MULTIPLY_ADD(R, PART, AT, ELEMENT)                            \
    {                                                                 \
        __m512 low = PART(left), high = PART(right);                  \
        UNROLL for (size_t r = 0; r < R; r++) {                       \
            __m512 element = _mm512_set1_ps(wide[AT(r, i, ELEMENT)]); \
            sums[r][0] = _mm512_fmadd_ps(element, low, sums[r][0]);   \
            sums[r][1] = _mm512_fmadd_ps(element, high, sums[r][1]);  \
        }                                                             \
    }

// The empty instructions keep the compiler from moving sums over a change of the control register, which it does not know
// to decide them.
#define KEEP_SUMS(R)                   \
    UNROLL for (int r = 0; r < R; r++) \
        __asm__ volatile("" : "+v"(sums[r][0]), "+v"(sums[r][1]));

#define WIDENED_ROWS(NAME, R, WIDEN, AT)                                                          \
    BF16 static void NAME##R(const struct ck_block *b) {                                          \
        _Alignas(64) float wide[2 * PAIRS * LANES_512];                                           \
        const uint16_t *panel = b->panel;                                                         \
        __m512 sums[R][2];                                                                        \
        UNROLL for (int r = 0; r < R; r++)                                                        \
            sums[r][0] = sums[r][1] = _mm512_setzero_ps();                                        \
        unsigned control = flush_denormals();                                                     \
        for (size_t first = 0; first < b->k; first += 2 * PAIRS) {                                \
            size_t count = b->k - first < 2 * PAIRS ? b->k - first : 2 * PAIRS;                   \
            WIDEN(&b->x, R, first, count, wide);                                                  \
            for (size_t i = 0; i < (count + 1) / 2; i++, panel += 2 * NR) {                       \
                __m512i left = _mm512_loadu_si512(panel), right = _mm512_loadu_si512(panel + NR); \
                MULTIPLY_ADD(R, odd, AT, ODD)                                                     \
                MULTIPLY_ADD(R, even, AT, EVEN)                                                   \
            }                                                                                     \
        }                                                                                         \
        KEEP_SUMS(R)                                                                              \
        __asm__ volatile("ldmxcsr %0" : : "m"(control) : "memory");                               \
        KEEP_SUMS(R)                                                                              \
        UNROLL for (int r = 0; r < R; r++)                                                        \
            finish_bfloat16(b, (size_t)r, sums[r][0], sums[r][1]);                                \
    }

#define ROW_MAJOR(R) WIDENED_ROWS(row_major_, R, widen_rows, IN_ROW)
#define COLUMN_MAJOR(R) WIDENED_ROWS(column_major_, R, widen_columns, IN_COLUMN)
ALL_ROWS(ROW_MAJOR)
ALL_ROWS(COLUMN_MAJOR)

void ck_block_widened_avx512(const struct ck_block *block, size_t rows) {
    typedef void (*kernel)(const struct ck_block *);
#define NAME_0(R) row_major_##R,
#define NAME_1(R) column_major_##R,
    static const kernel kernels[2][MR] = {
        [CK_ROW_MAJOR] = {ALL_ROWS(NAME_0)},
        [CK_COLUMN_MAJOR] = {ALL_ROWS(NAME_1)},
    };
    kernels[block->x.order][rows - 1](block);
}
#endif
