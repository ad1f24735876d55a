"""An experiment as a complete PyTorch script that trains as nnplay's eager run does.

On the CPU it prints the same losses, digit for digit, if it computes with as many threads.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import wrap

from nnplay.experiment.export import source_policy
from nnplay.experiment.export.embedded_modules import ModuleSource
from nnplay.experiment.export.source_data import URLS, loading_lines, origin
from nnplay.experiment.export.source_loop import evaluation_lines, training_lines
from nnplay.experiment.export.source_main import data_lines, final_lines, training_call
from nnplay.experiment.export.source_network import (
    MODEL,
    network_lines,
    other_modules,
    own_modules,
    tool_lines,
)
from nnplay.experiment.export.source_scaling import Scaling, ScriptScaling
from nnplay.experiment.value import Experiment

_IMPORTS = {
    "Path": "from pathlib import Path",
    "copy": "import copy",
    "gzip": "import gzip",
    "math": "import math",
    "np": "import numpy as np",
    "sha256": "from hashlib import sha256",
    "sys": "import sys",
    "tarfile": "import tarfile",
    "time": "import time",
}
"""The imports of the names that a script may use."""


@dataclass(frozen=True)
class Section:
    """A part of a script under a heading of its own."""

    title: str
    about: str
    """A sentence or two on it."""
    lines: tuple[str, ...]
    """Definitions."""
    action: tuple[str, ...] = ()
    """What runs after all definitions of a script; a notebook runs it at once."""

    @property
    def text(self) -> str:
        """The definitions as source text."""
        return "\n".join(self.lines).strip("\n")


@dataclass(frozen=True)
class Companions:
    """The names of the files beside a script that it reads."""

    data: str = "data.npz"
    pretrained: str = ""
    """Empty to read pretrained weights where they are on this machine."""


def pytorch_source(
    experiment: Experiment,
    scaling: ScriptScaling | None = None,
    *,
    threads: int = 1,
    companions: Companions | None = None,
) -> str:
    """Return a script with the data, the network, the training and the evaluation of a run.

    `scaling` holds the statistics that a run scaled its samples by, which the script computes
    itself without it. Its functions take samples in the units of the data. Raises ShapeError if the
    layers do not fit together.
    """
    sections = source_sections(
        experiment, scaling, threads=threads, companions=companions, as_script=True
    )
    blocks = ["\n".join(_opening(experiment)), sections[0].text]
    blocks += [f"# {one.title}\n\n{one.text}" for one in sections[1:] if one.text]
    actions = [line for one in sections for line in one.action]
    blocks.append("\n".join(['if __name__ == "__main__":', *_indented(actions)]))
    return re.sub(r"\n{4,}", "\n\n\n", "\n\n\n".join(blocks)) + "\n"


def source_sections(
    experiment: Experiment,
    scaling: ScriptScaling | None = None,
    *,
    threads: int = 1,
    companions: Companions | None = None,
    as_script: bool = False,
) -> tuple[Section, ...]:
    """Return the parts of a script in order, for a script or for the cells of a notebook."""
    companions = companions or Companions()
    scales = Scaling(experiment, scaling)
    network = [*network_lines(experiment, companions.pretrained), *tool_lines(experiment)]
    sections = (
        Section(
            "Data",
            _about_data(experiment),
            tuple(loading_lines(experiment, companions.data)),
            tuple(data_lines(experiment, scales, as_script=as_script)),
        ),
        Section("Network", "The layers, the loss and the optimizer.", tuple(network)),
        Section(
            "Predictions",
            "From the outputs of the network to predictions.",
            (*scales.statistics(), *scales.functions()),
        ),
        Section(
            "Training",
            "Every epoch goes through all training samples in batches.",
            (
                *source_policy.policy_functions(experiment),
                *evaluation_lines(experiment, scales),
                *training_lines(experiment, scales),
            ),
            (training_call(experiment),),
        ),
        Section("Evaluation", "Loss and metrics of all parts.", (), tuple(final_lines(experiment))),
    )
    return (_setup(experiment, sections, threads, as_script=as_script), *sections)


def layer_lines(text: str, experiment: Experiment) -> range:
    """Return the numbers of the lines of the layers in a script, counted from 0."""
    lines = text.splitlines()
    start = lines.index(MODEL) + 1 if MODEL in lines else 0
    return range(start, start + len(experiment.network))


def _setup(
    experiment: Experiment, sections: Iterable[Section], threads: int, *, as_script: bool
) -> Section:
    """Return the imports of the other sections, with nnplay's own modules."""
    own = [ModuleSource.read(one) for one in own_modules(experiment)]
    after: list[str] = []
    body = "\n".join(line for one in sections for line in (*one.lines, *one.action))
    names = {node.id for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)}
    imports = {line for name, line in _IMPORTS.items() if name in names}
    if "FOLDER" in names:
        imports |= {_IMPORTS["Path"], *([_IMPORTS["sys"]] if as_script else [])}
        folder = "Path(sys.argv[0]).parent" if as_script else "Path()"
        after.append(f"FOLDER = {folder}  # where the files of this script are")
    imports |= {"import torch", "from torch import nn"}
    imports |= {line for one in own for line in one.imports}
    imports |= {f"import {one}" for one in other_modules(experiment)}
    after.append(f"torch.set_num_threads({threads})  # another number rounds differently")
    if experiment.precision == "tf32":
        after.append("torch.backends.cuda.matmul.allow_tf32 = True  # GPU matrix products")
        after.append("torch.backends.cudnn.allow_tf32 = True")
    lines = [*_sorted(imports), "", *after]
    for one in own:
        lines += ["", "", one.text]
    return Section("Imports", "", tuple(lines))


def _sorted(imports: Iterable[str]) -> list[str]:
    ordered = sorted(imports, key=lambda one: (_is_installed(one), one.startswith("from"), one))
    first = next((n for n, one in enumerate(ordered) if _is_installed(one)), len(ordered))
    return [*ordered[:first], *([""] if first else []), *ordered[first:]]


def _is_installed(line: str) -> bool:
    return line.split()[1].partition(".")[0] in ("torch", "numpy")


def _opening(experiment: Experiment) -> Iterator[str]:
    # On one line each: a line break in the name must not end the comment and start code.
    if experiment.name:
        yield f"# {_printable(experiment.name)}"
        yield "#"
    for text in (_printable(experiment.about), _needs(experiment)):
        if text:
            yield from wrap(
                text, 96, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
            )
            yield "#"
    yield "# Made with nnplay: on the CPU the losses are those of its eager run, digit for digit."


def _needs(experiment: Experiment) -> str:
    how = origin(experiment.data)
    text = "Needs PyTorch and NumPy."
    if how == "downloaded":
        key = experiment.data.archive
        text += (
            f" The data set is published at {URLS[key]} - put its files into a folder {key} beside "
            "this script, or run it with the path of their folder."
        )
    elif how == "file":
        text += " Keep the data file beside this script, or run it with the path of that file."
    return text


def _about_data(experiment: Experiment) -> str:
    return _needs(experiment) if origin(experiment.data) != "generated" else "Generated samples."


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"    {line}" if line else "" for line in lines)
