#pragma once
// One binary for every CPU: the loader picks the widest version that the CPU runs. Not under ThreadSanitizer, which would
// be called from the loader's choosing before it is there.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CK_ONE_VERSION
#endif
#endif
#if defined(__x86_64__) && defined(__linux__) && !defined(CK_ONE_VERSION)
#define CK_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CK_CLONES
#endif
#define CK_INLINE static inline __attribute__((always_inline))
