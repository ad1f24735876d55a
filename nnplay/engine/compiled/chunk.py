"""Many steps at once: the loop around layers, loss and optimizer."""

from __future__ import annotations

from nnplay.engine.compiled import desk as d
from nnplay.engine.compiled.calls import act_at, measure_at, share_out
from nnplay.engine.compiled.functions import ZERO, f32
from nnplay.engine.compiled.memory import get, get_double, get_int, put, put_double, put_int
from nnplay.engine.compiled.reading import row_of
from nnplay.engine.compiled.samples import lanes_of
from nnplay.engine.jit import acting, measuring, part
from nnplay.engine.jit.kinds import FLOAT_BYTES, INT_BYTES


@part
def _clear(desk: int) -> None:
    """Forget the gradients, but for those that BLAS writes over."""
    g = get_int(desk, d.GRADIENTS)
    for k in range(get_int(desk, d.OPS)):
        row = row_of(desk, k)
        inputs, units, kind = get_int(row, d.INPUTS), get_int(row, d.UNITS), get_int(row, d.KIND)
        if kind == d.NARROW:
            for i in range(inputs * units):
                put(g, get_int(row, d.WEIGHT) + i, ZERO)
        if kind != d.BEND and get_int(row, d.BIAS) >= 0:
            for i in range(units):
                put(g, get_int(row, d.BIAS) + i, ZERO)


@part
def _forwards(desk: int, lanes: int) -> int:
    """Work out every layer's answer; return the address of the last one."""
    x: int = get_int(desk, d.ACTS)
    for k in range(get_int(desk, d.OPS)):
        row = row_of(desk, k)
        call, place = get_int(row, d.FORWARD), get_int(row, d.PLACE) * lanes * FLOAT_BYTES
        if get_int(row, d.KIND) == d.BEND:
            own = get_int(desk, d.NUMBERS) + (d.NUMBER_COUNT + 2 * k) * FLOAT_BYTES
            slope = get_int(desk, d.SLOPES) + place
            act_at(call, desk, get_int(row, d.UNITS) * lanes, x, slope, own, row)
        else:
            y = get_int(desk, d.ACTS) + place
            act_at(call, desk, row, x, y, lanes, 0)
            x = y
    return x


@part
def _backwards(desk: int, lanes: int) -> None:
    """Add to the gradients what the first half of the deltas, that of the answers, calls for."""
    delta = get_int(desk, d.DELTAS)
    other = delta + get_int(desk, d.HALF_DELTAS) * FLOAT_BYTES
    for k in range(get_int(desk, d.OPS) - 1, -1, -1):
        row = row_of(desk, k)
        if get_int(row, d.KIND) == d.BEND:
            slope = get_int(desk, d.SLOPES) + get_int(row, d.PLACE) * lanes * FLOAT_BYTES
            for s in range(get_int(row, d.UNITS) * lanes):
                put(delta, s, get(delta, s) * get(slope, s))
            continue
        x = get_int(desk, d.ACTS) + get_int(row, d.FROM) * lanes * FLOAT_BYTES
        act_at(get_int(row, d.BACKWARD), desk, row, x, delta, other, lanes)
        if get_int(row, d.FIRST):
            return
        delta, other = other, delta


@part
def _share(desk: int, piece: int) -> None:
    share_out(get_int(desk, d.SHARE_OUT), get_int(desk, piece), desk, get_int(desk, d.THREADS))


@measuring
def ask_block(desk: int, x: int, target: int, order: int, count: int, log: int) -> float:
    """Answer some samples; return the sum of their losses, and leave its slopes in the deltas."""
    lanes, wanted = lanes_of(count), get_int(desk, d.WANTED)
    features, acts = get_int(desk, d.FEATURES), get_int(desk, d.ACTS)
    put_int(desk, d.LANES_NOW, lanes)
    if get_int(desk, d.SHARED_FETCH):
        now = get_int(desk, d.NOW)
        put_int(now, d.NOW_X, x)
        put_int(now, d.NOW_ORDER, order)
        put_int(now, d.NOW_COUNT, count)
        _share(desk, d.SHARED_FETCH)
    else:
        act_at(get_int(desk, d.FETCH_X), desk, x, features, order, count, acts)
    outputs = get_int(desk, d.OUTPUTS)
    act_at(get_int(desk, d.FETCH_TRUTH), desk, target, outputs, order, count, wanted)
    y, deltas = _forwards(desk, lanes), get_int(desk, d.DELTAS)
    if get_int(desk, d.COUNT_HITS):
        hits = measure_at(get_int(desk, d.COUNT_HITS), desk, y, wanted, lanes, count, 0)
        put_double(log, d.HITS, get_double(log, d.HITS) + hits)
    loss: float = measure_at(get_int(desk, d.COST), desk, y, wanted, lanes, count, deltas)
    return loss


@acting
def take_block(desk: int, at: int, count: int, over: int, log: int, _: int) -> None:
    """Add the loss and the gradients of some of a batch's samples; the mean is `over` so many."""
    share = 1 / over
    lanes, outputs, deltas = lanes_of(count), get_int(desk, d.OUTPUTS), get_int(desk, d.DELTAS)
    order = get_int(desk, d.ORDER) + at * INT_BYTES
    x, target, call = get_int(desk, d.X), get_int(desk, d.TRUTH), get_int(desk, d.ASK_BLOCK)
    loss = measure_at(call, desk, x, target, order, count, log)
    put_double(log, d.LOSS, get_double(log, d.LOSS) + share * loss)
    scale = f32(share)
    for k in range(outputs):
        for i in range(k * lanes, k * lanes + count):
            put(deltas, i, get(deltas, i) * scale)
        for i in range(k * lanes + count, (k + 1) * lanes):
            put(deltas, i, ZERO)
    _backwards(desk, lanes)


