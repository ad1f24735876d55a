"""The document compared with a naive model: a list of all states."""

from dataclasses import dataclass, replace
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from nnplay.catalog import SGD, Dense, Gauss
from nnplay.catalog.losses import CrossEntropy
from nnplay.experiment import Experiment
from nnplay.session import Change, Document
from nnplay.session.document import LIMIT

BASE = Experiment(Gauss(), (Dense(2),), CrossEntropy(), SGD(0.1))
SEEDS = st.integers(0, 4)
PATHS = st.sampled_from([Path("a.json"), Path("b.json")])


def experiment(seed: int) -> Experiment:
    return replace(BASE, seed=seed)


@dataclass(frozen=True)
class Moment:
    """One place in the history: what is there, and which opening it belongs to."""

    seed: int
    opening: int


class History(RuleBasedStateMachine):
    """Every step of undo is a place in one list; files are a dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0
        self.document = Document(experiment(0), self.count)
        self.moments = [Moment(0, 0)]
        self.labels: list[str] = []
        self.at = 0
        self.merge = ""
        self.paths: list[Path | None] = [None]
        self.originals: list[int | None] = [0]
        self.files: dict[Path, int] = {}

    def count(self) -> None:
        self.calls += 1

    def push(self, moment: Moment, label: str) -> None:
        del self.moments[self.at + 1 :], self.labels[self.at :]
        self.moments.append(moment)
        self.labels.append(label)
        self.at += 1

    @rule()
    def settle(self) -> None:
        self.document.settle()
        self.merge = ""

    @rule(seed=SEEDS, label=st.text(max_size=3), merge=st.sampled_from(["", "lr", "seed"]))
    def edit(self, seed: int, label: str, merge: str) -> None:
        before = self.calls
        self.document.edit(Change(experiment(seed), label, merge))
        now = self.moments[self.at]
        if now.seed == seed:
            assert self.calls == before, "nothing changed"
            return
        assert self.calls == before + 1
        at_the_end = self.at == len(self.moments) - 1
        if merge and merge == self.merge and at_the_end:
            self.moments[self.at] = replace(now, seed=seed)
            if self.moments[self.at - 1].seed == seed:
                del self.moments[self.at], self.labels[self.at - 1]
                self.at -= 1
                self.merge = ""
            return
        self.push(replace(now, seed=seed), label)
        self.merge = merge

    @rule(seed=SEEDS, path=st.none() | PATHS)
    def open(self, seed: int, path: Path | None) -> None:
        self.document.open(experiment(seed), path, "open")
        self.paths.append(path)
        self.originals.append(seed)
        if path is not None:
            self.files[path] = seed
        self.push(Moment(seed, len(self.paths) - 1), "open")
        self.merge = ""

    @rule(path=PATHS)
    def save(self, path: Path) -> None:
        before = self.calls
        self.document.saved(path)
        assert self.calls == before + 1
        now = self.moments[self.at]
        self.paths[now.opening] = path
        self.files[path] = now.seed
        self.merge = ""

    @rule()
    def undo(self) -> None:
        before = self.calls
        self.document.undo()
        assert self.calls == before + (self.at > 0)
        if self.at > 0:
            self.at -= 1
            self.merge = ""

    @precondition(lambda self: self.at < len(self.moments) - 1)
    @rule()
    def redo(self) -> None:
        self.document.redo()
        self.at += 1
        self.merge = ""

    @precondition(lambda self: self.at == len(self.moments) - 1)
    @rule()
    def redo_nothing(self) -> None:
        before = self.calls
        self.document.redo()
        assert self.calls == before

    @invariant()
    def agrees(self) -> None:
        now = self.moments[self.at]
        path = self.paths[now.opening]
        saved = self.originals[now.opening] if path is None else self.files[path]
        assert self.document.experiment == experiment(now.seed)
        assert self.document.path == path
        assert self.document.is_dirty == (now.seed != saved)
        assert self.document.undo_label == (self.labels[self.at - 1] if self.at else "")
        ahead = self.labels[self.at :]
        assert self.document.redo_label == (ahead[0] if ahead else "")


TestHistory = History.TestCase


def test_a_restored_document_is_dirty_until_saved() -> None:
    document = Document(experiment(0), lambda: None)
    document.restore(experiment(1), Path("a.json"), "Restore")
    assert document.is_dirty
    assert document.path == Path("a.json")
    document.saved(Path("a.json"))
    assert not document.is_dirty
    document.undo()
    assert (document.experiment, document.path) == (experiment(0), None)


def test_saving_a_new_document_keeps_its_file_through_undo() -> None:
    document = Document(experiment(0), lambda: None)
    document.edit(Change(experiment(1), "Change seed"))
    document.saved(Path("a.json"))
    document.undo()
    assert document.path == Path("a.json")
    assert document.is_dirty


def test_undo_is_long_but_bounded() -> None:
    document = Document(experiment(0), lambda: None)
    for seed in range(1, LIMIT + 50):
        document.edit(Change(experiment(seed), "Change seed"))
    for _ in range(LIMIT + 50):
        document.undo()
    assert document.experiment.seed == 49
