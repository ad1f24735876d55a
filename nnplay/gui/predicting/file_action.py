"""Asks which files to predict and where to save the predictions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from nnplay.data.folders import data_folder
from nnplay.gui.dialogs.dialog_host import DialogHost
from nnplay.link import Result, Trained
from nnplay.session import RunState
from nnplay.translation import _


class PredictFileAction(QObject):
    """Opens the dialog that predicts files with the network of the run that has ended."""

    def __init__(self, dialogs: DialogHost) -> None:
        super().__init__(dialogs)
        self._dialogs = dialogs
        self._result: Result | None = None

    @Slot(object)
    def follow_run(self, state: RunState) -> None:
        """Use the network of this run once it has ended."""
        self._result = state.result

    @Slot(object)
    def ask(self, paths: Sequence[Path]) -> None:
        """Predict files, or those that the user chooses."""
        if self._result is None or not self._dialogs.is_free:
            return
        window, is_picture = self._dialogs.window, self._result.experiment.data.spec().is_picture
        chosen = list(paths)
        if not chosen:
            kinds = _("Tables (*.csv *.tsv *.txt *.xlsx *.xls *.ods);;All files (*)")
            if is_picture:
                kinds = _(
                    "Images (*.png *.jpg *.jpeg *.bmp *.gif *.webp *.tif *.tiff);;All files (*)"
                )
            names = QFileDialog.getOpenFileNames(window, _("Predict a file"), "", kinds)[0]
            chosen = [Path(name) for name in names]
        if not chosen:
            return
        proposed = chosen[0].with_name(f"{chosen[0].stem}-predicted.csv")
        if chosen[0].is_relative_to(data_folder()):
            proposed = Path(proposed.name)  # nobody looks for it there
        out = QFileDialog.getSaveFileName(
            window, _("Save the predictions"), str(proposed), _("CSV (*.csv)")
        )[0]
        if out:
            self.predict(chosen, Path(out))

    def predict(self, paths: Sequence[Path], out: Path) -> None:
        """Predict files and save the predictions in `out`."""
        # Not imported with the window, which need not wait for it.
        from nnplay.gui.predicting.file_dialog import PredictFileDialog

        if self._result is None or not self._dialogs.is_free:
            return
        if out in paths:
            out = out.with_name(f"{out.stem}-predicted.csv")
        self._dialogs.open(
            PredictFileDialog(Trained.of(self._result), paths, out, self._dialogs.window)
        )
