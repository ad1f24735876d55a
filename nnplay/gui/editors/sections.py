"""A section for a part that holds a kind: its choice, description, parameters and problems."""

from __future__ import annotations

from collections.abc import Container, Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLayout, QToolButton, QVBoxLayout, QWidget

from nnplay.catalog import Family, Kind
from nnplay.experiment import Problem, problems_by_field
from nnplay.gui.editors.fold import Fold
from nnplay.gui.editors.frame import FoldingHint, strong_label
from nnplay.gui.forms import Form, KindBox, ProblemStack
from nnplay.gui.forms.rows import LABEL_WIDTH
from nnplay.gui.style.icons import icon
from nnplay.gui.style.plain import plain
from nnplay.gui.style.theme import SPACE, bus, theme
from nnplay.gui.style.zoom import sized
from nnplay.translation import _


class ChoiceSection(QWidget):
    """Shows one part of an experiment that holds a kind, such as `optimizer`."""

    kind_chosen = Signal(str, str)
    """(part, key)."""
    value_edited = Signal(str, str, object)
    """(part, name, value)."""
    fix_asked = Signal(object)

    def __init__(
        self,
        part: Family,
        name: str,
        *,
        titled: bool = True,
        without: Container[str] = (),
        in_sight: Container[str] = (),
        fold: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """Create a section; `name` is its title, or only its accessible name.

        Parameters in `without` are shown elsewhere; the others, except those `in_sight`, are behind
        a fold with the title `fold`, if there is one.
        """
        super().__init__(parent)
        self.part = part
        self._without, self._in_sight = without, in_sight
        self.box = KindBox(part, name)
        self.first = Form(part)
        """The parameters in sight; empty without a fold."""
        self.form = Form(part)
        self.more = QWidget()
        inside = QVBoxLayout(self.more)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.form)
        tip = _("The other settings of this choice.")
        self.fold = Fold(fold, tip, self.more) if fold else None
        self.problems = ProblemStack()
        self.hint = FoldingHint()
        self._tools: list[tuple[QToolButton, str]] = []
        top = self._top = QHBoxLayout()
        top.setSpacing(SPACE * 3 // 4)
        if titled:
            title = strong_label(name, self.box)
            sized(title, minimumWidth=LABEL_WIDTH)
            top.addWidget(title)
        top.addWidget(self.box, 1)
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        layout.addLayout(top)
        layout.addWidget(self.problems)
        layout.addWidget(self.hint)
        layout.addWidget(self.first)
        if self.fold is not None:
            layout.addWidget(self.fold)
        layout.addWidget(self.more)
        self.box.kind_chosen.connect(self._chosen)
        for form in (self.first, self.form):
            form.field_edited.connect(self.value_edited)
            form.fix_asked.connect(self.fix_asked)
        self.problems.fix_asked.connect(self.fix_asked)
        bus.changed.connect(self._colour_tools)

    def put_under_choice(self, part: QLayout) -> None:
        """Insert a layout between the choice and the parameters."""
        self._column.insertLayout(1, part)

    def add_tool(self, icon_key: str, name: str, what: str) -> QToolButton:
        """Add a tool button beside the choice and return it; `what` says what it does."""
        button = QToolButton()
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setStyleSheet("QToolButton { padding: 2px 4px; }")
        button.setAccessibleName(name)
        button.setAccessibleDescription(what)
        button.setToolTip(plain(f"{name}: {what}"))
        self._tools.append((button, icon_key))
        self._top.addWidget(button)
        self._colour_tools()
        return button

    def _colour_tools(self) -> None:
        for button, icon_key in self._tools:
            button.setIcon(icon(icon_key, theme().text))

    def show_kind(self, kind: Kind, problems: Iterable[Problem]) -> None:
        """Show a kind, its values, and the problems of this part."""
        self.box.show_kind(kind)
        self.hint.setText(_(kind.help))
        self.hint.setToolTip(plain(kind.formula))
        folded = self._folded(kind)
        if self.fold is not None:
            self.first.show_kind(kind, without={*self._elsewhere(kind), *folded})
            self.form.show_kind(kind, only=folded)
            self.fold.setVisible(bool(self.form.params()))
        else:
            self.form.show_kind(kind, without=self._without)
        found = problems_by_field(problems, self.part)
        self.first.show_problems(found)
        self.form.show_problems(found)
        if self.fold is not None and any(found.get(param.name) for param in self.form.params()):
            self.fold.setChecked(True)
        names = {param.name for param in kind.params()}
        unplaced = [p for name, many in found.items() if name not in names for p in many]
        self.problems.show_problems(unplaced)

    def _elsewhere(self, kind: Kind) -> set[str]:
        return {param.name for param in kind.params() if param.name in self._without}

    def _folded(self, kind: Kind) -> set[str]:
        """Return the names of the parameters behind the fold; a single one needs none."""
        shown = {param.name for param in kind.params() if param.editable and param.type != "rows"}
        folded = {name for name in shown - self._elsewhere(kind) if name not in self._in_sight}
        return folded if len(folded) > 1 or not self._in_sight else set()

    def _chosen(self, key: str) -> None:
        self.kind_chosen.emit(self.part, key)
