"""The curves: every row once, whatever the chunks; hover, axes, zoom and reset."""

import gc
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnplay.catalog import Line, Spiral
from nnplay.experiment import Experiment, Policy
from nnplay.gui.panel.example_runs import example_run
from nnplay.gui.panels.curves import CurvesPanel
from nnplay.gui.runs.run_list import Compared, RunList
from nnplay.gui.style import theme
from nnplay.link import (
    EPOCH_COLUMNS,
    STEP_COLUMNS,
    Film,
    Frame,
    Progress,
    ResumePoints,
    Trace,
)
from nnplay.record.recorded_run import RecordedRun

PER_EPOCH = 100


def step_rows(count: int, start: int = 0) -> np.ndarray:
    step = np.arange(start + 1, start + count + 1, dtype=float)
    loss = 1 / step + 0.01 * (2 + np.sin(step))
    return np.stack(
        [step, step / PER_EPOCH, loss, 1 - loss / 2, 0.1 + 0 * step, np.nan * step], axis=1
    )


def epoch_rows(count: int) -> np.ndarray:
    epoch = np.arange(1, count + 1, dtype=float)
    return np.stack(
        [
            epoch,
            epoch * PER_EPOCH,
            1 / epoch,
            1 - 0.5 / epoch,
            2 / epoch,
            1 - 0.6 / epoch,
            np.nan * epoch,
            2 / epoch,
        ],
        axis=1,
    )


def traces(steps: int, epochs: int) -> tuple[Trace, Trace]:
    one, other = Trace(STEP_COLUMNS), Trace(EPOCH_COLUMNS)
    one.extend(step_rows(steps))
    other.extend(epoch_rows(epochs))
    return one, other


def values(panel: CurvesPanel) -> dict[str, str]:
    return {metric.name: metric.value for metric in panel.loss.metrics.metrics}


def test_says_what_to_do_until_there_is_a_row(open_panel) -> None:
    panel = open_panel(CurvesPanel)
    assert panel.empty_text == "Press Train to draw the loss."
    panel.show_traces(*traces(0, 0))
    assert panel.empty_text
    panel.show_traces(*traces(1, 0))
    assert not panel.empty_text


def test_a_million_rows_in_chunks_equal_all_at_once(open_panel) -> None:
    whole, pieces = open_panel(CurvesPanel), open_panel(CurvesPanel)
    rows = step_rows(1_000_000)
    steps, epochs = Trace(STEP_COLUMNS, every_row=len(rows)), Trace(EPOCH_COLUMNS)
    for piece in np.array_split(rows, [1, 1000, 77_777, 500_000, 999_999]):
        steps.extend(piece)
        pieces.show_traces(steps, epochs)
        assert len(pieces.loss.lines[0]) == len(steps)  # each row once
    whole.show_traces(steps, epochs)
    assert len(whole.loss.lines[0]) == len(pieces.loss.lines[0]) == 1_000_000
    for panel in (whole, pieces):
        panel.loss.refresh()
    for one, other in zip(
        whole.loss.lines[0].curve.points, pieces.loss.lines[0].curve.points, strict=True
    ):
        np.testing.assert_array_equal(one, other)
        assert len(one) <= 2 * whole.loss.width() + 8
    drawn = whole.loss.lines[0].curve.points[1]
    assert drawn.max() == rows[:, 2].max()
    assert drawn.min() == rows[:, 2].min()


def test_rows_are_in_memory_once(open_panel) -> None:
    panel = open_panel(CurvesPanel)
    steps, epochs = traces(200_000, 20_000)
    tracemalloc.start()
    try:
        panel.show_traces(steps, epochs)
        gc.collect()
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert taken < (steps.read().nbytes + epochs.read().nbytes) / 4


def test_another_run_starts_over(open_panel) -> None:
    panel = open_panel(CurvesPanel)
    panel.show_traces(*traces(500, 5))
    panel.show_traces(*traces(20, 0))
    assert [len(line) for line in panel.loss.lines] == [20, 0, 0, 0]
    panel.clear()
    assert [len(line) for line in panel.loss.lines] == [0, 0, 0, 0]
    assert panel.empty_text


