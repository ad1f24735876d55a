/* The optimizers, after the formulas that PyTorch documents. Powers and rates are computed in
   double, once a step; the weights in float32. */

#include "arithmetic.h"

/* The learning rate and the weight decay of a step are in the context. */
PARAMETERS(SGD, momentum, nesterov, dampening);
PARAMETERS(Adam, beta1, beta2, eps, amsgrad);
PARAMETERS(NAdam, beta1, beta2, eps, momentum_decay);
PARAMETERS(Moments, beta1, beta2, eps);
PARAMETERS(RMSprop, alpha, eps, momentum, centered);
PARAMETERS(Adagrad, lr_decay, eps, initial_accumulator_value);
PARAMETERS(Adadelta, rho, eps);
PARAMETERS(Rprop, eta_minus, eta_plus, smallest, largest);
PARAMETERS(Lion, beta1, beta2);

/* The row-th number that is remembered of each weight from `first` on. */
static float *state_row(const struct context *c, int64_t row, int64_t first) {
    return c->state + row * c->weight_count + first;
}

static void decay(const struct context *c, int64_t n, float *restrict w, float *restrict g) {
    float coupled = (float)c->coupled_decay, kept = (float)(1 - c->rate * c->decoupled_decay);
    if (coupled != 0.0f)
        for (int64_t i = 0; i < n; i++)
            g[i] += coupled * w[i];
    if (kept != 1.0f)
        for (int64_t i = 0; i < n; i++)
            w[i] *= kept;
}

#define WEIGHTS_AND_GRADIENTS                                                       \
    float *restrict w = c->weights + first, *restrict g = c->gradients + first

static void sgd(struct context *c, int64_t first, int64_t n, int64_t _step) {
    const struct SGD *p = c->hyperparameters;
    WEIGHTS_AND_GRADIENTS;
    decay(c, n, w, g);
    float rate = (float)c->rate, momentum = (float)p->momentum;
    if (momentum == 0.0f) {
        for (int64_t i = 0; i < n; i++)
            w[i] -= rate * g[i];
        return;
    }
    float *restrict last = state_row(c, 0, first);
    float keep = momentum, take = 1.0f - (float)p->dampening;
    if (c->last.has_momentum == 0) {
        /* The first step is taken whole, with nothing to remember and nothing dampened. */
        keep = 0.0f, take = 1.0f;
        c->next.has_momentum = 1;
    }
    float ahead = p->nesterov > 0 ? momentum : 1.0f, own = p->nesterov > 0 ? 1.0f : 0.0f;
    for (int64_t i = 0; i < n; i++) {
        float step = keep * last[i] + take * g[i];
        last[i] = step;
        w[i] -= rate * (own * g[i] + ahead * step);
    }
}

/* Brings the means of gradients and of their squares up to date. */
static void moments(int64_t n, const float *restrict g, float *restrict m, float *restrict v,
                    double beta1, double beta2) {
    float take1 = (float)(1 - beta1), keep2 = (float)beta2, take2 = (float)(1 - beta2);
    for (int64_t i = 0; i < n; i++) {
        m[i] += (g[i] - m[i]) * take1;
        v[i] = keep2 * v[i] + take2 * g[i] * g[i];
    }
}

/* Goes by the gradient and its mean, each at its own rate, over a root of mean squares. */
static void go_by_quotient(int64_t n, float *restrict w, const float *restrict g,
                           const float *restrict m, const float *restrict v, double rate_g,
                           double rate_m, double scale, double epsilon) {
    float by_g = (float)rate_g, by_m = (float)rate_m, by_root = (float)scale;
    float eps = (float)epsilon;
    for (int64_t i = 0; i < n; i++)
        w[i] -= (by_g * g[i] + by_m * m[i]) / (by_root * sqrtf(v[i]) + eps);
}

static void adam(struct context *c, int64_t first, int64_t n, int64_t step) {
    const struct Adam *p = c->hyperparameters;
    WEIGHTS_AND_GRADIENTS;
    float *m = state_row(c, 0, first), *v = state_row(c, 1, first), *root = v;
    decay(c, n, w, g);
    moments(n, g, m, v, p->beta1, p->beta2);
    if (p->amsgrad > 0) {
        root = state_row(c, 2, first);
        for (int64_t i = 0; i < n; i++)
            root[i] = v[i] > root[i] ? v[i] : root[i];
    }
    double left1 = 1 - pow(p->beta1, (double)step), left2 = 1 - pow(p->beta2, (double)step);
    go_by_quotient(n, w, g, m, root, 0, c->rate / left1, 1 / sqrt(left2), p->eps);
}

