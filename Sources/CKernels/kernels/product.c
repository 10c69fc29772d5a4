#include "types.h"
#include "panels.h"

CK_INLINE void block(const struct ck_block *b, size_t rows, int half, int portable) {
#if defined(CK_BF16)
    if (!portable) {
        ck_block_avx512(b, rows, half);
        return;
    }
#elif defined(CK_AVX512)
    if (!portable && !half) {
        ck_block_avx512(b, rows, 0);
        return;
    }
#elif defined(CK_AVX2)
    if (!portable && !half) {
        ck_block_avx2(b, rows);
        return;
    }
#endif
    (void)portable;
    block_portable(b, rows, half);
}

/// x[row, k0].
static const void *factor(const struct ck_product *p, size_t row, size_t k0) {
    if (!p->x_by_columns) return (const char *)p->x + (row * p->xs + k0) * (p->half ? 2 : 4);
    return (const char *)p->x + ((p->half ? k0 / 2 : k0) * p->xs + row) * 4;
}

static const void *at(const void *start, size_t row, size_t stride, size_t column, int half) {
    return (const char *)start + (row * stride + column) * (half ? 2 : 4);
}

/// The panels of columns first ..< end, k0 ≤ i < k0 + k, `apart` bytes apart.
static void pack(const struct ck_product *p, size_t first, size_t end, size_t k0, size_t k, size_t apart,
                 char *panels) {
    int half = p->half || p->widens;
    if (!p->panels && !p->transposed) {
        const void *w = at(p->w, k0, p->ws, first, half);
        if (p->half) pack_plain_half(w, p->ws, end - first, k, apart, panels);
        else if (p->widens) pack_plain_widened(w, p->ws, end - first, k, apart, panels);
        else pack_plain(w, p->ws, end - first, k, apart, panels);
        return;
    }
    for (size_t column = first; column < end; column += PANEL_COLUMNS, panels += apart) {
        if (p->panels) {
            pack_turned(p->panels, p->columns, column, k0, k, p->portable, panels);
            continue;
        }
        size_t columns = columns_from(column, end);
        const void *w = at(p->w, column, p->ws, k0, half);
        if (p->widens) pack_transposed_widened(w, p->ws, columns, k, (float *)panels);
        else pack_transposed(w, p->ws, columns, k, p->half, panels);
    }
}

/// The block of rows from `row` on and the panel from `column` on, k0 ≤ i < k0 + k.
static struct ck_block block_at(const struct ck_product *p, size_t row, size_t column, size_t end, size_t k0, size_t k,
                                const char *panel) {
    struct ck_block b = {
        .x = factor(p, row, k0),
        .x_stride = p->xs,
        .x_by_columns = p->x_by_columns,
        .panel = panel,
        .k = k,
        .y = (void *)at(p->y, row, p->ys, column, p->y_half),
        .y_stride = p->ys,
        .y_half = p->y_half,
        .columns = columns_from(column, end),
    };
    if (k0 > 0) {
        b.add = b.y;
        b.add_stride = p->ys;
    } else if (p->add) {
        b.add = at(p->add, row, p->adds, column, 0);
        b.add_stride = p->adds;
    }
    return b;
}

/// One group of panels against all rows of x, k0 ≤ i < k0 + k.
static void group(const struct ck_product *p, size_t first, size_t end, size_t k0, size_t k, char *scratch) {
    size_t bytes = ck_panel_bytes(k, p->half);
    const char *panels = scratch;
    if (p->panels && !p->turned) {
        bytes = ck_panel_bytes(p->k, p->half);
        panels = (const char *)p->panels + first / PANEL_COLUMNS * bytes + ck_panel_bytes(k0, p->half);
    } else {
        pack(p, first, end, k0, k, bytes, scratch);
    }
    // Blocks of nearly equal height: a last block of one row would take as long as a full one.
    size_t blocks = (p->rows + PANEL_ROWS - 1) / PANEL_ROWS;
    for (size_t i = 0; i < blocks; i++) {
        size_t row = p->rows * i / blocks, rows = p->rows * (i + 1) / blocks - row;
        for (size_t column = first; column < end; column += PANEL_COLUMNS) {
            const char *panel = panels + (column - first) / PANEL_COLUMNS * bytes;
            struct ck_block b = block_at(p, row, column, end, k0, k, panel);
            block(&b, rows, p->half, p->portable);
        }
    }
}