def test_missing_numbers_only_break_the_line(open_panel) -> None:
    panel = open_panel(CurvesPanel)
    steps, epochs = traces(50, 3)
    broken = step_rows(3, 50)
    broken[:, 2] = np.nan, np.inf, 1e30
    steps.extend(broken)
    late = epoch_rows(4)[3:]
    late[0, 4:] = np.nan
    epochs.extend(late)
    panel.show_traces(steps, epochs)
    panel.log_button.click()
    panel.grab()
    y = panel.loss.lines[0].curve.points[1]
    assert np.isnan(y[-3:-1]).all()
    assert np.isfinite(y[-1])


def test_hovering_shows_the_values_of_all_lines(open_panel) -> None:
    panel = open_panel(CurvesPanel)
    panel.show_traces(*traces(400, 4))
    panel.loss.show_values_at(3.004, QPointF(50, 50))
    rows, means = step_rows(400), epoch_rows(4)
    assert values(panel) == {
        "epoch": "3.00",
        "each step": f"{rows[299, 2]:#.4g}",
        "training": f"{means[2, 2]:#.4g}",
        "validation": f"{means[2, 4]:#.4g}",
    }
    assert panel.loss.crosshair.value() == 3.0
    panel.loss.hide_values()
    assert panel.loss.metrics.isHidden()
    panel.accuracy.show_values_at(1.0, QPointF(50, 50))
    shown = {metric.name: metric.value for metric in panel.accuracy.metrics.metrics}
    assert shown["validation"] == "40.00 %"


def test_the_mouse_shows_and_hides_the_values(open_panel, qtbot: QtBot) -> None:
    panel = open_panel(CurvesPanel)
    panel.show_traces(*traces(400, 4))
    panel.grab()
    box = panel.loss.getViewBox()
    at = panel.loss.mapFromScene(box.mapViewToScene(QPointF(2.0, 0.5)))
    qtbot.mouseMove(panel.loss.viewport(), QPoint(5, 5))
    qtbot.mouseMove(panel.loss.viewport(), at)
    qtbot.waitUntil(panel.loss.crosshair.isVisible)
    assert panel.loss.crosshair.value() == pytest.approx(2.0, abs=0.03)
    qtbot.mouseMove(panel.loss.viewport(), QPoint(1, 1))
    qtbot.waitUntil(lambda: not panel.loss.crosshair.isVisible())


def test_arrows_move_the_crosshair_to_other_rows(open_panel, qtbot: QtBot) -> None:
    panel = open_panel(CurvesPanel)
    panel.show_traces(*traces(400, 4))
    panel.steps_button.click()
    panel.loss.setFocus()
    qtbot.keyClick(panel.loss, Qt.Key.Key_Right)
    first = panel.loss.crosshair.value()
    qtbot.keyClick(panel.loss, Qt.Key.Key_Right)
    assert panel.loss.crosshair.value() == first + 1
    qtbot.keyClick(panel.loss, Qt.Key.Key_Left)
    assert panel.loss.crosshair.value() == first
    qtbot.keyClick(panel.loss, Qt.Key.Key_Escape)
    assert not panel.loss.crosshair.isVisible()


def test_keys_toggle_the_axes(open_panel, qtbot: QtBot) -> None:
    panel = open_panel(CurvesPanel)
    panel.show_traces(*traces(400, 4))
    panel.loss.setFocus()
    qtbot.waitUntil(panel.loss.hasFocus)
    linear = panel.loss.lines[1].curve.points[1]
    qtbot.keyClick(panel.loss, Qt.Key.Key_L)
    assert panel.loss.log
    assert not panel.accuracy.log
    np.testing.assert_allclose(panel.loss.lines[1].curve.points[1], np.log10(linear))
    np.testing.assert_allclose(panel.loss.lines[1].curve.points[0], [1, 2, 3, 4])
    qtbot.keyClick(panel.loss, Qt.Key.Key_X)
    np.testing.assert_allclose(panel.accuracy.lines[1].curve.points[0], [100, 200, 300, 400])
    qtbot.keyClick(panel.loss, Qt.Key.Key_L)
    assert not panel.loss.log


