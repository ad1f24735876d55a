"""The choice of the label that a panel shows, for data whose samples have several."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from nnplay.catalog import DataSpec
from nnplay.gui.forms.fields import CalmComboBox
from nnplay.translation import _


class LabelChoice(CalmComboBox):
    """A list of the labels; hidden for data without labels.

    `activated` is emitted when the user has chosen one.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Label"))
        self.setToolTip(_("The label shown here; the network predicts each label on its own"))
        self.setSizeAdjustPolicy(self.SizeAdjustPolicy.AdjustToContents)
        self.hide()

    @property
    def label(self) -> int:
        """The index of the chosen label, 0 where there are none."""
        return max(0, self.currentIndex())

    def show_spec(self, spec: DataSpec) -> None:
        """Offer the labels of the data; the choice is kept while the labels are the same."""
        names = [_(name) for name in spec.class_names] if spec.task == "multilabel" else []
        if names != [self.itemText(index) for index in range(self.count())]:
            self.clear()
            self.addItems(names)
        self.setVisible(bool(names))


def sides(spec: DataSpec, label: int) -> tuple[str, str]:
    """Return the names of the two classes of a label: without it and with it."""
    name = _(spec.class_names[label])
    return _("not {label}").format(label=name), name
