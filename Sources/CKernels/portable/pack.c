#include <string.h>
#include "panels.h"
#include "../x86/x86.h"
#include "bfloat16.h"

/// Columns of the panel that begins at `column`.
static size_t columns_from(size_t column, size_t columns) { return columns - column < NR ? columns - column : NR; }

/// `words` of 32 bits a row: floats, or pairs of bfloat16.
CK_INLINE void transpose_words(const char *w, size_t stride, size_t columns, size_t words, uint32_t *panel) {
    for (size_t c = 0; c < columns; c++) {
        for (size_t i = 0; i < words; i++) memcpy(panel + i * NR + c, w + c * stride + i * 4, 4);
    }
}

/// The first words of a whole panel, as many as the variant's own instructions transpose; returns their number.
CK_INLINE size_t transpose_fast(const void *w, size_t stride, size_t words, enum ck_dtype dtype, void *panel) {
    size_t whole = words / 16 * 16;
    // Rows of an odd number of bfloat16 do not start at words.
    if (dtype == CK_BFLOAT16 && stride % 2 == 1) return 0;
#if defined(CK_AVX512)
    ck_pack_transposed_avx512(w, dtype == CK_BFLOAT16 ? stride / 2 : stride, whole, panel);
#elif defined(CK_AVX2)
    ck_pack_transposed_avx2(w, dtype == CK_BFLOAT16 ? stride / 2 : stride, whole, panel);
#else
    (void)w, (void)panel;
    whole = 0;
#endif
    return whole;
}

/// Rows of w are columns of the panel.
CK_FUNCTION void pack_transposed(const void *w, size_t stride, size_t columns, size_t k, enum ck_dtype dtype,
                                 void *panel) {
    size_t element = ck_element_bytes(dtype), words = dtype == CK_BFLOAT16 ? k / 2 : k, done = 0;
    uint32_t *out = panel;
    if (columns < NR) memset(panel, 0, ck_panel_bytes(k, dtype));
    else done = transpose_fast(w, stride, words, dtype, panel);
    transpose_words((const char *)w + done * 4, stride * element, columns, words - done, out + done * NR);
    if (dtype == CK_BFLOAT16 && k % 2 == 1) {
        for (size_t c = 0; c < NR; c++) {
            out[words * NR + c] = c < columns ? ((const uint16_t *)w)[c * stride + k - 1] : 0;
        }
    }
}

/// How many rows ahead a row is asked for: rows lie too far apart for the hardware to foresee the next.
enum { ROWS_AHEAD = 16 };

/// Rows of w in bfloat16 are columns of the panel in float32.
CK_FUNCTION void pack_transposed_widened(const uint16_t *w, size_t stride, size_t columns, size_t k, float *panel) {
    size_t done = 0;
    if (columns < NR) memset(panel, 0, ck_panel_bytes(k, CK_FLOAT32));
#if defined(CK_AVX512)
    if (columns == NR) ck_pack_widened_avx512(w, stride, done = k / 16 * 16, panel);
#elif defined(CK_AVX2)
    if (columns == NR) ck_pack_widened_avx2(w, stride, done = k / 16 * 16, panel);
#endif
    for (size_t c = 0; c < columns; c++) {
        for (size_t i = done; i < k; i++) panel[i * NR + c] = ck_widen_one(w[c * stride + i]);
    }
}

// Where rows of w are rows of the panels, all panels of a group are filled together, one row of w after another: rows
// lie a page apart, and one panel after another would meet every page as often as there are panels.

/// `row`'s columns, as row i of panels that lie `panel_bytes` apart; zero beyond the last.
CK_INLINE void pack_row(const float *row, size_t columns, size_t i, size_t panel_bytes, char *panels) {
    for (size_t column = 0; column < columns; column += NR, panels += panel_bytes) {
        float *out = (float *)panels + i * NR;
        size_t here = columns_from(column, columns);
        if (here == NR) memcpy(out, row + column, NR * sizeof *out);
        else
            for (size_t c = 0; c < NR; c++) out[c] = c < here ? row[column + c] : 0;
    }
}

CK_INLINE void pack_row_widened(const uint16_t *row, size_t columns, size_t i, size_t panel_bytes, char *panels) {
    for (size_t column = 0; column < columns; column += NR, panels += panel_bytes) {
        float *out = (float *)panels + i * NR;
        size_t here = columns_from(column, columns);
        if (here == NR)
            for (size_t c = 0; c < NR; c++) out[c] = ck_widen_one(row[column + c]);
        else
            for (size_t c = 0; c < NR; c++) out[c] = c < here ? ck_widen_one(row[column + c]) : 0;
    }
}

/// Two rows side by side, as pair i; `second` may be NULL, which is zero.
CK_INLINE void pack_pair(const uint16_t *first, const uint16_t *second, size_t columns, size_t i, size_t panel_bytes,
                         char *panels) {
    for (size_t column = 0; column < columns; column += NR, panels += panel_bytes) {
        uint32_t *out = (uint32_t *)panels + i * NR;
        size_t here = columns_from(column, columns);
        if (here == NR && second) {
            for (size_t c = 0; c < NR; c++) out[c] = first[column + c] | (uint32_t)second[column + c] << 16;
            continue;
        }
        for (size_t c = 0; c < NR; c++) {
            uint32_t low = c < here ? first[column + c] : 0, high = c < here && second ? second[column + c] : 0;
            out[c] = low | high << 16;
        }
    }
}

