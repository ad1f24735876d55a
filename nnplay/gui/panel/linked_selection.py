"""One selection for all panels: each can set a part of it, and probes are asked about it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from nnplay.gui.panel.panel import Panel
from nnplay.link import Area, Selection


class LinkedSelection(QObject):
    """Follows the panels, and shows them the unit that one of them selected."""

    changed = Signal(object)
    """The Selection."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._selection = Selection()
        self._panels: list[Panel] = []

    def follow(self, panel: Panel) -> None:
        """Take over what the user selects in a panel from now on."""
        self._panels.append(panel)
        panel.sample_selected.connect(self._select_sample)
        panel.area_seen.connect(self._select_area)
        panel.inputs_typed.connect(self._select_typed)
        panel.unit_selected.connect(self._select_unit)
        panel.show_unit(self._selection.layer, self._selection.unit)

    @Slot(object)
    def _select_sample(self, index: int) -> None:
        self._select(replace(self._selection, sample=index))

    @Slot(object)
    def _select_area(self, area: Area) -> None:
        self._select(replace(self._selection, area=area))

    @Slot(object)
    def _select_typed(self, inputs: tuple[float, ...] | None) -> None:
        self._select(replace(self._selection, typed=inputs))

    @Slot(object, object)
    def _select_unit(self, layer: int | None, unit: int | None) -> None:
        self._select(replace(self._selection, layer=layer, unit=unit))
        for panel in self._panels:
            panel.show_unit(layer, unit)

    def _select(self, selection: Selection) -> None:
        if selection != self._selection:
            self._selection = selection
            self.changed.emit(selection)
