"""A problem shown in place: what was expected, what to do, and a button that fixes it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from nnplay.experiment import Problem
from nnplay.gui.style.icons import icon
from nnplay.gui.style.plain import PlainLabel, plain
from nnplay.gui.style.theme import SPACE, bus, theme
from nnplay.gui.style.zoom import px, sized
from nnplay.translation import _


class ProblemLine(QFrame):
    """One problem, with a button that fixes it if there is a fix."""

    fix_asked = Signal(object)
    """The Fix of the problem."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problem")
        self._problem: Problem | None = None
        self._icon = PlainLabel()
        sized(self._icon, minimumSize=QSize(16, 18), maximumSize=QSize(16, 18))
        self._what = _wrapped()
        self._hint = _wrapped()
        self.button = QPushButton()
        self.button.setCursor(Qt.CursorShape.PointingHandCursor)
        # In a narrow column the text is cut off rather than the column widened; see the tooltip.
        sized(self.button, minimumWidth=64)
        self.button.setAutoDefault(True)
        self.button.clicked.connect(self._clicked)
        texts = QVBoxLayout()
        texts.setSpacing(SPACE // 4)
        texts.addWidget(self._what)
        texts.addWidget(self._hint)
        texts.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE // 2, SPACE // 2, SPACE // 2, SPACE // 2)
        layout.setSpacing(SPACE // 2)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)
        bus.changed.connect(self._restyle)
        self._restyle()

    def show_problem(self, problem: Problem) -> None:
        """Show a problem instead of the previous one."""
        is_new_kind = self._problem is None or self._problem.is_remark != problem.is_remark
        self._problem = problem
        if is_new_kind:
            self._restyle()
        # No line breaks within a shape.
        self._what.setText(problem.what.replace(" × ", "\u00a0×\u00a0"))
        self._hint.setText(problem.hint)
        self._hint.setVisible(bool(problem.hint))
        self.button.setVisible(problem.fix is not None)
        if problem.fix is not None:
            self.button.setText(problem.fix.label)
            self.button.setAccessibleName(_("Fix: {what}").format(what=problem.fix.label))
            self.button.setToolTip(plain(problem.fix.label))

    def _clicked(self) -> None:
        if self._problem is not None and self._problem.fix is not None:
            self.fix_asked.emit(self._problem.fix)

    def _restyle(self) -> None:
        t = theme()
        is_remark = self._problem is not None and self._problem.is_remark
        colour, surface = (t.accent, t.raised) if is_remark else (t.bad, t.bad_surface)
        self._icon.setPixmap(icon("complaint", colour).pixmap(QSize(16, 16)))
        self.setStyleSheet(
            f"""
            #problem {{ background: {surface}; border: none;
                border-left: 3px solid {colour}; border-radius: 3px; padding: 0; }}
            QLabel {{ color: {t.text}; font-size: {px(12)}px; background: transparent; }}
            QPushButton {{ color: {t.accent}; background: {t.surface};
                border: 1px solid {t.accent}; border-radius: 4px;
                padding: 2px 8px; font-size: {px(12)}px; font-weight: 600; }}
            QPushButton:hover, QPushButton:focus {{ color: {t.on_accent};
                background: {t.accent}; }}
            """
        )


class ProblemStack(QWidget):
    """The problems of one place, one below another; takes no space if there are none."""

    fix_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACE // 2)
        self._lines: list[ProblemLine] = []
        self.hide()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show these problems instead of the previous ones."""
        while len(self._lines) < len(problems):
            line = ProblemLine()
            line.fix_asked.connect(self.fix_asked)
            self._layout.addWidget(line)
            self._lines.append(line)
        for line, problem in zip(self._lines, problems, strict=False):
            line.show_problem(problem)
        for number, line in enumerate(self._lines):
            line.setVisible(number < len(problems))
        self.setVisible(bool(problems))

    def lines(self) -> tuple[ProblemLine, ...]:
        """Return the lines that currently show a problem."""
        return tuple(line for line in self._lines if not line.isHidden())


def _wrapped() -> QLabel:
    label = PlainLabel()
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
