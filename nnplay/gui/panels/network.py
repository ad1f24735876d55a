"""The network itself: layers from left to right, with live weights and what each unit does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from nnplay.catalog import DataSpec
from nnplay.engine.probes.network_weights import NetworkWeights
from nnplay.engine.probes.unit_maps import UnitMaps
from nnplay.experiment import Experiment
from nnplay.gui.panel.panel import Panel
from nnplay.gui.panel.registry import panel
from nnplay.gui.style.plain import PlainLabel
from nnplay.gui.style.theme import SPACE, bus, theme
from nnplay.gui.style.zoom import sized
from nnplay.link import Frame
from nnplay.translation import _, n_

if TYPE_CHECKING:
    from nnplay.data import Parts

ABOUT = n_(
    "The layers of the network from left to right, with their weights: blue lines are positive, "
    "orange ones negative, and the larger a weight is within its layer, the wider its line. "
    "Each unit shows what it passes on: over the plane of the inputs where there are two of them, "
    "otherwise for the selected sample; the small square at its corner is its bias. "
    "Look for units that do the same, for dead ones that pass on nothing, and for the way from the "
    "inputs to a prediction: click a unit to see its formula."
)


@panel(
    n_("Network"),
    "centre",
    42,
    wants=(NetworkWeights, UnitMaps),
)
class NetworkPanel(Panel):
    """Shows the network of each frame, and what is under the mouse in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        # Late, as NumPy and the drawing are not needed for the first window.
        from nnplay.gui.views.network.network_view import NetworkView
        from nnplay.gui.views.plots.legend import LineLegend

        super().__init__(parent)
        self.view = NetworkView(self)
        self.view.setAccessibleName(_("Drawing of the network"))
        self.view.readout_changed.connect(self._show_readout)
        self.view.unit_focused.connect(self._show_focus)
        self.view.weight_edited.connect(self.weight_edited)
        self.readout = PlainLabel(parent=self)
        self.readout.setObjectName("hint")
        self.readout.setWordWrap(True)
        sized(self.readout, minimumHeight=34)
        self.legend = LineLegend(self)
        self.set_note_widget(self.legend)
        self.add_tool(_("Next sample"), _("Show another sample"), self._next_sample, key="N")
        self.add_tool("?", _(ABOUT), self._explain)
        self._is_explained = False
        self._count = self._index = 0
        area = QScrollArea(self)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(self.view)
        area.viewport().setAutoFillBackground(False)
        self.view.setAutoFillBackground(False)
        content = QWidget(self)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(SPACE, 0, SPACE, SPACE // 2)
        layout.setSpacing(0)
        layout.addWidget(area, 1)
        layout.addWidget(self.readout)
        self.set_content(content)
        bus.changed.connect(self._recolour)
        self._recolour()
        self.clear()

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Take the names of inputs and outputs from the data."""
        from nnplay.gui.views.network.drawn import Names

        self._count = len(parts.test) or len(parts.validation) or len(parts.train)
        self.view.set_names(Names(input_names(spec, parts), output_names(spec)))

    def show_run(self, experiment: Experiment) -> None:
        """Draw the edges of a new run as they are, not as they follow from the run before."""
        self.view.clear()

    def show_frame(self, frame: Frame) -> None:
        """Draw the network at the step of the frame."""
        network = frame.get(NetworkWeights)
        if network is None:
            return
        self.view.show_network(network, frame.get(UnitMaps))
        if self.is_empty:
            self.set_empty("")
        self._show_readout()

    def show_position(self, step: int | None) -> None:
        """Let weights be typed at the newest step only."""
        self.view.set_newest(step is None)

    def show_sample(self, index: int) -> None:
        """Follow the sample that was chosen elsewhere."""
        self._index = index

    def show_unit(self, layer: int | None, unit: int | None) -> None:
        """Focus the unit that was selected in any panel."""
        drawn = self.view.drawn
        if drawn is None or self._selected() == (layer, unit):
            return
        found = [at for at, one in enumerate(drawn.stages) if one.stage.layer == layer]
        is_there = layer is not None and unit is not None and bool(found)
        if is_there and unit is not None and unit < drawn.stages[found[0]].stage.units:
            self.view.set_focus((found[0], unit))
        else:
            self.view.set_focus(None)

    def clear(self) -> None:
        """Remove the network."""
        self.view.clear()
        self.set_empty(_("The layers, units and weights of the network, as soon as it is built."))

    def _show_readout(self) -> None:
        from nnplay.gui.views.network.drawn import formula_of

        drawn, focus = self.view.drawn, self.view.focus
        if drawn is None:
            return
        text = self.view.describe_hovered()
        if not text and self._is_explained:
            text = _(ABOUT)
        elif not text and focus is not None:
            formula = [one for one in formula_of(drawn, *focus) if one]
            text = "\n= ".join(formula) or drawn.describe_unit(*focus)
        elif not text:
            text = _(
                "Click a unit for its formula, a line or the square of a bias to type its value."
            )
        self.readout.setText(text)
        words = f"{drawn.describe()}. {text}"
        if words != self.view.accessibleDescription():
            # Screen readers are notified of each change.
            self.view.setAccessibleDescription(words)

    def _show_focus(self, _unit: object) -> None:
        self._is_explained = False
        self._show_readout()
        self.unit_selected.emit(*self._selected())

    def _selected(self) -> tuple[int | None, int | None]:
        """Return the layer and the unit in focus; inputs belong to no layer."""
        drawn, focus = self.view.drawn, self.view.focus
        if drawn is None or focus is None:
            return None, None
        layer = drawn.stages[focus[0]].stage.layer
        return layer, None if layer is None else focus[1]

    def _explain(self) -> None:
        self._is_explained = not self._is_explained
        self._show_readout()

    def _next_sample(self) -> None:
        if self._count:
            self._index = (self._index + 1) % self._count
            self.sample_selected.emit(self._index)

    def _recolour(self) -> None:
        from nnplay.gui.views.network.unit_image import sign_colours

        negative, positive = sign_colours(theme())
        self.legend.set_lines(
            [
                (_("positive weight"), QPen(QColor(positive), 3), ""),
                (_("negative weight"), QPen(QColor(negative), 3), ""),
            ]
        )


def input_names(spec: DataSpec, parts: Parts) -> tuple[str, ...]:
    """Return a name for each input; empty for images and sequences."""
    if len(spec.in_shape) != 1:
        return ()
    count = spec.in_shape[0]
    if len(spec.input_names) == count:
        return tuple(_(name) for name in spec.input_names)
    found: list[str] = []
    for column in () if parts.columns is None else parts.columns.columns:
        if column.kind == "category":
            found += [f"{column.name}: {category}" for category in column.categories]
        else:
            found += [column.name] * column.width
    if len(found) == count:
        return tuple(found)
    if count <= 2:
        return ("x", "y")[:count]
    return tuple(f"x{at + 1}" for at in range(count))


def output_names(spec: DataSpec) -> tuple[str, ...]:
    """Return a name for each class or label; empty for numbers to predict.

    A network with one output for two classes predicts the second of them.
    """
    return tuple(_(name) for name in spec.class_names)


if __name__ == "__main__":
    from nnplay.gui.panel.standalone import main

    raise SystemExit(main(NetworkPanel))
