#include "ck_types.h"
#include "../x86/x86.h"
#include "bfloat16.h"
#include "panels.h"

CK_INLINE void block(const struct ck_block *b, size_t rows, enum ck_backend backend) {
#if defined(CK_BFLOAT16_DOT)
    if (backend == CK_NATIVE) {
        ck_block_avx512(b, rows);
        return;
    }
#elif defined(CK_AVX512)
    if (backend == CK_NATIVE && b->x.dtype == CK_FLOAT32) {
        ck_block_avx512(b, rows);
        return;
    }
#elif defined(CK_AVX2)
    if (backend == CK_NATIVE && b->x.dtype == CK_FLOAT32) {
        ck_block_avx2(b, rows);
        return;
    }
#endif
    (void)backend;
    block_portable(b, rows);
}

/// The first factor from x[row, k0] on.
static struct ck_first_factor first_factor(const struct ck_product *p, size_t row, size_t k0) {
    struct ck_first_factor x = p->x;
    size_t element;
    if (x.order == CK_ROW_MAJOR) element = (row * x.stride + k0) * ck_element_bytes(x.dtype);
    else element = ((x.dtype == CK_BFLOAT16 ? k0 / 2 : k0) * x.stride + row) * 4;
    x.start = (const char *)x.start + element;
    return x;
}

static const void *element(const void *start, size_t row, size_t stride, size_t column, enum ck_dtype dtype) {
    return (const char *)start + (row * stride + column) * ck_element_bytes(dtype);
}

static int is_packed(const struct ck_product *p) { return p->w.form == CK_PACKED || p->w.form == CK_PACKED_TRANSPOSED; }

/// The panels of columns first ..< end, k0 ≤ i < k0 + k, `panel_bytes` apart, of a plain second factor.
static void pack_rows(const struct ck_product *p, size_t first, size_t end, size_t k0, size_t k, size_t panel_bytes,
                      char *panels) {
    const void *w = element(p->w.start, k0, p->w.stride, first, p->w.dtype);
    if (p->x.dtype == CK_BFLOAT16) pack_plain_bfloat16(w, p->w.stride, end - first, k, panel_bytes, panels);
    else if (p->w.dtype == CK_BFLOAT16) pack_plain_widened(w, p->w.stride, end - first, k, panel_bytes, panels);
    else pack_plain(w, p->w.stride, end - first, k, panel_bytes, panels);
}

/// The same of a second factor of any form.
static void pack(const struct ck_product *p, size_t first, size_t end, size_t k0, size_t k, size_t panel_bytes,
                 char *panels) {
    if (p->w.form == CK_PLAIN) {
        pack_rows(p, first, end, k0, k, panel_bytes, panels);
        return;
    }
    for (size_t column = first; column < end; column += NR, panels += panel_bytes) {
        if (is_packed(p)) {
            transpose_panel(p->w.start, p->columns, column, k0, k, p->backend, panels);
            continue;
        }
        size_t columns = columns_from(column, end);
        const void *w = element(p->w.start, column, p->w.stride, k0, p->w.dtype);
        if (p->w.dtype != p->x.dtype) pack_transposed_widened(w, p->w.stride, columns, k, (float *)panels);
        else pack_transposed(w, p->w.stride, columns, k, p->x.dtype, panels);
    }
}

/// The block of rows from `row` on and the panel from `column` on, k0 ≤ i < k0 + k.
static struct ck_block block_at(const struct ck_product *p, size_t row, size_t column, size_t end, size_t k0, size_t k,
                                const char *panel) {
    struct ck_block b = {
        .x = first_factor(p, row, k0),
        .panel = panel,
        .k = k,
        .y = p->y,
        .columns = columns_from(column, end),
    };
    b.y.start = (void *)element(p->y.start, row, p->y.stride, column, p->y.dtype);
    if (k0 > 0) {
        b.add = (struct ck_addend){b.y.start, p->y.stride};
    } else if (p->add.start) {
        b.add = p->add;
        b.add.start = element(p->add.start, row, p->add.stride, column, CK_FLOAT32);
    }
    return b;
}

