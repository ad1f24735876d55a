/* The penalty on large weights, and the limits on gradients. */

#include "arithmetic.h"

/* Sums in sixteen parts: as quick as vectors are, and nearer to the true sum than one long chain of
   additions in float32. */
static float sum_of_squares(const float *x, int64_t n) {
    vector sums = {0};
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        sums = multiply_add(load(x + i), load(x + i), sums);
    float rest = 0.0f;
    for (; i < n; i++)
        rest += x[i] * x[i];
    return total(sums) + rest;
}

static float sum_of_sizes(const float *x, int64_t n) {
    float parts[LANES] = {0}, rest = 0.0f;
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < LANES; k++)
            parts[k] += fabsf(x[i + k]);
    for (; i < n; i++)
        rest += fabsf(x[i]);
    return total(load(parts)) + rest;
}

/* Adds the penalty's gradient to the gradients and returns the penalty. */
double add_penalty(struct context *c) {
    double cost = 0.0;
    for (int64_t k = 0; k < c->layer_count; k++) {
        const struct layer *layer = c->layers + k;
        float l1 = (float)layer->l1, l2 = (float)layer->l2;
        if (l1 == 0.0f && l2 == 0.0f)
            continue;
        const float *w = c->weights + layer->weight;
        float *g = c->gradients + layer->weight;
        for (int64_t i = 0; i < layer->weight_count; i++) {
            float side = w[i] > 0.0f ? 1.0f : w[i] < 0.0f ? -1.0f : 0.0f;
            g[i] += l1 * side + (l2 + l2) * w[i];
        }
        cost += l1 * sum_of_sizes(w, layer->weight_count) +
                l2 * sum_of_squares(w, layer->weight_count);
    }
    return cost;
}

/* Scales all gradients together, as torch.nn.utils.clip_grad_norm_ does. */
static void clip_norm(struct context *c) {
    float share = (float)c->clip_at /
                  (sqrtf(sum_of_squares(c->gradients, c->weight_count)) + 1e-6f);
    share = share > 1.0f ? 1.0f : share;
    for (int64_t i = 0; i < c->weight_count; i++)
        c->gradients[i] *= share;
}

static void clip_value(struct context *c) {
    float limit = (float)c->clip_at;
    for (int64_t i = 0; i < c->weight_count; i++) {
        float one = c->gradients[i];
        one = one < -limit ? -limit : one;
        c->gradients[i] = one > limit ? limit : one;
    }
}

const struct kernel *nnplay_clips(void) {
    static const struct kernel table[] = {
        {"by norm", "", FUNCTION(clip_norm)},
        {"by value", "", FUNCTION(clip_value)},
        {0},
    };
    return table;
}
