"""How a sample of the data, its target and its prediction are laid out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from nnplay.gui.style.plain import PlainLabel
from nnplay.gui.style.theme import SPACE
from nnplay.translation import _


def sample_page(
    picture: QWidget,
    target: QWidget,
    predicted: QWidget,
    verdict: QWidget,
    index: QWidget,
    bars: QWidget,
) -> QWidget:
    """Return a page with the picture beside the texts and the field, and the bars below."""
    page = QWidget()
    texts = QGridLayout()
    texts.setHorizontalSpacing(SPACE)
    texts.setVerticalSpacing(SPACE // 2)
    for row, (name, label) in enumerate(((_("target"), target), (_("prediction"), predicted))):
        title = PlainLabel(name, page)
        title.setObjectName("hint")
        texts.addWidget(title, 2 * row, 0)
        texts.addWidget(label, 2 * row + 1, 0)
    texts.addWidget(verdict, 4, 0)
    texts.addWidget(index, 5, 0, Qt.AlignmentFlag.AlignLeft)
    texts.setRowStretch(6, 1)
    above = QHBoxLayout()
    above.setSpacing(2 * SPACE)
    above.addWidget(picture, 1)
    above.addLayout(texts, 1)
    layout = QVBoxLayout(page)
    layout.setContentsMargins(SPACE * 3 // 2, 0, SPACE, SPACE)
    layout.setSpacing(SPACE)
    layout.addLayout(above, 3)
    layout.addWidget(bars, 4)
    return page
