/* The losses: what the predictions of a block cost, and how that changes with each of them.

   Costs are added in sixteen float32 sums per output and then in double: as quick as vectors are,
   and near enough to the true sum that a loss does not depend on how a batch is cut into blocks.
   The lanes behind `count` repeat the last sample: their costs are left out, and their part of
   `delta` may hold anything, because the caller sets it to 0. */

#include "arithmetic.h"

PARAMETERS(Huber, delta);
PARAMETERS(Poisson, full); /* 1 adds Stirling's approximation for counts above 1 */
PARAMETERS(BinaryCrossEntropy, positive_weight);
PARAMETERS(BinaryHinge, margin, squared);
PARAMETERS(CrossEntropy, label_smoothing);
PARAMETERS(MultiHinge, margin, p);

#define PI 3.14159265358979323846

/* What one prediction costs, with its gradient: of each output by itself. */
typedef float element_loss(float z, float target, float a, float b, float *gradient);

static inline __attribute__((always_inline)) double
sum_of_elements(element_loss *element, const struct context *c, const float *y,
                const float *targets, int64_t lanes, int64_t count, float *delta, float a,
                float b) {
    double sum = 0.0;
    for (int64_t k = 0; k < c->output_count; k++) {
        float parts[LANES] = {0};
        for (int64_t s = 0; s < count; s += LANES) {
            int64_t at = k * lanes + s;
            float costs[LANES];
            for (int i = 0; i < LANES; i++)
                costs[i] = element(y[at + i], targets[at + i], a, b, delta + at + i);
            if (s + LANES <= count)
                for (int i = 0; i < LANES; i++)
                    parts[i] += costs[i];
            else
                for (int64_t i = 0; i < count - s; i++)
                    parts[i] += costs[i];
        }
        sum += total(load(parts));
    }
    return sum;
}

static inline float squared_error(float z, float target, float _a, float _b, float *gradient) {
    float e = z - target;
    *gradient = 2.0f * e;
    return e * e;
}

static double mse(const struct context *c, const float *y, const void *targets, int64_t lanes,
                  int64_t count, float *delta) {
    return sum_of_elements(squared_error, c, y, targets, lanes, count, delta, 0, 0);
}

static inline float absolute_error(float z, float target, float _a, float _b, float *gradient) {
    float e = z - target;
    *gradient = e > 0.0f ? 1.0f : e < 0.0f ? -1.0f : e;
    return fabsf(e);
}

static double mae(const struct context *c, const float *y, const void *targets, int64_t lanes,
                  int64_t count, float *delta) {
    return sum_of_elements(absolute_error, c, y, targets, lanes, count, delta, 0, 0);
}

static inline float huber_error(float z, float target, float a, float _b, float *gradient) {
    float e = z - target, size = fabsf(e), side = e > 0.0f ? a : -a;
    *gradient = size > a ? side : e;
    return size > a ? a * (size - 0.5f * a) : 0.5f * e * e;
}

static double huber(const struct context *c, const float *y, const void *targets, int64_t lanes,
                    int64_t count, float *delta) {
    float a = (float)((const struct Huber *)c->loss_parameters)->delta;
    return sum_of_elements(huber_error, c, y, targets, lanes, count, delta, a, 0);
}

static inline float poisson_loss(float z, float target, float _a, float _b, float *gradient) {
    float expected = exp_of(z);
    *gradient = expected - target;
    return expected - target * z;
}

static double poisson(const struct context *c, const float *y, const void *targets, int64_t lanes,
                      int64_t count, float *delta) {
    double sum = sum_of_elements(poisson_loss, c, y, targets, lanes, count, delta, 0, 0);
    if (((const struct Poisson *)c->loss_parameters)->full > 0)
        for (int64_t k = 0; k < c->output_count; k++)
            for (int64_t i = k * lanes; i < k * lanes + count; i++) {
                double n = ((const float *)targets)[i];
                if (n > 1)
                    sum += n * log(n) - n + 0.5 * log(2 * PI * n);
            }
    return sum;
}

static inline float logistic_loss(float z, float target, float more, float _b, float *gradient) {
    float weight = 1.0f + more * target, rest = 1.0f - target;
    *gradient = rest - weight * sigmoid_of(-z);
    return weight * softplus_of(-z) + rest * z;
}

static double binary_cross_entropy(const struct context *c, const float *y, const void *targets,
                                   int64_t lanes, int64_t count, float *delta) {
    const struct BinaryCrossEntropy *p = c->loss_parameters;
    float more = (float)p->positive_weight - 1.0f;
    return sum_of_elements(logistic_loss, c, y, targets, lanes, count, delta, more, 0);
}

static inline float hinge_loss(float z, float target, float margin, float squares,
                               float *gradient) {
    float side = 2.0f * target - 1.0f, missing = margin - side * z;
    missing = missing <= 0.0f ? 0.0f : missing;
    float steep = squares > 0.0f ? 2.0f * missing : missing <= 0.0f ? 0.0f : 1.0f;
    *gradient = -side * steep;
    return squares > 0.0f ? missing * missing : missing;
}

