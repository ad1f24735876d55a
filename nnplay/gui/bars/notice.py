"""A message under the buttons: a divergence, a broken file, a finished import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QWidget

from nnplay.gui.style.icons import icon
from nnplay.gui.style.plain import PlainLabel
from nnplay.gui.style.theme import SPACE, bus, theme
from nnplay.gui.style.zoom import px
from nnplay.translation import _


@dataclass(frozen=True)
class Offer:
    """What the button of a message does."""

    label: str
    accept: Callable[[], None]


class Notice(QFrame):
    """Shows one message until it is closed or replaced; takes no room without one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._icon, self._text = PlainLabel(), PlainLabel()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._close = QToolButton()
        self._close.setText("×")
        self._close.setToolTip(_("Close this message"))
        self._close.setAccessibleName(_("Close this message"))
        self._close.setAutoRaise(True)
        self._close.clicked.connect(self.clear)
        self._accept = QPushButton()
        self._accept.clicked.connect(self._take)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE * 2, SPACE // 2, SPACE, SPACE // 2)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self._accept)
        row.addWidget(self._close)
        self._kind = "problem"
        """The kind of the message, which is also the name of its icon."""
        self._offer: Offer | None = None
        bus.changed.connect(self._recolour)
        self._recolour()
        self.hide()

    @property
    def text(self) -> str:
        """The message, or nothing."""
        return self._text.text()

    def show_message(self, message: str, hint: str = "", offer: Offer | None = None) -> None:
        """Show a problem and what to do about it, with a button if one click can do it."""
        self._show(f"{message} {hint}".strip(), "problem", offer)

    def show_news(self, message: str) -> None:
        """Show a success."""
        self._show(message, "good")

    def show_under_way(self, message: str) -> None:
        """Show what is in progress."""
        self._show(message, "running")

    def show_offer(self, message: str, offer: Offer) -> None:
        """Show what can be done now, with a button for it."""
        self._show(message, "good", offer)

    def clear_outdated(self) -> None:
        """Remove what the next edit makes old: a success and every button; a problem stays."""
        if self._kind == "good":
            self.clear()
        self._set_offer(None)

    def _show(self, text: str, kind: str, offer: Offer | None = None) -> None:
        self._kind = kind
        self._set_offer(offer)
        self._recolour()
        self._text.setText(text)
        self.show()

    def clear(self) -> None:
        """Remove the message."""
        self._text.clear()
        self.hide()

    def _set_offer(self, offer: Offer | None) -> None:
        self._offer = offer
        self._accept.setText("" if offer is None else offer.label)
        self._accept.setVisible(offer is not None)

    @Slot()
    def _take(self) -> None:
        offer = self._offer
        self.clear()
        if offer is not None:
            offer.accept()

    def _recolour(self) -> None:
        t = theme()
        colour, behind = {
            "problem": (t.bad, t.bad_surface),
            "good": (t.good, t.raised),
            "running": (t.accent, t.raised),
        }[self._kind]
        self._icon.setPixmap(icon(self._kind, colour).pixmap(18, 18))
        self.setStyleSheet(
            f"#notice {{ background: {behind}; border-bottom: 1px solid {colour}; }}"
            f"#notice QLabel {{ color: {t.text}; font-size: {px(13)}px; }}"
        )