def test_a_zoomed_view_stays_until_it_is_reset(open_panel, qtbot: QtBot) -> None:
    panel = open_panel(CurvesPanel)
    steps, epochs = traces(400, 4)
    panel.show_traces(steps, epochs)
    box = panel.loss.getViewBox()
    box.setRange(xRange=(1, 2), yRange=(0, 1), padding=0)
    box.sigRangeChangedManually.emit([True, True])
    assert not panel.loss.follows
    steps.extend(step_rows(400, 400))
    panel.show_traces(steps, epochs)
    assert box.viewRange()[0] == [1, 2]
    panel.loss.setFocus()
    qtbot.waitUntil(panel.loss.hasFocus)
    qtbot.keyClick(panel.loss, Qt.Key.Key_A)
    assert box.viewRange()[0][1] >= 8


def test_a_regression_gives_the_loss_all_the_width(open_panel) -> None:
    panel = open_panel(CurvesPanel)
    line = example_run("curve")
    panel.show_data(line.spec, line.parts)
    panel.show_traces(line.steps, line.epochs)
    assert panel.accuracy.isHidden()
    panel.show_data(Spiral().spec(), example_run("plane").parts)
    panel.show_traces(*traces(10, 1))
    assert not panel.accuracy.isHidden()
    assert Line().spec().task == "regression"


def test_lines_differ_by_more_than_colour(open_panel) -> None:
    panel = open_panel(CurvesPanel)
    panel.show_traces(*traces(400, 4))
    each, mean, validation = panel.loss.lines[:3]
    assert each.curve.pen.width() < mean.curve.pen.width()
    assert validation.curve.pen.style() == Qt.PenStyle.CustomDashLine
    assert len(mean.marks.data) == len(validation.marks.data) == 4
    assert mean.style.mark != validation.style.mark
    assert set(panel.legend.names) == {"each step", "training", "validation"}
    steps, epochs = traces(100, 100)
    panel.show_traces(steps, epochs)
    assert not len(panel.loss.lines[1].marks.data)  # markers only while they do not touch


def test_the_legend_names_only_existing_lines(open_panel) -> None:
    panel = open_panel(CurvesPanel)
    panel.show_traces(*traces(10, 0))
    assert panel.legend.names == ("each step",)
    panel.clear()
    assert panel.legend.names == ()


def test_colours_follow_the_theme(open_panel) -> None:
    panel = open_panel(CurvesPanel)
    panel.show_traces(*traces(400, 4))
    theme.apply(theme.DARK)
    _each, mean, validation = panel.loss.lines[:3]
    assert mean.curve.pen.color().name() == theme.DARK.train
    assert validation.curve.pen.color().name() == theme.DARK.validation


def test_the_loss_with_its_penalty_is_a_line_of_its_own(open_panel) -> None:
    panel = open_panel(CurvesPanel)
    steps, epochs = traces(300, 3)
    panel.show_traces(steps, epochs)
    assert panel.legend.names == ("training", "validation", "each step")
    burdened = Trace(EPOCH_COLUMNS)
    rows = epoch_rows(3)
    rows[:, -2] = 0.25
    burdened.extend(rows)
    other, _epochs = traces(300, 0)
    panel.show_traces(other, burdened)
    assert "with penalty" in panel.legend.names
    _x, drawn = panel.loss.lines[3].curve.points
    np.testing.assert_allclose(drawn, rows[:, 2] + 0.25)


