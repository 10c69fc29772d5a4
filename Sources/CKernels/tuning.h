#pragma once

// How products are blocked, in BLIS's terms (Van Zee and van de Geijn, "BLIS: A framework for rapidly instantiating
// BLAS functionality", TOMS 2015): MR rows of x and NR columns of a panel are summed in registers over KC of k; a group
// of panels stays in the second-level cache while MC rows of x pass.
//
// | variant             | MR | NR | registers: sums, panel, x | KC   | bytes of panels | MC   |
// |---------------------|----|----|---------------------------|------|-----------------|------|
// | baseline            | 12 | 32 | by the compiler           | 1536 | 192 KiB         | 1024 |
// | x86-64-v3           |  6 | 16 | 12, 2, 1 of 16            | 1536 | 192 KiB         | 1024 |
// | x86-64-v4, -v4-bf16 | 12 | 32 | 24, 2, 1 of 32            | 1536 | 192 KiB         | 1024 |
#if defined(CK_AVX2)
enum { MR = 6, NR = 16 };
#else
enum { MR = 12, NR = 32 };
#endif

/// Longest run of k in one panel if the result can be added up in y; a longer one would not leave room in the cache. A
/// multiple of NR. A product's bits depend on it.
enum { KC = 1536 };
/// Packed panels that are worked on together stay within this, a part of a core's second-level cache: NC columns of KC.
enum { PANEL_GROUP_BYTES = 192 << 10 };
/// Rows of x that are worked on together: more of them leave the cache before the next group of panels.
enum { MC = 1024 };
