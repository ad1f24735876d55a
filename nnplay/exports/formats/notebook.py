"""A Jupyter notebook with the same code as the PyTorch script, and plots."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from nnplay.experiment import Experiment
from nnplay.experiment.export.source import Section, source_sections
from nnplay.exports.companions import companion_files, companions_of
from nnplay.exports.registry import ExportSource, Files, export
from nnplay.translation import _, n_

_LOSSES = """\
import matplotlib.pyplot as plt

plt.plot(range(1, len(history) + 1), history, label={labels})
plt.xlabel("epoch")
plt.ylabel("loss")
plt.legend()
plt.show()"""
_CURVE = """\
samples = x.numpy()[:, 0]
line = torch.linspace(x.min().item(), x.max().item(), 400, dtype=x.dtype)[:, None]
plt.scatter(samples, y.numpy()[:, 0], s=8, alpha=0.5, label="samples")
plt.plot(line.numpy()[:, 0], predict(line).numpy()[:, 0], color="black", label="network")
plt.legend()
plt.show()"""
_PLANE = """\
across, up = (torch.linspace(x[:, n].min(), x[:, n].max(), 200, dtype=x.dtype) for n in (0, 1))
points = torch.cartesian_prod(across, up)
output = predict(points)
areas = {areas}.reshape(200, 200).T
plt.pcolormesh(across.numpy(), up.numpy(), areas.numpy(), cmap="coolwarm", alpha=0.4)
plt.scatter(x[:, 0], x[:, 1], c=y{column}, s=8, cmap="coolwarm")
plt.show()"""
_CONFUSION = """\
loss, output = evaluate({inputs}, {targets})
predicted = {predicted}
counts = torch.zeros({classes}, {classes}, dtype=torch.int64)
counts.index_put_(({targets}, predicted), torch.tensor(1), accumulate=True)
plt.imshow(counts.numpy(), cmap="Blues")
plt.xlabel("predicted class")
plt.ylabel("true class")
plt.colorbar(label="samples")
plt.show()"""


@export("notebook", n_("Jupyter notebook"), ".ipynb", rank=20)
def notebook(source: ExportSource, name: str) -> Files:
    """Return the notebook, and the files that it reads."""
    experiment = source.experiment
    companions = companions_of(experiment, PurePath(name).stem)
    threads = 1 if source.run is None else source.run.threads
    sections = source_sections(experiment, threads=threads, companions=companions)
    cells = enumerate(_cells(experiment, sections))
    table = {
        "cells": [{"id": f"cell-{number}", **cell} for number, cell in cells],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    text = json.dumps(table, indent=1, ensure_ascii=False) + "\n"
    return {name: text.encode(), **companion_files(experiment, companions)}


def _cells(experiment: Experiment, sections: Iterable[Section]) -> Iterable[dict[str, Any]]:
    title, about = (_(text) if text else "" for text in (experiment.name, experiment.about))
    yield _markdown(f"# {_escaped(title) or 'nnplay'}\n\n{_escaped(about)}")
    for section in sections:
        yield _markdown(f"## {section.title}\n\n{section.about}")
        if section.text:
            yield _code(section.text)
        if section.action:
            action = "\n".join(section.action)
            yield _code(f"history = {action}" if section.title == "Training" else action)
        if section.title == "Training":
            both = "x_validation" in "".join(section.action)
            labels = '["training", "validation"]' if both else '"training"'
            yield _code(_LOSSES.format(labels=labels))
    plot = _plot(experiment)
    if plot:
        yield _markdown("## Picture\n\nWhat the network has learnt.")
        yield _code(plot)


def _plot(experiment: Experiment) -> str:
    """Return the code of a plot that suits the data; empty for none."""
    spec, form = experiment.data.spec(), experiment.loss.target_form
    if spec.is_curve:
        return _CURVE
    if spec.in_shape == (2,) and form in ("classes", "binary"):
        areas = "output.argmax(1)" if form == "classes" else "(output[:, 0] > 0)"
        return _PLANE.format(areas=areas, column="")
    if spec.in_shape == (2,) and form == "values" and spec.outputs == 1:
        return _PLANE.format(areas="output[:, 0]", column="[:, 0]")
    if form not in ("classes", "binary"):
        return ""
    part = "_test" if spec.test_samples or experiment.split.test else ""
    predicted = "output.argmax(1)" if form == "classes" else "(output[:, 0] > 0).long()"
    return _CONFUSION.format(
        inputs=f"x{part}", targets=f"y{part}", predicted=predicted, classes=spec.outputs
    )


def _escaped(text: str) -> str:
    """Return a text of the user as Markdown that shows it as it is, on one line."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|!&$" else c for c in plain)


def _markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": _lines(text.strip())}


def _code(text: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": _lines(text),
    }


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
