"""`nnplay list` names the whole catalog, and a closed pipe is no error."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from nnplay.catalog import Family, kinds
from nnplay.cli.listing import TOPICS
from nnplay.experiment import presets

FAMILIES: dict[str, Family] = {
    "layers": "layer",
    "activations": "activation",
    "losses": "loss",
    "optimizers": "optimizer",
    "schedules": "schedule",
    "data": "data",
}


def first_words(text: str) -> list[str]:
    return [line.split()[0] for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("topic", FAMILIES)
def test_a_topic_lists_each_kind_with_each_setting(call: Callable[..., Any], topic: str) -> None:
    said = call("list", topic)
    assert said.status == 0
    words = first_words(said.out)
    for key, kind in kinds(FAMILIES[topic]).items():
        at = words.index(key)
        following = words[at:]
        assert all(one.name in following for one in fields(kind))
        assert kind.help in said.out


def test_presets_are_listed_with_the_default_first(call: Callable[..., Any]) -> None:
    assert first_words(call("list", "presets").out)[1:] == [one.key for one in presets()]


def test_without_a_topic_all_are_listed_aligned(call: Callable[..., Any]) -> None:
    said = call("list")
    blocks = said.out.split("\n\n")
    assert len(blocks) == len(TOPICS)
    for block in blocks:
        _title, *lines = block.splitlines()
        keys = [line.split()[0] for line in lines]
        starts = {
            line.index(line[2 + len(key) :].lstrip()[0], 2 + len(key))
            for line, key in zip(lines, keys, strict=True)
        }
        assert len(starts) == 1


def test_a_closed_pipe_is_no_error(here: Path) -> None:
    nnplay = subprocess.Popen(
        [sys.executable, "-m", "nnplay", "list"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=here,
    )
    assert nnplay.stdout is not None
    assert nnplay.stderr is not None
    nnplay.stdout.close()
    assert nnplay.stderr.read() == b""
    nnplay.stderr.close()
    assert nnplay.wait() == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_reported(here: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "nnplay", "list"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=here,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "nnplay: the disk is full.\n"


def test_a_terminal_without_the_characters_shows_substitutes(spawn: Callable[..., Any]) -> None:
    assert spawn("list", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}).status == 0


def test_help_and_version(call: Callable[..., Any]) -> None:
    said = call("--help")
    assert said.status == 0
    for word in ("train", "list", "check", "download", "--preset", "--screenshot", "--version"):
        assert word in said.out
    assert call("--version").out.startswith("nnplay ")
    assert "--set" in call("train", "--help").out
