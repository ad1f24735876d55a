"""Experiments in exported web pages: read again, and hostile pages refused."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import pytest

from nnplay.catalog import Table
from nnplay.experiment import Experiment, FileError, dumps, open_file, preset
from nnplay.experiment.storage.json_format import SIZE_LIMIT
from nnplay.experiment.storage.page_reading import END, START
from nnplay.experiment.storage.relative_paths import with_bare_paths
from nnplay.exports.page.document import page_html

SPIRAL = preset("spiral").experiment
HOSTILE = f"{START.decode()}{{}}{END.decode()}<!--"


def page_of(experiment: Experiment, data: object = None) -> bytes:
    return page_html(experiment.name, "en", {"a": data}, dumps(experiment))


@pytest.mark.parametrize("suffix", [".html", ".htm", ".HTML"])
def test_a_page_opens_as_the_experiment(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"spiral{suffix}"
    path.write_bytes(page_of(SPIRAL))
    assert open_file(path) == SPIRAL


def test_texts_of_the_user_cannot_replace_the_experiment(tmp_path: Path) -> None:
    experiment = replace(SPIRAL, name=HOSTILE[:200], about=HOSTILE)
    path = tmp_path / "a.html"
    path.write_bytes(page_of(experiment, HOSTILE))
    assert open_file(path) == experiment


def test_a_page_names_files_without_their_folders(tmp_path: Path) -> None:
    experiment = replace(SPIRAL, data=Table(file="/home/ada/private/marks.csv"))
    path = tmp_path / "a.html"
    path.write_bytes(page_of(with_bare_paths(experiment)))
    assert b"ada" not in path.read_bytes()
    assert open_file(path).data == Table(file=str(tmp_path / "marks.csv"))


GOOD = dumps(SPIRAL).encode()
PAGES: dict[str, tuple[Callable[[], bytes], str]] = {
    "another page": (lambda: b"<!doctype html><p>Hello</p>", "does not contain an experiment"),
    "empty": (lambda: b"", "does not contain an experiment"),
    "two experiments": (lambda: 2 * page_of(SPIRAL), "does not contain an experiment"),
    "cut": (lambda: START + GOOD[:100], "truncated"),
    "not JSON": (lambda: START + b"alert(1)" + END, "JSON"),
    "NaN": (lambda: START + GOOD.replace(b"0.02", b"NaN") + END, "NaN"),
    "nested": (lambda: START + b"[" * 10**6 + END, "nested"),
    "binary": (lambda: START + bytes(range(256)) + END, "UTF-8"),
    "many marks": (lambda: START * (SIZE_LIMIT // len(START)), "does not contain"),
    "large": (lambda: b" " * SIZE_LIMIT + page_of(SPIRAL), "larger than 16 MiB"),
}


@pytest.mark.parametrize("case", PAGES)
def test_a_hostile_page_is_refused_at_once(tmp_path: Path, case: str) -> None:
    make, words = PAGES[case]
    path = tmp_path / "a.html"
    path.write_bytes(make())
    start = perf_counter()
    with pytest.raises(FileError, match=words):
        open_file(path)
    assert perf_counter() - start < 1
