"""Libraries built from changed sources, as damaged or foreign ones would be."""

import shutil
from pathlib import Path

from nnplay.engine.kernels.build import FOLDER, compile_library, compilers, this_target, write_stamp


def build_changed(folder: Path, file: str, old: str, new: str, times: int = 1) -> None:
    """Compile every level into a folder, from sources of which a text in one file is changed."""
    sources = folder / "sources"
    shutil.copytree(FOLDER, sources, ignore=shutil.ignore_patterns("*.py", "libraries"))
    text = (sources / file).read_text("utf-8")
    assert text.count(old) == times, (file, old)
    (sources / file).write_text(text.replace(old, new), encoding="utf-8")
    target, compiler = this_target(), next(compilers())
    assert target is not None
    first, *others = target.levels
    made = compile_library(compiler, target, first, folder, ("-O0",), sources)
    for level in others:
        shutil.copy(made, folder / target.file_name(level))
    write_stamp(folder, target, compiler)
