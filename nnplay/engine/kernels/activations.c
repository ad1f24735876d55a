/* The point-wise activations: each gives its values and its derivatives in one go, in loops that
   the compiler turns into vector instructions. */

#include "arithmetic.h"

PARAMETERS(LeakyReLU, negative_slope);
PARAMETERS(Hardtanh, min_val, max_val);
PARAMETERS(Threshold, threshold, value);
PARAMETERS(Shrink, lambd);
PARAMETERS(ELU, alpha);
PARAMETERS(GELU, approximate); /* 1 for "tanh", 0 for "none" */
PARAMETERS(Softplus, beta, threshold);

#define SELU_SCALE 1.0507009873554805f
#define SELU_ALPHA 1.6732632423543772f
#define PI 3.14159265358979323846

static void relu(const void *_, int64_t n, float *restrict x, float *restrict derivative) {
    for (int64_t i = 0; i < n; i++) {
        float z = x[i];
        /* Asked this way round, NaN passes, as it does in PyTorch. */
        derivative[i] = z <= 0.0f ? 0.0f : 1.0f;
        x[i] = z <= 0.0f ? 0.0f : z;
    }
}

static void leaky_relu(const void *own, int64_t n, float *restrict x, float *restrict derivative) {
    float slope = (float)((const struct LeakyReLU *)own)->negative_slope;
    for (int64_t i = 0; i < n; i++) {
        float z = x[i], steep = z > 0.0f ? 1.0f : slope;
        derivative[i] = steep;
        x[i] = z * steep;
    }
}

static inline void clamp(int64_t n, float *restrict x, float *restrict derivative, float low,
                         float high) {
    for (int64_t i = 0; i < n; i++) {
        float z = x[i];
        derivative[i] = ((z <= low) | (z >= high)) ? 0.0f : 1.0f;
        z = z <= low ? low : z;
        x[i] = z >= high ? high : z;
    }
}

static void relu6(const void *_, int64_t n, float *restrict x, float *restrict derivative) {
    clamp(n, x, derivative, 0.0f, 6.0f);
}

static void hardtanh(const void *own, int64_t n, float *restrict x, float *restrict derivative) {
    const struct Hardtanh *p = own;
    clamp(n, x, derivative, (float)p->min_val, (float)p->max_val);
}

static void hardsigmoid(const void *_, int64_t n, float *restrict x, float *restrict derivative) {
    clamp(n, x, derivative, -3.0f, 3.0f);
    for (int64_t i = 0; i < n; i++) {
        derivative[i] *= 1.0f / 6;
        x[i] = x[i] * (1.0f / 6) + 0.5f;
    }
}

static void hardswish(const void *_, int64_t n, float *restrict x, float *restrict derivative) {
    for (int64_t i = 0; i < n; i++) {
        float z = x[i], steep = z * (1.0f / 3) + 0.5f, bent = z * (z + 3.0f) * (1.0f / 6);
        derivative[i] = z <= -3.0f ? 0.0f : z >= 3.0f ? 1.0f : steep;
        x[i] = z <= -3.0f ? 0.0f : z >= 3.0f ? z : bent;
    }
}

static void threshold(const void *own, int64_t n, float *restrict x, float *restrict derivative) {
    const struct Threshold *p = own;
    float limit = (float)p->threshold, value = (float)p->value;
    for (int64_t i = 0; i < n; i++) {
        float z = x[i];
        derivative[i] = z <= limit ? 0.0f : 1.0f;
        x[i] = z <= limit ? value : z;
    }
}

static void hardshrink(const void *own, int64_t n, float *restrict x, float *restrict derivative) {
    float limit = (float)((const struct Shrink *)own)->lambd;
    for (int64_t i = 0; i < n; i++) {
        float z = x[i];
        derivative[i] = fabsf(z) <= limit ? 0.0f : 1.0f;
        x[i] = fabsf(z) <= limit ? 0.0f : z;
    }
}

static void softshrink(const void *own, int64_t n, float *restrict x, float *restrict derivative) {
    float limit = (float)((const struct Shrink *)own)->lambd;
    for (int64_t i = 0; i < n; i++) {
        float z = x[i], less = z - (z > 0.0f ? limit : -limit);
        derivative[i] = fabsf(z) <= limit ? 0.0f : 1.0f;
        x[i] = fabsf(z) <= limit ? 0.0f : less;
    }
}

/* scale * x, and left of zero scale * height * (e**(x / width) - 1). */
static inline void exponential(int64_t n, float *restrict x, float *restrict derivative,
                               float scale, float height, float width) {
    float steepness = height / width;
    for (int64_t i = 0; i < n; i++) {
        float z = x[i], left = expm1_of((z > 0.0f ? 0.0f : z) / width);
        derivative[i] = scale * (z > 0.0f ? 1.0f : steepness * (left + 1.0f));
        x[i] = scale * (z > 0.0f ? z : height * left);
    }
}

static void elu(const void *own, int64_t n, float *restrict x, float *restrict derivative) {
    exponential(n, x, derivative, 1.0f, (float)((const struct ELU *)own)->alpha, 1.0f);
}

static void celu(const void *own, int64_t n, float *restrict x, float *restrict derivative) {
    float alpha = (float)((const struct ELU *)own)->alpha;
    exponential(n, x, derivative, 1.0f, alpha, alpha);
}

