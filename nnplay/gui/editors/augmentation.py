"""The augmentation section: folded under a summary, with a preview of its effect."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from nnplay.catalog import DataSpec, params_of
from nnplay.data.arrays import Floats, Samples
from nnplay.experiment import Augmentation, Problem, problems_by_field
from nnplay.gui.background.augmenting import Examples
from nnplay.gui.editors.fold import FoldedSection
from nnplay.gui.editors.frame import hint_label
from nnplay.gui.forms.numbers import write_number
from nnplay.gui.style.theme import SPACE
from nnplay.gui.views.before_after import PicturePairs
from nnplay.translation import _

SHOWN = 6
"""The number of images in the preview."""


class AugmentationSection(FoldedSection):
    """Shows and edits the `augmentation` of an experiment; for images only, closed at first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            _("Augmentation"),
            _(
                "Changes every training image at random in every step, so that none can be "
                "memorised. Validation and test images stay unchanged."
            ),
            parent,
        )
        self._rules = Augmentation()
        self._images: Floats | None = None
        self._draw = 0
        self.examples = Examples(self)
        self.pairs = PicturePairs(SHOWN)
        self.pairs.setToolTip(_("Click for another random example."))
        self.pairs.setAccessibleName(
            _("Training images before and after augmentation; Space shows another random example")
        )
        self.hint = hint_label()
        self.hint.setText(
            _(
                "Top: original images. Bottom: as a training step may see them. Click for another "
                "example."
            )
        )
        self.inside.setSpacing(SPACE // 2)
        self.inside.addWidget(self.pairs)
        self.inside.addWidget(self.hint)
        self.form = self.add_form("augmentation")
        self.button.toggled.connect(self._ask)
        self.pairs.clicked.connect(self._draw_again)
        self.examples.made.connect(self.pairs.show_pairs)
        self._show_images_or_not()

    def show_rules(
        self, rules: Augmentation, spec: DataSpec, problems: tuple[Problem, ...]
    ) -> None:
        """Show the settings and their problems, which open the section."""
        found = problems_by_field(problems, "augmentation")
        self.setVisible(spec.is_picture or rules.is_on or bool(found))
        self.fill(self.form, params_of(Augmentation), rules.values(), found)
        self.problems.show_problems(found.get("", []))
        self.sum_up(_parts(rules))
        # Values out of range cannot be previewed.
        if not found and rules != self._rules:
            self._rules = rules
            self._ask()

    def show_pictures(self, spec: DataSpec, train: Samples) -> None:
        """Use the first training images for the preview."""
        there = spec.is_picture and len(train)
        self._images = train.rows(slice(SHOWN)) if there else None
        self._show_images_or_not()
        self._ask()

    def _show_images_or_not(self) -> None:
        self.pairs.setVisible(self._images is not None)
        self.hint.setVisible(self._images is not None)

    @Slot()
    def _draw_again(self) -> None:
        self._draw += 1
        self._ask()

    @Slot()
    def _ask(self) -> None:
        # A closed section costs nothing, and does not wait for torch to load.
        if self._images is not None and self.button.isChecked():
            self.examples.ask(self._images, self._rules, self._draw)


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