static void nadam(struct context *c, int64_t first, int64_t n, int64_t step) {
    const struct NAdam *p = c->hyperparameters;
    WEIGHTS_AND_GRADIENTS;
    float *m = state_row(c, 0, first), *v = state_row(c, 1, first);
    double t = (double)step;
    decay(c, n, w, g);
    moments(n, g, m, v, p->beta1, p->beta2);
    double mu = p->beta1 * (1 - 0.5 * pow(0.96, t * p->momentum_decay));
    double ahead = p->beta1 * (1 - 0.5 * pow(0.96, (t + 1) * p->momentum_decay));
    double product = mu * (step == 1 ? 1.0 : c->last.mu_product);
    c->next.mu_product = product;
    go_by_quotient(n, w, g, m, v, c->rate * (1 - mu) / (1 - product),
                   c->rate * ahead / (1 - product * ahead), 1 / sqrt(1 - pow(p->beta2, t)),
                   p->eps);
}

static void radam(struct context *c, int64_t first, int64_t n, int64_t step) {
    const struct Moments *p = c->hyperparameters;
    WEIGHTS_AND_GRADIENTS;
    float *restrict m = state_row(c, 0, first), *v = state_row(c, 1, first);
    double t = (double)step, left2 = 1 - pow(p->beta2, t), most = 2 / (1 - p->beta2) - 1;
    decay(c, n, w, g);
    moments(n, g, m, v, p->beta1, p->beta2);
    double known = most - 2 * t * pow(p->beta2, t) / left2;
    double rate = c->rate / (1 - pow(p->beta1, t));
    if (known > 5) {
        double share = (known - 4) * (known - 2) * most / ((most - 4) * (most - 2) * known);
        go_by_quotient(n, w, g, m, v, 0, rate * sqrt(share * left2), 1, p->eps);
        return;
    }
    float plain = (float)rate;
    for (int64_t i = 0; i < n; i++)
        w[i] -= plain * m[i];
}

static void adamax(struct context *c, int64_t first, int64_t n, int64_t step) {
    const struct Moments *p = c->hyperparameters;
    WEIGHTS_AND_GRADIENTS;
    float *restrict m = state_row(c, 0, first), *restrict top = state_row(c, 1, first);
    decay(c, n, w, g);
    float take = (float)(1 - p->beta1), keep = (float)p->beta2, eps = (float)p->eps;
    float rate = (float)(c->rate / (1 - pow(p->beta1, (double)step)));
    for (int64_t i = 0; i < n; i++) {
        float mean = m[i] + (g[i] - m[i]) * take, size = fabsf(g[i]) + eps, old = keep * top[i];
        size = old > size ? old : size;
        m[i] = mean;
        top[i] = size;
        w[i] -= rate * mean / size;
    }
}

static void rmsprop(struct context *c, int64_t first, int64_t n, int64_t _step) {
    const struct RMSprop *p = c->hyperparameters;
    WEIGHTS_AND_GRADIENTS;
    float *restrict v = state_row(c, 0, first), *restrict mean = state_row(c, 1, first);
    float *restrict last = state_row(c, 2, first);
    float rate = (float)c->rate, eps = (float)p->eps, momentum = (float)p->momentum;
    float keep = (float)p->alpha, take = (float)(1 - p->alpha);
    int centred = p->centered > 0;
    decay(c, n, w, g);
    for (int64_t i = 0; i < n; i++) {
        float square = keep * v[i] + take * g[i] * g[i];
        v[i] = square;
        if (centred) {
            float middle = mean[i] + (g[i] - mean[i]) * take;
            mean[i] = middle;
            square -= middle * middle;
        }
        float step = momentum * last[i] + g[i] / (sqrtf(square) + eps);
        last[i] = step;
        w[i] -= rate * step;
    }
}

