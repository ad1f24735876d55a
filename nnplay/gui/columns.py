"""The columns of the window: editors left and right, panels between them, and their dividers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnplay.gui.editors.fold import Fold
from nnplay.gui.panel.tab_stack import TabStack
from nnplay.gui.panes import (
    WITHOUT_RESULTS,
    Panes,
    split_across,
    split_left,
    split_right,
)
from nnplay.gui.stage.stage import Stage
from nnplay.gui.style.theme import SPACE, bus
from nnplay.gui.style.zoom import px

SETTLED_MS = 40
"""How long after a section was opened the layouts inside each other have been computed."""


class Columns(QWidget):
    """Lays out the parts of the window, and shares the room between them."""

    def __init__(
        self,
        left: Sequence[QWidget],
        above: Sequence[QWidget],
        under: Sequence[QWidget],
        training: QWidget,
        stage: Stage,
        results: TabStack,
    ) -> None:
        """Lay out editors `left`, `training` right, and what is `above` and `under` the stage."""
        super().__init__()
        self._training, self._results, self._stage = training, results, stage
        upright = Qt.Orientation.Vertical
        editors = Panes(upright, split_left, *left)
        right = Panes(upright, self._split_right, training, self._results)
        self._results.bar.currentChanged.connect(self.share_right)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        for widget in above:
            column.addWidget(widget)
        column.addWidget(stage, 1)
        for widget in under:
            column.addWidget(widget)
        across = Panes(Qt.Orientation.Horizontal, split_across, editors, centre, right)
        # Where the user has moved a divider, a wider window gives its room to the middle.
        for index, factor in enumerate((0, 1, 0)):
            across.setStretchFactor(index, factor)
        self.panes = {"left": editors, "middle": stage.panes, "right": right, "across": across}
        """Panes by the names under which their sizes are saved."""
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        layout.addWidget(across)
        self._beside = (editors, right)
        stage.maximised_changed.connect(self._give_room)
        bus.changed.connect(self.share)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._share_until_settled)
        self._needed = 0
        for fold in training.findChildren(Fold):
            fold.toggled.connect(self._share_right_soon)

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave no timer behind."""
        super().hideEvent(event)
        self._soon.stop()

    @Slot()
    def share(self) -> None:
        """Share the room again, as at another zoom."""
        for panes in self.panes.values():
            panes.share()

    @Slot()
    def share_right(self) -> None:
        """Share the right column again: its panels have become empty, or there is a result."""
        self.panes["right"].share()

    @Slot()
    def _share_right_soon(self) -> None:
        # A window that closes folds and fills its sections too, and must leave no timer behind.
        if self.isVisible():
            self._soon.start(SETTLED_MS)

    @Slot()
    def _share_until_settled(self) -> None:
        before, self._needed = self._needed, self._training.sizeHint().height()
        self.share_right()
        if self._needed != before and self.isVisible():
            self._soon.start(SETTLED_MS)

    def save(self) -> dict[str, bytes]:
        """Return the positions of the dividers by name."""
        return {name: panes.saved() for name, panes in self.panes.items()} | self._stage.save()

    def restore(self, places: Mapping[str, bytes]) -> None:
        """Move the dividers to saved positions."""
        for name, place in places.items():
            if name in self.panes:
                self.panes[name].restore(place)
        self._stage.restore(places)

    @Slot(bool)
    def _give_room(self, is_maximised: bool) -> None:
        """Hide the editors while one view has all the room."""
        for column in self._beside:
            column.setHidden(is_maximised)
        self.share()

    def _split_right(self, room: int) -> Sequence[float]:
        if self._results.waits_for_result():
            strip = px(WITHOUT_RESULTS)
            return room - strip, strip
        return split_right(room, self._training.sizeHint().height())
