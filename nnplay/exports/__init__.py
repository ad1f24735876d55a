"""Files that take an experiment or a finished run out of nnplay."""

from nnplay.exports.registry import (
    ExportError,
    ExportFormat,
    ExportSource,
    export,
    export_formats,
)

__all__ = ["ExportError", "ExportFormat", "ExportSource", "export", "export_formats"]
