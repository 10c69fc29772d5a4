#include "ck_types.h"
#include "bfloat16.h"

#pragma clang fp contract(on) reassociate(off)

/// Philox-4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
CK_INLINE void philox(uint32_t c[4], uint32_t k0, uint32_t k1) {
    for (int round = 0; round < 10; round++) {
        uint64_t first = (uint64_t)0xD2511F53u * c[0];
        uint64_t second = (uint64_t)0xCD9E8D57u * c[2];
        uint32_t c0 = (uint32_t)(second >> 32) ^ c[1] ^ k0;
        uint32_t c2 = (uint32_t)(first >> 32) ^ c[3] ^ k1;
        c[1] = (uint32_t)second;
        c[3] = (uint32_t)first;
        c[0] = c0;
        c[2] = c2;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
}

CK_FUNCTION void ck_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
    uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]};
    philox(c, key[0], key[1]);
    for (int i = 0; i < 4; i++) out[i] = c[i];
}

/// The words of 16 blocks from counter (block, step) on.
CK_INLINE void random_words(uint32_t words[16][4], uint64_t block, uint64_t step, uint32_t k0, uint32_t k1) {
    for (int lane = 0; lane < 16; lane++) {
        uint64_t index = block + (uint64_t)lane;
        words[lane][0] = (uint32_t)index;
        words[lane][1] = (uint32_t)(index >> 32);
        words[lane][2] = (uint32_t)step;
        words[lane][3] = (uint32_t)(step >> 32);
        philox(words[lane], k0, k1);
    }
}

/// Element i takes word i % 4 of the block at counter (i / 4, step), so that masks do not depend on how rows are cut.
CK_INLINE void dropout(const void *x, void *y, size_t count, float probability, uint64_t seed, uint32_t stream,
                       uint64_t step, uint64_t first, enum ck_write write, enum ck_dtype dtype) {
    uint32_t threshold = (uint32_t)((double)probability * 4294967296.0);
    float inverse = 1.0f / (1.0f - probability);
    uint32_t k0 = (uint32_t)seed ^ stream * 0x9E3779B9u, k1 = (uint32_t)(seed >> 32) + stream;
    size_t i = 0;
    while (i < count) {
        uint32_t words[16][4];
        random_words(words, (first + i) / 4, step, k0, k1);
        const uint32_t *flat = &words[0][0];
        size_t skip = (size_t)((first + i) % 4);
        size_t end = 64 - skip < count - i ? 64 - skip : count - i;
        for (size_t j = 0; j < end; j++) {
            float scaled = flat[skip + j] >= threshold ? ck_load_one(x, i + j, dtype) * inverse : 0.0f;
            ck_store_one(write == CK_ACCUMULATE ? ck_load_one(y, i + j, dtype) + scaled : scaled, y, i + j, dtype);
        }
        i += end;
    }
}

CK_FUNCTION void ck_dropout(const void *x, void *y, enum ck_dtype dtype, size_t count, float probability, uint64_t seed,
                            uint32_t stream, uint64_t step, uint64_t first, enum ck_write write) {
    if (dtype == CK_BFLOAT16) dropout(x, y, count, probability, seed, stream, step, first, write, CK_BFLOAT16);
    else dropout(x, y, count, probability, seed, stream, step, first, write, CK_FLOAT32);
}

CK_FUNCTION void ck_add_noise(float *x, size_t count, float magnitude, uint64_t seed, uint32_t stream, uint64_t step,
                              uint64_t first) {
#pragma clang fp contract(off)
    // A product that is fused with its sum rounds once, and not all variants can.
    uint32_t k0 = (uint32_t)seed ^ stream * 0x9E3779B9u, k1 = (uint32_t)(seed >> 32) + stream;
    size_t i = 0;
    while (i < count) {
        uint32_t words[16][4];
        random_words(words, (first + i) / 4, step, k0, k1);
        const uint32_t *flat = &words[0][0];
        size_t skip = (size_t)((first + i) % 4);
        size_t end = 64 - skip < count - i ? 64 - skip : count - i;
        for (size_t j = 0; j < end; j++) {
            float uniform = (float)(flat[skip + j] >> 8) * 0x1p-23f - 1.0f;
            float noise = magnitude * uniform;
            x[i + j] = x[i + j] + noise;
        }
        i += end;
    }
}
