/* Many steps in one call: the loop around layers, loss and optimizer.

   Python calls it without holding the interpreter's lock, so that a window can draw meanwhile.
   Nothing here allocates memory: all room is the context's. */

#include "arithmetic.h"

/* The BLAS that computes the wide products has threads of its own. What lies between the products
   is shared among as many: otherwise one thread would work while the others wait, and all weights
   would end up in the cache of that one. A part begins with a whole vector, so that every number
   comes out as it would in one thread. */
static void my_part(const struct context *c, int64_t count, int64_t *start, int64_t *end) {
    int64_t which = c->thread_number(), threads = c->threads_running();
    *start = smaller(count, lanes_of(count * which / threads));
    *end = smaller(count, lanes_of(count * (which + 1) / threads));
}

static void lay_out_part(void *context) {
    struct context *c = context;
    int64_t start, end;
    my_part(c, c->now_count, &start, &end);
    if (start < end)
        lay_out_inputs(c, c->now_x, c->now_order + start, end - start, c->activations + start,
                       lanes_of(c->now_count));
}

static void update_part(void *context) {
    struct context *c = context;
    int64_t start, end;
    my_part(c, c->weight_count, &start, &end);
    if (start < end)
        c->update(c, start, end - start, c->now_step);
}

static void share(struct context *c, void (*part)(void *)) {
    c->share(part, c, (uint32_t)c->thread_count, 0);
}

/* Gradients are added up, except those that BLAS overwrites. */
static void clear_gradients(const struct context *c) {
    for (int64_t k = 0; k < c->layer_count; k++) {
        const struct layer *layer = c->layers + k;
        if (layer->is_frozen)
            continue;
        if (layer->weight >= 0 && !layer->overwrites)
            memset(c->gradients + layer->weight, 0, (size_t)layer->weight_count * sizeof(float));
        if (layer->bias >= 0)
            memset(c->gradients + layer->bias, 0, (size_t)layer->bias_count * sizeof(float));
    }
}

static const float *forward(struct context *c, int64_t lanes) {
    float *x = c->activations;
    for (int64_t k = 0; k < c->layer_count; k++)
        x = c->layers[k].forward(c, c->layers + k, x, lanes);
    return x;
}

static void backward(struct context *c, int64_t lanes) {
    float *delta = c->deltas;
    for (int64_t k = c->layer_count - 1; k >= 0; k--) {
        delta = c->layers[k].backward(c, c->layers + k, delta, lanes);
        if (c->layers[k].is_first)
            return;
    }
}

/* Predicts some samples, adds the correct ones to the row and returns the sum of the losses, whose
   gradient is left in `deltas`. */
static double lose_block(struct context *c, const void *x, const void *targets,
                         const int64_t *order, int64_t count, struct log_row *row) {
    int64_t lanes = lanes_of(count);
    if (c->shares_work) {
        c->now_x = x, c->now_order = order, c->now_count = count;
        share(c, lay_out_part);
    } else
        lay_out_inputs(c, x, order, count, c->activations, lanes);
    lay_out_targets(c, targets, order, count, c->block_targets, lanes);
    const float *y = forward(c, lanes);
    if (c->counts_correct)
        row->correct += count_correct(c, y, c->block_targets, lanes, count);
    return c->loss(c, y, c->block_targets, lanes, count, c->deltas);
}

/* What a mean loss over samples is divided by. */
static double divisor(const struct context *c, const void *targets, const int64_t *order,
                      int64_t count) {
    if (!c->weights_divide)
        return (double)(count * c->mean_over);
    double sum = 0.0;
    for (int64_t i = 0; i < count; i++)
        sum += c->class_weights[((const int64_t *)targets)[order[i]]];
    return sum;
}

