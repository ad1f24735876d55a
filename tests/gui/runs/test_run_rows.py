"""The texts of runs in the list, and their curves, against their traces."""

import platform
from dataclasses import replace
from importlib.metadata import version

import numpy as np

from nnplay import __version__
from nnplay.gui.runs.run_curves import curves_of
from nnplay.gui.runs.run_list import RunList
from nnplay.gui.runs.run_rows import run_rows
from nnplay.link import EPOCH_COLUMNS, STEP_COLUMNS, Environment, Trace
from nnplay.record.recorded_run import Parent, RecordedRun

Runs = tuple[RecordedRun, ...]


def test_the_newest_run_is_first(runs: Runs) -> None:
    assert [row.number for row in run_rows(RunList(runs))] == [4, 3, 2, 1]


def test_titles_are_numbers_and_names(runs: Runs) -> None:
    named = (replace(runs[0], name="The first"), replace(runs[1], experiment=_unnamed(runs[1])))
    rows = run_rows(RunList(named, shown=runs[1].id))
    assert [row.title for row in rows] == ["2  Circle", "1  The first"]
    assert [row.is_shown for row in rows] == [True, False]


def _unnamed(run: RecordedRun):  # type: ignore[no-untyped-def]
    return replace(run.experiment, name="")


def test_changes_are_those_to_the_run_before_or_to_the_parent(runs: Runs) -> None:
    changes = {row.number: row.changes for row in run_rows(RunList(runs))}
    steps = runs[0].last_step
    assert changes == {
        1: "",
        2: "learning rate 0.02 → 0.5",
        3: f"from run 1, step {steps} · learning rate 0.02 → 0.5 · 3 → 6 epochs",
        4: "other data: Line",
    }


def test_the_same_experiment_twice_says_so(runs: Runs) -> None:
    twice = (runs[0], replace(runs[0], id="again", number=2))
    assert run_rows(RunList(twice))[0].changes == "the same as run 1"


def test_a_parent_that_was_deleted_is_still_named(runs: Runs) -> None:
    child = replace(runs[2], parent=Parent("gone", 7, 1200))
    assert run_rows(RunList((child,)))[0].changes == "from run 7, step 1,200"


def test_figures_of_a_classification(runs: Runs) -> None:
    result = runs[1].result
    assert result is not None
    final = result.validation
    assert final.accuracy is not None and final.loss is not None
    accuracy = 100 * float(np.nanmax(runs[1].epochs.column("val_accuracy")))
    loss = float(np.nanmin(runs[1].epochs.column("val_loss")))
    lines = run_rows(RunList(runs))[2].figures
    assert lines[0].startswith(f"validation accuracy {100 * final.accuracy:.1f} %")
    assert lines[1].startswith(f"validation loss {final.loss:#.3g}")
    if f"{accuracy:.1f}" != f"{100 * final.accuracy:.1f}":
        assert lines[0].endswith(f", best {accuracy:.1f} %")
    if f"{loss:#.3g}" != f"{final.loss:#.3g}":
        assert lines[1].endswith(f", best {loss:#.3g}")


def test_the_best_value_is_named_where_the_last_is_worse(runs: Runs) -> None:
    epochs = Trace(EPOCH_COLUMNS)
    for epoch, loss, accuracy in ((1, 0.5, 0.9), (2, 0.25, 0.95), (3, 0.75, 0.8)):
        epochs.extend(np.array([[epoch, 10 * epoch, 1.0, 0.5, loss, accuracy, 0.0, loss]]))
    (row,) = run_rows(RunList((replace(runs[0], epochs=epochs, result=None),)))
    assert row.figures == (
        "validation accuracy 80.0 %, best 95.0 %",
        "validation loss 0.750, best 0.250",
    )
    assert row.cost.endswith(" · stopped")


def test_figures_of_a_regression(runs: Runs) -> None:
    result = runs[3].result
    assert result is not None and result.validation.regression is not None
    metrics = result.validation.regression
    expected = f"validation: R² {metrics.r2:#.3g} · RMSE {metrics.rmse:#.3g}".replace("-", "−")
    assert run_rows(RunList(runs))[0].figures[0] == expected


def test_a_run_that_was_stopped_in_its_first_epoch_has_a_training_loss(runs: Runs) -> None:
    steps = Trace(STEP_COLUMNS)
    steps.extend(np.array([[1, 0.1, 2.0, 0.5, 0.1, np.nan], [2, 0.2, 1.5, 0.5, 0.1, np.nan]]))
    run = replace(runs[0], steps=steps, epochs=Trace(EPOCH_COLUMNS), result=None)
    (row,) = run_rows(RunList((run,)))
    assert row.figures == ("training loss 1.50",)
    assert row.cost.startswith("0.2 epochs · ")


def test_curves_are_those_of_the_epochs(runs: Runs) -> None:
    curves = curves_of(runs[0])
    np.testing.assert_array_equal(curves.train.loss, runs[0].epochs.column("train_loss"))
    np.testing.assert_array_equal(curves.validation.accuracy, runs[0].epochs.column("val_accuracy"))
    assert curves_of(runs[0]) is curves


def test_curves_of_few_epochs_are_means_over_steps(runs: Runs) -> None:
    steps = Trace(STEP_COLUMNS)
    count = np.arange(1, 121, dtype=float)
    steps.extend(np.stack([count, count / 60, 1 / count, *[0 * count] * 3], axis=1))
    curves = curves_of(replace(runs[0], steps=steps, epochs=Trace(EPOCH_COLUMNS)))
    assert len(curves.train.loss) == 60
    np.testing.assert_allclose(curves.train.loss[:2], [(1 + 1 / 2) / 2, (1 / 3 + 1 / 4) / 2])
    np.testing.assert_allclose(curves.train.epoch[0], 1.5 / 60)
    assert len(curves.validation.loss) == 0


def test_curves_of_many_epochs_keep_their_ends(runs: Runs) -> None:
    epochs = Trace(EPOCH_COLUMNS)
    epoch = np.arange(1, 5001, dtype=float)
    epochs.extend(np.stack([epoch, 8 * epoch, *[1 / epoch] * 6], axis=1))
    curves = curves_of(replace(runs[0], steps=Trace(STEP_COLUMNS), epochs=epochs))
    assert len(curves.train.loss) <= 400
    assert curves.train.epoch[[0, -1]].tolist() == [1, 5000]


def test_the_tip_names_versions_and_device(runs: Runs) -> None:
    tip = run_rows(RunList(runs))[0].tip
    for name in ("torch", "numpy"):
        assert f" {version(name)} · " in tip
    assert f"nnplay {__version__} · " in tip
    assert f"Python {platform.python_version()} · " in tip
    started = runs[-1].started
    assert started is not None
    assert " · cpu · " in tip
    old = replace(runs[0], started=replace(started, environment=Environment()))
    assert "Versions: unknown" in run_rows(RunList((old,)))[0].tip
    assert "Versions: unknown" in run_rows(RunList((replace(old, started=None),)))[0].tip
