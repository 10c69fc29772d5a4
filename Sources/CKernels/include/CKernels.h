#pragma once

// Hot loops: pure functions over pointers and sizes, no state, no allocation. One header for each subject.
//
// Matrices are row-major. Where a matrix may be of either dtype, its pointer is void and an `enum ck_dtype` follows;
// all others are float32. `xs` is the row stride of x in elements, and so on. Functions over a matrix work on `rows`
// rows, so a caller threads them by handing out row ranges.
#include "ck_activations.h"
#include "ck_attention.h"
#include "ck_cross_entropy.h"
#include "ck_disentangled_attention.h"
#include "ck_elementwise.h"
#include "ck_low_rank.h"
#include "ck_normalisation.h"
#include "ck_optimizer.h"
#include "ck_products.h"
#include "ck_random.h"
#include "ck_rotary.h"
#include "ck_types.h"
#include "ck_variant.h"
