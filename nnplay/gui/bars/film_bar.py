"""The bar under the plots: plays the film of a run, and goes to any of its steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
)

from nnplay.gui.bars.film_slider import RANGE, FilmSlider, Mark
from nnplay.gui.style.icons import tool_icon
from nnplay.gui.style.plain import PlainLabel, plain
from nnplay.gui.style.theme import SPACE, bus
from nnplay.gui.style.zoom import px, sized
from nnplay.translation import _, n_

Axis = Literal["epoch", "step", "second"]
AXES: tuple[tuple[Axis, str], ...] = (
    ("epoch", n_("Slider by epoch")),
    ("step", n_("Slider by step")),
    ("second", n_("Slider by time")),
)
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)
_TEXT_WIDTH = 84
_LEAST_SLIDER = 90
"""Where the slider would be narrower, it takes the room of the text, as a screen reader says it."""


class FilmBar(QFrame):
    """Shows where the views are in the run, and asks for other moments; it knows no run."""

    play_toggled = Signal(bool)
    moved = Signal(float)
    """The slider was moved to a share of the run."""
    stepped = Signal(int)
    newest_asked = Signal()
    axis_chosen = Signal(str)
    continue_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._icons: dict[QToolButton, str] = {}
        self.play = self._button("play", _("Play the run again from here (Space on the slider)."))
        self.play.setCheckable(True)
        self.play.toggled.connect(self._toggle)
        self.slider = FilmSlider(self)
        self.slider.setAccessibleName(_("Moment of the run"))
        self.slider.valueChanged.connect(self._move)
        self.slider.stepped.connect(self.stepped)
        self.slider.space_pressed.connect(self.play.toggle)
        self.text = PlainLabel(parent=self)
        self.text.setObjectName("hint")
        sized(self.text, minimumWidth=_TEXT_WIDTH)
        self.options = QToolButton(self)
        self.options.setObjectName("tool")
        self.options.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.options.setToolTip(plain(_("Speed and repetition of the film, and its slider")))
        self.options.setAccessibleName(_("Options of the film"))
        self.menu = QMenu(self)
        self.options.setMenu(self.menu)
        self.speeds = self._choices(
            [(f"{speed:g}×", speed) for speed in SPEEDS], 1.0, self._choose_speed
        )
        self.menu.addSeparator()
        self.axes = self._choices(
            [(_(label), axis) for axis, label in AXES], "epoch", self._choose_axis
        )
        self.menu.addSeparator()
        self.loop = self.menu.addAction(_("Repeat the film"))
        self.loop.setCheckable(True)
        self.newest = self._button("next", _("Back to the newest weights."))
        self.newest.clicked.connect(self.newest_asked)
        self._branch_labels = _("Continue"), _("Continue from here")
        self.branch = QPushButton(self._branch_labels[1])
        self.branch.clicked.connect(self.continue_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        row.setSpacing(SPACE)
        row.addWidget(self.play)
        row.addWidget(self.slider, 1)
        for widget in (self.text, self.newest, self.options, self.branch):
            row.addWidget(widget)
        self._rate = 1.0
        self.options.setText("1×")
        bus.changed.connect(self._recolour)
        self._recolour()
        self.show_nothing()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the slider the room of the text where there is too little."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Show the text and the long label of the button where there is room for the slider too."""
        short, long = self._branch_labels
        self.branch.setText(long)
        others: list[QAbstractButton] = [self.play, self.newest, self.options]
        if not self.branch.isHidden():
            others.append(self.branch)
        taken = sum(one.sizeHint().width() + SPACE for one in others) + 2 * SPACE
        room = self.width() - taken - px(_LEAST_SLIDER)
        if room < 0:
            self.branch.setText(short)
        self.text.setVisible(room >= max(self.text.minimumWidth(), self.text.sizeHint().width()))

    def show_nothing(self) -> None:
        """Show that there is no run to look back at; the bar stays, so that nothing moves."""
        self.show_position(0.0, "–", _("There is no run to look back at yet."), is_newest=True)
        self.show_marks(())
        self.branch.hide()
        self._fit()
        self.setEnabled(False)

    def show_position(self, share: float, text: str, tip: str, *, is_newest: bool) -> None:
        """Show where the views are, in a few words and in full, without asking for anything."""
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(share * RANGE))
        self.text.setText(text)
        self.text.setToolTip(plain(tip))
        self.slider.setAccessibleDescription(text)
        self.newest.setEnabled(not is_newest)

    def show_playing(self, is_playing: bool) -> None:
        """Show whether the film is played."""
        with QSignalBlocker(self.play):
            self.play.setChecked(is_playing)
        self._recolour()

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Show what happened in the run."""
        self.slider.set_marks(marks)

    def show_rebuilding(self, seconds: float) -> None:
        """Show that the weights of a moment are being computed again, and about how long."""
        self.text.setText(_("Rebuilding {seconds:.1f} s").format(seconds=seconds))
        tip = _("Training is repeated from the last step whose whole state was saved.")
        self.text.setToolTip(plain(tip))
        self.branch.hide()
        self._fit()

    def show_branch(self, *, is_possible: bool, is_outdated: bool, seconds: float = 0.0) -> None:
        """Offer to continue from the moment shown, or to begin there with what was edited.

        The `seconds` are those of the steps that have to be repeated before.
        """
        self.branch.setVisible(is_possible)
        self._branch_labels = _("Continue"), _("Continue from here")
        if is_outdated:
            self._branch_labels = _("Branch"), _("Branch from here")
        tip = _(
            "Begins a run of the edited experiment with the weights of this moment, as far as they "
            "fit."
        )
        if not is_outdated:
            tip = _(
                "Begins a run that has this one's past up to the moment shown; with the learning "
                "rate and the number of epochs as they are set now."
            )
        if seconds >= 0.1:
            more = _("Rebuilding these weights takes about {seconds:.1f} s.")
            tip += " " + more.format(seconds=seconds)
        self.branch.setToolTip(plain(tip))
        self._fit()

    @property
    def rate(self) -> float:
        """How many times faster than usual the film is played."""
        return self._rate

    def _button(self, key: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("tool")
        button.setToolTip(plain(tip))
        button.setAccessibleName(tip)
        self._icons[button] = key
        return button

    @Slot(bool)
    def _toggle(self, is_on: bool) -> None:
        self._recolour()
        self.play_toggled.emit(is_on)

    @Slot(int)
    def _move(self, value: int) -> None:
        self.moved.emit(value / RANGE)

    def _choices(
        self, choices: Sequence[tuple[str, object]], chosen: object, slot: object
    ) -> QActionGroup:
        """Add entries to the menu of which one is chosen at a time."""
        group = QActionGroup(self.menu)
        for text, value in choices:
            action = self.menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(value == chosen)
            action.setData(value)
            group.addAction(action)
        group.triggered.connect(slot)
        return group

    @Slot(QAction)
    def _choose_axis(self, action: QAction) -> None:
        self.axis_chosen.emit(action.data())

    @Slot(QAction)
    def _choose_speed(self, action: QAction) -> None:
        self._rate = float(action.data())
        self.options.setText(action.text())

    @Slot()
    def _recolour(self) -> None:
        self._icons[self.play] = "pause" if self.play.isChecked() else "play"
        for button, key in self._icons.items():
            button.setIcon(tool_icon(key))
