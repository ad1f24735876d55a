"""An ONNX model, which other programs and devices can run."""

from __future__ import annotations

from nnplay.exports.registry import ExportError, ExportSource, Files, export
from nnplay.translation import _, n_


@export("onnx", n_("ONNX model"), ".onnx", needs_run=True, rank=50)
def onnx(source: ExportSource, name: str) -> Files:
    """Return the model; it takes samples in the units of the data."""
    from nnplay.session import engine_import  # late, as it loads NumPy

    assert source.run is not None
    with engine_import:
        from nnplay.engine.model.onnx_file import onnx_file

    try:
        return {name: onnx_file(source.run.trained)}
    except ImportError as error:
        raise ExportError(
            _("The package onnx is not installed."), _("Install it: pip install nnplay[onnx]")
        ) from error
