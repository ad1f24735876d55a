/* The layers by name, and those that work in place: activations, PReLU and Softmax. */

#include "arithmetic.h"

static float *apply_activation(struct context *c, const struct layer *layer, float *x,
                               int64_t lanes) {
    layer->activation(layer->parameters, layer->units * lanes, x, c->saved + layer->saved * lanes);
    return x;
}

float *multiply_by_saved(struct context *c, const struct layer *layer, float *delta,
                         int64_t lanes) {
    const float *derivative = c->saved + layer->saved * lanes;
    for (int64_t s = 0; s < layer->units * lanes; s++)
        delta[s] *= derivative[s];
    return delta;
}

/* PReLU has one slope for all features, or one for each group of as many that follow on each other:
   the pixels of a channel. Its inputs are saved. */
static float *apply_prelu(struct context *c, const struct layer *layer, float *x, int64_t lanes) {
    const float *slopes = c->weights + layer->weight;
    int64_t group = layer->units / layer->weight_count;
    memcpy(c->saved + layer->saved * lanes, x, (size_t)(layer->units * lanes) * sizeof *x);
    for (int64_t k = 0; k < layer->units; k++) {
        float slope = slopes[k / group], *row = x + k * lanes;
        for (int64_t s = 0; s < lanes; s++)
            row[s] = row[s] > 0.0f ? row[s] : slope * row[s];
    }
    return x;
}

static float *backward_prelu(struct context *c, const struct layer *layer, float *delta,
                             int64_t lanes) {
    const float *slopes = c->weights + layer->weight, *inputs = c->saved + layer->saved * lanes;
    int64_t group = layer->units / layer->weight_count;
    for (int64_t k = 0; k < layer->units; k++) {
        const float *x = inputs + k * lanes;
        float slope = slopes[k / group], *d = delta + k * lanes, parts[LANES] = {0};
        for (int64_t s = 0; s < lanes; s += LANES)
            for (int i = 0; i < LANES; i++) {
                parts[i] += x[s + i] > 0.0f ? 0.0f : d[s + i] * x[s + i];
                d[s + i] *= x[s + i] > 0.0f ? 1.0f : slope;
            }
        if (!layer->is_frozen)
            c->gradients[layer->weight + k / group] += total(load(parts));
    }
    return delta;
}

static float *apply_softmax(struct context *c, const struct layer *layer, float *x,
                            int64_t lanes) {
    float *shares = c->saved + layer->saved * lanes, mass[LANES], top[LANES];
    for (int64_t s = 0; s < lanes; s += LANES)
        softmax(x + s, layer->units, lanes, shares + s, mass, top);
    memcpy(x, shares, (size_t)(layer->units * lanes) * sizeof *x);
    return x;
}

static float *backward_softmax(struct context *c, const struct layer *layer, float *delta,
                               int64_t lanes) {
    const float *shares = c->saved + layer->saved * lanes;
    for (int64_t s = 0; s < lanes; s += LANES) {
        vector mean = {0};
        for (int64_t k = 0; k < layer->units; k++)
            mean = multiply_add(load(shares + k * lanes + s), load(delta + k * lanes + s), mean);
        for (int64_t k = 0; k < layer->units; k++) {
            float *d = delta + k * lanes + s;
            store(d, load(shares + k * lanes + s) * (load(d) - mean));
        }
    }
    return delta;
}

const struct kernel *nnplay_layers(void) {
    static struct kernel table[] = {
        {"Dense", "", FUNCTION(forward_narrow), FUNCTION(backward_narrow)},
        {"Dense, by BLAS", "", FUNCTION(forward_wide), FUNCTION(backward_wide)},
        {"activation", "", FUNCTION(apply_activation), FUNCTION(multiply_by_saved)},
        {"PReLU", "", FUNCTION(apply_prelu), FUNCTION(backward_prelu)},
        {"Softmax", "", FUNCTION(apply_softmax), FUNCTION(backward_softmax)},
        {"Dropout", "", FUNCTION(pass_dropout), FUNCTION(multiply_by_saved)},
        {"BatchNorm", "", FUNCTION(normalise_batch), FUNCTION(renormalise_batch)},
        {"LayerNorm", "", FUNCTION(normalise_sample), FUNCTION(renormalise_sample)},
        {0},
    };
    table[5].names = dropout_names;
    table[6].names = batch_norm_names;
    table[7].names = layer_norm_names;
    return table;
}
