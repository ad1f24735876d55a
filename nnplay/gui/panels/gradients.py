"""The gradient that reaches each layer, and how much its weights change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from nnplay.catalog import DataSpec
from nnplay.engine.probes.layer_statistics import LayerStatistics
from nnplay.experiment import Experiment
from nnplay.gui.panel.panel import Panel
from nnplay.gui.panel.registry import panel
from nnplay.gui.style.plain import PlainLabel
from nnplay.gui.style.theme import SPACE
from nnplay.gui.style.zoom import sized
from nnplay.link import Frame
from nnplay.translation import _, n_

if TYPE_CHECKING:
    from nnplay.data import Parts

ABOUT = n_(
    "The bars show the norm of the gradient of the loss with respect to the weights of each layer, "
    "on a logarithmic axis, and the dots how much one step changes these weights, as a share of "
    "their norm. "
    "The gradient is that of a fixed set of training samples, without regularisation and dropout; "
    "updates between 10⁻⁴ and 10⁻² of the weights are usual where a network learns well. "
    "Look for bars that become shorter by powers of ten from the last layer up to the first: "
    "these layers hardly learn, however long the training takes."
)


@panel(
    n_("Gradients"),
    "centre",
    43,
    wants=(LayerStatistics,),
    min_interval_ms=60,
)
class GradientsPanel(Panel):
    """A row per layer, and in words what follows from it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        # Late, as NumPy and the drawing are not needed for the first window.
        from nnplay.gui.views.layers.gradient_chart import GradientChart
        from nnplay.gui.views.layers.history import StatisticsHistory

        super().__init__(parent)
        self.chart = GradientChart(self)
        self.summary = PlainLabel(parent=self)
        self.summary.setWordWrap(True)
        # The chart does not move when the text becomes shorter.
        sized(self.summary, minimumHeight=34)
        self._history = StatisticsHistory()
        self._shown: LayerStatistics | None = None
        self._is_explained = False
        self.add_tool("?", _(ABOUT), self._explain)
        area = QScrollArea(self)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(self.chart)
        area.viewport().setAutoFillBackground(False)
        self.chart.setAutoFillBackground(False)
        content = QWidget(self)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(SPACE * 3 // 2, 0, SPACE, SPACE // 2)
        layout.setSpacing(SPACE)
        layout.addWidget(self.summary)
        layout.addWidget(area, 1)
        self.set_content(content)
        self.clear()

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Remove the gradients of other data."""
        self.clear()

    def show_run(self, experiment: Experiment) -> None:
        """Begin new lines over time."""
        self._history.clear()

    def show_frame(self, frame: Frame) -> None:
        """Show the layers at the step of the frame."""
        statistics = frame.get(LayerStatistics)
        if statistics is None or statistics is self._shown:
            return
        self._shown = statistics
        self._history.add(statistics)
        self.chart.show_statistics(statistics, self._history.seen)
        if self.is_empty:
            self.set_empty("")
        note = _("step {step:,} · {count} training samples · without regularisation")
        self.set_note(note.format(step=statistics.step, count=statistics.samples))
        self._show_summary()

    def clear(self) -> None:
        """Remove the layers and the lines over time."""
        self._history.clear()
        self._shown = None
        self.chart.clear()
        self.set_note("")
        self.set_empty(_("Press Train to see how much of the gradient reaches each layer."))

    def _show_summary(self) -> None:
        from nnplay.gui.views.layers.words import gradient_sentence, update_sentence

        if self._is_explained:
            self.summary.setText(_(ABOUT))
        elif self._shown is not None:
            layers = self._shown.layers
            sentences = gradient_sentence(layers), update_sentence(layers)
            self.summary.setText(" ".join(filter(None, sentences)))

    def _explain(self) -> None:
        self._is_explained = not self._is_explained
        self._show_summary()


if __name__ == "__main__":
    from nnplay.gui.panel.standalone import main

    raise SystemExit(main(GradientsPanel))
