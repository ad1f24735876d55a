"""`nnplay rates`: a table of learning rates, with a verdict on each."""

import signal
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

Call = Callable[..., Any]
QUICK = ("rates", "spiral", "--epochs", "3", "--threads", "1", "--quiet")


def test_each_rate_has_a_row_with_its_losses_and_what_happened(call: Call) -> None:
    said = call(*QUICK, "--lr", "1e8,0.01,0.000001", "--set", "split.validation=0.2")
    assert said.status == 0
    head, _way, _gap, titles, *rows = said.out.splitlines()
    assert "3 networks" in head
    assert titles.split() == ["learning", "rate", "training", "loss", "validation", "loss",
                              "accuracy"]  # fmt: skip
    cells = [row.split() for row in rows[:3]]
    assert [row[0] for row in cells] == ["1e-06", "0.01", "1e+08"]
    assert [" ".join(row[5:]) for row in cells[:2]] == ["too slow", "best"]
    assert all(0 < float(number) < 5 for row in cells[:2] for number in row[1:3])
    assert said.out.endswith("Best: 0.01.\n")


def test_default_rates_surround_that_of_the_experiment(call: Call) -> None:
    table = call(*QUICK, "--set", "optimizer.lr=0.02", "--json").table()
    rates = [one["lr"] for one in table["rates"]]
    assert len(rates) == 8
    assert rates[0] == 0.0002
    assert rates[-1] == 0.63
    assert 0.02 in rates
    steps = [high / low for low, high in pairwise(rates)]
    assert steps == pytest.approx([10**0.5] * 7, rel=0.03)
    assert table["best"] in rates
    assert {one["what"] for one in table["rates"]} >= {"best"}
    assert table["epochs"] == 3


def test_range_and_count_are_used(call: Call) -> None:
    table = call(*QUICK, "--from", "0.001", "--to", "10", "--count", "5", "--json").table()
    assert [one["lr"] for one in table["rates"]] == [0.001, 0.01, 0.1, 1.0, 10.0]


def test_diverged_rates_name_their_step(call: Call) -> None:
    arguments = ("rates", "linear-regression", "--epochs", "40", "--threads", "1", "--quiet")
    said = call(*arguments, "--lr", "0.001,1e12")
    assert "diverged in step" in said.out
    table = call(*arguments, "--lr", "0.001,1e12", "--json").table()
    assert table["rates"][1]["diverged"] >= 1
    assert table["rates"][1]["train_loss"] is None
    assert table["rates"][1]["what"] == "diverged"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--lr", "0.1,fast"), "fast"),
        (("--lr", "-1"), "-1"),
        (("--lr", "nan"), "nan"),
        (("--lr", ",".join(str(n + 1) for n in range(33))), "33"),
        (("--from", "0"), "0"),
        (("--from", "1", "--to", "0.1"), "0.1"),
        (("--count", "1"), "1"),
        (("--count", "1000"), "1000"),
    ],
)
def test_invalid_rates_are_reported(call: Call, arguments: tuple[str, ...], named: str) -> None:
    said = call(*QUICK, *arguments)
    assert said.status == 2
    assert named in said.err
    assert said.out == ""


def test_an_experiment_that_cannot_run_is_reported(call: Call) -> None:
    said = call(*QUICK, "--set", "network=[]")
    assert said.status != 0
    assert said.out == ""


def test_ctrl_c_prints_the_results_so_far(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def show(_bar: Any, step: int, _steps: int) -> None:
        if step >= 20 and not pressed:
            pressed.append(step)
            signal.raise_signal(signal.SIGINT)

    pressed: list[int] = []
    monkeypatch.setattr("nnplay.cli.rates._Bar.show", show)
    before = signal.getsignal(signal.SIGINT)
    said = call("rates", "spiral", "--epochs", "10000000", "--threads", "1")
    assert said.status == 1
    assert "Ctrl+C" in said.err
    assert "Best: " in said.out
    assert signal.getsignal(signal.SIGINT) is before


def test_the_help_explains_the_rule(call: Call) -> None:
    said = call("rates", "--help")
    assert said.status == 0
    assert "90%" in said.out
    assert "too slow" in said.out
