/* The Dense layers: vectors where they are narrow, BLAS where they are wide (`WIDE_FROM` in
   plan.py). Weights are (units, inputs), row after row. */

#include "arithmetic.h"

/* Rows that are computed together. Each number that is loaded then serves four sums, and four chains
   of additions hide the latency of each; with AVX2 their eight registers still leave room for the
   others. The order of the additions within a sum is the same for any number of rows. */
enum { ROWS = 4 };
#define IN_ROWS(count, r, call)                        \
    do {                                               \
        int64_t r = 0;                                 \
        for (; r + ROWS <= (count); r += ROWS)         \
            call(4);                                   \
        switch ((count) - r) {                         \
        case 3: call(3); break;                        \
        case 2: call(2); break;                        \
        case 1: call(1); break;                        \
        default: break;                                \
        }                                              \
    } while (0)
#define INLINE static inline __attribute__((always_inline))

/* y = w x + bias, of some units from w, bias and y on; bias may be NULL. */
INLINE void forward_rows(int rows, const float *w, const float *bias, const float *x, float *y,
                         int64_t inputs, int64_t lanes) {
    for (int64_t s = 0; s < lanes; s += LANES) {
        vector sums[ROWS];
        for (int r = 0; r < rows; r++)
            sums[r] = all(bias ? bias[r] : 0.0f);
        for (int64_t j = 0; j < inputs; j++) {
            vector inputs_j = load(x + j * lanes + s);
            for (int r = 0; r < rows; r++)
                sums[r] = multiply_add(all(w[r * inputs + j]), inputs_j, sums[r]);
        }
        for (int r = 0; r < rows; r++)
            store(y + r * lanes + s, sums[r]);
    }
}

/* g += delta x', of some units from g and delta on. */
INLINE void gradient_rows(int rows, float *g, const float *x, const float *delta, int64_t inputs,
                          int64_t lanes) {
    for (int64_t j = 0; j < inputs; j++) {
        vector sums[ROWS] = {{0}};
        for (int64_t s = 0; s < lanes; s += LANES) {
            vector inputs_j = load(x + j * lanes + s);
            for (int r = 0; r < rows; r++)
                sums[r] = multiply_add(load(delta + r * lanes + s), inputs_j, sums[r]);
        }
        for (int r = 0; r < rows; r++)
            g[r * inputs + j] += total(sums[r]);
    }
}

/* before = w' delta, of some inputs from w and before on. */
INLINE void input_rows(int rows, const float *w, const float *delta, float *before, int64_t inputs,
                       int64_t units, int64_t lanes) {
    for (int64_t s = 0; s < lanes; s += LANES) {
        vector sums[ROWS] = {{0}};
        for (int64_t i = 0; i < units; i++) {
            vector delta_i = load(delta + i * lanes + s);
            for (int r = 0; r < rows; r++)
                sums[r] = multiply_add(all(w[i * inputs + r]), delta_i, sums[r]);
        }
        for (int r = 0; r < rows; r++)
            store(before + r * lanes + s, sums[r]);
    }
}

static void add_bias_gradient(float *g, const float *delta, int64_t units, int64_t lanes) {
    for (int64_t i = 0; i < units; i++) {
        vector sums = {0};
        for (int64_t s = 0; s < lanes; s += LANES)
            sums += load(delta + i * lanes + s);
        g[i] += total(sums);
    }
}

/* The half of `deltas` that is free. */
static float *other_half(const struct context *c, const float *delta) {
    return delta == c->deltas ? c->deltas + c->half_deltas : c->deltas;
}

float *forward_narrow(struct context *c, const struct layer *layer, float *x,
                             int64_t lanes) {
    int64_t inputs = layer->inputs;
    const float *w = c->weights + layer->weight;
    const float *bias = layer->bias < 0 ? NULL : c->weights + layer->bias;
    float *y = c->activations + layer->output * lanes;
#define FORWARD(rows) \
    forward_rows(rows, w + i * inputs, bias ? bias + i : NULL, x, y + i * lanes, inputs, lanes)
    IN_ROWS(layer->units, i, FORWARD);
    return y;
}

float *backward_narrow(struct context *c, const struct layer *layer, float *delta,
                              int64_t lanes) {
    int64_t inputs = layer->inputs, units = layer->units;
    const float *x = c->activations + layer->input * lanes, *w = c->weights + layer->weight;
    if (!layer->is_frozen) {
        float *g = c->gradients + layer->weight;
        if (layer->bias >= 0)
            add_bias_gradient(c->gradients + layer->bias, delta, units, lanes);
#define GRADIENT(rows) gradient_rows(rows, g + i * inputs, x, delta + i * lanes, inputs, lanes)
        IN_ROWS(units, i, GRADIENT);
    }
    if (layer->is_first)
        return NULL;
    float *before = other_half(c, delta);
#define INPUT(rows) input_rows(rows, w + j, delta, before + j * lanes, inputs, units, lanes)
    IN_ROWS(inputs, j, INPUT);
    return before;
}

/* C = A B + beta C of matrices laid out column after column, as BLAS has them. */
static void multiply(const struct context *c, char turn_a, char turn_b, int64_t m, int64_t n,
                     int64_t k, const float *a, int64_t a_rows, const float *b, int64_t b_rows,
                     float beta, float *out, int64_t out_rows) {
    int32_t sizes[] = {(int32_t)m, (int32_t)n, (int32_t)k};
    int32_t rows[] = {(int32_t)a_rows, (int32_t)b_rows, (int32_t)out_rows};
    float one = 1.0f;
    c->sgemm(&turn_a, &turn_b, &sizes[0], &sizes[1], &sizes[2], &one, a, &rows[0], b, &rows[1],
             &beta, out, &rows[2]);
}

/* To BLAS, a matrix laid out row after row is its transpose: hence y' = x' w' and so on. */
float *forward_wide(struct context *c, const struct layer *layer, float *x, int64_t lanes) {
    int64_t inputs = layer->inputs, units = layer->units;
    float *y = c->activations + layer->output * lanes;
    for (int64_t i = 0; i < units; i++) {
        vector start = all(layer->bias < 0 ? 0.0f : c->weights[layer->bias + i]);
        for (int64_t s = 0; s < lanes; s += LANES)
            store(y + i * lanes + s, start);
    }
    multiply(c, 'N', 'N', lanes, units, inputs, x, lanes, c->weights + layer->weight, inputs, 1.0f,
             y, lanes);
    return y;
}

float *backward_wide(struct context *c, const struct layer *layer, float *delta,
                            int64_t lanes) {
    int64_t inputs = layer->inputs, units = layer->units;
    const float *x = c->activations + layer->input * lanes;
    if (!layer->is_frozen) {
        if (layer->bias >= 0)
            add_bias_gradient(c->gradients + layer->bias, delta, units, lanes);
        multiply(c, 'T', 'N', inputs, units, lanes, x, lanes, delta, lanes,
                 c->keeps_gradients ? 1.0f : 0.0f, c->gradients + layer->weight, inputs);
    }
    if (layer->is_first)
        return NULL;
    float *before = other_half(c, delta);
    multiply(c, 'N', 'T', lanes, inputs, units, delta, lanes, c->weights + layer->weight, inputs,
             0.0f, before, lanes);
    return before;
}