static void adagrad(struct context *c, int64_t first, int64_t n, int64_t step) {
    const struct Adagrad *p = c->hyperparameters;
    WEIGHTS_AND_GRADIENTS;
    float *restrict sums = state_row(c, 0, first), eps = (float)p->eps;
    float rate = (float)(c->rate / (1 + (double)(step - 1) * p->lr_decay));
    float start = step == 1 ? (float)p->initial_accumulator_value : 0.0f;
    decay(c, n, w, g);
    for (int64_t i = 0; i < n; i++) {
        float square = sums[i] + start + g[i] * g[i];
        sums[i] = square;
        w[i] -= rate * g[i] / (sqrtf(square) + eps);
    }
}

static void adadelta(struct context *c, int64_t first, int64_t n, int64_t _step) {
    const struct Adadelta *p = c->hyperparameters;
    WEIGHTS_AND_GRADIENTS;
    float *restrict v = state_row(c, 0, first), *restrict steps = state_row(c, 1, first);
    float rate = (float)c->rate, eps = (float)p->eps;
    float keep = (float)p->rho, take = (float)(1 - p->rho);
    decay(c, n, w, g);
    for (int64_t i = 0; i < n; i++) {
        float square = keep * v[i] + take * g[i] * g[i];
        float step = sqrtf(steps[i] + eps) / sqrtf(square + eps) * g[i];
        v[i] = square;
        steps[i] = keep * steps[i] + take * step * step;
        w[i] -= rate * step;
    }
}

static void rprop(struct context *c, int64_t first, int64_t n, int64_t step) {
    const struct Rprop *p = c->hyperparameters;
    WEIGHTS_AND_GRADIENTS;
    float *restrict last = state_row(c, 0, first), *restrict sizes = state_row(c, 1, first);
    float less = (float)p->eta_minus, more = (float)p->eta_plus, start = (float)c->rate;
    float low = (float)p->smallest, high = (float)p->largest;
    for (int64_t i = 0; i < n; i++) {
        float same = g[i] * last[i], size = step == 1 ? start : sizes[i];
        size *= same > 0.0f ? more : same < 0.0f ? less : 1.0f;
        size = size < low ? low : size > high ? high : size;
        float one = same < 0.0f ? 0.0f : g[i];
        sizes[i] = size;
        last[i] = one;
        /* NaN has no sign and goes on as it is. */
        w[i] -= size * (one > 0.0f ? 1.0f : one < 0.0f ? -1.0f : one);
    }
}

static void lion(struct context *c, int64_t first, int64_t n, int64_t _step) {
    const struct Lion *p = c->hyperparameters;
    WEIGHTS_AND_GRADIENTS;
    float *restrict m = state_row(c, 0, first);
    float rate = (float)c->rate;
    float take1 = (float)(1 - p->beta1), take2 = (float)(1 - p->beta2);
    decay(c, n, w, g);
    for (int64_t i = 0; i < n; i++) {
        float mix = m[i] + (g[i] - m[i]) * take1;
        m[i] += (g[i] - m[i]) * take2;
        w[i] -= rate * (mix > 0.0f ? 1.0f : mix < 0.0f ? -1.0f : mix);
    }
}

const struct kernel *nnplay_optimizers(void) {
    static const struct kernel table[] = {
        {"SGD", SGD_names, FUNCTION(sgd), NULL, 1},
        {"Adam", Adam_names, FUNCTION(adam), NULL, 2},
        {"AdamW", Adam_names, FUNCTION(adam), NULL, 2},
        {"NAdam", NAdam_names, FUNCTION(nadam), NULL, 2},
        {"RAdam", Moments_names, FUNCTION(radam), NULL, 2},
        {"Adamax", Moments_names, FUNCTION(adamax), NULL, 2},
        {"RMSprop", RMSprop_names, FUNCTION(rmsprop), NULL, 3},
        {"Adagrad", Adagrad_names, FUNCTION(adagrad), NULL, 1},
        {"Adadelta", Adadelta_names, FUNCTION(adadelta), NULL, 2},
        {"Rprop", Rprop_names, FUNCTION(rprop), NULL, 2},
        {"Lion", Lion_names, FUNCTION(lion), NULL, 1},
        {0},
    };
    return table;
}