/// One group of panels against all rows of x, k0 ≤ i < k0 + k.
static void group(const struct ck_product *p, size_t first, size_t end, size_t k0, size_t k, char *scratch) {
    size_t bytes = ck_panel_bytes(k, p->x.dtype);
    const char *panels = scratch;
    if (p->w.form == CK_PACKED) {
        bytes = ck_panel_bytes(p->k, p->x.dtype);
        panels = (const char *)p->w.start + first / NR * bytes + ck_panel_bytes(k0, p->x.dtype);
    } else {
        pack(p, first, end, k0, k, bytes, scratch);
    }
    // Blocks of nearly equal height: a last block of one row would take as long as a full one.
    size_t blocks = (p->rows + MR - 1) / MR;
    for (size_t i = 0; i < blocks; i++) {
        size_t row = p->rows * i / blocks, rows = p->rows * (i + 1) / blocks - row;
        for (size_t column = first; column < end; column += NR) {
            const char *panel = panels + (column - first) / NR * bytes;
            struct ck_block b = block_at(p, row, column, end, k0, k, panel);
            block(&b, rows, p->backend);
        }
    }
}

/// Whether one row meets packed panels, of which the second half may be read at the same time as the first.
static int takes_two_panels(const struct ck_product *p) {
#if defined(CK_BFLOAT16_DOT)
    return p->rows == 1 && p->w.form == CK_PACKED && p->x.dtype == CK_BFLOAT16 && p->backend == CK_NATIVE;
#else
    (void)p;
    return 0;
#endif
}

/// The one row against all panels, k0 ≤ i < k0 + k.
static void one_row(const struct ck_product *p, size_t first, size_t end, size_t k0, size_t k) {
#if defined(CK_BFLOAT16_DOT)
    size_t bytes = ck_panel_bytes(p->k, CK_BFLOAT16), count = (end - first + NR - 1) / NR;
    const char *panels = (const char *)p->w.start + first / NR * bytes + ck_panel_bytes(k0, CK_BFLOAT16);
    for (size_t i = 0; i < count / 2; i++) {
        size_t j = i + (count + 1) / 2;
        struct ck_block left = block_at(p, 0, first + i * NR, end, k0, k, panels + i * bytes);
        struct ck_block right = block_at(p, 0, first + j * NR, end, k0, k, panels + j * bytes);
        ck_two_blocks_avx512(&left, &right);
    }
    if (count % 2 == 0) return;
    size_t middle = count / 2;
    struct ck_block b = block_at(p, 0, first + middle * NR, end, k0, k, panels + middle * bytes);
    ck_block_avx512(&b, 1);
#else
    (void)p, (void)first, (void)end, (void)k0, (void)k;
#endif
}

/// How much of k is summed at a time: all of it if y could not hold a partial sum exactly.
static size_t k_step(const struct ck_product *p) { return p->y.dtype == CK_BFLOAT16 || p->k <= KC ? p->k : KC; }

CK_FUNCTION size_t ck_product_scratch(const struct ck_product *p) {
    size_t panel = ck_panel_bytes(k_step(p), p->x.dtype);
    return (PANEL_GROUP_BYTES > panel ? PANEL_GROUP_BYTES : panel) + 64;
}

static void every_k(const struct ck_product *p, size_t first, size_t end, void *scratch) {
    size_t step = k_step(p);
    for (size_t k0 = 0; k0 < p->k; k0 += step) {
        size_t k = p->k - k0 < step ? p->k - k0 : step;
        if (takes_two_panels(p)) {
            one_row(p, first, end, k0, k);
            continue;
        }
        size_t panels = PANEL_GROUP_BYTES / ck_panel_bytes(k, p->x.dtype);
        size_t width = (panels > 0 ? panels : 1) * NR;
        for (size_t column = first; column < end; column += width) {
            group(p, column, end - column < width ? end : column + width, k0, k, scratch);
        }
    }
}

static struct ck_product rows_of(const struct ck_product *p, size_t first, size_t rows) {
    struct ck_product part = *p;
    part.rows = rows;
    part.x = first_factor(p, first, 0);
    part.y.start = (void *)element(p->y.start, first, p->y.stride, 0, p->y.dtype);
    if (p->add.start) part.add.start = element(p->add.start, first, p->add.stride, 0, CK_FLOAT32);
    return part;
}

CK_FUNCTION void ck_product_part(const struct ck_product *p, size_t first_row, size_t rows, size_t first_column,
                                 size_t columns, void *scratch) {
    size_t parts = (rows + MC - 1) / MC;
    for (size_t i = 0; i < parts; i++) {
        size_t row = rows * i / parts;
        struct ck_product part = rows_of(p, first_row + row, rows * (i + 1) / parts - row);
        every_k(&part, first_column, first_column + columns, scratch);
    }
}
