"""Which of several labels a panel is about."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from nnplay.catalog import DataSpec
from nnplay.gui.forms.fields import CalmComboBox
from nnplay.translation import _


class LabelChoice(CalmComboBox):
    """A list of the labels of the data; it is there only where samples carry labels.

    `activated` tells that the user has chosen one.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Label"))
        self.setToolTip(_("The label that is shown here; each is learned as a question of its own"))
        self.setSizeAdjustPolicy(self.SizeAdjustPolicy.AdjustToContents)
        self.hide()

    @property
    def label(self) -> int:
        """The number of the label chosen, 0 where there are none."""
        return max(0, self.currentIndex())

    def show_spec(self, spec: DataSpec) -> None:
        """Offer the labels of the data; the choice stays where the labels do."""
        names = [_(name) for name in spec.class_names] if spec.task == "multilabel" else []
        if names != [self.itemText(index) for index in range(self.count())]:
            self.clear()
            self.addItems(names)
        self.setVisible(bool(names))


def sides(spec: DataSpec, label: int) -> tuple[str, str]:
    """Return what samples without and with a label are called."""
    name = _(spec.class_names[label])
    return _("not {label}").format(label=name), name
