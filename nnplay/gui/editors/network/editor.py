"""The network editor: the layer list, a picker for new layers, a form for the selected layer."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QModelIndex, QPoint, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QFrame, QMenu, QPushButton, QWidget

from nnplay.catalog import Activation, Family, Features, Layer, Learner, kinds
from nnplay.experiment import (
    Experiment,
    Fix,
    Place,
    Problem,
    insert_layer,
    move_layer,
    problems_by_field,
    remove_layer,
    set_value,
)
from nnplay.gui.editors.changes import change_value, exchange_layer
from nnplay.gui.editors.editor import Editor
from nnplay.gui.editors.frame import hint_label
from nnplay.gui.editors.network.features import TYPED, FeatureStrip, place_of, with_feature
from nnplay.gui.editors.network.inspector import Inspector
from nnplay.gui.editors.network.layer_picker import LayerPicker
from nnplay.gui.editors.network.pretrained import StartButton, StartLine
from nnplay.gui.editors.network.stack_model import StackModel
from nnplay.gui.editors.network.stack_rows import StackRow, stack_rows
from nnplay.gui.editors.network.stack_view import StackView
from nnplay.gui.style.icons import icon
from nnplay.gui.style.theme import bus, theme
from nnplay.gui.style.zoom import px
from nnplay.session.change import Change
from nnplay.translation import _, n_

LAYERS_IN_SIGHT = 8
"""Of which the first are visible at least, with the input above them, before the form has room."""
LOWEST_FORM = 84
"""The height in pixels at which a layer's form still shows its name and two fields."""
_USUAL_FORM = 150
"""The height in pixels of most forms; a layer with a higher one does not change the list."""
_FAMILIES: tuple[Family, ...] = ("layer", "activation")
"""Of what a layer can be."""


