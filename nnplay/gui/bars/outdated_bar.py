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
        self.button.setToolTip(_("Leaves the run, as Reset does; it stays among the runs."))
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

    def show_state(self, *, is_outdated: bool, is_going: bool, number: int, following: int) -> None:
        """Say whose figures are shown, if not those of the edited experiment.

        `number` is that of the run, `following` that of the next one.
        """
        going = _(
            "Run {n} continues as it was before the edit: Train ends it and starts run {next}."
        )
        over = _("Shown: run {n}; the experiment has been edited since: Train starts run {next}.")
        text = going if is_going else over
        self._text.setText(text.format(n=number, next=following))
        self.setVisible(is_outdated)
