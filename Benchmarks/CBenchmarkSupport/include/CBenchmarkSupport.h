#pragma once
#include <stddef.h>
#include <stdint.h>

/// Heap allocations of the whole process, all threads and libraries: malloc, calloc, realloc, memalign and relatives
/// are this target's own in an executable that links it, and forward to glibc's. Counted only while enabled.
typedef struct {
    uint64_t calls;
    uint64_t bytes;
} cb_allocations;

void cb_count_allocations(int enabled);
cb_allocations cb_counted_allocations(void);

/// Sums `count` floats as fast as memory delivers them.
float cb_read(const float *values, size_t count);