/// w [k, columns] as panels of float32 that lie `panel_bytes` apart.
CK_FUNCTION void pack_plain(const float *w, size_t stride, size_t columns, size_t k, size_t panel_bytes, char *panels) {
    for (size_t i = 0; i < k; i++, w += stride) {
        __builtin_prefetch(w + ROWS_AHEAD * stride);
        pack_row(w, columns, i, panel_bytes, panels);
    }
}

/// The same of w in bfloat16, widened.
CK_FUNCTION void pack_plain_widened(const uint16_t *w, size_t stride, size_t columns, size_t k, size_t panel_bytes,
                                    char *panels) {
    for (size_t i = 0; i < k; i++, w += stride) {
        __builtin_prefetch(w + ROWS_AHEAD * stride);
        pack_row_widened(w, columns, i, panel_bytes, panels);
    }
}

/// The same of w in bfloat16, as panels of bfloat16.
CK_FUNCTION void pack_plain_bfloat16(const uint16_t *w, size_t stride, size_t columns, size_t k, size_t panel_bytes,
                                     char *panels) {
    for (size_t i = 0; i < k; i += 2, w += 2 * stride) {
        pack_pair(w, i + 1 < k ? w + stride : NULL, columns, i / 2, panel_bytes, panels);
    }
}

CK_FUNCTION size_t ck_panels_bytes(size_t columns, size_t k, enum ck_dtype dtype) {
    return (columns + NR - 1) / NR * ck_panel_bytes(k, dtype);
}

CK_FUNCTION void ck_pack_panels(const void *w, size_t ws, size_t columns, size_t k, enum ck_dtype dtype, size_t first,
                                size_t count, void *panels) {
    size_t bytes = ck_panel_bytes(k, dtype);
    for (size_t i = first; i < first + count; i++) {
        size_t column = i * NR;
        const char *rows = (const char *)w + column * ws * ck_element_bytes(dtype);
        pack_transposed(rows, ws, columns_from(column, columns), k, dtype, (char *)panels + i * bytes);
    }
}

enum { BLOCK_PAIRS = NR / 2, BLOCK_WORDS = BLOCK_PAIRS * NR };

/// NR × NR elements: word [i][c] holds rows 2i and 2i + 1 of column c, and becomes word [c / 2][2i] and [c / 2][2i +
/// 1].
static void transpose_block(const uint32_t *block, enum ck_backend backend, uint32_t *transposed) {
#if defined(CK_AVX512)
    if (backend == CK_NATIVE) {
        ck_transpose_block_avx512(block, transposed);
        return;
    }
#endif
    (void)backend;
    for (size_t i = 0; i < BLOCK_PAIRS; i++) {
        for (size_t c = 0; c < NR; c += 2) {
            uint32_t even = block[i * NR + c], odd = block[i * NR + c + 1];
            uint32_t *out = transposed + c / 2 * NR + 2 * i;
            out[0] = (even & 0xFFFF) | odd << 16;
            out[1] = even >> 16 | (odd & 0xFFFF0000);
        }
    }
}

/// From the bfloat16 panels of w [·, width], the panel of wᵀ whose columns begin at `column` of w's, for rows
/// first ..< first + k of w; `first` is a multiple of NR.
CK_FUNCTION void transpose_panel(const void *panels, size_t width, size_t column, size_t first, size_t k,
                                 enum ck_backend backend, void *panel) {
    size_t bytes = ck_panel_bytes(width, CK_BFLOAT16), pairs = (width + 1) / 2, start = column / 2;
    size_t here = pairs - start < BLOCK_PAIRS ? pairs - start : BLOCK_PAIRS;
    uint32_t *out = panel;
    for (size_t i = 0; i < k; i += NR) {
        const uint32_t *block = (const uint32_t *)((const char *)panels + (first + i) / NR * bytes) + start * NR;
        uint32_t edge[BLOCK_WORDS], transposed[BLOCK_WORDS];
        if (here < BLOCK_PAIRS) {
            memset(edge, 0, sizeof edge);
            memcpy(edge, block, here * NR * sizeof *edge);
            block = edge;
        }
        size_t words = (columns_from(i, k) + 1) / 2 * NR;
        uint32_t *target = out + i / 2 * NR;
        transpose_block(block, backend, words < BLOCK_WORDS ? transposed : target);
        if (words < BLOCK_WORDS) memcpy(target, transposed, words * sizeof *transposed);
    }
}

CK_FUNCTION void ck_transpose_panels(const void *panels, size_t columns, size_t k, size_t first, size_t count,
                                     enum ck_backend backend, void *transposed) {
    size_t bytes = ck_panel_bytes(columns, CK_BFLOAT16);
    for (size_t i = first; i < first + count; i++) {
        transpose_panel(panels, k, i * NR, 0, columns, backend, (char *)transposed + i * bytes);
    }
}
