"""When a run ends by its policy, with which weights, and the order of the samples."""

from math import nan
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score
from torch import nn

from nnplay.catalog import SGD, Adam, CrossEntropy, Dense, Tanh
from nnplay.data import load, split
from nnplay.data.importing.table import import_table
from nnplay.engine.training.early_stopping import EarlyStopping
from nnplay.experiment import Experiment, Policy, Split
from tests.engine.rig import Run, batches_of, small

JUMPY = SGD(3.0)


def row(epoch: int, watched: float) -> dict[str, float]:
    return {"epoch": epoch, "watched": watched}


@given(
    losses=st.lists(st.integers(0, 8).map(lambda n: n / 4), min_size=1, max_size=20),
    patience=st.integers(1, 4),
    min_delta=st.sampled_from([0.0, 0.25, 0.5]),
)
def test_early_stopping_counts_epochs_without_improvement(
    losses: list[float], patience: int, min_delta: float
) -> None:
    policy = Policy(early_stopping=True, patience=patience, min_delta=min_delta)
    watcher = EarlyStopping(policy, nn.Linear(1, 1))
    ends = [bool(watcher.end_epoch(row(n, one))) for n, one in enumerate(losses, 1)]
    best, since = losses[0], 0
    for ended, loss in zip(ends[1:], losses[1:], strict=True):
        better = loss < best - min_delta
        best, since = (loss, 0) if better else (best, since + 1)
        assert ended == (since >= patience)
    assert not ends[0]


def test_an_accuracy_is_better_when_it_is_higher() -> None:
    model = nn.Linear(1, 1)
    watcher = EarlyStopping(Policy(watch="training accuracy", keep_best=True), model)
    for epoch, value in enumerate((0.5, 0.9, nan, 0.7), 1):
        with torch.no_grad():
            model.weight.fill_(epoch)
        assert watcher.end_epoch(row(epoch, value)) == ""
    assert watcher.restore_best() == "Restored the best weights, of epoch 2: training accuracy 0.9."
    assert model.weight.item() == 2


def test_a_run_stops_early_and_leaves_the_best_weights() -> None:
    policy = Policy(early_stopping=True, patience=3, keep_best=True)
    run = Run(small(optimizer=JUMPY, epochs=300, policy=policy))
    losses = run.link.epochs.column("val_loss")
    best = int(losses.argmin()) + 1
    assert run.result.stopped
    assert len(losses) == best + 3 == run.result.epochs < 300
    assert run.result.validation.loss == pytest.approx(losses.min())
    assert losses[-1] > losses.min()
    assert run.result.ending.startswith(
        f"Early stopping after epoch {best + 3}: validation loss did not improve for 3 epochs. "
        f"Restored the best weights, of epoch {best}: validation loss"
    )
    # The same weights as of a run of that many epochs.
    short = Run(small(optimizer=JUMPY, epochs=best))
    assert short.result.weights_sha256 == run.result.weights_sha256
    assert run.kinds == ["Started", "Finished"]


def test_a_run_that_ends_normally_says_only_which_weights_it_kept() -> None:
    run = Run(small(optimizer=JUMPY, policy=Policy(early_stopping=True, patience=4)))
    assert (run.result.ending, run.result.stopped) == ("", False)
    kept = Run(small(optimizer=JUMPY, epochs=20, policy=Policy(keep_best=True))).result
    assert kept.ending.startswith("Restored the best weights, of epoch")
    assert kept.epochs == 20


def test_a_run_stops_at_its_target() -> None:
    policy = Policy(watch="training accuracy", stop_at_target=True, target=0.75)
    run = Run(small(optimizer=Adam(0.05), epochs=500, policy=policy))
    shares = run.link.epochs.column("train_accuracy")
    assert shares[-1] >= 0.75 > shares[:-1].max()
    assert run.result.ending.startswith(f"Target reached after epoch {len(shares)}:")


def test_a_run_stops_when_its_time_is_up() -> None:
    run = Run(small(optimizer=SGD(0.01), epochs=1_000_000, policy=Policy(time_limit=0.2)))
    assert run.result.stopped
    assert run.result.seconds >= 0.2
    assert run.result.ending.startswith("The time limit of 0.2 s was reached after")


def test_samples_keep_their_order_where_they_are_not_shuffled() -> None:
    ordered = batches_of(small(optimizer=SGD(), policy=Policy(shuffle=False)))
    first = [ordered.get(step)[0] for step in range(6)]
    again = [ordered.get(step)[0] for step in range(6, 12)]
    assert all(torch.equal(one, other) for one, other in zip(first, again, strict=True))
    shuffled = batches_of(small(optimizer=SGD()))
    assert not torch.equal(shuffled.get(0)[0], first[0])


def test_a_partial_last_batch_is_dropped() -> None:
    experiment = small(optimizer=SGD(0.1), policy=Policy(drop_last=True))
    batches = batches_of(experiment)
    assert [batches.size(step) for step in range(batches.per_epoch)] == [13] * 5
    run = Run(experiment)
    assert run.result.steps == 20
    np.testing.assert_array_equal(run.link.epochs.column("step"), [5, 10, 15, 20])
    # A batch that is the only one stays, however small.
    assert batches_of(small(optimizer=SGD(), policy=Policy(drop_last=True), batch_size=900)).get(0)


def test_a_target_for_f1_is_reached_although_a_class_is_not_in_the_validation_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path))
    rng = np.random.default_rng(2)
    kinds = np.array(["a", "b"] * 45 + ["c"] * 2)
    centres = {"a": 0.0, "b": 8.0, "c": 16.0}
    lines = [f"{centres[kind] + rng.normal():.3f},{kind}" for kind in kinds]
    file = tmp_path / "clear.csv"
    file.write_text("\n".join(["u,kind", *lines]), "utf-8")
    table = import_table(file).table
    shares = Split(0.2, scaling="standardised")
    source = load(table, 0)
    seed = next(
        seed for seed in range(99) if set(split(source, shares, seed).validation.y) == {0, 1}
    )
    experiment = Experiment(
        table,
        (Dense(16), Tanh(), Dense(3)),
        CrossEntropy(),
        Adam(0.02),
        split=shares,
        policy=Policy(watch="validation F1", stop_at_target=True, target=0.95),
        epochs=300,
        seed=seed,
    )
    result = Run(experiment).result
    assert result.stopped
    assert "Target reached" in result.ending
    predictions = result.class_predictions
    assert predictions is not None
    predicted = predictions.probabilities.argmax(1)
    assert f1_score(predictions.target, predicted, average="macro") >= 0.95
