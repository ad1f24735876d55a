"""Predicts files in the background and saves the predictions as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnplay.experiment import WeightsError
from nnplay.filesystem import reason, replace_file
from nnplay.gui.dialogs.task_dialog import Failure, Progress, TaskDialog
from nnplay.gui.style.plain import PlainLabel
from nnplay.gui.style.theme import SPACE
from nnplay.gui.style.zoom import sized
from nnplay.link import Trained
from nnplay.session import engine_import
from nnplay.translation import _, n_

_PARTS = 1000


class PredictFileDialog(TaskDialog):
    """Begins at once; at the end it says how many rows were predicted, and where they are."""

    memory_hint = n_("Divide the file into smaller ones.")
    cancelled_text = n_("Cancelled: nothing was saved.")

    def __init__(
        self, trained: Trained, paths: Sequence[Path], out: Path, parent: QWidget | None = None
    ) -> None:
        """Predict `paths` with a network and save the predictions in `out`."""
        super().__init__(parent)
        self.setWindowTitle(_("Predict a file"))
        self._out, self._share = out, 0.0
        names = ", ".join(path.name for path in paths[:3]) + (", …" if len(paths) > 3 else "")
        self._title = PlainLabel(names, self)
        self._title.setWordWrap(True)
        self.start.hide()
        self.set_close_text(_("Close"))
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        layout = QVBoxLayout(self)
        layout.setSpacing(SPACE)
        layout.addWidget(self._title)
        layout.addWidget(self.bar)
        layout.addWidget(self.message)
        layout.addStretch(1)
        layout.addLayout(buttons)
        sized(self, minimumWidth=420)
        self.begin(partial(self._predict, trained, tuple(paths)))

    def progress(self) -> Progress:
        """Return how much of the file is predicted."""
        return Progress(int(_PARTS * self._share), _PARTS)

    def show_result(self, result: object) -> None:
        """Show how many predictions were saved and where, and why some are missing."""
        self.message.setObjectName("")
        self.message.style().polish(self.message)
        self.say(f"{result}\n\n" + _("Saved as {path}.").format(path=self._out))

    def _predict(self, trained: Trained, paths: Sequence[Path]) -> str | Failure:
        # Late, as it brings torch, which was loaded for the run.
        with engine_import:
            from nnplay.engine.predicted_file import predict_file
            from nnplay.engine.trained_network import TrainedNetwork

        def follow(share: float) -> None:
            self._share = share

        try:
            network = TrainedNetwork(trained)
        except WeightsError as error:
            return Failure(str(error), error.hint)
        outcome = predict_file(network, paths, follow, self.task.is_cancelled)
        try:
            replace_file(self._out, outcome.text.encode(outcome.encoding))
        except (OSError, ValueError) as error:
            text = _("{path} cannot be written: {why}.")
            return Failure(text.format(path=self._out, why=reason(error)))
        return outcome.report()
