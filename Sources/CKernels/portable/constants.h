#pragma once

/// log2(e)
#define LOG2_E 1.44269504088896341f
