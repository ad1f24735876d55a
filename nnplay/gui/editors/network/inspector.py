"""The inspector: what the selected row is, and its parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from nnplay.catalog import Layer, Learner
from nnplay.experiment import Problem
from nnplay.gui.editors.fold import Fold
from nnplay.gui.editors.frame import ScrollColumn, hint_label, strong_label
from nnplay.gui.editors.network.activation_curve import ActivationCurve
from nnplay.gui.forms import Form, TextField
from nnplay.gui.style.icons import icon
from nnplay.gui.style.plain import ElidedLabel
from nnplay.gui.style.theme import SPACE, bus, theme
from nnplay.translation import _


class Inspector(ScrollColumn):
    """The form of one layer."""

    value_edited = Signal(str, object)
    left = Signal()
    """Emitted when the focus should go back to the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._height = self._most = 0
        self.form = Form()
        self.form.value_edited.connect(self.value_edited)
        self.more = Form()
        self.more.value_edited.connect(self.value_edited)
        self.fold = Fold(
            _("More"),
            _("Layer name, initialiser and penalties."),
            self.more,
        )
        self.freeze = QToolButton()
        self.freeze.setCheckable(True)
        self.freeze.setAutoRaise(True)
        self.freeze.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.freeze.setAccessibleName(_("Frozen"))
        self.freeze.clicked.connect(self._freeze)
        self.fold.toggled.connect(self._refit)
        self._name = strong_label("")
        self._formula = ElidedLabel()
        self._formula.setObjectName("hint")
        self.curve = ActivationCurve()
        self._hint = hint_label()
        for button in (self.freeze, self.fold):
            # The formula between name and buttons has little room.
            button.setStyleSheet("QToolButton { padding: 2px 4px; }")
        top = QHBoxLayout()
        top.setSpacing(SPACE)
        top.addWidget(self._name)
        top.addWidget(self._formula, 1)
        top.addWidget(self.freeze)
        top.addWidget(self.fold)
        self.column.setSpacing(SPACE // 2)
        self.column.addLayout(top)
        self.column.addWidget(self.curve)
        self.column.addWidget(self.form)
        self.column.addWidget(self.more)
        self.column.addWidget(self._hint)
        self.column.addStretch(1)
        bus.changed.connect(self._restyle)
        self._restyle()

    def show_layer(self, layer: Layer, problems: Mapping[str, Sequence[Problem]]) -> None:
        """Show a layer; a text being typed is kept if its value has not changed.

        Problems, by field name, are explained below the row of the layer; here only the offending
        character is marked.
        """
        self._name.setText(_(layer.label))
        self._formula.setText(layer.formula)
        self._hint.setText(_(layer.help))
        params, values = layer.params(), layer.values()
        self.form.show_values(tuple(p for p in params if not p.extra and p.editable), values)
        self.form.show_marks(problems)
        # Freezing has its own button.
        self.more.show_values(tuple(p for p in params if p.extra and p.name != "frozen"), values)
        self.more.setVisible(self.fold.isChecked())
        self.fold.show()
        self.freeze.setVisible(isinstance(layer, Learner))
        self.freeze.setChecked(layer.frozen)
        self._restyle()
        self.freeze.setToolTip(
            _("Frozen: its weights do not change. Click to unfreeze it (L).")
            if layer.frozen
            else _("Freeze: its weights do not change, only other layers are trained (L).")
        )
        self.curve.show_layer(layer)

    def focus_on(self, name: str) -> None:
        """Move the focus to a field and select its text."""
        field = self.form.field(name)
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(field, TextField):
            field.selectAll()
        self.ensureWidgetVisible(field)

    def focus_name(self) -> None:
        """Move the focus to the layer's name."""
        self.fold.setChecked(True)
        self.more.focus_first()
        self.ensureWidgetVisible(self.more.field("name"))

    def show_text(self, name: str, text: str) -> None:
        """Show a row without parameters."""
        self._name.setText(name)
        self._formula.setText("")
        self._hint.setText(text)
        self.form.clear()
        self.curve.show_layer(None)
        self.more.clear()
        self.fold.hide()
        self.freeze.hide()

    def limit_height(self, most: int) -> None:
        """Set the height to that of the content, but at most `most` pixels."""
        self._most = most
        self._height = min(most, self.preferred_height())
        self.setMaximumHeight(self._height)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the height that was set."""
        return QSize(super().sizeHint().width(), self._height)

    def minimumSizeHint(self) -> QSize:
        """Return room for the name and one field."""
        return QSize(super().minimumSizeHint().width(), min(self._height, 56))

    def preferred_height(self) -> int:
        """Return the height needed to show everything without scrolling."""
        width = self.width()
        layout = self.column
        return (
            layout.heightForWidth(width)
            if layout.hasHeightForWidth()
            else layout.sizeHint().height()
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Adapt the height to the new line breaks of the texts."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.limit_height(self._most)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return to the list on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _freeze(self, frozen: bool) -> None:
        self.value_edited.emit("frozen", frozen)

    def _refit(self, _is_open: bool) -> None:
        self.limit_height(self._most)

    def _restyle(self) -> None:
        colour = theme().accent if self.freeze.isChecked() else theme().muted
        self.freeze.setIcon(icon("frozen", colour))