def test_growing_lines_have_room_ahead_and_finished_ones_fill_the_plot(open_panel) -> None:
    panel = open_panel(CurvesPanel)
    panel.loss.set_scale("linear")
    steps, epochs = traces(100, 1)
    panel.show_traces(steps, epochs)
    box = panel.loss.getViewBox()
    ranges = set()
    for start in range(100, 2000, 10):
        steps.extend(step_rows(10, start))
        panel.show_traces(steps, epochs)
        (left, right), (bottom, top) = box.viewRange()
        end = (start + 10) / PER_EPOCH
        drawn = panel.loss.lines[0].curve.points
        assert left <= 0 <= end <= right <= 2 * end
        assert 0.98 * end <= drawn[0][-1] <= end  # a pixel may hold several steps
        assert bottom <= np.nanmin(drawn[1]) <= np.nanmax(drawn[1]) <= top
        ranges.add((left, right, bottom, top))
    assert len(ranges) < 25, "axes stand still in between"
    panel.show_result(example_run("images").result)
    assert box.viewRange()[0][1] == pytest.approx(20, rel=0.03)


def best_traces(watched: list[float]) -> tuple[Trace, Trace]:
    steps, epochs = traces(len(watched) * PER_EPOCH, 0)
    rows = epoch_rows(len(watched))
    rows[:, -1] = watched
    epochs.extend(rows)
    return steps, epochs


def run_watching(watch: str) -> Experiment:
    return replace(example_run("plane").result.experiment, policy=Policy(watch=watch))


def test_the_text_of_the_best_epoch_is_never_cut_off(open_panel, qtbot: QtBot) -> None:
    panel = open_panel(CurvesPanel)
    panel.show_run(run_watching("validation loss"))
    shown = 0
    for width in (400, 500, 600, 800, 1000):
        panel.resize(width, panel.height())
        for best in range(12):
            panel.show_traces(*best_traces([0.25 if at == best else 0.5 for at in range(12)]))
            QApplication.processEvents()
            label, box = panel.loss.best.label, panel.loss.getViewBox()
            if label.isVisible():
                text = label.mapRectToScene(label.boundingRect())
                room = box.mapRectToScene(box.boundingRect())
                assert room.left() <= text.left() and text.right() <= room.right(), (width, best)
            room_for_all = label.textItem.boundingRect().width() + 8 < box.width()
            assert label.isVisible() == room_for_all, "it is shown wherever there is room"
            shown += label.isVisible()
    assert shown > 24


def test_the_best_epoch_is_marked_with_its_value(open_panel, qtbot: QtBot) -> None:
    panel = open_panel(CurvesPanel)
    panel.show_run(run_watching("validation loss"))
    panel.show_traces(*traces(400, 0))
    assert not panel.loss.best.isVisible()
    panel.show_traces(*best_traces([np.nan, 0.5, 0.25, 0.75, 0.25]))
    for plot in (panel.loss, panel.accuracy):
        assert plot.best.isVisible() and plot.best.value() == 3
        assert plot.accessibleDescription() == "validation loss: best 0.2500, epoch 3"
    assert panel.loss.best.label.toPlainText() == "best 0.2500, epoch 3"
    assert panel.accuracy.best.label.toPlainText() == ""
    assert not panel.accuracy.best.label.isVisible(), "an empty label would hide the curves"
    assert panel.loss.best.label.isVisible()
    wide = panel.size()
    panel.resize(300, wide.height())
    qtbot.waitUntil(lambda: not panel.loss.best.label.isVisible())
    panel.resize(wide)
    qtbot.waitUntil(panel.loss.best.label.isVisible)
    panel.steps_button.click()
    assert panel.loss.best.value() == 3 * PER_EPOCH
    panel.clear()
    assert not panel.loss.best.isVisible()


def test_the_best_moves_on_as_epochs_come(open_panel) -> None:
    panel = open_panel(CurvesPanel)
    panel.show_run(run_watching("validation accuracy"))
    steps, epochs = best_traces([0.5, 0.75])
    panel.show_traces(steps, epochs)
    assert panel.accuracy.best.label.toPlainText() == "best 75.00 %, epoch 2"
    rows = epoch_rows(4)[2:]
    rows[:, -1] = 0.6, 0.875
    epochs.extend(rows)
    panel.show_traces(steps, epochs)
    assert panel.loss.best.value() == panel.accuracy.best.value() == 4
    panel.show_run(run_watching("validation F1"))
    panel.show_traces(*best_traces([0.5]))
    assert panel.loss.best.label.toPlainText() == "validation F1: best 0.5000, epoch 1"