@acting
def ask_held(desk: int, log: int, _a: int, _b: int, _c: int, _d: int) -> None:
    """Write the loss of the samples held back, and how many are told rightly, into a row."""
    count, block = get_int(desk, d.HELD_COUNT), get_int(desk, d.BLOCK)
    x, target, call = (
        get_int(desk, d.HELD_X),
        get_int(desk, d.HELD_TRUTH),
        get_int(desk, d.ASK_BLOCK),
    )
    total = 0.0
    for at in range(0, count, block):
        order = get_int(desk, d.HELD_ORDER) + at * INT_BYTES
        total += measure_at(call, desk, x, target, order, min(block, count - at), log)
    put_double(log, d.LOSS, total / (count * get_int(desk, d.MEAN_OVER)))


@acting
def answer(desk: int, x: int, count: int, order: int, target: int, _: int) -> None:
    """Write what the network answers to samples, in an order, row after row to `target`."""
    block, outputs = get_int(desk, d.BLOCK), get_int(desk, d.OUTPUTS)
    features, acts = get_int(desk, d.FEATURES), get_int(desk, d.ACTS)
    for at in range(0, count, block):
        many = min(block, count - at)
        lanes = lanes_of(many)
        put_int(desk, d.LANES_NOW, lanes)
        act_at(get_int(desk, d.FETCH_X), desk, x, features, order + at * INT_BYTES, many, acts)
        y, row = _forwards(desk, lanes), target + at * outputs * FLOAT_BYTES
        for k in range(outputs):
            for s in range(many):
                put(row, s * outputs + k, get(y, k * lanes + s))


@part
def _take_step(desk: int, step: int, log: int) -> None:
    batch, block = get_int(desk, d.BATCH), get_int(desk, d.BLOCK)
    w, g, n = get_int(desk, d.WEIGHTS), get_int(desk, d.GRADIENTS), get_int(desk, d.WEIGHT_COUNT)
    start = step % get_int(desk, d.PER_EPOCH) * batch
    end = min(start + batch, get_int(desk, d.COUNT))
    over, call = (end - start) * get_int(desk, d.MEAN_OVER), get_int(desk, d.TAKE_BLOCK)
    _clear(desk)
    put_int(desk, d.MASKS_NOW, get_int(desk, d.MASKS))
    put_int(desk, d.BATCH_NOW, end - start)
    for at in range(start, end, block):
        put_int(desk, d.KEEPS, at > start)
        put_int(desk, d.BLOCK_AT, at - start)
        act_at(call, desk, at, min(block, end - at), over, log, 0)
    put_int(desk, d.MASKS_NOW, 0)
    put_int(desk, d.MASKS, get_int(desk, d.MASKS) + get_int(desk, d.DROPPED) * (end - start))
    if get_int(desk, d.PENALTY):
        put_double(log, d.PENALTIES, measure_at(get_int(desk, d.PENALTY), desk, n, w, g, 0, 0))
    if get_int(desk, d.CLIP):
        act_at(get_int(desk, d.CLIP), desk, n, w, g, 0, 0)
    if get_int(desk, d.SHARED_UPDATE):
        put_int(get_int(desk, d.NOW), d.NOW_STEP, step + 1)
        _share(desk, d.SHARED_UPDATE)
    else:
        act_at(get_int(desk, d.UPDATE), desk, n, w, g, step + 1, 0)
    marks = get_int(desk, d.MARKS)
    for i in range(d.MARK_COUNT):
        put_double(marks, i, get_double(marks, d.MARK_COUNT + i))


@part
def _set_rate(desk: int, rate: float) -> None:
    hyperparameters = get_int(desk, d.CONSTANTS)
    put_double(hyperparameters, d.RATE, rate)
    put_double(hyperparameters, d.SHARE, 1 - rate * get_double(hyperparameters, d.DECOUPLED))


@acting
def take_steps(desk: int, first: int, steps: int, seeds: int, log: int, held: int) -> None:
    """Take steps from `first` on, counted from 0; what each was like goes into a row of the log.

    `seeds` are those of the epochs that the steps fall into. What the samples held back come to
    goes into a row of `held` for each epoch that ends, where there are any.
    """
    per_epoch, order = get_int(desk, d.PER_EPOCH), get_int(desk, d.ORDER)
    count, words = get_int(desk, d.COUNT), get_int(desk, d.WORDS)
    row = d.LOG_COLUMNS * INT_BYTES
    for n in range(steps):
        epoch = (first + n) // per_epoch
        if get_int(desk, d.DRAW) and epoch != get_int(desk, d.EPOCH):
            seed = get_int(seeds, epoch - first // per_epoch)
            act_at(get_int(desk, d.DRAW), desk, order, count, words, seed, 0)
            put_int(desk, d.EPOCH, epoch)
        _set_rate(desk, get_double(get_int(desk, d.RATES), n))
        _take_step(desk, first + n, log + n * row)
        if get_int(desk, d.ASK_HELD) and (first + n + 1) % per_epoch == 0:
            act_at(get_int(desk, d.ASK_HELD), desk, held, 0, 0, 0, 0)
            held += row
