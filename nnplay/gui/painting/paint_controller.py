"""Painting on a plot: the toolbar above it, and the resulting changes of the experiment."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from nnplay.catalog import Dataset, Painted, PaintedCurve, Rows
from nnplay.data import DataError, load
from nnplay.experiment import Experiment
from nnplay.gui.editors.fix_all import fix_all
from nnplay.gui.painting.bar import TOOLS, PaintBar, Tool
from nnplay.gui.painting.canvas import Base, PaintCanvas
from nnplay.gui.views.plots.plot import Plot
from nnplay.session.change import Change
from nnplay.session.painting import Clear, thinned
from nnplay.translation import _, n_

COPY_TIP = n_("Copy these points into an editable set. Above 20,000, an even subset is used.")


class Below(Base, Protocol):
    """A panel that can be painted on."""

    def show_blank(self) -> None:
        """Show an empty plot to paint on."""

    def set_note(self, text: str) -> None:
        """Show a note beside the heading."""


class PaintController(QWidget):
    """The toolbar of a plot; shown if its points are hand-painted."""

    edited = Signal(object)

    def __init__(
        self, kind: type[Painted] | type[PaintedCurve], plot: Plot, below: Below, panel: QWidget
    ) -> None:
        """Create the tools for a kind of data on a plot; `panel` gets their shortcuts."""
        super().__init__(panel)
        self._panel = panel
        self._kind, self._below = kind, below
        params = {param.name: param for param in kind.params()}
        self._most = params["points"].longest
        self._classes = int(params["classes"].high or 0) if "classes" in params else 0
        self._experiment: Experiment | None = None
        self._copy_button: QToolButton | None = None
        self.bar = PaintBar(self._classes, self)
        self.canvas = PaintCanvas(plot, below, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.bar)
        self._shortcuts = [
            *(self._shortcut(key, button.click) for key, button in self._keys().items()),
            *(self._shortcut(str(n), self._take_digit) for n in range(self._classes)),
            self._shortcut("[", self._smaller),
            self._shortcut("]", self._larger),
        ]
        self._connect()
        self._show_open(False)

    @property
    def is_open(self) -> bool:
        """Whether the points on the plot are hand-painted."""
        return self._painted is not None

    def set_copy_button(self, button: QToolButton) -> None:
        """Set the button that copies the points; it is shown if that is possible."""
        self._copy_button = button
        button.hide()

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the tools if they fit the data; emits nothing."""
        could_paint, self._experiment = self._can_paint, experiment
        if self._copy_button is not None:
            self._copy_button.setVisible(self._can_copy(experiment.data))
        painted = self._painted
        if painted is None:
            self._show_open(False)
            return
        self.bar.show_scaled(not self._can_paint)
        self._show_open(True)
        if self._can_paint != could_paint:
            self._choose_tool("brush" if self._can_paint else None)
        if isinstance(painted, Painted):
            self.bar.show_classes(min(painted.classes, self._classes))
            self.canvas.set_ink(self.bar.ink)
        self.canvas.show_rows(painted.points, self._most, experiment.seed)
        if not painted.points:
            self._below.show_blank()
            self.canvas.settle()

    def copy_points(self) -> None:
        """Copy the points of the data into a hand-painted data set."""
        experiment = self._experiment
        if experiment is None or not self._can_copy(experiment.data):
            return
        try:
            # The points are shown, so this comes from the cache.
            samples = load(experiment.data, experiment.seed).samples
        except DataError as error:
            self._below.set_note(str(error))
            return
        columns = (*samples.x.T.tolist(), samples.y.reshape(-1).tolist())
        rows = thinned(
            tuple(zip(*(map(float, column) for column in columns), strict=True)), self._most
        )
        data: Painted | PaintedCurve
        if self._classes:
            data = Painted(rows, classes=experiment.data.spec().outputs)
        else:
            data = PaintedCurve(rows)
        # Hand-painted points are shown at their unscaled positions.
        split = replace(experiment.split, scaling="none")
        label = _("Copy points for painting")
        if len(rows) < len(samples):
            text = _("Copy {some} of {all} points for painting")
            label = text.format(some=f"{len(rows):,}", all=f"{len(samples):,}")
        had_focus = self._copy_button is not None and self._copy_button.hasFocus()
        self.edited.emit(Change(replace(experiment, data=data, split=split), label))
        if had_focus:
            # The button is hidden now; the next widget has nothing to do with painting.
            self.bar.tools["brush"].setFocus()

    @property
    def _painted(self) -> Painted | PaintedCurve | None:
        data = self._experiment.data if self._experiment else None
        return (
            data if isinstance(data, Painted | PaintedCurve) and type(data) is self._kind else None
        )

    @property
    def _can_paint(self) -> bool:
        """Whether the plot shows hand-painted points at their unscaled positions."""
        return self.is_open and self._experiment.split.scaling == "none"  # type: ignore[union-attr]

    def _can_copy(self, data: Dataset) -> bool:
        spec = data.spec()
        if isinstance(data, self._kind):
            return False
        if self._classes:
            return spec.is_plane and spec.task == "classification"
        return spec.is_curve

    def _keys(self) -> dict[str, QToolButton]:
        return {TOOLS[tool][1]: button for tool, button in self.bar.tools.items()}

    def _shortcut(self, key: str, slot: object) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key), self._panel)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(slot)
        return shortcut

    def _connect(self) -> None:
        bar, canvas = self.bar, self.canvas
        bar.tool_chosen.connect(self._choose_tool)
        bar.ink_chosen.connect(canvas.set_ink)
        bar.radius_changed.connect(canvas.set_radius)
        bar.rate_changed.connect(canvas.set_rate)
        bar.class_asked.connect(self._add_class)
        bar.clear_asked.connect(self._clear)
        bar.unscale_asked.connect(self._unscale)
        canvas.painted.connect(self._take)
        canvas.noted.connect(self._below.set_note)

    def _show_open(self, is_open: bool) -> None:
        self.setVisible(is_open)
        for shortcut in self._shortcuts:
            shortcut.setEnabled(is_open)
        if not is_open:
            self._choose_tool(None)

    def _choose_tool(self, tool: Tool | None) -> None:
        self.bar.show_tool(tool)
        self.canvas.set_tool(tool)

    @Slot(object, str)
    def _take(self, rows: Rows, label: str) -> None:
        self._change(label, points=rows)

    @Slot()
    def _clear(self) -> None:
        painted = self._painted
        if painted is not None:
            self._change(_("Clear points"), points=Clear().apply(painted.points))

    @Slot()
    def _add_class(self) -> None:
        painted = self._painted
        if isinstance(painted, Painted) and painted.classes < self._classes:
            number = painted.classes
            self._change(_("Add a class"), classes=number + 1)
            self.bar.choose_ink(number)

    @Slot()
    def _unscale(self) -> None:
        assert self._experiment is not None
        split = replace(self._experiment.split, scaling="none")
        self.edited.emit(Change(replace(self._experiment, split=split), _("Switch scaling off")))

    def _change(self, label: str, **values: object) -> None:
        painted, experiment = self._painted, self._experiment
        assert painted is not None and experiment is not None
        changed = replace(experiment, data=replace(painted, **values))  # type: ignore[arg-type]
        if "classes" in values:
            # A new class needs a new output.
            changed = fix_all(changed)[0]
        self.edited.emit(Change(changed, label))

    @Slot()
    def _take_digit(self) -> None:
        shortcut = self.sender()
        assert isinstance(shortcut, QShortcut)
        self.bar.choose_ink(int(shortcut.key().toString()))

    @Slot()
    def _smaller(self) -> None:
        self.bar.radius.setValue(round(self.bar.radius.value() / 1.25))

    @Slot()
    def _larger(self) -> None:
        self.bar.radius.setValue(round(self.bar.radius.value() * 1.25))
