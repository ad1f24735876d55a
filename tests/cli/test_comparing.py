"""`nnplay compare`: a table of the devices of this machine."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

Call = Callable[..., Any]


@pytest.mark.skipif(torch.cuda.is_available(), reason="is about a machine without a GPU")
def test_with_only_a_cpu_there_is_one_row_and_a_remark_about_gpus(call: Call) -> None:
    said = call("compare", "spiral", "--set", "stepper=eager", "--threads", "1")
    assert said.status == 0
    head, row, *rest = said.out.splitlines()
    assert head.split() == ["device", "samples", "per", "second", "steps"]
    name, speed, steps = row.split()
    assert (name, steps) == ("CPU", "eager")
    assert int(speed.replace(",", "")) > 0
    assert "chosen in the experiment" in said.out
    assert "No GPU" in rest[-1]


def test_an_experiment_that_cannot_run_is_reported_before_measuring(call: Call) -> None:
    said = call("compare", "spiral", "--set", "optimizer.lr=-1")
    assert said.status == 1
    assert "optimizer.lr" in said.err
    assert said.out == ""


def test_missing_data_are_reported_with_how_to_get_them(
    call: Call, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path))
    said = call("compare", "mnist-first-net")
    assert said.status == 1
    assert "nnplay download mnist" in said.err
