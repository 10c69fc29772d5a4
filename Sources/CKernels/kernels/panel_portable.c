#include "half.h"
#include "panels.h"

#pragma clang fp contract(fast) reassociate(off)

enum { SOME_ROWS = 4 };

/// x[row, i]; `x` is the block's first row and column.
CK_INLINE float x_at(const struct ck_block *b, size_t row, size_t i, int half) {
    if (!b->x_by_columns) return ck_load_one(ck_row(b->x, row, b->x_stride, half), i, half);
    if (half) return ck_widen_one(((const uint16_t *)b->x)[(i / 2 * b->x_stride + row) * 2 + i % 2]);
    return ((const float *)b->x)[i * b->x_stride + row];
}

/// Four rows against half a panel: what fits the registers of a CPU without AVX-512.
CK_INLINE void some_rows(const struct ck_block *b, size_t row, size_t rows, size_t first, int half) {
    lanes sums[SOME_ROWS] = {0};
    size_t x[SOME_ROWS];
    for (size_t r = 0; r < SOME_ROWS; r++) x[r] = row + (r < rows ? r : 0);
    size_t pairs = half ? b->k / 2 : 0;
    for (size_t i = 0; i < pairs; i++) {
        uint_lanes words = *(const uint_lanes *)((const uint32_t *)b->panel + i * PANEL_COLUMNS + first);
        lanes even = (lanes)(words << 16), odd = (lanes)(words & 0xFFFF0000u);
        for (size_t r = 0; r < SOME_ROWS; r++) {
            sums[r] += even * x_at(b, x[r], 2 * i, half);
            sums[r] += odd * x_at(b, x[r], 2 * i + 1, half);
        }
    }
    for (size_t i = 2 * pairs; i < b->k; i++) {
        // The last of an odd number of bfloat16 stands alone in its pair.
        uint_lanes words = *(const uint_lanes *)((const uint32_t *)b->panel + (half ? pairs : i) * PANEL_COLUMNS + first);
        lanes column = (lanes)(half ? words << 16 : words);
        for (size_t r = 0; r < SOME_ROWS; r++) sums[r] += column * x_at(b, x[r], i, half);
    }
    size_t count = b->columns - first < LANES ? b->columns - first : LANES;
    for (size_t r = 0; r < rows; r++) {
        void *y = ck_row(b->y, row + r, b->y_stride, b->y_half);
        if (b->add) {
            lanes before;
            ck_load_rest(b->add + (row + r) * b->add_stride, first, count, 0, &before);
            sums[r] += before;
        }
        ck_store_rest(&sums[r], y, first, count, b->y_half);
    }
}

CK_FUNCTION void block_portable(const struct ck_block *block, size_t rows, int half) {
    for (size_t row = 0; row < rows; row += SOME_ROWS) {
        size_t count = rows - row < SOME_ROWS ? rows - row : SOME_ROWS;
        for (size_t first = 0; first < block->columns; first += LANES) {
            if (half) some_rows(block, row, count, first, 1);
            else some_rows(block, row, count, first, 0);
        }
    }
}
