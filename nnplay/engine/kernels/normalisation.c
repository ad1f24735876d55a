/* Batch and layer normalisation, in place. The normalised inputs are saved, and behind them the
   numbers that they were multiplied by: of BatchNorm one per feature, of LayerNorm one per lane. */

#include "arithmetic.h"

PARAMETERS(BatchNorm, eps, momentum);
PARAMETERS(LayerNorm, eps);
const char *const batch_norm_names = BatchNorm_names;
const char *const layer_norm_names = LayerNorm_names;

static int uses_running_statistics(const struct context *c, const struct layer *layer) {
    return !c->is_training || layer->is_frozen;
}

/* Mean and variance of a feature. The variance takes a second pass: as a difference of two large
   sums it would lose its digits. */
static void statistics(const float *row, int64_t count, float *mean, float *variance) {
    double sum = 0.0, squares = 0.0;
    for (int64_t s = 0; s < count; s++)
        sum += row[s];
    double middle = sum / (double)count;
    for (int64_t s = 0; s < count; s++)
        squares += (row[s] - middle) * (row[s] - middle);
    *mean = (float)middle;
    *variance = (float)(squares / (double)count);
}

/* The statistics are those of the whole batch, so that plan.py puts it into one block. */
float *normalise_batch(struct context *c, const struct layer *layer, float *x, int64_t lanes) {
    const struct BatchNorm *p = layer->parameters;
    const float *gains = c->weights + layer->weight, *shifts = c->weights + layer->bias;
    float *normalised = c->saved + layer->saved * lanes;
    float *factors = normalised + layer->units * lanes, follow = (float)p->momentum;
    for (int64_t k = 0; k < layer->units; k++) {
        float *row = x + k * lanes, *saved = normalised + k * lanes, mean, variance;
        if (uses_running_statistics(c, layer)) {
            mean = layer->running_mean[k];
            variance = layer->running_variance[k];
        } else {
            double n = (double)c->batch_count;
            statistics(row, c->batch_count, &mean, &variance);
            float unbiased = (float)(variance * (n / (n - 1)));
            layer->running_mean[k] += follow * (mean - layer->running_mean[k]);
            layer->running_variance[k] += follow * (unbiased - layer->running_variance[k]);
        }
        float factor = 1.0f / sqrtf(variance + (float)p->eps);
        factors[k] = factor;
        for (int64_t s = 0; s < lanes; s++) {
            saved[s] = (row[s] - mean) * factor;
            row[s] = saved[s] * gains[k] + shifts[k];
        }
    }
    return x;
}

/* Sums of a feature's gradients, and of their products with its normalised inputs. The lanes behind
   the last sample add nothing, as their gradients are 0. */
static void sums(const float *delta, const float *normalised, int64_t lanes, float *sum,
                 float *product) {
    vector plain = {0}, times = {0};
    for (int64_t s = 0; s < lanes; s += LANES) {
        plain += load(delta + s);
        times = multiply_add(load(delta + s), load(normalised + s), times);
    }
    *sum = total(plain);
    *product = total(times);
}

float *renormalise_batch(struct context *c, const struct layer *layer, float *delta,
                         int64_t lanes) {
    const float *gains = c->weights + layer->weight;
    const float *normalised = c->saved + layer->saved * lanes;
    const float *factors = normalised + layer->units * lanes;
    int64_t count = c->batch_count;
    for (int64_t k = 0; k < layer->units; k++) {
        float *d = delta + k * lanes, sum = 0.0f, product = 0.0f, factor = gains[k] * factors[k];
        const float *saved = normalised + k * lanes;
        if (!layer->is_frozen) {
            sums(d, saved, lanes, &sum, &product);
            c->gradients[layer->weight + k] += product;
            c->gradients[layer->bias + k] += sum;
        }
        float mean = sum / (float)count, along = product / (float)count;
        for (int64_t s = 0; s < count; s++)
            d[s] = factor * (d[s] - mean - saved[s] * along);
        for (int64_t s = count; s < lanes; s++)
            d[s] = 0.0f;
    }
    return delta;
}

float *normalise_sample(struct context *c, const struct layer *layer, float *x, int64_t lanes) {
    const struct LayerNorm *p = layer->parameters;
    const float *gains = c->weights + layer->weight, *shifts = c->weights + layer->bias;
    float *normalised = c->saved + layer->saved * lanes;
    float *factors = normalised + layer->units * lanes;
    vector features = all((float)layer->units);
    for (int64_t s = 0; s < lanes; s += LANES) {
        vector sum = {0}, squares = {0};
        for (int64_t k = 0; k < layer->units; k++)
            sum += load(x + k * lanes + s);
        vector mean = sum / features;
        for (int64_t k = 0; k < layer->units; k++) {
            vector apart = load(x + k * lanes + s) - mean;
            squares = multiply_add(apart, apart, squares);
        }
        vector variance = squares / features;
        for (int i = 0; i < LANES; i++)
            factors[s + i] = 1.0f / sqrtf(variance[i] + (float)p->eps);
        for (int64_t k = 0; k < layer->units; k++) {
            vector saved = (load(x + k * lanes + s) - mean) * load(factors + s);
            store(normalised + k * lanes + s, saved);
            store(x + k * lanes + s, multiply_add(saved, all(gains[k]), all(shifts[k])));
        }
    }
    return x;
}

float *renormalise_sample(struct context *c, const struct layer *layer, float *delta,
                          int64_t lanes) {
    const float *gains = c->weights + layer->weight;
    const float *normalised = c->saved + layer->saved * lanes;
    const float *factors = normalised + layer->units * lanes;
    for (int64_t k = 0; !layer->is_frozen && k < layer->units; k++) {
        float sum, product;
        sums(delta + k * lanes, normalised + k * lanes, lanes, &sum, &product);
        c->gradients[layer->weight + k] += product;
        c->gradients[layer->bias + k] += sum;
    }
    vector features = all((float)layer->units);
    for (int64_t s = 0; s < lanes; s += LANES) {
        vector mean = {0}, along = {0};
        for (int64_t k = 0; k < layer->units; k++) {
            vector d = load(delta + k * lanes + s) * all(gains[k]);
            mean += d;
            along = multiply_add(d, load(normalised + k * lanes + s), along);
        }
        mean /= features;
        along /= features;
        for (int64_t k = 0; k < layer->units; k++) {
            vector d = load(delta + k * lanes + s) * all(gains[k]);
            vector rest = d - mean - load(normalised + k * lanes + s) * along;
            store(delta + k * lanes + s, rest * load(factors + s));
        }
    }
    return delta;
}
