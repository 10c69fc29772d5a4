#pragma once
#include <stddef.h>

/// Sums `count` floats as fast as memory delivers them.
float cb_read(const float *values, size_t count);

/// 12 × `width` × `iterations` multiplications and as many additions of float32, in registers alone: by 16 (AVX-512), 8
/// (AVX2 and FMA) or 4 at a time.
float cb_multiply_add(int width, size_t iterations);
