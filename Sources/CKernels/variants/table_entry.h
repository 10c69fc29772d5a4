// The variant's table: CK_TABLE is its name in C, CK_NAME its name for people, CK_NUMBER its arithmetic's.
#if defined(CK_BFLOAT16_DOT)
enum { HAS_BFLOAT16 = 1 };
#else
enum { HAS_BFLOAT16 = 0 };
#endif

const struct ck_kernels CK_TABLE = {
    .name = CK_NAME,
    .number = CK_NUMBER,
    .has_bfloat16 = HAS_BFLOAT16,
    .panel_columns = NR,
#define CK_KERNEL(result, function, parameters, arguments) .function = function,
#include "kernels.def"
#undef CK_KERNEL
};
