"""The desk: one row of int64 with every setting of a run, and the address of everything else."""

from __future__ import annotations

(
    COUNT, FEATURES, OUTPUTS, MEAN_OVER, BATCH, PER_EPOCH, BLOCK, EPOCH, OPS,
    WEIGHT_COUNT, HALF_DELTAS, KEEPS, HELD_COUNT, THREADS, NOW, LANES_NOW,
    DROPPED, MASKS, MASKS_NOW, BATCH_NOW, BLOCK_AT,
    PLAN, NUMBERS, CONSTANTS, MARKS, ORDER, WORDS, RATES, X, TRUTH, HELD_X, HELD_TRUTH, HELD_ORDER,
    WEIGHTS, GRADIENTS, STATE, ACTS, SLOPES, DELTAS, WANTED,
    SGEMM, DRAW, ASK_BLOCK, TAKE_BLOCK, ASK_HELD, FETCH_X, FETCH_TRUTH, COST, COUNT_HITS, PENALTY,
    CLIP, UPDATE, SHARE_OUT, WHICH, HOW_MANY, SHARED_FETCH, SHARED_UPDATE,
    DESK_COUNT,
) = range(58)  # fmt: skip
"""Settings, then addresses of numbers, then addresses of functions, 0 where one is not wanted.

The loss is the mean over the samples and MEAN_OVER numbers of each; EPOCH is the one that ORDER was
drawn for; KEEPS says whether a block adds its gradients to those of the blocks before. LANES_NOW
is how many lanes the block under way takes. MASKS say with a byte which of DROPPED numbers of each
sample stay on: those of the next step are at MASKS, those of the one under way, whose batch has
BATCH_NOW samples, at MASKS_NOW, where 0 says that nothing is to be switched off; its block begins
with the sample BLOCK_AT. HELD are the samples held back to be asked after each epoch, in an order
that leaves them as they are. THREADS share what SHARED_FETCH and SHARED_UPDATE
do, where those are there: SHARE_OUT calls them, WHICH says to each which of them it is, and at NOW
lies what else they need to know.
"""

LOSS, HITS, PENALTIES, LOG_COLUMNS = range(4)
"""The columns of the logs of steps and of epochs, in float64; the first two begin with 0."""

LOSS_A, LOSS_B, CLIP_AT, NUMBER_COUNT = range(4)
"""What lies at NUMBERS, as float32; behind it two for each row of the plan: the constants of an
activation, the L1 and L2 of a Dense layer."""

RATE, COUPLED, DECOUPLED, SHARE, CONSTANT_COUNT = 0, 8, 9, 10, 11
"""What lies at CONSTANTS, as float64, beside the optimizer's own in the order of the catalog, the
first of which is the learning rate: the weight decay that is added to the gradient, the other kind,
and what that leaves of the weights. RATE and SHARE are set anew in each step, from RATES.
"""

STARTED, MU_PRODUCT, MARK_COUNT = range(3)
"""What lies at MARKS, as float64: whether momentum has a last step, and a product of NAdam's; then
once more, as the step under way leaves them."""

NOW_X, NOW_ORDER, NOW_COUNT, NOW_STEP, NOW_ALL = range(5)
"""What lies at NOW, as int64: the samples to be fetched, in what order and how many; the number of
the step."""

KIND, INPUTS, UNITS, WEIGHT, BIAS, FROM, PLACE, FIRST, FORWARD, BACKWARD, COLUMNS = range(11)
NARROW, WIDE, BEND = range(3)
"""What a row of the plan says of a layer: its kind; where its weights and biases lie (-1: it has
none); where, in numbers per lane, its inputs and its answer lie, or the slope of a bend; whether no
Dense layer is in front of it; the addresses of its functions. A Dropout is a bend, and its weight
is where, in numbers per sample, its masks lie."""
