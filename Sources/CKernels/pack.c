#include <string.h>
#include "panels.h"
#include "half.h"

/// `words` of 32 bits a row: floats, or pairs of bfloat16.
CK_INLINE void transpose_words(const char *w, size_t stride, size_t columns, size_t words, uint32_t *panel) {
    for (size_t c = 0; c < columns; c++) {
        for (size_t i = 0; i < words; i++) memcpy(panel + i * PANEL_COLUMNS + c, w + c * stride + i * 4, 4);
    }
}

void ck_pack_transposed(const void *w, size_t stride, size_t columns, size_t k, int half, void *panel) {
    size_t element = half ? 2 : 4, words = half ? k / 2 : k, done = 0;
    uint32_t *out = panel;
    if (columns < PANEL_COLUMNS) memset(panel, 0, ck_panel_bytes(k, half));
#if defined(__x86_64__)
    // Rows of an odd number of bfloat16 do not start at words.
    if (columns == PANEL_COLUMNS && ck_has_avx512(0) && (!half || stride % 2 == 0)) {
        done = words / 16 * 16;
        ck_pack_transposed_avx512(w, stride * element / 4, done, out);
    }
#endif
    transpose_words((const char *)w + done * 4, stride * element, columns, words - done, out + done * PANEL_COLUMNS);
    if (half && k % 2 == 1) {
        for (size_t c = 0; c < PANEL_COLUMNS; c++) {
            out[words * PANEL_COLUMNS + c] = c < columns ? ((const uint16_t *)w)[c * stride + k - 1] : 0;
        }
    }
}

CK_CLONES
static void pack_pairs(const uint16_t *w, size_t stride, size_t k, uint32_t *panel) {
    for (size_t i = 0; i + 1 < k; i += 2) {
        const uint16_t *first = w + i * stride, *second = first + stride;
        uint32_t *out = panel + i / 2 * PANEL_COLUMNS;
        for (size_t c = 0; c < PANEL_COLUMNS; c++) out[c] = first[c] | (uint32_t)second[c] << 16;
    }
}

void ck_pack_plain(const void *w, size_t stride, size_t columns, size_t k, int half, void *panel) {
    if (!half) {
        for (size_t i = 0; i < k; i++) {
            float *out = (float *)panel + i * PANEL_COLUMNS;
            memcpy(out, (const float *)w + i * stride, columns * sizeof(float));
            memset(out + columns, 0, (PANEL_COLUMNS - columns) * sizeof(float));
        }
        return;
    }
    const uint16_t *rows = w;
    uint32_t *out = panel;
    size_t done = 0;
    if (columns == PANEL_COLUMNS) {
        done = k / 2 * 2;
        pack_pairs(rows, stride, done, out);
    }
    for (size_t i = done; i < k; i += 2) {
        for (size_t c = 0; c < PANEL_COLUMNS; c++) {
            uint32_t first = c < columns ? rows[i * stride + c] : 0;
            uint32_t second = c < columns && i + 1 < k ? rows[(i + 1) * stride + c] : 0;
            out[i / 2 * PANEL_COLUMNS + c] = first | second << 16;
        }
    }
}
