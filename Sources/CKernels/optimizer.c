#include <math.h>
#include "CKernels.h"
#include "clones.h"

CK_CLONES
void ck_adamw(float *parameter, const float *gradient, float *m, float *v, size_t count, float learning_rate,
              float beta1, float beta2, float epsilon, float weight_decay, double bias1, double bias2) {
    float decay = 1.0f - learning_rate * weight_decay;
    float step_size = (float)((double)learning_rate / bias1);
    float root_bias2 = (float)sqrt(bias2);
    for (size_t i = 0; i < count; i++) {
        float g = gradient[i];
        m[i] = m[i] + (g - m[i]) * (1.0f - beta1);
        v[i] = v[i] * beta2 + (1.0f - beta2) * g * g;
        float denominator = sqrtf(v[i]) / root_bias2 + epsilon;
        parameter[i] = parameter[i] * decay - step_size * (m[i] / denominator);
    }
}
