"""The description of the open experiment, with buttons for the neighbouring lessons."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from nnplay.experiment import Chapter, Experiment, Preset, chapters
from nnplay.gui.style.plain import ElidedLabel, PlainLabel, plain
from nnplay.gui.style.theme import SPACE, set_font
from nnplay.translation import _


class Lesson(QFrame):
    """Name and description of an experiment; two arrows open its neighbours in the chapter."""

    chosen = Signal(str)
    """The key of a preset."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.about, self.place = ElidedLabel(), PlainLabel(), PlainLabel()
        set_font(self.title, "title")
        self.title.setObjectName("title")
        self.about.setObjectName("about")
        self.about.setWordWrap(True)
        self.place.setObjectName("hint")
        self.edited = ElidedLabel()
        self.edited.setObjectName("hint")
        self.previous = self._arrow(Qt.ArrowType.LeftArrow, "Ctrl+PgUp")
        self.next_lesson = self._arrow(Qt.ArrowType.RightArrow, "Ctrl+PgDown")
        top = QHBoxLayout()
        top.setSpacing(SPACE // 2)
        top.addWidget(self.title)
        top.addWidget(self.edited, 1)
        for widget in (self.place, self.previous, self.next_lesson):
            top.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE // 2, 0, SPACE // 2, 0)
        column.setSpacing(2)
        column.addLayout(top)
        column.addWidget(self.about)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the description of an experiment; an edited lesson keeps its place in its chapter.

        The description of a lesson would be wrong for other data than its own: then that of the
        data set is shown.
        """
        name, about = experiment.name, experiment.about
        chapter, index = _find(name)
        is_edited = False
        if chapter is not None:
            own = chapter.presets[index].experiment
            if type(own.data) is not type(experiment.data):
                name, about = experiment.data.label, experiment.data.help
            else:
                is_edited = _what_it_is_about(experiment) != _what_it_is_about(own)
        title = _("{name} (edited)") if is_edited else "{name}"
        self.title.setText(name and title.format(name=_(name)))
        self.edited.setText(_("The text describes the original.") if is_edited else "")
        self.about.setText(about and _(about))
        self.about.setVisible(bool(about))
        self.setVisible(bool(name or about))
        self._show_place(chapter, index)

    def _show_place(self, chapter: Chapter | None, index: int) -> None:
        known = chapter.presets if chapter is not None else ()
        self.place.setVisible(len(known) > 1)
        if chapter is not None:
            text = _("{chapter}: {number} of {count}")
            self.place.setText(
                text.format(chapter=_(chapter.title), number=index + 1, count=len(known))
            )
        self._offer(
            self.previous, known[index - 1] if index > 0 else None, _("Previous: {name} ({keys})")
        )
        ahead = known[index + 1] if index + 1 < len(known) else None
        self._offer(self.next_lesson, ahead, _("Next: {name} ({keys})"))
        for arrow in (self.previous, self.next_lesson):
            arrow.setVisible(len(known) > 1)

    def _offer(self, arrow: QToolButton, preset: Preset | None, words: str) -> None:
        arrow.setEnabled(preset is not None)
        arrow.setProperty("preset", "" if preset is None else preset.key)
        keys = arrow.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        text = "" if preset is None else words.format(name=_(preset.experiment.name), keys=keys)
        arrow.setToolTip(plain(text))
        arrow.setAccessibleName(text)

    def _arrow(self, direction: Qt.ArrowType, keys: str) -> QToolButton:
        arrow = QToolButton()
        arrow.setArrowType(direction)
        arrow.setAutoRaise(True)
        arrow.setShortcut(QKeySequence(keys))
        arrow.clicked.connect(self._go)
        return arrow

    @Slot()
    def _go(self) -> None:
        arrow = self.sender()
        assert isinstance(arrow, QToolButton)
        self.chosen.emit(arrow.property("preset"))


def _what_it_is_about(experiment: Experiment) -> Experiment:
    """Return an experiment without what a lesson does not speak of: how it is computed."""
    return replace(experiment, device="auto", stepper="auto", precision="float32")


def _find(name: str) -> tuple[Chapter | None, int]:
    for chapter in chapters():
        for index, preset in enumerate(chapter.presets):
            if name and preset.experiment.name == name:
                return chapter, index
    return None, 0
