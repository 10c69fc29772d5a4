// Tells ThreadSanitizer of the waiting half of Swift's Mutex.
//
// Taking a free Mutex is a compare-and-exchange that is compiled into the caller, so the sanitizer sees it. Where two
// threads meet, the lock is handed over inside libswiftSynchronization by the kernel's futex, which the sanitizer does not
// see; what one thread wrote under the lock and the next one reads then looks like a race. These two stand in front of the
// library's, say what they do in the sanitizer's words, and call them. Nothing is suppressed: memory that a lock does not
// guard is watched as before. Linked by scripts/sanitize alone, which tries both on race.swift first.
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

void __tsan_acquire(void *address);
void __tsan_release(void *address);
SWIFT void lorad_lock_slow(uint32_t thread, SELF void *handle) __asm__(LOCK);
SWIFT void lorad_unlock_slow(SELF void *handle) __asm__(UNLOCK);

static void *original(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (!function) {
        fprintf(stderr, "%s is not in this toolchain's libswiftSynchronization.\n", name);
        abort();
    }
    return function;
}

// _MutexHandle._lockSlow(_:)
SWIFT void lorad_lock_slow(uint32_t thread, SELF void *handle) {
    SWIFT void (*lock)(uint32_t, SELF void *) = original(LOCK);
    lock(thread, handle);
    __tsan_acquire(handle);
}

// _MutexHandle._unlockSlow()
SWIFT void lorad_unlock_slow(SELF void *handle) {
    SWIFT void (*unlock)(SELF void *) = original(UNLOCK);
    __tsan_release(handle);
    unlock(handle);
}