def test_a_loss_of_standardised_targets_is_said_and_read_in_both_units(open_panel) -> None:
    panel = open_panel(CurvesPanel)
    panel.show_traces(*traces(300, 3))
    progress = Progress(300, 300, 3.0, 3, 1.0, 1.0, 0.0)
    panel.show_frame(Frame(1, 300, progress, 0.5, 0.1, loss_unit=10_000.0))
    assert "standardised" in panel.loss.getAxis("left").labelText
    panel.loss.show_values_at(2.0, QPointF(50, 50))
    assert values(panel)["training"] == "0.5000 (5000 in data units)"
    panel.clear()
    assert panel.loss.getAxis("left").labelText == "loss"


def run_of(step_losses: np.ndarray, epoch_losses: np.ndarray) -> tuple[Trace, Trace]:
    """Return traces with these losses, the validation a tenth above the training."""
    per_epoch = len(step_losses) // len(epoch_losses)
    steps, epochs = Trace(STEP_COLUMNS), Trace(EPOCH_COLUMNS)
    rows = step_rows(len(step_losses))
    rows[:, 1], rows[:, 2] = rows[:, 0] / per_epoch, step_losses
    steps.extend(rows)
    rows = epoch_rows(len(epoch_losses))
    rows[:, 1], rows[:, 2], rows[:, 4] = rows[:, 0] * per_epoch, epoch_losses, 1.1 * epoch_losses
    epochs.extend(rows)
    return steps, epochs


STEEP = run_of(
    np.r_[np.linspace(2.3, 0.4, 40), np.linspace(0.4, 0.03, 960)],
    np.r_[0.4, np.linspace(0.2, 0.03, 9)],
)
"""As of a network that learns most of it in its first steps."""


def test_the_first_steps_do_not_flatten_the_rest(open_panel) -> None:
    panel = open_panel(CurvesPanel)
    panel.show_traces(*STEEP)
    _bottom, top = panel.loss.getViewBox().viewRange()[1]
    assert 0.35 < top < 0.6, "the axis ends above what comes after the first tenth"
    assert panel.loss.note.text() == "↑ first steps: up to 2.30"
    assert panel.all_button.isVisible() and not panel.all_button.isChecked()
    panel.all_button.click()
    assert panel.loss.getViewBox().viewRange()[1][1] > 2.3
    assert panel.loss.note.text() == ""
    panel.all_button.click()
    assert panel.loss.getViewBox().viewRange()[1][1] < 0.6
    panel.clear()
    panel.show_traces(*run_of(np.linspace(1.0, 0.3, 1000), np.linspace(0.9, 0.3, 10)))
    assert not panel.all_button.isVisible()
    assert panel.loss.note.text() == ""
    assert panel.loss.getViewBox().viewRange()[1][1] > 1


def test_a_loss_that_falls_by_decades_has_a_logarithmic_axis(open_panel) -> None:
    panel = open_panel(CurvesPanel)
    decay = 100 * np.exp(-np.arange(1000) / 20)
    panel.show_traces(*run_of(decay, decay[99::100]))
    assert panel.loss.log and panel.log_button.isChecked()
    assert panel.loss.note.text() == "logarithmic axis"
    panel.log_button.click()
    assert not panel.loss.log
    panel.loss.refresh()
    assert not panel.loss.log, "what was chosen by hand stays"
    assert not panel.accuracy.log


def test_the_remark_on_the_scale_is_left_out_of_a_plot_that_it_would_cover(open_panel) -> None:
    panel = open_panel(CurvesPanel, None, (900, 400))
    panel.show_traces(*STEEP)
    assert panel.loss.note.isVisible()
    panel.resize(900, 130)
    QApplication.processEvents()
    assert panel.loss.getViewBox().height() < 80
    assert not panel.loss.note.isVisible()
    panel.resize(900, 400)
    QApplication.processEvents()
    assert panel.loss.note.isVisible()


