// What comes from the system and what is shared with other files, before a variant's instruction set is set: its
// functions are not the variant's own.
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "kernel_table.h"
