"""Every experiment that can be built trains or has its problems reported: never a traceback."""

import json
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from nnplay.catalog import STACKED, Dataset, Dense, Flatten, Optimizer, kinds
from nnplay.cli.summary import summary
from nnplay.experiment import (
    Experiment,
    Split,
    check,
    memory_bytes,
    part_sizes,
    pytorch_source,
    trace_shapes,
)
from nnplay.record import RunRecord
from nnplay.record.metrics_json import json_line, metrics
from tests.engine.rig import EVERYTHING, Run
from tests.experiment.strategies import any_of, experiments, legal_part, legal_values

STEPS = 3
WORK = 3e8
"""Multiplications that one experiment may cost, so that all together take seconds."""
_SIZES = ("points", "samples")


@st.composite
def small_data(draw: st.DrawFn) -> Dataset:
    """Return small data sets that need neither a download nor an import."""
    offline = [kind for kind in kinds("data").values() if kind().offline]  # type: ignore[attr-defined]
    kind = draw(st.sampled_from(offline))
    names = {p.name for p in kind.params()}
    # Imported data cannot be generated, so they are left empty.
    if names & {"digest", "file_digest"}:
        return kind()  # type: ignore[return-value]
    sizes = {name: draw(st.integers(4, 60)) for name in _SIZES if name in names}
    data: Dataset = draw(legal_values(kind))
    return data.changed(**sizes)


splits = st.builds(
    Split,
    st.floats(0.0, 0.45),
    st.floats(0.0, 0.45),
    st.booleans(),
    st.sampled_from(["none", "0 to 1", "standardised"]),
)


def usual_rate(optimizer: Optimizer) -> Optimizer:
    """Return the optimizer with a rate at which training rarely diverges."""
    return optimizer.changed(lr=0.01)


@st.composite
def whole_experiments(draw: st.DrawFn) -> Experiment:
    """Return experiments of legal values; most are made to fit, as a click on each fix would."""
    data = draw(small_data())
    layers = draw(st.lists(any_of(*STACKED), min_size=1, max_size=6))
    if draw(st.booleans()):
        # The end of most networks, before which more layers fit.
        layers = [*layers[:4], Flatten(), Dense(draw(st.integers(1, 9)))]
    # The other parts of an experiment come from the general strategy.
    experiment = replace(
        draw(experiments()),
        data=data,
        network=tuple(layers),
        optimizer=draw(any_of("optimizer") | any_of("optimizer").map(usual_rate)),
        split=draw(legal_part(Split) | splits),
        batch_size=draw(st.none() | st.integers(1, 70)),
        epochs=draw(st.integers(1, 4) | st.integers(1, 10_000_000)),
        start="",
        device="cpu",
    )
    return fixed(experiment) if draw(st.integers(0, 9)) else experiment


def fixed(experiment: Experiment) -> Experiment:
    """Return the experiment with fix after fix applied."""
    for _round in range(60):
        fix = next((problem.fix for problem in check(experiment) if problem.fix), None)
        if fix is None:
            break
        experiment = fix.experiment
    return experiment


def work(experiment: Experiment) -> float:
    """Return about how many multiplications the steps and the last evaluation take."""
    spec = experiment.data.spec()
    rows = trace_shapes(spec.in_shape, experiment.network)
    one = 0.0
    for row in rows:
        if row.in_shape and row.out_shape:
            places = prod(row.out_shape) if len(row.out_shape) > 1 else row.in_shape[0]
            one += places * (1 + (row.parameters or 0))
    train = part_sizes(spec, experiment.split)[0]
    batch = min(experiment.batch_size or train, train)
    # A map of the plane and a curve evaluate thousands of points.
    asked = spec.samples + (10_000 if spec.is_plane else 500)
    return one * (3 * STEPS * batch + asked)


def is_small(experiment: Experiment) -> bool:
    return memory_bytes(experiment) < 2**28 and work(experiment) < WORK


def holds(experiment: Experiment) -> None:
    """Check that an experiment trains and has a result, unless `check` reports problems."""
    if check(experiment):
        event("refused")
        return
    assume(is_small(experiment))
    run = Run(
        experiment,
        demand=EVERYTHING,
        at_row=(STEPS, lambda link: link.control.stop()),
    )
    last = run.kinds[-1]
    if last == "Failed":
        # This alone depends on the data themselves.
        assert "targets of 0 or more" in run.failure.message, run.failure
        event("refused by its numbers")
        return
    assert last == "Finished"
    steps = run.link.steps.read()
    event("diverged" if run.divergences else "trained")
    assert run.divergences or run.result.ending or len(steps) >= min(STEPS, experiment.epochs)
    assert np.isfinite(steps[:, 2]).all()
    record = RunRecord("any", experiment, run.result, run.link.steps, run.link.epochs)
    assert json.loads(json_line(metrics(record)))["steps"] == run.result.steps
    assert summary(record)
    compile(pytorch_source(experiment), "exported.py", "exec")


options: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much],
}


@settings(max_examples=40, **options)
@given(whole_experiments())
def test_any_experiment_trains_or_is_refused(experiment: Experiment) -> None:
    # A compiled stepper takes seconds to compile for each new sort of network.
    holds(replace(experiment, stepper="eager"))


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(max_examples=2000, derandomize=False, **options)
@given(whole_experiments())
def test_very_many_experiments_train_or_are_refused(experiment: Experiment) -> None:
    holds(experiment)
