/* A block's samples, laid out feature after feature, and how many are predicted correctly. */

#include "arithmetic.h"

/* Swaps, in all squares of two by two blocks of `step` numbers, the blocks off the diagonal. Doing
   so for 1, 2, 4 and 8 transposes sixteen rows of sixteen numbers in registers: reading them one by
   one would miss the cache at every number, as rows of samples are far apart. */
#define SWAP_ROWS(step, ...)                                                             \
    for (int i = 0; i < LANES; i++)                                                      \
        if (!(i & step)) {                                                               \
            vector upper = rows[i], lower = rows[i + step];                              \
            rows[i] = __builtin_shufflevector(upper, lower, __VA_ARGS__);                \
            rows[i + step] = __builtin_shufflevector(upper, lower, LOWER_##step);        \
        }
#define LOWER_1 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31
#define LOWER_2 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define LOWER_4 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define LOWER_8 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31

static inline void store_transposed(vector *rows, float *target, int64_t lanes) {
#pragma GCC unroll 16
    SWAP_ROWS(1, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30)
#pragma GCC unroll 16
    SWAP_ROWS(2, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#pragma GCC unroll 16
    SWAP_ROWS(4, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27)
#pragma GCC unroll 16
    SWAP_ROWS(8, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
    for (int j = 0; j < LANES; j++)
        store(target + j * lanes, rows[j]);
}

/* The float32 nearest to byte / 255: in double, the product rounds to the same as a division. */
static inline float share_of(uint8_t byte) { return (float)(byte * (1.0 / 255)); }

/* How many features and samples can be transposed in whole squares; none where one is too few. */
static inline void whole_squares(int64_t width, int64_t count, int64_t *features,
                                 int64_t *samples) {
    *features = width / LANES * LANES;
    *samples = count / LANES * LANES;
    if (!*features || !*samples)
        *features = *samples = 0;
}

static void repeat_last(float *row, int64_t count) {
    for (int64_t s = count; s < lanes_of(count); s++)
        row[s] = row[count - 1];
}

static void lay_out_floats(const struct context *c, const float *x, int64_t width,
                           const int64_t *order, int64_t count, float *target, int64_t lanes) {
    int64_t features, samples;
    whole_squares(width, count, &features, &samples);
    for (int64_t s = 0; s < samples; s += LANES)
        for (int64_t j = 0; j < features; j += LANES) {
            vector rows[LANES];
            for (int k = 0; k < LANES; k++)
                rows[k] = load(x + order[s + k] * width + j);
            store_transposed(rows, target + j * lanes + s, lanes);
        }
    for (int64_t j = 0; j < width; j++) {
        float *row = target + j * lanes;
        int64_t start = j < features ? samples : 0;
        if (c->shuffles)
            for (int64_t s = start; s < count; s++)
                row[s] = x[order[s] * width + j];
        else {
            /* Without shuffling samples follow on each other, so that no order is read and a single
               feature is copied in whole vectors. */
            const float *first = x + order[0] * width + j;
            for (int64_t s = start; s < count; s++)
                row[s] = first[s * width];
        }
        repeat_last(row, count);
    }
}

static void lay_out_bytes(const uint8_t *x, int64_t width, const int64_t *order, int64_t count,
                          float *target, int64_t lanes) {
    int64_t features, samples;
    whole_squares(width, count, &features, &samples);
    for (int64_t s = 0; s < samples; s += LANES)
        for (int64_t j = 0; j < features; j += LANES) {
            vector rows[LANES];
            for (int k = 0; k < LANES; k++) {
                const uint8_t *from = x + order[s + k] * width + j;
                float shares[LANES];
                for (int i = 0; i < LANES; i++)
                    shares[i] = share_of(from[i]);
                rows[k] = load(shares);
            }
            store_transposed(rows, target + j * lanes + s, lanes);
        }
    for (int64_t j = 0; j < width; j++) {
        float *row = target + j * lanes;
        for (int64_t s = j < features ? samples : 0; s < count; s++)
            row[s] = share_of(x[order[s] * width + j]);
        repeat_last(row, count);
    }
}

void lay_out_inputs(const struct context *c, const void *x, const int64_t *order, int64_t count,
                    float *target, int64_t lanes) {
    if (c->inputs_are_bytes)
        lay_out_bytes(x, c->feature_count, order, count, target, lanes);
    else
        lay_out_floats(c, x, c->feature_count, order, count, target, lanes);
}

void nnplay_lay_out(const struct context *c, const void *x, int64_t width, const int64_t *order,
                    int64_t count, float *target) {
    lay_out_floats(c, x, width, order, count, target, lanes_of(count));
}

void lay_out_targets(const struct context *c, const void *targets, const int64_t *order,
                     int64_t count, void *target, int64_t lanes) {
    if (!c->targets_are_classes) {
        lay_out_floats(c, targets, c->output_count, order, count, target, lanes);
        return;
    }
    const int64_t *classes = targets;
    int64_t *out = target;
    for (int64_t s = 0; s < count; s++)
        out[s] = classes[order[s]];
    /* The losses read whole vectors of classes. */
    for (int64_t s = count; s < lanes; s++)
        out[s] = out[count - 1];
}

/* How many of a block are predicted correctly; of labels each counts as a share of its sample. */
double count_correct(const struct context *c, const float *y, const void *targets, int64_t lanes,
                     int64_t count) {
    int64_t outputs = c->output_count, correct = 0;
    if (c->targets_are_classes) {
        const int64_t *classes = targets;
        for (int64_t i = 0; i < count; i += LANES) {
            float top[LANES];
            int32_t best[LANES] = {0};
            memcpy(top, y + i, sizeof top);
            for (int64_t k = 1; k < outputs; k++)
                for (int s = 0; s < LANES; s++) {
                    float z = y[k * lanes + i + s];
                    best[s] = z > top[s] ? (int32_t)k : best[s];
                    top[s] = z > top[s] ? z : top[s];
                }
            for (int64_t s = 0; s < smaller(LANES, count - i); s++)
                correct += best[s] == classes[i + s];
        }
        return (double)correct;
    }
    const float *labels = targets;
    for (int64_t k = 0; k < outputs; k++)
        for (int64_t i = k * lanes; i < k * lanes + count; i++)
            correct += (y[i] > 0.0f) == (labels[i] > 0.5f);
    return (double)correct / (double)outputs;
}
