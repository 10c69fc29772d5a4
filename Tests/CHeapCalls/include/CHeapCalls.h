#pragma once
#include <stdint.h>

// Calls of the heap's allocation functions. malloc, calloc, realloc, memalign and relatives are this target's own in an
// executable that links it, and forward to glibc's.

/// Whether they are: a sanitizer needs them for itself.
int hc_counts_calls(void);

/// Calls by the calling thread since it began, whoever's code made them.
uint64_t hc_calls_of_this_thread(void);

/// Calls by all threads and libraries, and bytes asked for, while counting was enabled.
typedef struct {
    uint64_t calls;
    uint64_t bytes;
} hc_calls;

void hc_count_calls(int enabled);
hc_calls hc_counted_calls(void);

/// From here on, or no longer, who calls is recorded of every counted call, the first 4,096 of them.
void hc_record_calls(int enabled);
int hc_recorded_calls(void);
/// Writes one recorded call's stack, `file(symbol+offset) [address]` a line, innermost first.
void hc_print_recorded_call(int index, int descriptor);
