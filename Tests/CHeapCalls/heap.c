// Counts calls of the heap by defining its allocation functions: those of an executable come before those of any shared
// library, so libswiftCore, Foundation, OpenBLAS and oneDNN call these too. Freeing is left to glibc.
#define _GNU_SOURCE
#include "CHeapCalls.h"
#include <errno.h>
#include <execinfo.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

static __thread uint64_t calls_of_this_thread;
static atomic_int counting;
static atomic_ullong calls;
static atomic_ullong bytes;

// Return addresses of the calls that are recorded, a row a call, filled up with null.
enum { MOST_RECORDS = 4096, DEPTH = 24 };
static void *records[MOST_RECORDS][DEPTH];
static atomic_int recording;
static atomic_int recorded;

uint64_t hc_calls_of_this_thread(void) { return calls_of_this_thread; }

void hc_count_calls(int enabled) { atomic_store(&counting, enabled); }

hc_calls hc_counted_calls(void) { return (hc_calls){atomic_load(&calls), atomic_load(&bytes)}; }

void hc_record_calls(int enabled) {
    if (enabled) {
        // The first call loads the unwinder, and allocates.
        void *frame[1];
        backtrace(frame, 1);
        memset(records, 0, sizeof records);
        atomic_store(&recorded, 0);
    }
    atomic_store(&recording, enabled);
}

int hc_recorded_calls(void) {
    int count = atomic_load(&recorded);
    return count < MOST_RECORDS ? count : MOST_RECORDS;
}

void hc_print_recorded_call(int index, int descriptor) {
    // The first two are of this file.
    int depth = 2;
    while (depth < DEPTH && records[index][depth]) depth++;
    backtrace_symbols_fd(records[index] + 2, depth - 2, descriptor);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define HAS_OTHER_HEAP
#endif
#endif

#ifdef HAS_OTHER_HEAP

int hc_counts_calls(void) { return 0; }

#else

int hc_counts_calls(void) { return 1; }

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

// Not inlined, so that the frames to leave out are this one and the allocation function's.
__attribute__((noinline)) static void record(void) {
    int row = atomic_fetch_add(&recorded, 1);
    if (row < MOST_RECORDS) backtrace(records[row], DEPTH);
}

static inline void note(size_t size) {
    calls_of_this_thread++;
    if (!atomic_load_explicit(&counting, memory_order_relaxed)) return;
    atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&bytes, size, memory_order_relaxed);
    if (atomic_load_explicit(&recording, memory_order_relaxed)) record();
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

#endif
