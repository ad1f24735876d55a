"""The commands of a user without a window: real runs, in a thread or at once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest

from nnplay.catalog import (
    MNIST,
    SGD,
    Circle,
    CrossEntropy,
    Dense,
    Digits,
    Discs,
    Flatten,
    Painted,
    Tanh,
)
from nnplay.experiment import Experiment, Split
from nnplay.link import ClassPredictions
from nnplay.session import (
    Change,
    Controller,
    Document,
    Refusal,
    RunState,
    Shelf,
    TrainingRun,
)

SECONDS = 120  # torch loads in the first run, on a machine that may be busy
EXPERIMENT = Experiment(
    Circle(points=100), (Dense(6), Tanh(), Dense(2)), CrossEntropy(), SGD(0.02),
    split=Split(0.2), batch_size=10, epochs=3, device="cpu", stepper="eager",
)  # fmt: skip
STEPS_PER_EPOCH = 8  # 80 training samples
BROKEN = replace(EXPERIMENT, network=())
ENDLESS = replace(EXPERIMENT, epochs=10_000_000)
MISSING = replace(EXPERIMENT, data=MNIST(), network=(Flatten(), Dense(10)))


class Comparison:
    """Records its calls; the real one needs Qt for its thread."""

    def __init__(self) -> None:
        self.started: list[Experiment] = []
        self.stops = 0

    def start(self, experiment: Experiment) -> None:
        self.started.append(experiment)

    def stop(self) -> None:
        self.stops += 1


class User:
    """A user who gives commands and sees the states of the runs and the refusals."""

    def __init__(self, experiment: Experiment, begin: Callable[[Callable[[], None]], None]) -> None:
        self.shelf = Shelf(lambda: None)
        self.states: list[RunState] = []
        self.refusals: list[Refusal] = []
        self.reached = Event()
        self._awaited: tuple[str, ...] = ()
        self.comparison = Comparison()
        self.document = Document(experiment, self._follow)
        self.run = TrainingRun(begin, self._take, self._note, self.shelf)
        self.controller = Controller(self.document, self.run, self.comparison, self.refusals.append)

    def _follow(self) -> None:
        self.controller.follow_document()

    def _take(self, event: object) -> None:
        self.run.take(event)  # type: ignore[arg-type]

    def _note(self, state: RunState) -> None:
        self.states.append(state)
        if state.phase in self._awaited:
            self.reached.set()

    @property
    def state(self) -> RunState:
        return self.run.state

    @property
    def steps(self) -> int:
        assert self.run.link is not None
        return len(self.run.link.steps)

    def edit(self, **fields: object) -> None:
        changed = replace(self.document.experiment, **fields)  # type: ignore[arg-type]
        self.document.edit(Change(changed, "Change"))

    def do(self, command: Callable[[], object], *phases: str) -> RunState:
        """Give a command and wait for one of the phases that follow from it."""
        self.reached.clear()
        self._awaited = phases
        command()
        assert self.reached.wait(SECONDS), self.state
        return self.state


@pytest.fixture
def make_user() -> Iterator[Callable[[Experiment], User]]:
    """Return what makes a user whose runs have a thread each."""
    threads: list[Thread] = []
    users: list[User] = []

    def begin(work: Callable[[], None]) -> None:
        threads.append(Thread(target=work))
        threads[-1].start()

    def make(experiment: Experiment = EXPERIMENT) -> User:
        users.append(User(experiment, begin))
        return users[-1]

    yield make
    for user in users:
        user.run.close()
    for thread in threads:
        thread.join(SECONDS)
        assert not thread.is_alive()


def inline(experiment: Experiment = EXPERIMENT) -> User:
    return User(experiment, lambda work: work())


# ------------------------------------------------------------------------------ training


def test_train_runs_to_the_end_and_starts_again() -> None:
    user = inline()
    user.controller.train()
    assert [state.phase for state in user.states][:2] == ["starting", "running"]
    assert user.state.phase == "finished"
    assert user.state.result is not None
    assert (user.state.result.steps, user.steps) == (3 * STEPS_PER_EPOCH, 3 * STEPS_PER_EPOCH)
    weights = user.state.result.weights_sha256
    user.controller.train_again()
    assert user.state.run_id == 2
    assert user.state.result is not None
    assert user.state.result.weights_sha256 == weights, "the same seed trains the same network"
    assert not user.refusals


def test_step_epoch_resume_and_stop(make_user: Callable[..., User]) -> None:
    user = make_user(ENDLESS)
    user.do(user.controller.step, "paused")
    assert user.steps == 1
    user.do(user.controller.step, "paused")
    assert user.steps == 2
    user.do(user.controller.epoch, "paused")
    assert user.steps == STEPS_PER_EPOCH
    user.do(user.controller.train, "running")
    user.do(user.controller.pause, "paused")
    assert user.steps > STEPS_PER_EPOCH
    state = user.do(user.controller.stop, "finished")
    assert state.run_id == 1
    assert state.result is not None
    assert state.result.stopped


def test_an_edit_while_paused_makes_the_next_command_start_a_new_run(
    make_user: Callable[..., User],
) -> None:
    user = make_user(ENDLESS)
    user.do(user.controller.epoch, "paused")
    assert not user.controller.is_outdated
    user.edit(seed=7)
    assert user.controller.is_outdated
    user.do(user.controller.step, "paused")
    assert (user.state.run_id, user.steps) == (2, 1)
    assert user.state.experiment == user.document.experiment
    user.edit(batch_size=5)
    user.do(user.controller.epoch, "paused")
    assert (user.state.run_id, user.steps) == (3, 16)


def test_the_learning_rate_changes_within_the_run(make_user: Callable[..., User]) -> None:
    user = make_user(ENDLESS)
    user.do(user.controller.step, "paused")
    user.controller.use_learning_rate(0.5)
    assert user.document.experiment.optimizer.lr == 0.5
    assert user.document.undo_label == "Learning rate 0.5"
    assert not user.controller.is_outdated
    user.do(user.controller.step, "paused")
    assert user.run.link is not None
    assert user.run.link.steps.column("lr").tolist() == [0.02, 0.5]


def test_reset_discards_the_run_and_keeps_the_initial_weights(
    make_user: Callable[..., User],
) -> None:
    user = make_user(ENDLESS)
    user.do(user.controller.step, "paused")
    first = loss_of(user)
    user.controller.reset()
    assert (user.state.phase, user.run.link) == ("idle", None)
    user.do(user.controller.step, "paused")
    assert loss_of(user) == first


def test_redraw_discards_the_run_and_draws_other_initial_weights(
    make_user: Callable[..., User],
) -> None:
    user = make_user(ENDLESS)
    user.do(user.controller.step, "paused")
    first = loss_of(user)
    user.controller.redraw_weights()
    assert user.state.phase == "idle"
    assert user.document.experiment.draw == EXPERIMENT.draw + 1
    assert user.document.undo_label == "New initial weights"
    user.do(user.controller.step, "paused")
    assert loss_of(user) != first


def loss_of(user: User) -> float:
    assert user.run.link is not None
    return float(user.run.link.steps.column("loss")[0])


def test_other_data_are_for_the_next_run(make_user: Callable[..., User]) -> None:
    user = make_user(ENDLESS)
    assert user.controller.shown is user.document.experiment
    user.do(user.controller.step, "paused")
    user.edit(data=Discs())
    assert user.state.phase == "paused"
    assert user.controller.is_outdated
    assert user.controller.shown == ENDLESS
    user.controller.use_data("Digits")
    assert user.document.experiment.data == Digits()
    assert user.document.undo_label == "Use Digits 8×8"
    user.controller.reset()
    assert user.controller.shown is user.document.experiment


def test_painting_ends_the_run(make_user: Callable[..., User]) -> None:
    user = make_user(ENDLESS)
    user.do(user.controller.step, "paused")
    user.edit(data=Painted())
    assert user.state.phase == "idle"


def test_edits_after_the_start_are_a_step_of_undo_of_their_own() -> None:
    user = inline(replace(EXPERIMENT, epochs=1))
    user.document.edit(Change(replace(user.document.experiment, epochs=2), "Epochs", "epochs"))
    user.controller.train()
    user.document.edit(Change(replace(user.document.experiment, epochs=3), "Epochs", "epochs"))
    user.document.undo()
    assert user.document.experiment.epochs == 2


# ------------------------------------------------------------------------------ refusals


def commands(user: User) -> dict[str, Callable[[], object]]:
    """Return the commands that start something."""
    controller = user.controller
    return {
        "train": controller.train,
        "step": controller.step,
        "epoch": controller.epoch,
        "compare devices": controller.compare_devices,
        "compare learning rates": controller.comparable_experiment,
    }


COMMANDS = tuple(commands(inline()))
ALONE = ("compare devices", "compare learning rates")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_problem_refuses_every_command(name: str) -> None:
    user = inline(BROKEN)
    commands(user)[name]()
    (refusal,) = user.refusals
    assert refusal == user.controller.may_start()
    assert (refusal.reason, refusal.problem) == ("problem", user.controller.problems[0])
    assert refusal.text.startswith("Network: ")
    assert user.state.phase == "idle"
    assert not user.comparison.started


@pytest.mark.parametrize("name", COMMANDS)
def test_a_missing_data_set_refuses_every_command(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path))
    user = inline(MISSING)
    assert not user.controller.problems
    commands(user)[name]()
    assert user.refusals == [Refusal("data", archive="mnist")]
    assert user.state.phase == "idle"
    assert not user.comparison.started


@pytest.mark.parametrize("name", ALONE)
def test_a_run_refuses_what_it_would_distort(name: str, make_user: Callable[..., User]) -> None:
    user = make_user(ENDLESS)
    user.do(user.controller.step, "paused")
    commands(user)[name]()
    assert user.refusals == [Refusal("run")]
    assert "Stop the current run first" in user.refusals[0].text
    assert user.controller.may_start() is None, "another run may still start"
    user.controller.reset()
    commands(user)[name]()
    assert len(user.refusals) == 1


def test_a_problem_that_is_fixed_refuses_nothing() -> None:
    user = inline(BROKEN)
    assert user.controller.may_start() is not None
    user.edit(network=EXPERIMENT.network)
    assert user.controller.may_start() is None
    assert user.controller.problems == ()


def test_a_command_refused_for_missing_data_runs_when_they_arrive(
    tmp_path: Path, mnist_dir: Path, monkeypatch: pytest.MonkeyPatch, make_user: Callable[..., User]
) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path))
    user = make_user(replace(MISSING, batch_size=1000))
    user.controller.step()
    monkeypatch.setenv("NNPLAY_DATA", str(mnist_dir.parent))
    user.do(user.controller.data_arrived, "paused")
    assert user.steps == 1
    user.controller.reset()
    user.controller.data_arrived()
    assert user.state.phase == "idle", "it starts once"


@pytest.mark.parametrize("giving_up", ["forget_pending", "train"])
def test_a_cancelled_command_does_not_start(
    giving_up: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path))
    user = inline(MISSING)
    user.controller.step()
    if giving_up == "train":
        user.edit(network=())
    getattr(user.controller, giving_up)()
    user.edit(data=Digits(), network=(Flatten(), Dense(10)))
    user.controller.data_arrived()
    assert user.state.phase == "idle"


# --------------------------------------------------------------------------- comparisons


def test_a_run_ends_the_comparison_of_devices() -> None:
    user = inline()
    user.controller.compare_devices()
    assert user.comparison.started == [EXPERIMENT]
    assert user.comparison.stops == 0
    user.controller.train()
    assert user.comparison.stops == 1


def test_learning_rates_are_those_of_the_edited_experiment() -> None:
    user = inline()
    user.edit(batch_size=5)
    assert user.controller.comparable_experiment() == replace(EXPERIMENT, batch_size=5)
    assert user.comparison.stops == 1
    user.controller.stop_comparing_devices()
    assert user.comparison.stops == 2
    user.edit(network=())
    assert user.controller.comparable_experiment() is None


# ------------------------------------------------------------------------- the run itself


def test_events_of_a_discarded_run_change_nothing(make_user: Callable[..., User]) -> None:
    user = make_user(ENDLESS)
    user.do(user.controller.train, "running")
    user.controller.reset()
    count = len(user.states)
    user.do(user.controller.step, "paused")
    assert {state.run_id for state in user.states[count:]} == {user.state.run_id}


def test_a_bug_in_the_trainer_ends_the_run_in_words() -> None:
    started: list[object] = []
    user = User(EXPERIMENT, started.append)
    user.controller.train()
    user.run.fail(ValueError("one too few"))
    assert user.state.phase == "failed"
    assert "one too few" in user.state.message
    assert "bug" in user.state.hint
    user.controller.reset()
    user.run.fail(ValueError("too late"))
    assert user.state.phase == "idle"


def test_speed_and_demand_reach_the_run_in_progress_and_the_next_one() -> None:
    user = User(EXPERIMENT, lambda work: None)
    user.run.set_speed(5)
    user.run.set_demand(frozenset({ClassPredictions}))
    user.controller.train()
    link = user.run.link
    assert link is not None
    assert (link.control.speed, link.mailbox.demand) == (5, {ClassPredictions})
    user.run.set_speed(None)
    user.run.set_demand(frozenset())
    assert (link.control.speed, link.mailbox.demand) == (None, frozenset())


def test_stop_while_the_evaluation_begins_is_one_command() -> None:
    from nnplay.link import Evaluating, Started

    user = User(EXPERIMENT, lambda work: None)
    user.controller.train()
    link = user.run.link
    assert link is not None
    user.run.take(Started(1, "cpu", "why", "eager", "why", 1))
    user.controller.stop()
    user.controller.stop()
    assert link.control.ending == "stop"
    user.run.take(Evaluating(1, 0.1))
    user.controller.stop()
    assert link.control.ending == "cancel evaluation"
