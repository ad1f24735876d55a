"""Buttons and sections that fold their content away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from nnplay.catalog import Param, Value
from nnplay.experiment import Problem
from nnplay.gui.forms import Form, ProblemStack
from nnplay.gui.style.plain import ElidedLabel, plain
from nnplay.gui.style.theme import SPACE, set_font
from nnplay.translation import _


class Fold(QToolButton):
    """Shows and hides its content; folded at first. Opened by hand, it scrolls into view."""

    def __init__(self, text: str, tip: str, content: QWidget) -> None:
        super().__init__()
        self._content = content
        self.setText(text)
        self.setToolTip(plain(tip))
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAutoRaise(True)
        self.toggled.connect(self._fold)
        # The content has its size once the layouts have been computed.
        self._laid_out = QTimer(self)
        self._laid_out.setSingleShot(True)
        self._laid_out.timeout.connect(self._reveal)
        self.clicked.connect(self._wait_for_layout)
        self._fold(False)

    def _fold(self, is_open: bool) -> None:
        arrows = Qt.ArrowType
        self.setArrowType(arrows.DownArrow if is_open else arrows.RightArrow)
        self._content.setVisible(is_open)

    @Slot()
    def _wait_for_layout(self) -> None:
        self._laid_out.start(0)

    @Slot()
    def _reveal(self) -> None:
        """Scroll so that the content is visible, or as much of it as there is room for."""
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        place = None if area is None else area.widget()
        if area is None or place is None or not self.isChecked():
            return
        bar = area.verticalScrollBar()
        top = self.mapTo(place, QPoint()).y()
        bottom = self._content.mapTo(place, QPoint()).y() + self._content.height()
        if bottom > bar.value() + area.viewport().height():
            bar.setValue(min(top, bottom - area.viewport().height()))


class FoldedSection(QWidget):
    """A title, a line that sums up what is on, and forms that are folded away at first."""

    value_edited = Signal(str, str, object)
    """(part, name, value)."""
    fix_asked = Signal(object)

    def __init__(
        self, title: str, tip: str, parent: QWidget | None = None, *, usual: str = ""
    ) -> None:
        """Create a section; `usual` says to a screen reader that nothing is to be summed up."""
        super().__init__(parent)
        self._title, self._usual = title, usual or _("all off")
        self._content = QWidget()
        self.inside = QVBoxLayout(self._content)
        self.inside.setContentsMargins(0, 0, 0, 0)
        self.button = Fold(title, tip, self._content)
        set_font(self.button, "strong")
        self.summary = ElidedLabel()
        self.summary.setObjectName("hint")
        self.problems = ProblemStack()
        self.problems.fix_asked.connect(self.fix_asked)
        top = QHBoxLayout()
        top.setSpacing(0)
        top.addWidget(self.button, 1, Qt.AlignmentFlag.AlignLeft)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        layout.addLayout(top)
        for widget in (self.summary, self.problems, self._content):
            layout.addWidget(widget)

    def add_form(self, part: str) -> Form:
        """Add a form for the parameters of a part of the experiment, and return it."""
        form = Form(part)
        form.field_edited.connect(self.value_edited)
        form.fix_asked.connect(self.fix_asked)
        self.inside.addWidget(form)
        return form

    def fill(
        self,
        form: Form,
        params: tuple[Param, ...],
        values: Mapping[str, Value],
        problems: Mapping[str, Sequence[Problem]],
    ) -> None:
        """Show values and the problems of their fields, which open the section."""
        form.show_values(params, values)
        form.show_problems(problems)
        self.open_for(problems)

    def open_for(self, problems: Mapping[str, Sequence[Problem]]) -> None:
        """Open the section if it contains a problem that is more than a remark."""
        if any(not problem.is_remark for many in problems.values() for problem in many):
            self.button.setChecked(True)

    def sum_up(self, parts: Iterable[str]) -> None:
        """Say what is on, also to a screen reader."""
        text = " · ".join(parts)
        self.summary.setText(text)
        self.summary.setVisible(bool(text))
        self.button.setAccessibleName(
            _("{section}: {what}").format(section=self._title, what=text or self._usual)
        )