def test_every_name_of_the_legend_is_inside_it(open_panel) -> None:
    panel = open_panel(CurvesPanel)
    steps, _epochs = traces(400, 4)
    rows = epoch_rows(4)
    rows[:, EPOCH_COLUMNS.index("train_penalty")] = 0.25
    penalised = Trace(EPOCH_COLUMNS)
    penalised.extend(rows)
    panel.show_traces(steps, penalised)
    legend = panel.legend
    names = ("training", "validation", "with penalty", "each step")
    assert legend.names == names
    for width in (620, 480, 300, 200):
        legend.resize(width, legend.sizeHint().height())
        places = legend.places()
        assert len(places) == len(names), width
        assert all(legend.rect().toRectF().contains(place) for place in places), width
        apart = [a.intersects(b) for a in places for b in places if a is not b]
        assert not any(apart), width


@pytest.mark.parametrize("high", [0.02, 1.0, 25_000.0, 3e6, 4e-7])
@pytest.mark.parametrize("scale", ["linear", "log"])
def test_the_numbers_of_the_axis_do_not_reach_its_title(
    high: float, scale: str, open_panel
) -> None:
    panel = open_panel(CurvesPanel)
    panel.loss.set_scale(scale)
    panel.show_traces(*run_of(np.linspace(high, high / 3, 300), np.linspace(high, high / 3, 6)))
    QApplication.processEvents()
    axis = panel.loss.getAxis("left")
    ticks = axis.tickValues(*axis.range, axis.height())
    texts = [
        text for spacing, at in ticks for text in axis.tickStrings(at, axis.scale, spacing or 1)
    ]
    letters = QFontMetricsF(theme.font("small"))
    widest = max(letters.horizontalAdvance(text) for text in texts)
    title = axis.mapRectFromItem(axis.label, axis.label.boundingRect())
    assert axis.width() - widest - 8 >= title.right() - 4, texts


def recorded(number: int, steps: int = 400, epochs: int = 4) -> RecordedRun:
    one, other = traces(steps, epochs)
    experiment = replace(example_run("plane").result.experiment, name="Spiral")
    return RecordedRun(str(number), number, experiment, one, other, Film(), ResumePoints())


def compared(*runs: RecordedRun) -> RunList:
    ids = [run.id for run in runs]
    return RunList(runs, Compared((*ids, *[""] * (6 - len(ids)))))


def test_runs_that_are_compared_are_drawn_behind(open_panel) -> None:
    panel = open_panel(CurvesPanel)
    panel.show_traces(*traces(200, 2))
    panel.show_runs(compared(recorded(1), recorded(2, 800, 8)))
    assert panel.ghost_legend.names == ("1 Spiral", "2 Spiral")
    names = [ghost.style.name for ghost in panel.loss.ghosts]
    assert names == ["1 Spiral", "1 Spiral, validation", "2 Spiral", "2 Spiral, validation"]
    assert [ghost.style.dashed for ghost in panel.loss.ghosts] == [False, True] * 2
    means = epoch_rows(8)
    np.testing.assert_array_equal(panel.loss.ghosts[2].curve.points[1], means[:, 2])
    np.testing.assert_array_equal(panel.loss.ghosts[3].curve.points[1], means[:, 4])
    np.testing.assert_array_equal(panel.accuracy.ghosts[3].curve.points[1], means[:, 5])
    colours = {ghost.curve.pen.color().name() for ghost in panel.loss.ghosts}
    assert colours == {theme.LIGHT.classes[2], theme.LIGHT.classes[3]}
    assert panel.loss.getViewBox().viewRange()[0][1] >= 8
    panel.show_runs(RunList())
    assert panel.loss.ghosts == ()
    assert panel.ghost_legend.isHidden()
    assert panel.loss.getViewBox().viewRange()[0][1] < 4


def test_ghosts_are_there_before_and_after_a_run(open_panel) -> None:
    panel = open_panel(CurvesPanel)
    panel.show_runs(compared(recorded(1)))
    assert panel.empty_text == ""
    assert panel.legend.names == ("training", "validation"), "solid and dashed"
    panel.show_traces(*traces(200, 2))
    panel.clear()
    assert panel.empty_text == ""
    assert len(panel.loss.ghosts) == 2
    panel.show_runs(RunList())
    assert panel.empty_text == "Press Train to draw the loss."


