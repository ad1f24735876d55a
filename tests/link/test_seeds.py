"""How much the results of several seeds differ, in numbers and in words."""

import numpy as np

from nnplay.link import (
    EPOCH_COLUMNS,
    RegressionMetrics,
    Scores,
    SeedResult,
    SeedsResult,
    Trace,
    band_of,
)


def trace(*losses: float) -> Trace:
    made = Trace(EPOCH_COLUMNS)
    for epoch, loss in enumerate(losses, 1):
        made.extend(np.array([[epoch, 10 * epoch, loss, 0.5, np.nan, np.nan, 0.0, loss]]))
    return made


def result(*scores: Scores, diverged: str = "") -> SeedsResult:
    return SeedsResult(
        tuple(SeedResult(seed, Scores(9.0), one, diverged) for seed, one in enumerate(scores))
    )


def test_the_band_is_minimum_median_and_maximum() -> None:
    band = band_of([trace(5, 1), trace(4, 3), trace(9, 2)], "train_loss")
    assert band.epoch.tolist() == [1, 2]
    assert band.low.tolist() == [4, 1]
    assert band.median.tolist() == [5, 2]
    assert band.high.tolist() == [9, 3]


def test_the_band_ends_with_the_shortest_run() -> None:
    band = band_of([trace(5, 4, 3), trace(4), trace()], "train_loss")
    assert (band.epoch.tolist(), band.low.tolist(), band.high.tolist()) == ([1], [4], [5])


def test_without_values_the_band_is_empty() -> None:
    assert len(band_of([trace(1, 2)], "val_loss").epoch) == 0
    assert len(band_of([], "val_loss").epoch) == 0


def test_a_diverged_run_leaves_the_band_to_the_others() -> None:
    band = band_of([trace(1.0, np.nan), trace(2.0, 3.0)], "train_loss")
    assert band.high.tolist() == [2, 3]


def test_spread_of_the_accuracy() -> None:
    scores = [Scores(0.3, accuracy) for accuracy in (0.93, 0.91, 0.95)]
    assert result(*scores).spread == "validation accuracy 91.0 % to 95.0 %, median 93.0 %, 3 seeds"


def test_spread_of_a_regression_and_of_the_loss() -> None:
    metrics = [RegressionMetrics(1, 1, 1, r2) for r2 in (-0.25, 0.75)]
    scores = [Scores(0.5, regression=one) for one in metrics]
    assert result(*scores).spread == "validation R² −0.25 to 0.75, median 0.25, 2 seeds"
    losses = result(Scores(0.5), Scores(0.25), Scores(4.0))
    assert losses.spread == "validation loss 0.25 to 4, median 0.5, 3 seeds"


def test_without_validation_the_training_part_is_named() -> None:
    seeds = tuple(SeedResult(seed, Scores(loss), Scores()) for seed, loss in enumerate((1.0, 2.0)))
    assert SeedsResult(seeds).spread == "training loss 1 to 2, median 1.5, 2 seeds"


def test_diverged_seeds_are_counted() -> None:
    assert result(Scores(0.5), diverged="step 3").spread.endswith("1 seed, 1 seed diverged")
