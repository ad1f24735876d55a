"""An editor with a session: its changes are applied, undone and shown again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnplay.experiment import Experiment
from nnplay.experiment.checks.check import check
from nnplay.session.change import Change


@dataclass
class PreviewSession:
    """The experiment that an editor shows, and the changes it emitted."""

    editor: Any
    experiment: Experiment
    changes: list[Change] = field(default_factory=list)

    def take(self, change: Change) -> None:
        self.changes.append(change)
        self.experiment = change.experiment
        self.show()

    def show(self, experiment: Experiment | None = None) -> None:
        self.experiment = experiment or self.experiment
        self.editor.show_experiment(self.experiment, check(self.experiment))

    @property
    def labels(self) -> list[str]:
        return [change.label for change in self.changes]


@pytest.fixture
def open_editor(qtbot: QtBot) -> Callable[[type[QWidget], Experiment], PreviewSession]:
    def make(editor_class: type[QWidget], experiment: Experiment) -> PreviewSession:
        editor: Any = editor_class()
        qtbot.addWidget(editor)
        session = PreviewSession(editor, experiment)
        editor.edited.connect(session.take)
        session.show()
        editor.resize(320, 600)
        with qtbot.waitExposed(editor):
            editor.show()
        editor.activateWindow()
        return session

    return make