/// Whether one row meets packed panels, of which half may be read at the same time as the other half.
static int takes_two_panels(const struct ck_product *p) {
#if defined(CK_BF16)
    return p->rows == 1 && p->panels && !p->turned && p->half && !p->portable;
#else
    (void)p;
    return 0;
#endif
}

/// The one row against all panels, k0 ≤ i < k0 + k.
static void one_row(const struct ck_product *p, size_t first, size_t end, size_t k0, size_t k) {
#if defined(CK_BF16)
    size_t bytes = ck_panel_bytes(p->k, 1), count = (end - first + PANEL_COLUMNS - 1) / PANEL_COLUMNS;
    const char *panels = (const char *)p->panels + first / PANEL_COLUMNS * bytes + ck_panel_bytes(k0, 1);
    for (size_t i = 0; i < count / 2; i++) {
        size_t j = i + (count + 1) / 2;
        struct ck_block left = block_at(p, 0, first + i * PANEL_COLUMNS, end, k0, k, panels + i * bytes);
        struct ck_block right = block_at(p, 0, first + j * PANEL_COLUMNS, end, k0, k, panels + j * bytes);
        ck_two_blocks_avx512(&left, &right);
    }
    if (count % 2 == 0) return;
    size_t middle = count / 2;
    struct ck_block b = block_at(p, 0, first + middle * PANEL_COLUMNS, end, k0, k, panels + middle * bytes);
    ck_block_avx512(&b, 1, 1);
#else
    (void)p, (void)first, (void)end, (void)k0, (void)k;
#endif
}

static size_t longest_k(const struct ck_product *p) {
    return p->y_half || p->k <= LONGEST_K ? p->k : LONGEST_K;
}

CK_FUNCTION size_t ck_product_scratch(const struct ck_product *p) {
    size_t panel = ck_panel_bytes(longest_k(p), p->half);
    return (GROUP_BYTES > panel ? GROUP_BYTES : panel) + 64;
}

static void every_k(const struct ck_product *p, size_t first, size_t end, void *scratch) {
    size_t step = longest_k(p);
    for (size_t k0 = 0; k0 < p->k; k0 += step) {
        size_t k = p->k - k0 < step ? p->k - k0 : step;
        if (takes_two_panels(p)) {
            one_row(p, first, end, k0, k);
            continue;
        }
        size_t panels = GROUP_BYTES / ck_panel_bytes(k, p->half);
        size_t width = (panels > 0 ? panels : 1) * PANEL_COLUMNS;
        for (size_t column = first; column < end; column += width) {
            group(p, column, end - column < width ? end : column + width, k0, k, scratch);
        }
    }
}

static struct ck_product rows_of(const struct ck_product *p, size_t first, size_t rows) {
    struct ck_product part = *p;
    part.rows = rows;
    part.x = factor(p, first, 0);
    part.y = (void *)at(p->y, first, p->ys, 0, p->y_half);
    if (p->add) part.add = at(p->add, first, p->adds, 0, 0);
    return part;
}

CK_FUNCTION void ck_product_part(const struct ck_product *p, size_t first_row, size_t rows, size_t first_column, size_t columns,
                     void *scratch) {
    size_t parts = (rows + MOST_ROWS - 1) / MOST_ROWS;
    for (size_t i = 0; i < parts; i++) {
        size_t row = rows * i / parts;
        struct ck_product part = rows_of(p, first_row + row, rows * (i + 1) / parts - row);
        every_k(&part, first_column, first_column + columns, scratch);
    }
}
