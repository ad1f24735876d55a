"""A Keras 3 script."""

from __future__ import annotations

from pathlib import PurePath

from nnplay.experiment.export.keras_layers import NotInKeras
from nnplay.experiment.export.keras_source import keras_source
from nnplay.experiment.export.source import Companions
from nnplay.exports.companions import companion_files, companions_of
from nnplay.exports.registry import ExportError, ExportSource, Files, export
from nnplay.translation import _, n_


@export("keras", n_("Keras script"), ".py", rank=30)
def keras_script(source: ExportSource, name: str) -> Files:
    """Return the script, and the file with its data if it needs one."""
    companions = Companions(companions_of(source.experiment, PurePath(name).stem).data)
    try:
        text = keras_source(source.experiment, companions.data)
    except NotInKeras as error:
        raise ExportError(
            _("Keras has no counterpart of {part} with these settings.").format(part=_(str(error))),
            _("Replace it, or export the PyTorch script."),
        ) from error
    return {name: text.encode(), **companion_files(source.experiment, companions)}
