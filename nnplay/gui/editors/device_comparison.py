"""Measures an experiment on every device beside the window, while no run is under way."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from threading import Event

from PySide6.QtCore import QObject, QThread, Signal, Slot

from nnplay.data import DataError
from nnplay.experiment import Experiment, WeightsError
from nnplay.gui.background.thread import Worker
from nnplay.gui.editors.devices import Device
from nnplay.translation import _


class Comparing(QObject):
    """At most one comparison at a time."""

    told = Signal(str)
    """What is being done; nothing when it is over."""
    answered = Signal(object, str, str)
    """The experiment that was measured, the verdict, and the figures behind it."""
    failed = Signal(str, str)
    """What went wrong, and what to do."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stopped = Event()
        self._is_busy = False
        self._experiment: Experiment | None = None
        # One for all times: a run may still be about to stop waiting for it when it has ended.
        self._worker = Worker(parent=self)
        self._worker.told.connect(self._take)
        self._worker.broke.connect(self._take_break)
        self._worker.finished.connect(self._ended)

    @property
    def threads(self) -> tuple[QThread, ...]:
        """What a run has to wait for."""
        return (self._worker,)

    def start(
        self, experiment: Experiment, devices: Sequence[Device], after: Sequence[QThread] = ()
    ) -> None:
        """Begin to measure when `after` have ended, unless that is under way."""
        if self._is_busy:
            return
        self._is_busy = True
        self._stopped.clear()
        self._experiment = experiment
        self._worker.after = tuple(after)
        self.told.emit(_("Measuring…"))
        self._worker.begin(
            partial(_measure, experiment, tuple(devices), self._stopped, self._worker)
        )

    @Slot()
    def stop(self) -> None:
        """End what is under way, without an answer."""
        self._stopped.set()

    def shut_down(self, milliseconds: int) -> bool:
        """Stop and wait; say whether it has ended."""
        self.stop()
        return self._worker.wait(milliseconds)

    @Slot(object)
    def _take(self, news: object) -> None:
        if self._stopped.is_set():
            return
        if isinstance(news, str):
            self.told.emit(_("Measuring on {device}…").format(device=news))
        elif isinstance(news, tuple):
            self.answered.emit(self._experiment, *news)
        elif isinstance(news, Exception):
            self.failed.emit(str(news), getattr(news, "hint", ""))

    @Slot(object)
    def _take_break(self, error: object) -> None:
        self.failed.emit(_("The comparison broke off: {error}").format(error=error), "")

    @Slot()
    def _ended(self) -> None:
        self._is_busy = False
        self.told.emit("")


def _measure(
    experiment: Experiment, devices: tuple[Device, ...], stopped: Event, worker: Worker
) -> None:
    from nnplay.engine import DeviceChoice
    from nnplay.engine.comparing import devices as compare

    chosen = [DeviceChoice(one.key, one.label, one.why) for one in devices]
    try:
        timings = compare.compare_devices(
            experiment,
            chosen,
            spare_cores=1,
            stop=stopped.is_set,
            tell=lambda device: worker.told.emit(device.label),
        )
    except compare.Stopped:
        return
    except (DataError, WeightsError) as error:
        worker.told.emit(error)
        return
    figures = "\n".join(compare.timing_text(one) for one in timings)
    worker.told.emit((compare.verdict(timings), figures))