def test_the_run_that_is_shown_is_not_its_own_ghost(open_panel) -> None:
    panel = open_panel(CurvesPanel)
    run = recorded(1)
    panel.show_traces(run.steps, run.epochs)
    panel.show_runs(compared(run))
    assert panel.loss.ghosts == ()
    panel.show_traces(*traces(10, 0))
    assert len(panel.loss.ghosts) == 2, "another run is shown now"


def test_ghosts_share_the_axes_and_the_values_under_the_mouse(open_panel) -> None:
    panel = open_panel(CurvesPanel)
    panel.show_traces(*traces(400, 4))
    panel.show_runs(compared(recorded(1)))
    panel.log_button.setChecked(True)
    panel.steps_button.setChecked(True)
    x, y = panel.loss.ghosts[0].curve.points
    np.testing.assert_array_equal(x, [100, 200, 300, 400])
    np.testing.assert_allclose(10**y, epoch_rows(4)[:, 2])
    panel.loss.show_values_at(300, QPointF(50, 50))
    assert values(panel)["1 Spiral, validation"] == f"{epoch_rows(4)[2, 4]:#.4g}"


def test_a_steep_ghost_makes_the_axis_logarithmic_before_the_run(open_panel) -> None:
    panel = open_panel(CurvesPanel)
    steps, epochs = Trace(STEP_COLUMNS), Trace(EPOCH_COLUMNS)
    rows, means = step_rows(1000), epoch_rows(10)
    rows[:, 2] = 10.0 ** (-rows[:, 0] / 100)
    means[:, 2] = means[:, 4] = 10.0 ** -means[:, 0]
    steps.extend(rows)
    epochs.extend(means)
    panel.show_runs(compared(replace(recorded(1), steps=steps, epochs=epochs)))
    assert panel.loss.log
    panel.show_runs(RunList())
    assert not panel.loss.log


@pytest.mark.parametrize("width", [320, 700])
def test_the_legend_of_ghosts_is_never_cut_off(open_panel, width: int) -> None:
    panel = open_panel(CurvesPanel, size=(width, 300))
    names = ("a", "a longer name", "momentum", "an even longer name for it", "e", "f" * 60)
    runs = [replace(recorded(number), name=name) for number, name in enumerate(names, 1)]
    panel.show_runs(compared(*runs))
    panel.grab()
    legend = panel.ghost_legend
    places = legend.places()
    assert len(places) == 6
    assert all(legend.rect().toRectF().contains(place) for place in places)
    metrics = QFontMetricsF(theme.font("small"))
    for name, place in zip(legend.names[:5], places, strict=False):
        assert place.width() >= metrics.horizontalAdvance(name)


def test_comparing_one_more_run_keeps_the_other_ghosts(open_panel) -> None:
    panel = open_panel(CurvesPanel)
    one, two = recorded(1), recorded(2)
    panel.show_runs(compared(one))
    before = panel.loss.ghosts
    panel.show_runs(compared(one, two))
    assert panel.loss.ghosts[:2] == before
    items = panel.loss.plotItem.items
    panel.show_runs(compared(two))
    assert before[0].curve not in items
    assert [ghost.style.name for ghost in panel.loss.ghosts] == ["2 Spiral", "2 Spiral, validation"]


def test_ghosts_cost_nothing_while_the_run_grows(open_panel) -> None:
    panel = open_panel(CurvesPanel)
    steps, epochs = traces(400, 4)
    panel.show_traces(steps, epochs)
    panel.show_runs(compared(*[recorded(number, 2000, 20) for number in range(1, 7)]))
    ghosts, points = panel.loss.ghosts, [g.curve.points[1] for g in panel.loss.ghosts]
    steps.extend(step_rows(50, 400))
    panel.show_traces(steps, epochs)
    assert panel.loss.ghosts is ghosts
    drawn = [ghost.curve.points[1] for ghost in panel.loss.ghosts]
    assert all(new is old for new, old in zip(drawn, points, strict=True))
