"""The panels for multi-label data: one label at a time, chosen by name."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sklearn import metrics as sk

from nnplay.catalog import DigitTraits, Discs, Spiral
from nnplay.engine.probes.decision import DecisionMap
from nnplay.gui.panel.example_runs import example_run
from nnplay.gui.panels.confusion import ConfusionPanel
from nnplay.gui.panels.data_preview import DataPreview
from nnplay.gui.panels.decision import DecisionPanel
from nnplay.gui.panels.predict import PredictPanel
from nnplay.gui.panels.residuals import ResidualsPanel
from nnplay.gui.panels.results import ResultsPanel
from nnplay.gui.panels.roc import RocPanel
from nnplay.gui.style.theme import theme


def choose(panel, label: int) -> None:
    """Choose a label by the keyboard."""
    panel.choice.setFocus()
    QTest.keyClick(panel.choice, Qt.Key.Key_Home)
    for _time in range(label):
        QTest.keyClick(panel.choice, Qt.Key.Key_Down)


def test_which_panels_there_are() -> None:
    discs, traits = Discs().spec(), DigitTraits().spec()
    kinds = (DecisionPanel, ConfusionPanel, RocPanel, PredictPanel, ResidualsPanel)
    assert [kind.fits(discs) for kind in kinds] == [True, True, True, False, False]
    assert [kind.fits(traits) for kind in kinds] == [False, True, True, True, False]


@pytest.mark.parametrize("kind", [DecisionPanel, ConfusionPanel, RocPanel])
def test_the_label_choice_is_for_multi_label_data_only(kind, open_panel) -> None:
    panel = open_panel(kind, "labels")
    assert panel.choice.isVisible()
    assert [panel.choice.itemText(i) for i in range(panel.choice.count())] == ["A", "B", "C"]
    panel.show_data(Spiral().spec(), example_run("plane").parts)
    assert not panel.choice.isVisible()


def test_the_map_and_its_points_show_the_chosen_label(open_panel) -> None:
    panel = open_panel(DecisionPanel, "labels")
    now = example_run("labels")
    maps, target = now.frame.payloads[DecisionMap].labels, now.parts.train.y
    square = [point.symbol() for point in panel.points.points()]
    for label in (0, 2):
        choose(panel, label)
        np.testing.assert_array_equal(panel.map.image, maps[label])
        marks = [(p.pos().x(), p.pos().y()) for p in panel.points.points() if p.symbol() == "s"]
        validation = now.parts.validation
        carried = np.concatenate([now.parts.train.x, validation.x])[
            np.concatenate([target, validation.y])[:, label] > 0
        ]
        assert sorted(marks) == sorted(map(tuple, carried.tolist()))
        name = "ABC"[label]
        assert f"squares: {name}" in panel.two_class_legend.toolTip()
        assert f"not {name}" in panel.two_class_legend.toolTip()
    assert set(square) == {"o", "s"}
    # The next frame keeps the label.
    panel.show_frame(now.frame)
    np.testing.assert_array_equal(panel.map.image, maps[2])


def test_the_matrix_shows_the_chosen_label(open_panel) -> None:
    panel = open_panel(ConfusionPanel, "traits")
    now = example_run("traits").result.label_predictions
    for label, name in enumerate(("even", "greater than 4", "with a loop")):
        choose(panel, label)
        taken = now.probabilities[:, label] > 0.5
        expected = sk.confusion_matrix(now.target[:, label], taken)
        np.testing.assert_array_equal(panel.matrix._counts, expected)
        assert f"not {name}" in panel.matrix.describe((0, 1))
    panel.choose((1, 0))
    missed = np.flatnonzero((now.target[:, 2] == 1) & ~taken)
    assert set(panel.gallery.indices) <= set(missed.tolist())
    assert len(panel.gallery.indices) > 5


def test_the_roc_shows_the_chosen_label(open_panel) -> None:
    panel = open_panel(RocPanel, "traits")
    now = example_run("traits").result.label_predictions
    areas = []
    for label in range(3):
        choose(panel, label)
        metrics = {metric.name: metric.value for metric in panel.metrics.metrics}
        areas.append(float(metrics["AUC"]))
        expected = sk.roc_auc_score(now.target[:, label], now.probabilities[:, label])
        assert areas[-1] == pytest.approx(expected, abs=1e-4)
    assert len(set(areas)) == 3


def test_an_image_has_all_its_labels(open_panel) -> None:
    panel = open_panel(PredictPanel, "traits", (280, 330))
    now = example_run("traits").result.label_predictions
    names = np.array(DigitTraits().spec().class_names)
    taken = now.probabilities > 0.5
    wrong = (taken != now.target).any(1)
    for index in (*np.flatnonzero(wrong)[:3], *np.flatnonzero(~wrong)[:3]):
        panel.show_sample(int(index))
        assert panel._target.text() == (", ".join(names[now.target[index] > 0]) or "none")
        assert panel._predicted.text() == (", ".join(names[taken[index]]) or "none")
        assert ("wrong" in panel._verdict.text()) == wrong[index]
        np.testing.assert_array_equal(panel.bars.values, now.probabilities[index])
    panel.mistakes_button.click()
    panel.next()
    assert wrong[panel.index.value()]


def test_results_have_the_scores_of_labels(open_panel) -> None:
    text = open_panel(ResultsPanel, "traits", (326, 420)).as_text()
    now = example_run("traits").result.label_predictions
    taken = now.probabilities > 0.5
    lines = {line.split("\t")[0]: line.split("\t")[1:] for line in text.splitlines()}
    for name in ("micro", "macro", "weighted"):
        scores = sk.precision_recall_fscore_support(now.target, taken, average=name)
        assert lines[name][:3] == [f"{score:.3f}" for score in scores[:3]]
    right = (taken == now.target).mean(0)
    assert lines["greater than 4"][3] == f"{right[1]:.3f}"
    assert "all labels" in text
    assert "all labels" not in open_panel(ResultsPanel, "images").as_text()


def test_names_of_labels_are_readable_at_the_width_of_the_window(open_panel) -> None:
    panel = open_panel(ResultsPanel, "traits", (326, 420))
    table = panel.classes
    metrics = table.fontMetrics()
    widest = max(metrics.horizontalAdvance(t) for t in ("weighted", "with a loop"))
    assert table.columnWidth(0) >= widest


def test_the_preview_mixes_the_colours_of_labels(open_panel) -> None:
    panel = open_panel(DataPreview, "labels", (300, 330))
    y = example_run("labels").parts.train.y
    np.testing.assert_array_equal(panel.balance._counts, y.sum(0))
    colours = [point.brush().color().name() for point in panel.plane.points.points()]
    alone = [c for c, row in zip(colours, y, strict=True) if row.tolist() == [0, 1, 0]]
    none = [c for c, row in zip(colours, y, strict=True) if not row.any()]
    both = [c for c, row in zip(colours, y, strict=True) if row.tolist() == [1, 1, 0]]
    assert set(alone) == {theme().classes[1]}
    assert set(none) == {theme().surface}
    (mixed,) = set(both)
    ends = [int(theme().classes[n][1:3], 16) for n in (0, 1)]
    assert abs(int(mixed[1:3], 16) - sum(ends) / 2) <= 1


def test_images_in_the_preview_are_named_by_their_labels(open_panel) -> None:
    panel = open_panel(DataPreview, "traits", (300, 330))
    y = example_run("traits").parts.train.y
    names = np.array(DigitTraits().spec().class_names)
    for index in (0, 3):
        expected = ", ".join(names[y[index] > 0]) or "none"
        assert panel.gallery._captions[index].endswith(expected)
