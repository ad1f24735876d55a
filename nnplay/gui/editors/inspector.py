"""What the selected row of the layer stack is and does, with its parameters to edit."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nnplay.catalog import Layer
from nnplay.gui.editors.activation_curve import ActivationCurve
from nnplay.gui.editors.parts import ElidedLabel, ScrollColumn, hint_label, strong_label
from nnplay.gui.forms import Form
from nnplay.gui.theme import SPACE
from nnplay.words import _


class Inspector(ScrollColumn):
    """The form of one layer."""

    value_edited = Signal(str, object)
    left = Signal()
    """The user is done with the form and wants back to the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._height = self._most = 0
        self.form = Form()
        self.form.value_edited.connect(self.value_edited)
        self._name = strong_label("")
        self._formula = ElidedLabel()
        self._formula.setObjectName("hint")
        self.curve = ActivationCurve()
        self._hint = hint_label()
        top = QHBoxLayout()
        top.setSpacing(SPACE)
        top.addWidget(self._name)
        top.addWidget(self._formula, 1)
        self.column.setSpacing(SPACE // 2)
        self.column.addLayout(top)
        self.column.addWidget(self.curve)
        self.column.addWidget(self.form)
        self.column.addWidget(self._hint)
        self.column.addStretch(1)

    def show_layer(self, layer: Layer) -> None:
        """Show a layer; what is being typed stays if its value is still the same."""
        self._name.setText(_(layer.label))
        self._formula.setText(layer.formula)
        self._hint.setText(_(layer.help))
        self.form.show_kind(layer)
        self.curve.show_layer(layer)

    def show_text(self, name: str, text: str) -> None:
        """Show a row that has no parameters."""
        self._name.setText(name)
        self._formula.setText("")
        self._hint.setText(text)
        self.form.clear()
        self.curve.show_layer(None)

    def limit_height(self, most: int) -> None:
        """Be as high as the content wants, but no higher than that many pixels."""
        self._most = most
        self._height = min(most, self.wanted_height())
        self.setMaximumHeight(self._height)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Want the height that was allowed."""
        return QSize(super().sizeHint().width(), self._height)

    def minimumSizeHint(self) -> QSize:
        """Stay usable with the name and one field."""
        return QSize(super().minimumSizeHint().width(), min(self._height, 56))

    def wanted_height(self) -> int:
        """Return how high it must be to show everything without scrolling."""
        width = self.width()
        layout = self.column
        return (
            layout.heightForWidth(width)
            if layout.hasHeightForWidth()
            else layout.sizeHint().height()
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the texts anew, which may take more or fewer lines."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.limit_height(self._most)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back to the list."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
