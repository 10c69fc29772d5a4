#pragma once
#include <stddef.h>
#include <stdint.h>

// Of the toolchain's libFuzzer, which -sanitize=fuzzer links: https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*one_input)(const uint8_t *data, size_t size));
