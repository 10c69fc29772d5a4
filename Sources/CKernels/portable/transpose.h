#pragma once
#include "lanes.h"

// Lane l of the two results that a pair of rows w apart exchange blocks of w lanes into.
#define CK_UPPER(w, l) ((l) & (w) ? LANES + (l) - (w) : (l))
#define CK_LOWER(w, l) ((l) & (w) ? LANES + (l) : (l) + (w))
#define CK_ALL_LANES(f, w)                                                                                        \
    f(w, 0), f(w, 1), f(w, 2), f(w, 3), f(w, 4), f(w, 5), f(w, 6), f(w, 7), f(w, 8), f(w, 9), f(w, 10), f(w, 11), \
        f(w, 12), f(w, 13), f(w, 14), f(w, 15)
#define CK_EXCHANGE(x, w)                                                        \
    for (int i = 0; i < LANES; i++) {                                            \
        if (i & (w)) continue;                                                   \
        lanes a = (x)[i], b = (x)[i + (w)];                                      \
        (x)[i] = __builtin_shufflevector(a, b, CK_ALL_LANES(CK_UPPER, w));       \
        (x)[i + (w)] = __builtin_shufflevector(a, b, CK_ALL_LANES(CK_LOWER, w)); \
    }

/// Sixteen rows of sixteen lanes become their transpose, by exchanging ever smaller blocks across the diagonal.
CK_INLINE void ck_transpose_lanes(lanes x[LANES]) {
    CK_EXCHANGE(x, 8)
    CK_EXCHANGE(x, 4)
    CK_EXCHANGE(x, 2)
    CK_EXCHANGE(x, 1)
}
