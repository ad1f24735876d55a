"""The frame that the editors share: a heading, room for tools, and a body that scrolls."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPaintEvent, QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from nnplay.catalog import Kind
from nnplay.gui.forms import Form, KindBox, ProblemStack
from nnplay.gui.theme import SPACE, font
from nnplay.words import _


class EditorFrame(QFrame):
    """A panel with a heading; editors put their parts into `body`."""

    def __init__(self, heading: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAccessibleName(heading)
        title = QLabel(heading)
        title.setObjectName("heading")
        self.tools = QHBoxLayout()
        self.tools.setSpacing(SPACE // 2)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.addWidget(title, 1)
        top.addLayout(self.tools)
        self.body = QVBoxLayout()
        self.body.setSpacing(SPACE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 3 // 2, SPACE, SPACE // 2, SPACE)
        layout.setSpacing(SPACE // 2)
        layout.addLayout(top)
        layout.addLayout(self.body, 1)


class ScrollColumn(QScrollArea):
    """A column that scrolls up and down and is never wider than its place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        content = QWidget()
        content.setAutoFillBackground(False)
        self.column = QVBoxLayout(content)
        self.column.setContentsMargins(0, 0, SPACE, 0)
        self.column.setSpacing(SPACE)
        self.setWidget(content)
        content.setAutoFillBackground(False)

    def sizeHint(self) -> QSize:
        """Want as much as the content does."""
        content = self.widget().sizeHint()
        return QSize(content.width(), content.height())


class ChoiceSection(QWidget):
    """A kind to choose, what it does, its parameters and what is wrong with it."""

    kind_chosen = Signal(str)
    value_edited = Signal(str, object)
    fix_asked = Signal(object)

    def __init__(self, title: str, box: KindBox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = box
        self.form = Form()
        self.problems = ProblemStack()
        self.hint = hint_label()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        if title:
            layout.addWidget(strong_label(title, box))
        layout.addWidget(box)
        layout.addWidget(self.problems)
        layout.addWidget(self.hint)
        layout.addWidget(self.form)
        box.kind_chosen.connect(self.kind_chosen)
        self.form.value_edited.connect(self.value_edited)
        self.form.fix_asked.connect(self.fix_asked)
        self.problems.fix_asked.connect(self.fix_asked)

    def show_kind(self, kind: Kind) -> None:
        """Show what is chosen and its values."""
        self.box.show_kind(kind)
        self.hint.setText(_(kind.help))
        self.hint.setToolTip(kind.formula)
        self.form.show_kind(kind)


class ElidedLabel(QLabel):
    """One line that is cut with an ellipsis where room is short; the whole is in its tool tip."""

    def setText(self, text: str) -> None:
        """Show a text."""
        super().setText(text)
        self.setToolTip(text)

    def minimumSizeHint(self) -> QSize:
        """Give way to everything else."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much as fits."""
        painter = QPainter(self)
        text = QFontMetrics(self.font()).elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)


def hint_label() -> QLabel:
    """Return a label for a sentence that explains."""
    label = QLabel()
    label.setObjectName("hint")
    label.setWordWrap(True)
    return label


def strong_label(text: str, buddy: QWidget | None = None) -> QLabel:
    """Return a label that heads a few fields."""
    label = QLabel(text)
    label.setFont(font("strong"))
    if buddy is not None:
        label.setBuddy(buddy)
    return label
