"""Every complaint of a field is shown beside it, and removed when the value is valid."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel

from nnplay.experiment import chapters
from tests.gui.piloting import Pilot

# Each opens a window: those that are like another one are left to `make slow`.
ALIKE = {"mnist-mlp", "mnist-first-net", "mnist-deeper"}
EXAMPLES = [
    pytest.param(one.key, marks=pytest.mark.slow if one.key in ALIKE else ())
    for one in chapters()[0].presets
]


COMPLAINT = "A complaint that no other label shows."


def fields(window: QObject) -> Iterator[QObject]:
    """Yield every field that can complain, of whatever class."""
    for child in window.findChildren(QObject):
        if hasattr(child, "complaint_changed") and hasattr(child, "param"):
            yield child


def shown(window: QObject) -> list[QLabel]:
    return [
        label
        for label in window.findChildren(QLabel)
        if label.text() == COMPLAINT and not label.isHidden()
    ]


@pytest.mark.parametrize("key", EXAMPLES)
def test_each_complaint_reaches_a_label(key: str, pilot: Pilot) -> None:
    pilot.window.files.open_preset(key)
    network = pilot.window.workspace.network_editor
    count = 0
    for row in range(network.model.rowCount()):
        network.view.setCurrentIndex(network.model.index(row))
        for field in fields(pilot.window):
            name = field.param.name  # type: ignore[attr-defined]
            field.complaint_changed.emit(name, COMPLAINT)  # type: ignore[attr-defined]
            assert len(shown(pilot.window)) == 1, name
            field.complaint_changed.emit(name, "")  # type: ignore[attr-defined]
            assert not shown(pilot.window), name
            count += 1
    assert count >= 10