class NetworkEditor(Editor):
    """Shows and edits the `network` of an experiment."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Network"), parent)
        self._problems: tuple[Problem, ...] = ()
        self._select: int | None = None
        self._exchanges = False
        self.model = StackModel(self)
        self.view = StackView(self.model)
        self.view.setAccessibleName(_("Layers"))
        self.picker = LayerPicker(self)
        self.inspector = Inspector()
        self.features = FeatureStrip()
        self.total = hint_label()
        self.add_button = QPushButton(_("Add layer"))
        self.add_button.setToolTip(_("Add a layer after the selected one (Insert)"))
        self.start_button, self.start_line = StartButton(), StartLine()
        self.tools.addWidget(self.start_button)
        self.tools.addWidget(self.add_button)
        self._line = QFrame()
        self._line.setFixedHeight(1)
        self.body.setSpacing(4)
        self.body.addWidget(self.features)
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self.total)
        self.body.addWidget(self.start_line)
        self.body.addWidget(self._line)
        self.body.addWidget(self.inspector)
        self.actions_by_name = {name: self._action(name) for name in _ACTIONS}
        self._connect()
        self._restyle()

    def show_experiment(self, experiment: Experiment, problems: tuple[Problem, ...]) -> None:
        """Show an experiment; emits nothing."""
        self._experiment, self._problems = experiment, problems
        self.features.show_experiment(experiment)
        rows, words = stack_rows(experiment, problems)
        self.model.show_rows(rows, ("input", *experiment.network, "output"))
        self.view.place_problems()
        self.total.setText(words)
        self.start_button.show_start(experiment.start)
        self.start_line.show_experiment(experiment, problems)
        if self._select is not None:
            self._go_to(self._select)
        elif not self.view.currentIndex().isValid():
            # Prefer a layer with parameters to edit.
            layers = enumerate(experiment.network, 1)
            self._go_to(next((row for row, layer in layers if layer.own_values()), 1))
            self.view.scrollToTop()
        self._inspect()

    @Slot()
    def forget_place(self) -> None:
        """Select the first layer again when the next experiment is shown."""
        self.view.setCurrentIndex(QModelIndex())

    def selected_row(self) -> int:
        """Return the selected row: 0 is the input, layers count from 1."""
        row = self.view.currentIndex().row()
        return row if row >= 0 else self.model.rowCount() - 1

    def open_picker(self) -> None:
        """Open the layer picker."""
        self._exchanges = False
        self.picker.open_below(self.add_button, _FAMILIES)

    def add(self, family: Family, key: str) -> None:
        """Insert a new layer after the selected row."""
        experiment = self.experiment
        kind = kinds(family)[key]
        layer = kind()
        assert isinstance(layer, Layer)
        index = min(self.selected_row(), len(experiment.network))
        label = _("Add {layer}").format(layer=_(kind.label))
        self._propose(insert_layer(experiment, index, layer), label, index + 1)
        self.view.setFocus()

    def remove(self) -> None:
        """Remove the selected layer."""
        index = self.selected_layer()
        if index is not None:
            experiment = self.experiment
            label = _("Remove {layer}").format(layer=_(experiment.network[index].label))
            # The row before it, so that a layer that is added next takes its place.
            self._propose(remove_layer(experiment, index), label, index)

    def change_kind(self) -> None:
        """Offer other kinds for the selected layer, or for the loss behind the output."""
        row = self.selected_row()
        if row:
            index = self.selected_layer()
            layer = None if index is None else self.experiment.network[index]
            families: tuple[Family, ...] = ("loss",) if layer is None else _FAMILIES
            if isinstance(layer, Activation):
                families = ("activation",)
            self._exchanges = True
            place = self.view.visualRect(self.view.currentIndex())
            corner = self.view.viewport().mapToGlobal(place.bottomLeft())
            self.picker.open_at(corner, families, self.experiment.loss if layer is None else layer)

    def exchange(self, family: Family, key: str) -> None:
        """Put a layer of another kind in the place of the selected one, or choose another loss."""
        index = self.selected_layer()
        if index is None:
            self.choose_kind(family, key)
            return
        changed, label = exchange_layer(self.experiment, index, family, key)
        self._propose(changed, label, index + 1)
        self.view.setFocus()

    def duplicate(self) -> None:
        """Insert a copy of the selected layer after it."""
        index = self.selected_layer()
        if index is not None:
            experiment = self.experiment
            layer = experiment.network[index]
            label = _("Duplicate {layer}").format(layer=_(layer.label))
            self._propose(insert_layer(experiment, index + 1, layer), label, index + 2)

    def move_up(self) -> None:
        """Move the selected layer towards the input."""
        self._move(self.selected_row(), self.selected_row() - 1)

    def move_down(self) -> None:
        """Move the selected layer towards the output."""
        self._move(self.selected_row(), self.selected_row() + 1)

    def edit_first(self) -> None:
        """Move the focus to the first parameter of the selected layer."""
        self.inspector.form.focus_first()

    def rename(self) -> None:
        """Move the focus to the name of the selected layer."""
        if self.selected_layer() is not None:
            self.inspector.focus_name()

    def toggle_frozen(self) -> None:
        """Freeze or unfreeze the selected layer."""
        index = self.selected_layer()
        if index is not None and isinstance(self.experiment.network[index], Learner):
            self._edit_value("frozen", not self.experiment.network[index].frozen)

    def fix_selected(self) -> None:
        """Apply the fix of the selected row, or else of the first row that has one."""
        fix = self._next_fix()
        if fix is not None:
            self.apply_fix(fix)

    def _next_fix(self) -> Fix | None:
        rows = [self.model.row(self.model.index(i)) for i in range(self.model.rowCount())]
        here = rows[self.selected_row()] if rows else None
        fixes = (_first_fix(row) for row in [here, *rows])
        return next((fix for fix in fixes if fix is not None), None)

    def context_menu(self) -> QMenu:
        """Return the context menu of the list for the selected row."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        index = self.selected_layer()
        is_layer = index is not None
        for name, action in self.actions_by_name.items():
            action.setEnabled(is_layer or name == "add")
            if name == "change":
                action.setEnabled(self.selected_row() > 0)
            if name == "fix":
                action.setEnabled(self._next_fix() is not None)
            if name == "freeze" and index is not None:
                action.setEnabled(isinstance(self.experiment.network[index], Learner))
            menu.addAction(action)
        menu.aboutToHide.connect(self._enable_actions)
        return menu

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height between the list and the form."""
        super().resizeEvent(event)
        self._share_height()

    def _action(self, name: str) -> QAction:
        text, slot, *keys = _ACTIONS[name]
        action = QAction(_(text), self.view)
        action.setShortcuts([QKeySequence(key) for key in keys])
        # Not for the fields of the form, where Delete deletes a digit.
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setShortcutVisibleInContextMenu(True)
        action.triggered.connect(getattr(self, slot))
        self.view.addAction(action)
        return action

    def _connect(self) -> None:
        self.add_button.clicked.connect(self.open_picker)
        self.picker.chosen.connect(self._take_kind)
        self.view.kind_asked.connect(self.change_kind)
        self.model.move_asked.connect(self._move)
        self.view.selectionModel().currentChanged.connect(self._current_changed)
        self.view.fix_asked.connect(self.apply_fix)
        self.view.doubleClicked.connect(self._double_clicked)
        self.view.activated.connect(self._double_clicked)
        self.view.customContextMenuRequested.connect(self._show_menu)
        self.inspector.value_edited.connect(self._edit_value)
        self.features.switched.connect(self._switch_feature)
        self.inspector.left.connect(self.view.setFocus)
        self.inspector.fold.toggled.connect(self._folded)
        self.start_button.start_chosen.connect(self._start_from)
        self.start_line.clear_asked.connect(self._start_from_chance)
        bus.changed.connect(self._restyle)

    def _take_kind(self, family: Family, key: str) -> None:
        (self.exchange if self._exchanges else self.add)(family, key)

    def selected_layer(self) -> int | None:
        """Return the index of the selected layer in the network, None for input and output."""
        index = self.view.currentIndex().row() - 1
        return index if self._experiment and 0 <= index < len(self._experiment.network) else None

    def _propose(self, experiment: Experiment, label: str, select: int) -> None:
        """Propose an experiment, and select a row of it."""
        if experiment == self._experiment:
            self._go_to(select)
            return
        # The new experiment is shown while `edited` is emitted, which must know the row by then.
        self._select = select
        self.propose(Change(experiment, label))
        self._select = None

    def _move(self, row: int, to: int) -> None:
        experiment = self.experiment
        last = len(experiment.network)
        if 1 <= row <= last and 1 <= to <= last and row != to:
            label = _("Move {layer}").format(layer=_(experiment.network[row - 1].label))
            self._propose(move_layer(experiment, row - 1, to - 1), label, to)

    def _edit_value(self, name: str, value: object) -> None:
        index = self.selected_layer()
        if index is not None:
            experiment = self.experiment
            change = change_value(experiment, Place("network", name, index), value)
            if name == "frozen":
                label = _("Freeze {layer}") if value else _("Unfreeze {layer}")
                label = label.format(layer=_(experiment.network[index].label))
                change = replace(change, label=label)
            self.propose(change)

    def _start_from(self, start: str) -> None:
        label = _("Load pretrained weights") if start else _("Do not load weights")
        self.propose(Change(set_value(self.experiment, "start", start), label))

    def _start_from_chance(self) -> None:
        self._start_from("")

    def _switch_feature(self, name: str, on: bool) -> None:
        experiment = self.experiment
        changed = with_feature(experiment, name, on)
        word = next(_(p.label) for p in Features.params() if p.name == name)
        label = _("Switch {feature} on") if on else _("Switch {feature} off")
        # Adding or removing the feature layer moves the selected layer by one row.
        select = self.selected_row() and self.selected_row() + (
            len(changed.network) - len(experiment.network)
        )
        typing = name == TYPED and on
        place = place_of(changed) or 0
        self._propose(changed, label.format(feature=word), place + 1 if typing else select)
        if typing:
            self.inspector.focus_on(TYPED)

    def _go_to(self, row: int) -> None:
        index = self.model.index(max(0, min(row, self.model.rowCount() - 1)))
        self.view.setCurrentIndex(index)
        self.view.scrollTo(index)

    def _current_changed(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._inspect()

    def _inspect(self) -> None:
        current = self.view.currentIndex()
        index = self.selected_layer()
        if index is not None:
            found = problems_by_field(self._problems, "network", index)
            self.inspector.show_layer(self.experiment.network[index], found)
        elif current.isValid():
            row = self.model.row(current)
            self.inspector.show_text(row.name, " ".join(filter(None, (row.summary, row.help))))
        self._share_height()

    def _share_height(self) -> None:
        most, room = self.height() * 45 // 100, self._room()
        everything = self.view.rows_height(self.model.rowCount(), compact=False)
        self.view.set_compact(everything > room - px(_USUAL_FORM))
        if not self.inspector.fold.isChecked():
            # Keep the first layers visible, unless the user has unfolded the form.
            compact = self.view.is_compact
            most = min(most, room - self.view.rows_height(LAYERS_IN_SIGHT + 1, compact=compact))
        self.inspector.limit_height(max(px(LOWEST_FORM), most))

    def _room(self) -> int:
        """Return the height in pixels that the list and the form share."""
        parts = [part for part in (self.features, self.start_line) if part.isVisibleTo(self)]
        width = self.body.contentsRect().width()
        taken = sum(
            part.heightForWidth(width) if part.hasHeightForWidth() else part.sizeHint().height()
            for part in (*parts, self.total)
        )
        taken += self._line.maximumHeight()
        return self.body.contentsRect().height() - taken - (len(parts) + 3) * self.body.spacing()

    def _folded(self, _is_open: bool) -> None:
        self._share_height()

    def _double_clicked(self, _index: QModelIndex) -> None:
        self.edit_first()

    def _show_menu(self, at: QPoint) -> None:
        self.context_menu().popup(self.view.viewport().mapToGlobal(at))

    def _enable_actions(self) -> None:
        for action in self.actions_by_name.values():
            action.setEnabled(True)

    def _restyle(self) -> None:
        self.add_button.setIcon(icon("add", theme().accent))
        self._line.setStyleSheet(f"background: {theme().border};")
        if self._experiment is not None:
            self._share_height()


_ACTIONS: dict[str, tuple[str, ...]] = {
    "add": (n_("Add layer after…"), "open_picker", "Ins", "Ctrl+L"),
    "change": (n_("Change kind…"), "change_kind", "C", "F4"),
    "edit": (n_("Edit parameters"), "edit_first", "Return", "Enter"),
    "rename": (n_("Rename"), "rename", "F2"),
    "freeze": (n_("Freeze or unfreeze"), "toggle_frozen", "L"),
    "duplicate": (n_("Duplicate"), "duplicate", "Ctrl+D"),
    "up": (n_("Move up"), "move_up", "Alt+Up"),
    "down": (n_("Move down"), "move_down", "Alt+Down"),
    "fix": (n_("Fix problem"), "fix_selected", "Ctrl+."),
    "remove": (n_("Remove"), "remove", "Del", "Backspace"),
}
"""Text, method, keys."""


def _first_fix(row: StackRow | None) -> Fix | None:
    return next((p.fix for p in row.problems if p.fix), None) if row else None


if __name__ == "__main__":
    from nnplay.gui.editors.preview import main

    raise SystemExit(main(NetworkEditor))
