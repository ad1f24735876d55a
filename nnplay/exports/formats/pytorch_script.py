"""A complete PyTorch script."""

from __future__ import annotations

from pathlib import PurePath

from nnplay.experiment import pytorch_source
from nnplay.exports.companions import companion_files, companions_of
from nnplay.exports.registry import ExportSource, Files, export
from nnplay.translation import n_


@export("pytorch", n_("PyTorch script"), ".py", rank=10)
def pytorch_script(source: ExportSource, name: str) -> Files:
    """Return the script, and the files that it reads."""
    companions = companions_of(source.experiment, PurePath(name).stem)
    threads = 1 if source.run is None else source.run.threads
    text = pytorch_source(source.experiment, threads=threads, companions=companions)
    return {name: text.encode(), **companion_files(source.experiment, companions)}