static void selu(const void *_, int64_t n, float *restrict x, float *restrict derivative) {
    exponential(n, x, derivative, SELU_SCALE, SELU_ALPHA, 1.0f);
}

static void gelu(const void *own, int64_t n, float *restrict x, float *restrict derivative) {
    const float scale = (float)sqrt(2 / PI), cube = 0.044715f;
    const float density = (float)(1 / sqrt(2 * PI)), root_half = (float)sqrt(0.5);
    if (((const struct GELU *)own)->approximate > 0) {
        for (int64_t i = 0; i < n; i++) {
            float z = x[i], t = tanh_of(scale * (z + cube * z * z * z));
            float steep = 0.5f * (1.0f - t * t) * scale * (1.0f + 3.0f * cube * z * z);
            float share = 0.5f * (1.0f + t);
            derivative[i] = share + z * steep;
            x[i] = z * share;
        }
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        float z = x[i], steep = density * exp_of(-0.5f * z * z);
        float share = 0.5f * (1.0f + (float)erf((double)(z * root_half)));
        derivative[i] = share + z * steep;
        x[i] = z * share;
    }
}

static void silu(const void *_, int64_t n, float *restrict x, float *restrict derivative) {
    for (int64_t i = 0; i < n; i++) {
        float z = x[i], share = sigmoid_of(z);
        derivative[i] = share + z * share * (1.0f - share);
        x[i] = z * share;
    }
}

static void mish(const void *_, int64_t n, float *restrict x, float *restrict derivative) {
    for (int64_t i = 0; i < n; i++) {
        float z = x[i], t = tanh_of(softplus_of(z));
        derivative[i] = t + z * (1.0f - t * t) * sigmoid_of(z);
        x[i] = z * t;
    }
}

static void softplus(const void *own, int64_t n, float *restrict x, float *restrict derivative) {
    const struct Softplus *p = own;
    float beta = (float)p->beta, limit = (float)p->threshold;
    for (int64_t i = 0; i < n; i++) {
        float z = x[i], scaled = z * beta;
        derivative[i] = scaled > limit ? 1.0f : sigmoid_of(scaled);
        x[i] = scaled > limit ? z : softplus_of(scaled) / beta;
    }
}

static void sigmoid(const void *_, int64_t n, float *restrict x, float *restrict derivative) {
    for (int64_t i = 0; i < n; i++) {
        float share = sigmoid_of(x[i]);
        derivative[i] = share * (1.0f - share);
        x[i] = share;
    }
}

static void log_sigmoid(const void *_, int64_t n, float *restrict x, float *restrict derivative) {
    for (int64_t i = 0; i < n; i++) {
        float z = x[i];
        derivative[i] = sigmoid_of(-z);
        x[i] = -softplus_of(-z);
    }
}

static void tanh_(const void *_, int64_t n, float *restrict x, float *restrict derivative) {
    for (int64_t i = 0; i < n; i++) {
        float t = tanh_of(x[i]);
        derivative[i] = 1.0f - t * t;
        x[i] = t;
    }
}

static void tanhshrink(const void *_, int64_t n, float *restrict x, float *restrict derivative) {
    for (int64_t i = 0; i < n; i++) {
        float z = x[i], t = tanh_of(z);
        derivative[i] = t * t;
        x[i] = z - t;
    }
}

static void softsign(const void *_, int64_t n, float *restrict x, float *restrict derivative) {
    for (int64_t i = 0; i < n; i++) {
        float z = x[i], share = 1.0f / (1.0f + fabsf(z));
        derivative[i] = share * share;
        x[i] = z * share;
    }
}

const struct kernel *nnplay_activations(void) {
    static const struct kernel table[] = {
        {"ReLU", "", FUNCTION(relu)},
        {"LeakyReLU", LeakyReLU_names, FUNCTION(leaky_relu)},
        {"ReLU6", "", FUNCTION(relu6)},
        {"ELU", ELU_names, FUNCTION(elu)},
        {"CELU", ELU_names, FUNCTION(celu)},
        {"SELU", "", FUNCTION(selu)},
        {"GELU", GELU_names, FUNCTION(gelu)},
        {"SiLU", "", FUNCTION(silu)},
        {"Mish", "", FUNCTION(mish)},
        {"Hardswish", "", FUNCTION(hardswish)},
        {"Softplus", Softplus_names, FUNCTION(softplus)},
        {"Threshold", Threshold_names, FUNCTION(threshold)},
        {"Sigmoid", "", FUNCTION(sigmoid)},
        {"Hardsigmoid", "", FUNCTION(hardsigmoid)},
        {"LogSigmoid", "", FUNCTION(log_sigmoid)},
        {"Tanh", "", FUNCTION(tanh_)},
        {"Hardtanh", Hardtanh_names, FUNCTION(hardtanh)},
        {"Softsign", "", FUNCTION(softsign)},
        {"Tanhshrink", "", FUNCTION(tanhshrink)},
        {"Softshrink", Shrink_names, FUNCTION(softshrink)},
        {"Hardshrink", Shrink_names, FUNCTION(hardshrink)},
        {0},
    };
    return table;
}
