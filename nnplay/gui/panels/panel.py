"""What all plot panels have: a heading, a row of tools, a content and a word when it is empty."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnplay.catalog import DataSpec
from nnplay.experiment import Experiment
from nnplay.gui.panels.roles import Role
from nnplay.gui.style.icons import tool_icon
from nnplay.gui.style.theme import SPACE, bus, theme

if TYPE_CHECKING:
    from nnplay.data import Parts
    from nnplay.link import Frame, PayloadKind, Result, Trace

TOOL_SIZE = QSize(16, 16)
"""Of the icons of tools."""


class NoteLabel(QLabel):
    """Words that are cut off with an ellipsis where there is no room; the tool tip has them all."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw as much as fits."""
        painter = QPainter(self)
        painter.setPen(QColor(theme().muted))
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter), text)
        painter.end()


class Panel(QFrame):
    """A framed part of the window; `wants` and `min_interval_ms` are its order to the trainer."""

    edited = Signal(object)
    """A Change, from a panel that is painted on."""
    role: ClassVar[Role]
    wants: ClassVar[frozenset[PayloadKind]] = frozenset()
    min_interval_ms: ClassVar[int] = 33

    def __init__(self, heading: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        # A click anywhere in it makes its keys work.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(heading)
        self._icons: dict[QToolButton, str] = {}
        self._heading = QLabel(heading, self)
        self._heading.setObjectName("heading")
        self._note = NoteLabel(self)
        self._note.setObjectName("hint")
        # A long note is cut off before it pushes the tools out of a narrow panel.
        self._note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._tools = QHBoxLayout()
        self._tools.setSpacing(SPACE // 2)
        self._top = top = QHBoxLayout()
        top.setContentsMargins(SPACE * 3 // 2, SPACE // 2, SPACE, 0)
        top.setSpacing(SPACE)
        top.addWidget(self._heading)
        top.addWidget(self._note, 1)
        top.addLayout(self._tools)
        self._empty = QLabel(self)
        self._empty.setObjectName("empty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(SPACE // 2)
        layout.addLayout(top)
        layout.addWidget(self._stack, 1)
        bus.changed.connect(self._recolour_icons)

    @classmethod
    def fits(cls, spec: DataSpec) -> bool:
        """Say whether the panel has anything to show for such data."""
        return cls.role.fits(spec)

    def show_experiment(self, experiment: Experiment) -> None:
        """Hear what is wanted, before there are data or a run."""

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Show the data that a run is about."""

    def show_run(self, experiment: Experiment) -> None:
        """Hear what the run that begins was started with."""

    def show_frame(self, frame: Frame) -> None:
        """Show one moment of a run."""

    def show_traces(self, steps: Trace, epochs: Trace) -> None:
        """Show what has been added to the traces of a run."""

    def show_result(self, result: Result) -> None:
        """Show what a run came to."""

    def clear(self) -> None:
        """Forget the run, and keep the data."""

    @property
    def note(self) -> str:
        """The words beside the heading."""
        return self._note.text()

    @property
    def empty_text(self) -> str:
        """What the panel says in place of its content, or nothing when the content shows."""
        return self._empty.text() if self._stack.currentWidget() is self._empty else ""

    def set_content(self, content: QWidget) -> None:
        """Put the content in, once; it shows when `set_empty` is told nothing."""
        self._stack.addWidget(content)
        self._content = content
        self.set_empty("")

    def set_empty(self, text: str) -> None:
        """Say why there is nothing to see and what to do; no text shows the content."""
        if text:
            self._empty.setText(text)
        self._stack.setCurrentWidget(self._empty if text else self._content)

    def set_note(self, text: str) -> None:
        """Put words beside the heading."""
        if text != self._note.text():
            self._note.setText(text)
            self._note.setToolTip(text)

    def set_note_widget(self, widget: QWidget) -> None:
        """Put a widget where the words beside the heading are otherwise."""
        self._top.replaceWidget(self._note, widget)
        self._note.hide()

    def add_tool_widget(self, widget: QWidget) -> None:
        """Put a widget at the right end of the heading."""
        self._tools.addWidget(widget)

    def add_tool(
        self,
        text: str,
        tip: str,
        slot: Callable[..., None],
        *,
        key: str = "",
        icon: str = "",
        checkable: bool = False,
    ) -> QToolButton:
        """Add a button to the heading; `slot` hears its click, and `key` presses it.

        With an icon the text is only read out. A checkable one tells `slot` whether it is on.
        """
        button = QToolButton(self)
        button.setText(text)
        button.setAccessibleName(text)
        button.setToolTip(f"{tip} ({key})" if key else tip)
        button.setCheckable(checkable)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if icon:
            self._icons[button] = icon
            button.setIconSize(TOOL_SIZE)
            button.setIcon(tool_icon(icon))
        (button.toggled if checkable else button.clicked).connect(slot)
        if key:
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(button.click)
        self._tools.addWidget(button)
        return button

    def _recolour_icons(self) -> None:
        for button, icon in self._icons.items():
            button.setIcon(tool_icon(icon))
