"""A line above the views that says that they show the run before an edit."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from nnplay.gui.style.plain import PlainLabel
from nnplay.gui.style.theme import SPACE
from nnplay.translation import _


class OutdatedBar(QFrame):
    """Visible while the experiment differs from that of the run that is shown."""

    reset_requested = Signal()
    """The edited experiment is to be shown instead, without the run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("outdated")
        self._text = PlainLabel()
        self._text.setWordWrap(True)
        self.button = QPushButton(_("Show the edited experiment"))
        self.button.setToolTip(_("Discards the run, as Reset does; Undo takes the edit back."))
        self.button.clicked.connect(self.reset_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE, SPACE // 2, SPACE // 2, SPACE // 2)
        row.addWidget(self._text, 1)
        row.addWidget(self.button)
        self.hide()

    @property
    def text(self) -> str:
        """What it says, or nothing."""
        return "" if self.isHidden() else self._text.text()

    def show_state(self, *, is_outdated: bool, is_going: bool) -> None:
        """Say whose figures are shown, if not those of the edited experiment."""
        going = _("This run continues as it was before the edit. Train starts a new one.")
        over = _("Shown: the run before the edit. Train starts a run of the edited experiment.")
        self._text.setText(going if is_going else over)
        self.setVisible(is_outdated)
