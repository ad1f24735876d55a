/* What Python and the kernels share: one run's context, its layers, and the tables of kernels.

   A batch is worked on in blocks of samples. The numbers of a block lie feature after feature,
   (features, lanes) row after row, so that one weight meets a whole vector of samples; `lanes` is
   the number of samples rounded up to whole vectors. The last sample is repeated in the lanes that
   are left over: they are computed along and never counted.

   Every member of `struct context` and `struct layer` has 8 bytes. `context.py` declares the same
   members in the same order; tests/engine/kernels/test_layout.py compares the two. */

#ifndef NNPLAY_KERNELS_H
#define NNPLAY_KERNELS_H

#include <stdint.h>

#if defined(_WIN32)
#define EXPORTED __declspec(dllexport)
#else
#define EXPORTED __attribute__((visibility("default")))
#endif

/* Numbers of a vector: one register of AVX-512, two of AVX, four of SSE and NEON. The layout of
   memory depends on it, so that it is the same for every processor. */
enum { LANES = 16 };

struct context;
struct layer;

/* Computes a layer's outputs from its inputs `x` and returns where they are: at `x` itself where
   the layer works in place. What backward needs is kept at the layer's `saved`. */
typedef float *forward_function(struct context *, const struct layer *, float *x, int64_t lanes);

/* Adds a layer's gradients, turns `delta`, the gradient of its outputs, into that of its inputs and
   returns where that is. */
typedef float *backward_function(struct context *, const struct layer *, float *delta,
                                 int64_t lanes);

/* Replaces n numbers at `x` by a point-wise activation, and writes its derivatives. */
typedef void activation_function(const void *parameters, int64_t n, float *restrict x,
                                 float *restrict derivative);

/* Returns the sum of the losses of `count` samples, and writes the gradient of that sum to `delta`.
   `y`, `targets` and `delta` are (outputs, lanes); for classes, `targets` is one int64 per sample. */
typedef double loss_function(const struct context *, const float *y, const void *targets,
                             int64_t lanes, int64_t count, float *delta);

/* Changes n weights from `first` on by their gradients. Several threads may each update some of the
   weights: so an update reads nothing that it writes for another weight, and what it remembers of
   the whole network goes to `context.next`. `step` counts from 1. */
typedef void update_function(struct context *, int64_t first, int64_t n, int64_t step);

/* A product of matrices, as Fortran declares it: every argument by address, 32-bit sizes. */
typedef void sgemm_function(const char *, const char *, const int32_t *, const int32_t *,
                            const int32_t *, const float *, const float *, const int32_t *,
                            const float *, const int32_t *, const float *, float *,
                            const int32_t *);

/* OpenMP: calls a function in several threads and waits for all of them. */
typedef void share_function(void (*)(void *), void *, uint32_t threads, uint32_t flags);
typedef int32_t thread_function(void);

/* A layer of the network. Places in `weights` and `gradients` are counted in numbers, -1 where
   there are none; places in `activations` and `saved` in numbers per lane. */
struct layer {
    forward_function *forward;
    backward_function *backward;
    activation_function *activation; /* of a point-wise layer */
    const void *parameters;          /* the struct of the activation's or layer's parameters */
    int64_t inputs, units;           /* features of a sample in front of the layer and behind it */
    int64_t weight, weight_count;
    int64_t bias, bias_count;
    int64_t input, output;           /* in `activations`, of a layer that does not work in place */
    int64_t saved;                   /* in `saved`: derivatives, normalised inputs, probabilities */
    int64_t mask;                    /* in a sample's dropout masks */
    int64_t is_frozen;               /* its weights lie behind those that are trained */
    int64_t is_first;                /* nothing in front of it learns */
    int64_t overwrites;              /* the first block of a batch replaces the weight gradients */
    float *running_mean, *running_variance;
    double l1, l2;                   /* of its weights */
};

/* What an optimizer remembers of the whole network between two steps. */
struct memory {
    double has_momentum; /* whether a step has been taken with momentum */
    double mu_product;   /* NAdam's product of all momenta so far */
};

/* All of one run that is not on the stack. Sizes and switches first, then arrays, then functions;
   last what the kernels note for each other during a call. */
struct context {
    int64_t sample_count, feature_count, output_count;
    int64_t batch_size, steps_per_epoch;
    int64_t mean_over;            /* numbers of a sample that the mean loss is taken over */
    int64_t block_size;           /* samples worked on at a time, whole vectors */
    int64_t layer_count;
    int64_t weight_count;         /* of those that are trained */
    int64_t half_deltas;          /* numbers in each of the two halves of `deltas` */
    int64_t mask_width;           /* bytes of a sample in the dropout masks */
    int64_t validation_count;
    int64_t thread_count;
    int64_t shuffles;             /* whether samples come in a new order each epoch */
    int64_t inputs_are_bytes;     /* 0 to 255 for shares of 255 */
    int64_t targets_are_classes;  /* one int64 per sample, otherwise a float32 per output */
    int64_t counts_correct;       /* whether correct predictions are counted */
    int64_t has_penalty;
    int64_t shares_work;          /* whether threads share the update and the layout of samples */
    int64_t weights_divide;       /* whether the mean loss is over the class weights of samples */
    int64_t epoch;                /* the one that `order` was made for, -1 for none */
    int64_t film_count;           /* steps after which the weights are still to be copied */
    int64_t film_numbers;         /* in each copy */

