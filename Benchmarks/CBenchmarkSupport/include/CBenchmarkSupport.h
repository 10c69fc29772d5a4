#pragma once
#include <stddef.h>

/// Sums `count` floats as fast as memory delivers them.
float cb_read(const float *values, size_t count);
