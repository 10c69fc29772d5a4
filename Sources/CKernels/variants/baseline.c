#define CK_TABLE ck_baseline
#define CK_NAME "baseline"
#define CK_NUMBER 2
#include "system.h"
#include "all.h"
#include "table_entry.h"