static double binary_hinge(const struct context *c, const float *y, const void *targets,
                           int64_t lanes, int64_t count, float *delta) {
    const struct BinaryHinge *p = c->loss_parameters;
    return sum_of_elements(hinge_loss, c, y, targets, lanes, count, delta, (float)p->margin,
                           (float)p->squared);
}

/* Cross-entropy against targets of which a share `a` is spread evenly over all classes; each class
   counts by its weight, where there are any. */
static double cross_entropy(const struct context *c, const float *y, const void *targets,
                            int64_t lanes, int64_t count, float *delta) {
    float a = (float)((const struct CrossEntropy *)c->loss_parameters)->label_smoothing;
    int64_t outputs = c->output_count;
    const int64_t *classes = targets;
    const float *weights = c->class_weights;
    float spread = a / (float)outputs, rest = 1.0f - a, all_weights = 0.0f;
    for (int64_t k = 0; weights && k < outputs; k++)
        all_weights += weights[k];
    double sum = 0.0;
    for (int64_t s = 0; s < count; s += LANES) {
        float mass[LANES], top[LANES], *d = delta + s;
        const float *z = y + s;
        softmax(z, outputs, lanes, d, mass, top);
        if (weights)
            for (int i = 0; i < LANES; i++) {
                float both = rest * weights[classes[s + i]] + spread * all_weights;
                for (int64_t k = 0; k < outputs; k++)
                    d[k * lanes + i] *= both;
            }
        for (int64_t i = 0; i < smaller(LANES, count - s); i++) {
            int64_t at = classes[s + i] * lanes + i;
            float own = weights ? rest * weights[classes[s + i]] : rest;
            double both = weights ? (double)own + (double)spread * all_weights : 1.0;
            sum += both * (log(mass[i]) + (double)top[i]) - (double)own * z[at];
            d[at] -= own;
        }
        if (a > 0.0f)
            for (int64_t k = 0; k < outputs; k++) {
                float share = weights ? spread * weights[k] : spread, part = 0.0f;
                for (int64_t i = 0; i < smaller(LANES, count - s); i++)
                    part += z[k * lanes + i];
                for (int i = 0; i < LANES; i++)
                    d[k * lanes + i] -= share;
                sum -= (double)(share * part);
            }
    }
    return sum;
}

/* The same, less the entropy of the targets, which no prediction can go below. */
static double kl_divergence(const struct context *c, const float *y, const void *targets,
                            int64_t lanes, int64_t count, float *delta) {
    double a = ((const struct CrossEntropy *)c->loss_parameters)->label_smoothing;
    double outputs = (double)c->output_count, spread = a / outputs, own = 1 - a + spread;
    double entropy = own > 0 ? -own * log(own) : 0;
    entropy -= spread > 0 ? (outputs - 1) * spread * log(spread) : 0;
    return cross_entropy(c, y, targets, lanes, count, delta) - (double)count * entropy;
}

static double multi_hinge(const struct context *c, const float *y, const void *targets,
                          int64_t lanes, int64_t count, float *delta) {
    const struct MultiHinge *p = c->loss_parameters;
    int64_t outputs = c->output_count;
    const int64_t *classes = targets;
    float margin = (float)p->margin;
    int squares = p->p > 1;
    double sum = 0.0;
    for (int64_t i = 0; i < count; i++) {
        int64_t right = classes[i] * lanes + i;
        float share = 1.0f / (float)outputs, back = 0.0f;
        share *= c->class_weights ? c->class_weights[classes[i]] : 1.0f;
        for (int64_t k = 0; k < outputs; k++) {
            int64_t at = k * lanes + i;
            float missing = margin - y[right] + y[at];
            missing = at == right || missing <= 0.0f ? 0.0f : missing;
            float steep = share * (squares ? 2.0f * missing : missing <= 0.0f ? 0.0f : 1.0f);
            sum += share * (squares ? missing * missing : missing);
            delta[at] = steep;
            back += steep;
        }
        delta[right] = -back;
    }
    return sum;
}

const struct kernel *nnplay_losses(void) {
    static const struct kernel table[] = {
        {"MSE", "", FUNCTION(mse)},
        {"MAE", "", FUNCTION(mae)},
        {"Huber", Huber_names, FUNCTION(huber)},
        {"Poisson", Poisson_names, FUNCTION(poisson)},
        {"CrossEntropy", CrossEntropy_names, FUNCTION(cross_entropy)},
        {"MultiHinge", MultiHinge_names, FUNCTION(multi_hinge)},
        {"KLDivergence", CrossEntropy_names, FUNCTION(kl_divergence)},
        {"BinaryCrossEntropy", BinaryCrossEntropy_names, FUNCTION(binary_cross_entropy)},
        {"LabelCrossEntropy", BinaryCrossEntropy_names, FUNCTION(binary_cross_entropy)},
        {"BinaryHinge", BinaryHinge_names, FUNCTION(binary_hinge)},
        {0},
    };
    return table;
}
