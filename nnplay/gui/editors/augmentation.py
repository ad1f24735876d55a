"""Augmentation, folded away under a line that sums it up, with a look at what it does."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from nnplay.catalog import DataSpec, params_of
from nnplay.data.arrays import Floats, Samples
from nnplay.experiment import Augmentation, Problem, problems_by_field
from nnplay.gui.background.augmenting import Examples
from nnplay.gui.editors.frame import ElidedLabel, hint_label
from nnplay.gui.forms import Form, ProblemStack
from nnplay.gui.forms.numbers import write_number
from nnplay.gui.style.theme import SPACE, font
from nnplay.gui.views.before_after import PicturePairs
from nnplay.translation import _

SHOWN = 6
"""Pictures of the preview."""


class AugmentationSection(QWidget):
    """Shows `augmentation` of an experiment; there for pictures only, closed until opened."""

    value_edited = Signal(str, str, object)
    """(place, name, value)."""
    fix_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rules = Augmentation()
        self._pictures: Floats | None = None
        self._draw = 0
        self.examples = Examples(self)
        self.button = QToolButton()
        self.button.setText(_("Augmentation"))
        self.button.setFont(font("strong"))
        self.button.setCheckable(True)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.setAutoRaise(True)
        self.button.setToolTip(
            _(
                "Changes every training picture anew in every step, so that none can be learned by "
                "heart. Validation and test see the pictures as they are."
            )
        )
        self.words = ElidedLabel()
        self.words.setObjectName("hint")
        self.problems = ProblemStack()
        self.form = Form()
        self.pairs = PicturePairs(SHOWN)
        self.pairs.setToolTip(_("Click for another draw."))
        self.pairs.setAccessibleName(_("Training pictures before and after; Space draws again"))
        self.hint = hint_label()
        self.hint.setText(_("Above as they are, below as a step may see them. Click to draw anew."))
        self._content = QWidget()
        inside = QVBoxLayout(self._content)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(SPACE // 2)
        for part in (self.pairs, self.hint, self.form):
            inside.addWidget(part)
        top = QHBoxLayout()
        top.setSpacing(0)
        top.addWidget(self.button, 1, Qt.AlignmentFlag.AlignLeft)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        layout.addLayout(top)
        layout.addWidget(self.words)
        layout.addWidget(self.problems)
        layout.addWidget(self._content)
        self.form.value_edited.connect(self._edit)
        self.form.fix_asked.connect(self.fix_asked)
        self.problems.fix_asked.connect(self.fix_asked)
        self.button.toggled.connect(self._fold)
        self.pairs.clicked.connect(self._draw_again)
        self.examples.made.connect(self.pairs.show_pairs)
        self._show_pictures_or_not()
        self._fold(False)

    def show_rules(
        self, rules: Augmentation, spec: DataSpec, problems: tuple[Problem, ...]
    ) -> None:
        """Show what is on and what is wrong with it, which opens the section."""
        found = problems_by_field(problems, "augmentation")
        self.setVisible(spec.is_picture or rules.is_on or bool(found))
        self.form.show_values(params_of(Augmentation), rules.values())
        self.form.show_problems(found)
        self.problems.show_problems(found.get("", []))
        if any(name for name in found):
            self.button.setChecked(True)
        words = " · ".join(_parts(rules))
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.button.setAccessibleName(_("Augmentation: {what}").format(what=words or _("all off")))
        # What is out of its range cannot be drawn.
        if not found and rules != self._rules:
            self._rules = rules
            self._ask()

    def show_pictures(self, spec: DataSpec, train: Samples) -> None:
        """Take the first training pictures for the preview."""
        there = spec.is_picture and len(train)
        self._pictures = train.rows(slice(SHOWN)) if there else None
        self._show_pictures_or_not()
        self._ask()

    def _show_pictures_or_not(self) -> None:
        self.pairs.setVisible(self._pictures is not None)
        self.hint.setVisible(self._pictures is not None)

    def _fold(self, is_open: bool) -> None:
        arrows = Qt.ArrowType
        self.button.setArrowType(arrows.DownArrow if is_open else arrows.RightArrow)
        self._content.setVisible(is_open)
        self._ask()

    def _edit(self, name: str, value: object) -> None:
        self.value_edited.emit("augmentation", name, value)

    @Slot()
    def _draw_again(self) -> None:
        self._draw += 1
        self._ask()

    def _ask(self) -> None:
        # Closed it costs nothing, and does not wait for torch.
        if self._pictures is not None and self.button.isChecked():
            self.examples.ask(self._pictures, self._rules, self._draw)


def _parts(rules: Augmentation) -> Iterator[str]:
    for text, value in (
        (_("shift {value}"), rules.shift),
        (_("rotation {value}°"), rules.rotation),
        (_("scale {value}"), rules.scale),
    ):
        if value:
            yield text.format(value=write_number(value))
    if rules.flip_horizontal:
        yield _("flip ↔")
    if rules.flip_vertical:
        yield _("flip ↕")
    if rules.noise:
        yield _("noise {value}").format(value=write_number(rules.noise))
    if rules.erasing:
        yield _("erasing {value}").format(value=write_number(rules.erasing))
