"""Shows any moment of the run in all views, and plays them one after the other."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from nnplay.experiment import Experiment
from nnplay.gui.background.film_frames import FilmFrames, FilmRequest
from nnplay.gui.background.live import LiveRun
from nnplay.gui.bars.film_bar import Axis, FilmBar
from nnplay.gui.film_marks import film_marks
from nnplay.gui.workspace import Workspace
from nnplay.link import Film, Frame, Link, PayloadKind, Selection, WeightFrame
from nnplay.session import RunState
from nnplay.session.film_time import frame_times, rebuild_seconds
from nnplay.translation import _

TICK_MS = 33
FEWEST = 2
"""Frames of a film that is worth a slider."""
FEWEST_SECONDS = 0.1
"""Of rebuilding a step that are worth a message."""


class FilmDisplay(QObject):
    """Connects the bar with the run and the views.

    While no moment is chosen, the views follow the run; otherwise they get frames that are computed
    from the weights of that moment, also while the training goes on.
    """

    returned = Signal()
    """The views are to show the newest frame of the run again."""
    failed = Signal(str)
    """Why no frame of the film can be computed."""
    branch_asked = Signal(object)
    """The step to continue from."""
    moment_shown = Signal(object)
    """The step of a moment that every visible view shows now."""

    def __init__(self, live: LiveRun, workspace: Workspace, bar: FilmBar) -> None:
        super().__init__(live)
        self._live, self._workspace, self._bar = live, workspace, bar
        self._frames = frames = FilmFrames(self)
        self._shown: WeightFrame | None = None
        """The moment shown, None to follow the run."""
        self._before: tuple[WeightFrame | None] | None = None
        """The moment to return to, while another part of the window chooses the moments."""
        self._is_outdated = False
        self._rebuilding: tuple[int, float] | None = None
        """The step that a run has been asked to continue from, and how long its steps take."""
        self._axis: Axis = "epoch"
        self._experiment: Experiment | None = None
        self._demand: frozenset[PayloadKind] = frozenset()
        self._selection = Selection()
        self._times: list[float] = []
        self._at, self._since = 0.0, 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        live.state_changed.connect(self._follow_state)
        live.traces_grew.connect(self.refresh)
        workspace.demand_changed.connect(self._follow_demand)
        workspace.selection_changed.connect(self._follow_selection)
        frames.ready.connect(self._show_frame)
        frames.failed.connect(self._tell_failure)
        bar.moved.connect(self._go_to_share)
        bar.stepped.connect(self._go_by)
        bar.play_toggled.connect(self._play)
        bar.newest_asked.connect(self.follow)
        bar.axis_chosen.connect(self._choose_axis)
        bar.continue_asked.connect(self._ask_branch)

    @property
    def is_following(self) -> bool:
        """Whether the views show the run as it is now."""
        return self._shown is None

    @property
    def step(self) -> int | None:
        """The step of the moment shown; None while the views follow the run."""
        return None if self._shown is None else self._shown.step

    @property
    def moments(self) -> tuple[WeightFrame, ...]:
        """The moments of the run that can be shown."""
        return self._film_frames()

    def begin_showing(self) -> None:
        """Let `show_moment` choose what is shown until `end_showing`."""
        self._stop_playing()
        self._before = (self._shown,)

    def show_moment(self, moment: WeightFrame) -> None:
        """Show a moment in all views; `moment_shown` follows."""
        self._shown = moment
        self._ask(moment, is_still=True)
        self._workspace.show_position(moment.step)
        self.refresh()

    def end_showing(self) -> None:
        """Show again what was shown before `begin_showing`."""
        if self._before is None:
            return
        (before,), self._before = self._before, None
        if before is None:
            self.follow()
        else:
            self.show_moment(before)

    def shut_down(self, milliseconds: int) -> bool:
        """End the playback and what computes frames; return whether it has ended in time."""
        self._stop_playing()
        return self._frames.shut_down(milliseconds)

    @Slot()
    def follow(self) -> None:
        """Let the views follow the run again."""
        was_following = self.is_following
        self._show_run()
        if not was_following:
            self.returned.emit()
        self.refresh()

    def show_newest_weights(self) -> None:
        """Show the weights that a run ended with, if no frame of them was made in this window."""
        film, run = self._film(), self._live.run.recorded
        if film is None or run is None or not film.frames:
            return
        newest = run.points.newest
        weights = None if newest is None else newest.weights
        if run.result is not None:
            weights = run.result.weights
        last = film.frames[-1]
        if weights is not None:
            # Exact, and perhaps those of the best epoch.
            last = replace(last, numbers=film.layout.row(weights))
        self._ask(last, is_still=True)

    def set_outdated(self, is_outdated: bool) -> None:
        """Note whether the experiment has been edited since the run that is shown."""
        self._is_outdated = is_outdated
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show how far the run is, and where the views are in it."""
        frames = self._film_frames()
        if self._rebuilding is not None and self._shows_rebuilding(*self._rebuilding):
            return
        self._rebuilding = None
        if len(frames) < FEWEST:
            self._bar.show_nothing()
            return
        self._bar.setEnabled(True)
        shown = self._shown or frames[-1]
        last = max(self._value(frames[-1]), 1e-9)
        share = min(1.0, self._value(shown) / last)
        text, tip = self._texts(shown)
        self._bar.show_position(share, text, tip, is_newest=self._shown is None)
        is_earlier = self._shown is not None and (
            self._is_outdated or self._shown.step < frames[-1].step
        )
        self._bar.show_branch(
            is_possible=is_earlier,
            is_outdated=self._is_outdated,
            seconds=self._rebuild_seconds(shown.step) if is_earlier else 0.0,
        )
        link = self._link()
        if link is None or self._experiment is None or self._axis == "second":
            self._bar.show_marks(())
        else:
            self._bar.show_marks(film_marks(link, self._experiment, last))

    @Slot(object)
    def _follow_state(self, state: RunState) -> None:
        experiment = self._live.run.trained
        if experiment is not self._experiment:
            self._experiment = experiment
            self._frames.cancel()
            self._show_run()
        elif state.phase == "starting":
            # The run goes on, and that is what the user wants to see.
            self._show_run()
        self.refresh()

    def _show_run(self) -> None:
        self._stop_playing()
        if self._shown is not None:
            self._shown = None
            self._workspace.show_position(None)

    @Slot(object)
    def _follow_demand(self, demand: frozenset[PayloadKind]) -> None:
        self._demand = demand
        self._ask_again()

    @Slot(object)
    def _follow_selection(self, selection: Selection) -> None:
        self._selection = selection
        self._ask_again()

    def _ask_again(self) -> None:
        if self._shown is not None:
            self._ask(self._shown, is_still=not self._timer.isActive())
        elif self._live.state.phase == "finished":
            # No thread follows the selection any more: the map of a larger part of the plane would
            # end where the view ended before.
            self.show_newest_weights()

    @Slot(float)
    def _go_to_share(self, share: float) -> None:
        frames = self._film_frames()
        if frames:
            values = [self._value(frame) for frame in frames]
            index = bisect_right(values, share * values[-1] + 1e-9) - 1
            self._stop_playing()
            self._go_to(max(0, index))

    @Slot(int)
    def _go_by(self, frames: int) -> None:
        self._stop_playing()
        self._go_to(self._index() + frames)

    def _go_to(self, index: int, is_still: bool = True) -> None:
        frames = self._film_frames()
        if not frames:
            return
        self._shown = frames[min(max(0, index), len(frames) - 1)]
        self._ask(self._shown, is_still)
        self._workspace.show_position(self._shown.step)
        self.refresh()

    def _index(self) -> int:
        frames = self._film_frames()
        if self._shown is None:
            return len(frames) - 1
        return bisect_right([frame.step for frame in frames], self._shown.step) - 1

    @Slot(bool)
    def _play(self, is_on: bool) -> None:
        if not is_on:
            self._timer.stop()
            self._ask_again()
            return
        frames = self._film_frames()
        self._times = frame_times(frames)
        index = self._index()
        # From the end there is nothing to play but the whole.
        self._at = 0.0 if index >= len(frames) - 1 else self._times[index]
        self._since = perf_counter()
        self._timer.start()
        self._tick()

    @Slot()
    def _tick(self) -> None:
        now = perf_counter()
        self._at += (now - self._since) * self._bar.rate
        self._since = now
        frames = self._film_frames()
        if len(frames) != len(self._times):
            self._times = frame_times(frames)
        if not self._times:
            self._stop_playing()
            return
        if self._at >= self._times[-1]:
            if not self._bar.loop.isChecked():
                self.follow()
                return
            self._at = 0.0
        index = bisect_right(self._times, self._at) - 1
        if index != self._index() or self._shown is None:
            self._go_to(index, is_still=False)

    def _stop_playing(self) -> None:
        self._timer.stop()
        self._bar.show_playing(False)

    @Slot(str)
    def _choose_axis(self, axis: Axis) -> None:
        self._axis = axis
        self.refresh()

    @Slot()
    def _ask_branch(self) -> None:
        if self._shown is not None:
            step = self._shown.step
            self._rebuilding = step, self._rebuild_seconds(step)
            self.branch_asked.emit(step)
            self.refresh()

    def _rebuild_seconds(self, step: int) -> float:
        """Return how long the steps take that lead from the point before a step to that step."""
        link = self._link()
        point = None if link is None else link.points.before(step)
        return 0.0 if point is None else rebuild_seconds(self._film_frames(), point.step, step)

    def _shows_rebuilding(self, step: int, seconds: float) -> bool:
        """Show that a run is at steps that it repeats; return False once it is past them."""
        link, phase = self._link(), self._live.state.phase
        taken = 0 if link is None else len(link.steps)
        is_going = phase == "starting" or (phase == "running" and taken < step)
        if is_going and seconds >= FEWEST_SECONDS:
            self._bar.show_rebuilding(seconds)
        return is_going and seconds >= FEWEST_SECONDS

    def _ask(self, weights: WeightFrame, is_still: bool) -> None:
        film, experiment = self._film(), self._live.run.trained
        if film is not None and experiment is not None:
            request = FilmRequest(
                experiment, film.layout, weights, self._demand, self._selection, is_still
            )
            self._frames.ask(request)

    @Slot(object)
    def _show_frame(self, frame: Frame) -> None:
        frames = self._film_frames()
        is_last = bool(frames) and self._shown is None and frame.step == frames[-1].step
        is_wanted = is_last and not self._live.state.is_alive
        if is_wanted or (self._shown is not None and frame.step == self._shown.step):
            self._workspace.show_frame(frame)
            self._workspace.show_last_frame()
            self.moment_shown.emit(frame.step)

    @Slot(str)
    def _tell_failure(self, why: str) -> None:
        self._stop_playing()
        text = _("This moment of the run cannot be shown: {why}")
        self.failed.emit(text.format(why=why))

    def _link(self) -> Link | None:
        return self._live.run.link

    def _film(self) -> Film | None:
        link = self._link()
        return None if link is None else link.film

    def _film_frames(self) -> tuple[WeightFrame, ...]:
        film = self._film()
        return () if film is None else film.frames

    def _per_epoch(self) -> float:
        """Return the steps of an epoch; 1 before they are known."""
        link = self._link()
        if link is None or not len(link.steps):
            return 1.0
        step, epoch = link.steps.read()[-1, :2]
        return float(step / epoch) if epoch else 1.0

    def _value(self, frame: WeightFrame) -> float:
        if self._axis == "second":
            return frame.seconds
        return float(frame.step)

    def _texts(self, frame: WeightFrame) -> tuple[str, str]:
        """Return a moment by the unit of the slider, and by all three."""
        epoch = frame.step / self._per_epoch()
        texts: dict[Axis, str] = {
            "epoch": _("epoch {epoch:,.4g}").format(epoch=epoch),
            "step": _("step {step:,}").format(step=frame.step),
            "second": _("{seconds:.2f} s").format(seconds=frame.seconds),
        }
        return texts[self._axis], " · ".join(texts.values())
