#pragma once
#include <stddef.h>
#include <stdint.h>
#include "ck_types.h"

// Which parts of a tile of scores are seen; see ck_attention.h for how a tile lies in memory.

/// `count` keys or queries from a tile's first on, which may lie outside of it.
static inline size_t within_tile(ptrdiff_t count, size_t tile) {
    return count < 0 ? 0 : (size_t)count < tile ? (size_t)count : tile;
}

/// Keys of a tile that a row of it sees: first ..< end.
struct key_range {
    size_t first, end;
};

static inline struct key_range keys_seen(const struct ck_attention_tile *tile, size_t row) {
    ptrdiff_t count = tile->first_visible + (ptrdiff_t)(row / tile->group);
    return (struct key_range){within_tile(count - tile->window, tile->keys), within_tile(count, tile->keys)};
}

/// Columns of a transposed tile whose queries see a key: first ..< end.
struct query_range {
    int32_t first, end;
};

static inline struct query_range queries_seeing(const struct ck_attention_tile *tile, size_t key) {
    // Query i sees the key if first_visible + i − window <= key < first_visible + i; its columns are i·group and on.
    ptrdiff_t query = (ptrdiff_t)key - tile->first_visible + 1, group = (ptrdiff_t)tile->group;
    size_t columns = tile->queries;
    size_t end = columns;
    if (tile->window <= (ptrdiff_t)columns - query) end = within_tile((query + tile->window) * group, columns);
    return (struct query_range){query <= 0 ? 0 : (int32_t)(query * group), (int32_t)end};
}
