"""The files beside an exported script that it reads."""

from __future__ import annotations

from nnplay.experiment import Experiment, weights_path
from nnplay.experiment.export.source import Companions
from nnplay.experiment.export.source_data import origin
from nnplay.exports.registry import ExportError
from nnplay.translation import _


def companions_of(experiment: Experiment, stem: str) -> Companions:
    """Return the names of the files beside a script, by its own name without suffix."""
    pretrained = f"{stem}-pretrained.safetensors" if experiment.start else ""
    return Companions(f"{stem}-data.npz", pretrained)


def companion_files(experiment: Experiment, companions: Companions) -> dict[str, bytes]:
    """Return the contents of these files by name, none for what the script has in itself.

    Raises DataError if the data are not available, ExportError if the pretrained weights are not.
    """
    files: dict[str, bytes] = {}
    if origin(experiment.data) == "file":
        # Imported late, as it loads NumPy.
        from nnplay.data.sample_file import sample_file

        files[companions.data] = sample_file(experiment)
    if companions.pretrained:
        path = weights_path(experiment.start)
        try:
            files[companions.pretrained] = path.read_bytes()
        except OSError as error:
            text = _("The initial weights cannot be read: {why}.").format(why=error)
            raise ExportError(text, _("Choose another file, or start without one.")) from error
    return files
