#pragma once

// What stands in portable/ is compiled once for each variant (see variants/), so nothing of it has a name outside.

/// A function of kernels.def, or one that other files of this folder call.
#define CK_FUNCTION static __attribute__((unused))
#define CK_INLINE static inline __attribute__((always_inline))