static void learn_block(struct context *c, int64_t at, int64_t count, double over,
                        struct log_row *row) {
    int64_t lanes = lanes_of(count);
    double share = 1 / over;
    row->loss += share * lose_block(c, c->x, c->targets, c->order + at, count, row);
    float scale = (float)share;
    for (int64_t k = 0; k < c->output_count; k++) {
        float *delta = c->deltas + k * lanes;
        for (int64_t i = 0; i < count; i++)
            delta[i] *= scale;
        /* The lanes behind the last sample must add nothing to any gradient. */
        for (int64_t i = count; i < lanes; i++)
            delta[i] = 0.0f;
    }
    backward(c, lanes);
}

static void take_step(struct context *c, int64_t step, double rate, struct log_row *row) {
    int64_t start = step % c->steps_per_epoch * c->batch_size;
    int64_t end = smaller(start + c->batch_size, c->sample_count);
    double over = divisor(c, c->targets, c->order + start, end - start);
    c->rate = rate;
    c->is_training = 1;
    c->now_masks = c->masks;
    c->batch_count = end - start;
    clear_gradients(c);
    for (int64_t at = start; at < end; at += c->block_size) {
        c->keeps_gradients = at > start;
        c->block_start = at - start;
        learn_block(c, at, smaller(c->block_size, end - at), over, row);
    }
    c->is_training = 0;
    c->masks += c->mask_width * (end - start);
    if (c->has_penalty)
        row->penalty = add_penalty(c);
    if (c->clip)
        c->clip(c);
    c->next = c->last;
    if (c->shares_work) {
        c->now_step = step + 1;
        share(c, update_part);
    } else
        c->update(c, 0, c->weight_count, step + 1);
    c->last = c->next;
}

static void validate(struct context *c, struct log_row *row) {
    for (int64_t at = 0; at < c->validation_count; at += c->block_size)
        row->loss += lose_block(c, c->validation_x, c->validation_targets,
                                c->validation_order + at,
                                smaller(c->block_size, c->validation_count - at), row);
    row->loss /= divisor(c, c->validation_targets, c->validation_order, c->validation_count);
}

/* Copies the weights for the film of the run. */
static void film(struct context *c) {
    memcpy(c->film, c->weights, (size_t)c->film_numbers * sizeof(float));
    c->film += c->film_numbers;
    c->film_steps++;
    c->film_count--;
}

/* Takes steps from `first` on, counted from 0, and logs each. `seeds` are those of the epochs that
   the steps fall into. `validation_log` gets a row for each epoch that ends, where there are
   validation samples. */
void nnplay_take_steps(struct context *c, int64_t first, int64_t steps, const int64_t *seeds,
                       struct log_row *log, struct log_row *validation_log) {
    for (int64_t n = 0; n < steps; n++) {
        int64_t epoch = (first + n) / c->steps_per_epoch;
        if (c->shuffles && epoch != c->epoch) {
            nnplay_shuffle(c->order, c->sample_count, c->twister,
                           seeds[epoch - first / c->steps_per_epoch]);
            c->epoch = epoch;
        }
        take_step(c, first + n, c->rates[n], log + n);
        if (c->film_count && first + n + 1 == *c->film_steps)
            film(c);
        if (c->validation_count && (first + n + 1) % c->steps_per_epoch == 0)
            validate(c, validation_log++);
    }
}

/* Writes the outputs for samples in an order, row after row. */
void nnplay_predict(struct context *c, const void *x, int64_t count, const int64_t *order,
                    float *predictions) {
    for (int64_t at = 0; at < count; at += c->block_size) {
        int64_t here = smaller(c->block_size, count - at), lanes = lanes_of(here);
        lay_out_inputs(c, x, order + at, here, c->activations, lanes);
        const float *y = forward(c, lanes);
        float *rows = predictions + at * c->output_count;
        for (int64_t k = 0; k < c->output_count; k++)
            for (int64_t s = 0; s < here; s++)
                rows[s * c->output_count + k] = y[k * lanes + s];
    }
}

int64_t nnplay_context_bytes(void) { return sizeof(struct context); }
int64_t nnplay_layer_bytes(void) { return sizeof(struct layer); }
