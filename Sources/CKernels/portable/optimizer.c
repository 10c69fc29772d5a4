#include <math.h>
#include "ck_types.h"
#include "linkage.h"

// The order of operations and the precision of each is that of PyTorch's single-tensor AdamW on a CPU; nothing is
// fused, so that every CPU takes the same step.
#pragma clang fp contract(off) reassociate(off)

CK_FUNCTION void ck_adamw(float *restrict parameter, const float *restrict gradient, float *restrict m,
                          float *restrict v, size_t count, double learning_rate, double beta1, double beta2,
                          double epsilon, double weight_decay, uint64_t step) {
    float decay = (float)(1.0 - learning_rate * weight_decay);
    float weight1 = (float)(1.0 - beta1);
    float beta2_float = (float)beta2, weight2 = (float)(1.0 - beta2);
    float step_size = (float)(learning_rate / (1.0 - pow(beta1, (double)step)));
    float root_bias2 = (float)sqrt(1.0 - pow(beta2, (double)step));
    float small = (float)epsilon;
    for (size_t i = 0; i < count; i++) {
        float g = gradient[i];
        m[i] = m[i] + weight1 * (g - m[i]);
        v[i] = v[i] * beta2_float + weight2 * g * g;
        float denominator = __builtin_elementwise_sqrt(v[i]) / root_bias2 + small;
        parameter[i] = parameter[i] * decay - step_size * m[i] / denominator;
    }
}
