/* Dropout. PyTorch makes the masks, so that the same numbers are dropped as in eager steps: for
   each step the masks of the layers, one after the other, each (samples, units). */

#include "arithmetic.h"

PARAMETERS(Dropout, scale); /* what the numbers that are kept are multiplied by */

float *pass_dropout(struct context *c, const struct layer *layer, float *x, int64_t lanes) {
    if (!c->is_training)
        return x;
    int64_t units = layer->units, count = smaller(lanes, c->batch_count - c->block_start);
    const uint8_t *mask = c->now_masks + layer->mask * c->batch_count + c->block_start * units;
    float scale = (float)((const struct Dropout *)layer->parameters)->scale;
    float *factors = c->saved + layer->saved * lanes;
    for (int64_t k = 0; k < units; k++) {
        float *factor = factors + k * lanes, *row = x + k * lanes;
        for (int64_t s = 0; s < count; s++) {
            factor[s] = mask[s * units + k] ? scale : 0.0f;
            row[s] *= factor[s];
        }
        /* Counts nowhere, but has to be a number. */
        for (int64_t s = count; s < lanes; s++)
            factor[s] = 1.0f;
    }
    return x;
}

const char *const dropout_names = Dropout_names;
