"""A field for the number of a sample, which users count from 1."""

from __future__ import annotations

from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QSpinBox


def sample_number(index: int) -> str:
    """Return how a sample is named to the user; `index` counts from 0."""
    return f"{index + 1:,}"


class SampleField(QSpinBox):
    """Shows and takes numbers from 1 on; its value is the index, from 0 on."""

    def textFromValue(self, index: int) -> str:
        """Return the number of the sample with that index."""
        return str(index + 1)

    def valueFromText(self, text: str) -> int:
        """Return the index of the sample with the number in a text."""
        return int(self._typed(text)) - 1

    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        """Accept the numbers of the samples that there are."""
        typed = self._typed(text)
        if typed.isdecimal() and self.minimum() <= int(typed) - 1 <= self.maximum():
            state = QValidator.State.Acceptable
        elif not typed or (typed.isdecimal() and int(typed) - 1 < self.minimum()):
            state = QValidator.State.Intermediate
        else:
            state = QValidator.State.Invalid
        return state, text, pos

    def _typed(self, text: str) -> str:
        return text.removeprefix(self.prefix()).removesuffix(self.suffix()).strip()