    double coupled_decay;         /* weight decay that is added to the gradients */
    double decoupled_decay;       /* weight decay that shrinks the weights */
    double clip_at;
    struct memory last, next;     /* as the last step left it; as the present step leaves it */

    const struct layer *layers;
    const void *loss_parameters, *hyperparameters;
    const float *class_weights;   /* one per class, or NULL */
    const void *x, *targets, *validation_x, *validation_targets;
    int64_t *order;               /* of the samples, in this epoch */
    const int64_t *validation_order;
    uint32_t *twister;            /* state of the random generator */
    const double *rates;          /* learning rates of the steps of a call */
    const uint8_t *masks;         /* dropout masks of the next step, 1 keeps a number */
    float *weights, *gradients, *state;
    float *activations, *saved, *deltas;
    void *block_targets;
    const int64_t *film_steps;    /* counted from 1, in ascending order */
    float *film;                  /* where the next copy goes */

    loss_function *loss;
    update_function *update;
    void (*clip)(struct context *);
    sgemm_function *sgemm;
    share_function *share;
    thread_function *thread_number, *threads_running;

    const void *now_x;            /* the samples that threads lay out, */
    const int64_t *now_order;     /* in which order */
    int64_t now_count;            /* and how many */
    int64_t now_step;             /* the step that threads update for */
    const uint8_t *now_masks;     /* of this step; NULL outside training */
    int64_t is_training;          /* whether batch statistics and dropout are active */
    int64_t batch_count;          /* samples of this batch */
    int64_t block_start;          /* the first sample of this block, counted in the batch */
    int64_t keeps_gradients;      /* whether this block adds to those of an earlier one */
    double rate;                  /* learning rate of this step */
};

/* A row of the logs of steps and of validations, filled with 0 by the caller. */
struct log_row {
    double loss, correct, penalty;
};

/* A kernel by the name that the catalog gives it. Its parameters are a struct of doubles: `names`
   lists its members in order, so that Python fills it by name. */
struct kernel {
    const char *name, *names;
    void (*function)(void);
    void (*backward)(void); /* of a layer */
    int64_t state_rows;     /* of an optimizer: numbers that it remembers of each weight */
};

/* Declares such a struct together with the list of its members. */
#define PARAMETERS(kind, ...)       \
    struct kind {                   \
        double __VA_ARGS__;         \
    };                              \
    static const char kind##_names[] = #__VA_ARGS__

#define FUNCTION(f) ((void (*)(void))(f))

/* The tables, each ended by a row without a name. */
EXPORTED const struct kernel *nnplay_layers(void);
EXPORTED const struct kernel *nnplay_activations(void);
EXPORTED const struct kernel *nnplay_losses(void);
EXPORTED const struct kernel *nnplay_optimizers(void);
EXPORTED const struct kernel *nnplay_clips(void);

EXPORTED int64_t nnplay_processor_level(void);
EXPORTED int64_t nnplay_context_bytes(void);
EXPORTED int64_t nnplay_layer_bytes(void);

EXPORTED void nnplay_take_steps(struct context *, int64_t first, int64_t steps,
                                const int64_t *seeds, struct log_row *log,
                                struct log_row *validation_log);
EXPORTED void nnplay_predict(struct context *, const void *x, int64_t count, const int64_t *order,
                             float *predictions);
EXPORTED void nnplay_shuffle(int64_t *order, int64_t count, uint32_t *twister, int64_t seed);
EXPORTED void nnplay_lay_out(const struct context *, const void *x, int64_t width,
                             const int64_t *order, int64_t count, float *target);

/* Between the files. */
void lay_out_inputs(const struct context *, const void *x, const int64_t *order, int64_t count,
                    float *target, int64_t lanes);
void lay_out_targets(const struct context *, const void *targets, const int64_t *order,
                     int64_t count, void *target, int64_t lanes);
double count_correct(const struct context *, const float *y, const void *targets, int64_t lanes,
                     int64_t count);
double add_penalty(struct context *);
forward_function forward_narrow, forward_wide, pass_dropout, normalise_batch, normalise_sample;
backward_function backward_narrow, backward_wide, multiply_by_saved, renormalise_batch,
    renormalise_sample;
extern const char *const dropout_names, *const batch_norm_names, *const layer_norm_names;

static inline int64_t lanes_of(int64_t count) { return (count + LANES - 1) / LANES * LANES; }
static inline int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

#endif
