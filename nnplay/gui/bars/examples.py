"""The buttons that open the first examples."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from nnplay.experiment import Experiment, chapters
from nnplay.gui.style.plain import plain
from nnplay.gui.style.theme import SPACE, bus, theme
from nnplay.gui.style.zoom import px
from nnplay.translation import _


class Examples(QWidget):
    """A row of buttons for the first lessons; the one that is open unchanged is marked."""

    chosen = Signal(str)
    """The key of the preset."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, SPACE // 4, SPACE * 2, SPACE // 4)
        row.setSpacing(SPACE // 2)
        self._presets = chapters()[0].presets
        self.buttons: dict[str, QToolButton] = {}
        for preset in self._presets:
            button = QToolButton()
            button.setObjectName("example")
            button.setText(_(preset.experiment.name))
            button.setToolTip(plain(_(preset.experiment.about)))
            button.setCheckable(True)
            button.setProperty("preset", preset.key)
            button.clicked.connect(self._choose)
            row.addWidget(button)
            self.buttons[preset.key] = button
        bus.changed.connect(self._recolour)
        self._recolour()

    def show_within(self, room: int) -> bool:
        """Show the buttons that fit into `room` pixels; the menu of lessons has all of them.

        Return whether that changed anything.
        """
        before = [button.isHidden() for button in self.buttons.values()]
        layout = self.layout()
        assert layout is not None
        margins = layout.contentsMargins()
        left = room - margins.left() - margins.right()
        for button in self.buttons.values():
            left -= button.sizeHint().width() + layout.spacing()
            button.setVisible(left >= 0)
        return before != [button.isHidden() for button in self.buttons.values()]

    def show_experiment(self, experiment: Experiment) -> None:
        """Mark the example that this is, if any."""
        for preset in self._presets:
            self.buttons[preset.key].setChecked(preset.experiment == experiment)

    @Slot()
    def _choose(self) -> None:
        button = self.sender()
        assert isinstance(button, QToolButton)
        # Whether it is marked follows from the open experiment, not from the click.
        button.setChecked(not button.isChecked())
        self.chosen.emit(button.property("preset"))

    @Slot()
    def _recolour(self) -> None:
        t = theme()
        self.setStyleSheet(
            f"QToolButton#example {{ border: 1px solid {t.border}; border-radius: 10px;"
            f" padding: 2px 9px; font-size: {px(12)}px; color: {t.text};"
            f" background: {t.surface}; }}"
            f"QToolButton#example:hover, QToolButton#example:focus {{ border-color: {t.accent}; }}"
            f"QToolButton#example:checked {{ background: {t.accent}; color: {t.on_accent};"
            f" border-color: {t.accent}; }}"
        )
