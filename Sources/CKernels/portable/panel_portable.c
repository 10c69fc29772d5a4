#include "bfloat16.h"
#include "panels.h"

#pragma clang fp contract(fast) reassociate(off)

enum { SOME_ROWS = 4 };

/// x[row, i] of the block.
CK_INLINE float x_at(const struct ck_block *b, size_t row, size_t i, enum ck_dtype dtype) {
    if (b->x.order == CK_ROW_MAJOR) return ck_load_one(ck_row(b->x.start, row, b->x.stride, dtype), i, dtype);
    if (dtype == CK_FLOAT32) return ((const float *)b->x.start)[i * b->x.stride + row];
    return ck_widen_one(((const uint16_t *)b->x.start)[(i / 2 * b->x.stride + row) * 2 + i % 2]);
}

/// Four rows against half a panel: what fits the registers of a CPU without AVX-512.
CK_INLINE void some_rows(const struct ck_block *b, size_t row, size_t rows, size_t first, enum ck_dtype dtype) {
    lanes sums[SOME_ROWS] = {0};
    size_t x[SOME_ROWS];
    for (size_t r = 0; r < SOME_ROWS; r++) x[r] = row + (r < rows ? r : 0);
    size_t pairs = dtype == CK_BFLOAT16 ? b->k / 2 : 0;
    for (size_t i = 0; i < pairs; i++) {
        uint_lanes words = *(const uint_lanes *)((const uint32_t *)b->panel + i * NR + first);
        lanes even = (lanes)(words << 16), odd = (lanes)(words & 0xFFFF0000u);
        for (size_t r = 0; r < SOME_ROWS; r++) {
            sums[r] += even * x_at(b, x[r], 2 * i, dtype);
            sums[r] += odd * x_at(b, x[r], 2 * i + 1, dtype);
        }
    }
    for (size_t i = 2 * pairs; i < b->k; i++) {
        // The last of an odd number of bfloat16 stands alone in its pair.
        uint_lanes words =
            *(const uint_lanes *)((const uint32_t *)b->panel + (dtype == CK_BFLOAT16 ? pairs : i) * NR + first);
        lanes column = (lanes)(dtype == CK_BFLOAT16 ? words << 16 : words);
        for (size_t r = 0; r < SOME_ROWS; r++) sums[r] += column * x_at(b, x[r], i, dtype);
    }
    size_t count = b->columns - first < LANES ? b->columns - first : LANES;
    for (size_t r = 0; r < rows; r++) {
        void *y = ck_row(b->y.start, row + r, b->y.stride, b->y.dtype);
        if (b->add.start) {
            lanes before;
            ck_load_rest(b->add.start + (row + r) * b->add.stride, first, count, CK_FLOAT32, &before);
            sums[r] += before;
        }
        ck_store_rest(&sums[r], y, first, count, b->y.dtype);
    }
}

CK_FUNCTION void block_portable(const struct ck_block *block, size_t rows) {
    for (size_t row = 0; row < rows; row += SOME_ROWS) {
        size_t count = rows - row < SOME_ROWS ? rows - row : SOME_ROWS;
        for (size_t first = 0; first < block->columns; first += LANES) {
            if (block->x.dtype == CK_BFLOAT16) some_rows(block, row, count, first, CK_BFLOAT16);
            else some_rows(block, row, count, first, CK_FLOAT32);
        }
    }
}
