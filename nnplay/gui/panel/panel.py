"""What all panels have: a title, a row of tools, a content, and a text for when it is empty."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnplay.catalog import DataSpec
from nnplay.experiment import Experiment
from nnplay.gui.panel.entry import PanelEntry
from nnplay.gui.style.icons import tool_icon
from nnplay.gui.style.plain import PlainLabel, plain
from nnplay.gui.style.theme import SPACE, bus, theme
from nnplay.gui.style.zoom import sized
from nnplay.translation import _

if TYPE_CHECKING:
    from nnplay.data import Parts
    from nnplay.engine.probes.typed import TypedPrediction
    from nnplay.gui.runs.comparison import ComparedPredictions
    from nnplay.gui.runs.run_list import RunList
    from nnplay.link import Frame, Result, Trace

TOOL_SIZE = QSize(16, 16)
"""Of the icons of tools."""


class NoteLabel(PlainLabel):
    """Text that is cut off with an ellipsis where there is no room; its tool tip has all of it."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw as much as fits."""
        painter = QPainter(self)
        painter.setPen(QColor(theme().muted))
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter), text)
        painter.end()


class Panel(QFrame):
    """A framed part of the window; subclasses are registered by `@panel` in `nnplay.gui.panels`.

    The window makes all the `show_` calls; each subclass overrides those that concern it.
    """

    entry: ClassVar[PanelEntry]
    edited = Signal(object)
    """A Change, from a panel whose data can be painted."""
    sample_chosen = Signal(object)
    """The index of a sample that was clicked, within the part that predictions are shown of."""
    emptied = Signal()
    """Emitted when it becomes empty, and when there is something to see again."""
    area_seen = Signal(object)
    """The Area of the plane of two inputs that is visible."""
    sample_selected = Signal(object)
    """The index of the sample that the panel shows the prediction of; no other panel follows."""
    inputs_typed = Signal(object)
    """The inputs of a sample that was typed or drawn, as in a Selection; None without one."""
    unit_selected = Signal(object, object)
    """The position of a layer and the number of a unit in it, both None without one."""
    weight_edited = Signal(str, float)
    """A weight that was typed: its path, as `nnplay.link.weight_path` returns it, and its value."""
    files_asked = Signal(object)
    """The paths of files to predict, a list; empty to let the user choose them."""
    folder_asked = Signal(object, int)
    """The path of a folder of images to import, and the side that they have in pixels."""
    run_asked = Signal(object)
    """A RunCommand: what the user wants to do with a recorded run."""
    views_asked = Signal(object)
    """The button below which the menu of views is to be opened."""
    maximise_asked = Signal(object)
    """The panel itself, to give it all the room or to take it back."""
    comparison_asked = Signal(object)
    """A ComparisonQuestion for recorded runs, or None."""

    def __init__(self, parent: QWidget | None = None, title: str = "") -> None:
        """Show `title`, or that of the entry."""
        super().__init__(parent)
        title = title or _(self.entry.title)
        self.setObjectName("panel")
        # A click anywhere in it gives its keys their effect.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(title)
        self._icons: dict[QToolButton, str] = {}
        self._title = PlainLabel(title, self)
        self._title.setObjectName("heading")
        self._note = NoteLabel(parent=self)
        self._note.setObjectName("hint")
        # A long note is cut off before it pushes the tools out of a narrow panel.
        self._note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._tools = QHBoxLayout()
        self._tools.setSpacing(SPACE // 2)
        self._top = top = QHBoxLayout()
        top.setContentsMargins(SPACE * 3 // 2, SPACE // 2, SPACE, 0)
        top.setSpacing(SPACE)
        top.addWidget(self._title)
        top.addWidget(self._note, 1)
        top.addLayout(self._tools)
        self._empty = PlainLabel(parent=self)
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
        """Return whether the panel has anything to show for such data."""
        return cls.entry.fits(spec)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show what concerns the edited experiment, before there are data or a run."""

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Show the data of the experiment."""

    def show_no_data(self, why: str) -> None:
        """Show why there are no data."""

    def show_run(self, experiment: Experiment) -> None:
        """Prepare for a new run of an experiment."""

    def show_frame(self, frame: Frame) -> None:
        """Show the run at one step; the frame may lack the payloads that the panel wants."""

    def show_position(self, step: int | None) -> None:
        """Mark the step that the frames are of; None where it is the newest."""

    def show_traces(self, steps: Trace, epochs: Trace) -> None:
        """Show what was added to the traces of a run."""

    def show_result(self, result: Result) -> None:
        """Show the result of a finished run."""

    def show_typed(self, prediction: TypedPrediction) -> None:
        """Show what a finished network predicts for the sample that was typed or drawn."""

    def show_compared(self, predictions: ComparedPredictions) -> None:
        """Show what recorded runs predict for a sample."""

    def show_sample(self, index: int) -> None:
        """Show a sample that was chosen in another panel."""

    def show_unit(self, layer: int | None, unit: int | None) -> None:
        """Show the unit that was selected in any panel; None where none is."""

    def show_runs(self, runs: RunList) -> None:
        """Show the recorded runs, or the curves of those that are compared."""

    def clear(self) -> None:
        """Remove what belongs to a run, and keep the data."""

    @property
    def note(self) -> str:
        """The text beside the title."""
        return self._note.text()

    @property
    def empty_text(self) -> str:
        """The text in place of the content; "" while the content is visible."""
        return self._empty.text() if self.is_empty else ""

    @property
    def is_empty(self) -> bool:
        """Whether the text is there in place of the content."""
        return self._stack.currentWidget() is self._empty

    def set_content(self, content: QWidget) -> None:
        """Put the content in, once; it is visible while there is no empty text."""
        self._stack.addWidget(content)
        self._content = content
        self.set_empty("")

    def set_empty(self, text: str) -> None:
        """Show why there is nothing to see and what to do about it; "" shows the content."""
        if text:
            self._empty.setText(text)
        wanted = self._empty if text else self._content
        if wanted is not self._stack.currentWidget():
            self._stack.setCurrentWidget(wanted)
            self.emptied.emit()

    def set_note(self, text: str) -> None:
        """Show a text beside the title."""
        if text != self._note.text():
            self._note.setText(text)
            self._note.setToolTip(plain(text))

    def set_note_widget(self, widget: QWidget) -> None:
        """Put a widget in the place of the note."""
        self._top.replaceWidget(self._note, widget)
        self._note.hide()

    def add_view_button(self) -> None:
        """Offer other views in place of this one, beside the title."""
        button = self._view_button = QToolButton(self)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setAccessibleName(_("Choose a view"))
        button.setToolTip(plain(_("Show another view here, maximise it or give it a window")))
        self._icons[button] = "view"
        sized(button, iconSize=TOOL_SIZE)
        button.setIcon(tool_icon("view"))
        button.clicked.connect(self._ask_views)
        self._top.insertWidget(1, button)

    def show_view_button(self, is_visible: bool) -> None:
        """Show the button beside the title, or hide it where tabs offer the other views."""
        self._view_button.setVisible(is_visible)

    @Slot()
    def _ask_views(self) -> None:
        self.views_asked.emit(self._view_button)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Maximise by a double click on the heading."""
        if event.position().y() <= self._top.geometry().bottom():
            self.maximise_asked.emit(self)
        else:
            super().mouseDoubleClickEvent(event)

    def add_tool_widget(self, widget: QWidget) -> None:
        """Put a widget at the right end of the tools."""
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
        """Add a button that calls `slot`, and a key that presses it.

        A button with an icon has its text for screen readers only. A checkable one passes to `slot`
        whether it is on.
        """
        button = QToolButton(self)
        button.setText(text)
        button.setAccessibleName(text)
        button.setToolTip(plain(f"{tip} ({key})" if key else tip))
        button.setCheckable(checkable)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if icon:
            self._icons[button] = icon
            sized(button, iconSize=TOOL_SIZE)
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
