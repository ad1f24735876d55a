/* Max-pooling in windows of two by two with a ReLU behind it, in one.

   The channels of a pixel lie side by side and fill a vector at least. The numbers are PyTorch's;
   but PyTorch reads them once for each of the two, and keeps eight bytes for each output where the
   number of a cell fits in one. */

#include "arithmetic.h"

/* The same members as `Pooling` in pooling.py, of 8 bytes each. */
struct pooling {
    void *x, *y;
    uint8_t *cells;      /* which cell of its window each output came from */
    int64_t is_bfloat16; /* otherwise float32 */
    int64_t images, channels, height, width;
    thread_function *thread_number, *threads_running; /* NULL: it runs in one thread */
};

/* The cells of a window row after row, and none where the ReLU passes nothing. */
enum { NO_CELL = 4 };

static inline vector load_at(const struct pooling *p, const void *from, int64_t place) {
    if (!p->is_bfloat16)
        return load((const float *)from + place);
    /* bfloat16 is the upper half of a float32. */
    int_vector bits = __builtin_convertvector(
        *(const short_vector *)((const uint16_t *)from + place), int_vector);
    return (vector)(bits << 16);
}

static inline void store_at(const struct pooling *p, void *to, int64_t place, vector x) {
    if (!p->is_bfloat16)
        store((float *)to + place, x);
    else {
        typedef uint32_t bits __attribute__((vector_size(64)));
        *(short_vector *)((uint16_t *)to + place) =
            __builtin_convertvector((bits)x >> 16, short_vector);
    }
}

static inline vector choose(int_vector where, vector yes, vector no) {
    return (vector)(((int_vector)yes & where) | ((int_vector)no & ~where));
}

/* Whether x is larger than y, or NaN. */
static inline int_vector is_above(vector x, vector y) { return (x > y) | (x != x); }

static void my_rows(const struct pooling *p, int64_t rows, int64_t *start, int64_t *end) {
    int64_t which = p->thread_number ? p->thread_number() : 0;
    int64_t threads = p->threads_running ? p->threads_running() : 1;
    *start = rows * which / threads;
    *end = rows * (which + 1) / threads;
}

EXPORTED void nnplay_pool(void *pooling) {
    const struct pooling *p = pooling;
    int64_t rows = p->height / 2, columns = p->width / 2, channels = p->channels, start, end;
    vector zero = {0};
    my_rows(p, p->images * rows, &start, &end);
    for (int64_t row = start; row < end; row++) {
        int64_t top = (row / rows * p->height + row % rows * 2) * p->width;
        for (int64_t column = 0; column < columns; column++)
            for (int64_t first = 0; first < channels; first += LANES) {
                /* The last vector of a pixel begins early enough to end with it. */
                first = smaller(first, channels - LANES);
                int64_t upper = (top + column * 2) * channels + first;
                int64_t lower = upper + p->width * channels;
                vector a = load_at(p, p->x, upper), b = load_at(p, p->x, upper + channels);
                vector c = load_at(p, p->x, lower), d = load_at(p, p->x, lower + channels);
                /* Of equal numbers the first is taken, of NaN the last, as PyTorch does. */
                int_vector right = is_above(b, a), right_below = is_above(d, c);
                vector high = choose(right, b, a), low = choose(right_below, d, c);
                int_vector below = is_above(low, high);
                vector best = choose(below, low, high);
                vector cell = choose(below, choose(right_below, all(3), all(2)),
                                     choose(right, all(1), zero));
                int64_t output = (row * columns + column) * channels + first;
                store_at(p, p->y, output, choose(is_above(zero, best), zero, best));
                cell = choose(is_above(best, zero), cell, all(NO_CELL));
                *(byte_vector *)(p->cells + output) =
                    __builtin_convertvector(__builtin_convertvector(cell, int_vector), byte_vector);
            }
    }
}

static void clear(const struct pooling *p, int64_t start, int64_t count) {
    for (int64_t first = 0; first < count; first += LANES) {
        first = smaller(first, count - LANES);
        store_at(p, p->x, start + first, (vector){0});
    }
}

/* Writes the gradient of `x` from that of the outputs, which is at `y`. */
EXPORTED void nnplay_unpool(void *pooling) {
    const struct pooling *p = pooling;
    int64_t rows = p->height / 2, columns = p->width / 2, channels = p->channels, start, end;
    my_rows(p, p->images * rows, &start, &end);
    for (int64_t row = start; row < end; row++) {
        int64_t top = (row / rows * p->height + row % rows * 2) * p->width;
        for (int64_t column = 0; column < columns; column++)
            for (int64_t first = 0; first < channels; first += LANES) {
                first = smaller(first, channels - LANES);
                int64_t upper = (top + column * 2) * channels + first;
                int64_t lower = upper + p->width * channels;
                int64_t output = (row * columns + column) * channels + first;
                vector gradient = load_at(p, p->y, output), zero = {0};
                int_vector cell = __builtin_convertvector(
                    *(const byte_vector *)(p->cells + output), int_vector);
                store_at(p, p->x, upper, choose(cell == 0, gradient, zero));
                store_at(p, p->x, upper + channels, choose(cell == 1, gradient, zero));
                store_at(p, p->x, lower, choose(cell == 2, gradient, zero));
                store_at(p, p->x, lower + channels, choose(cell == 3, gradient, zero));
            }
        /* Of an odd width or height, the last column or row is in no window. */
        if (p->width % 2) {
            clear(p, (top + p->width - 1) * channels, channels);
            clear(p, (top + p->width + p->width - 1) * channels, channels);
        }
        if (p->height % 2 && row % rows == rows - 1)
            clear(p, (top + 2 * p->width) * channels, p->width * channels);
    }
}
