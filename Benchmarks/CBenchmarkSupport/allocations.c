// Counts heap allocations by defining the allocation functions: those of an executable come before those of any shared
// library, so libswiftCore, Foundation, OpenBLAS and oneDNN call these too. Freeing is left to glibc.
#define _GNU_SOURCE
#include "CBenchmarkSupport.h"
#include <errno.h>
#include <stdatomic.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static atomic_int enabled_flag;
static atomic_ullong calls;
static atomic_ullong bytes;

static inline void note(size_t size) {
    if (!atomic_load_explicit(&enabled_flag, memory_order_relaxed)) return;
    atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&bytes, size, memory_order_relaxed);
}

void cb_count_allocations(int enabled) { atomic_store(&enabled_flag, enabled); }

cb_allocations cb_counted_allocations(void) {
    return (cb_allocations){atomic_load(&calls), atomic_load(&bytes)};
}

void *malloc(size_t size) {
    note(size);
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    note(count * size);
    return __libc_calloc(count, size);
}

void *realloc(void *pointer, size_t size) {
    note(size);
    return __libc_realloc(pointer, size);
}

void *memalign(size_t alignment, size_t size) {
    note(size);
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **result, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) return EINVAL;
    void *pointer = memalign(alignment, size);
    if (pointer == NULL) return ENOMEM;
    *result = pointer;
    return 0;
}
