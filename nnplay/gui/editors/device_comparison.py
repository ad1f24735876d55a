"""Measures the speed of an experiment on several devices in the background."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from threading import Lock

from PySide6.QtCore import QObject, Signal, Slot

from nnplay.data import DataError
from nnplay.experiment import Experiment, WeightsError
from nnplay.gui.background.background_task import BackgroundTask
from nnplay.gui.editors.devices import Device, DeviceRow
from nnplay.session import engine_import
from nnplay.translation import _


class DeviceComparison(QObject):
    """At most one comparison at a time."""

    progressed = Signal(str)
    """What is being measured; nothing when the comparison is over."""
    measured = Signal(object, str, str)
    """The experiment that was measured, the verdict, and the timings behind it."""
    failed = Signal(str, str)
    """What went wrong, and what to do."""

    def __init__(
        self,
        devices: Callable[[], Sequence[Device]],
        turn: Lock | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Compare what `devices` returns at the start; wait for tasks that share `turn`."""
        super().__init__(parent)
        self._devices = devices
        self._experiment: Experiment | None = None
        self._task = BackgroundTask(self, turn)
        self._task.reported.connect(self._show_device)
        self._task.ended.connect(self._end)

    def connect_to(self, row: DeviceRow, compare: Callable[[], None]) -> None:
        """Show the comparison in a row of the editor, whose button calls `compare`."""
        row.compare_asked.connect(compare)
        row.stop_asked.connect(self.stop)
        self.progressed.connect(row.show_progress)
        self.measured.connect(row.show_verdict)

    @property
    def is_busy(self) -> bool:
        """Whether a comparison is in progress."""
        return self._task.is_busy

    def start(self, experiment: Experiment) -> None:
        """Start measuring, unless a comparison is in progress."""
        if self._task.is_busy:
            return
        self._experiment = experiment
        self.progressed.emit(_("Measuring…"))
        self._task.start(partial(self._measure, experiment, tuple(self._devices())))

    @Slot()
    def stop(self) -> None:
        """Stop without a verdict."""
        self._task.cancel()

    def shut_down(self, milliseconds: int) -> bool:
        """Stop and wait; return whether the comparison has ended in time."""
        return self._task.shut_down(milliseconds)

    @Slot(object)
    def _show_device(self, label: str) -> None:
        if not self._task.is_cancelled():
            self.progressed.emit(_("Measuring on {device}…").format(device=label))

    @Slot(object)
    def _end(self, result: object) -> None:
        self.progressed.emit("")
        if self._task.is_cancelled():
            return  # a verdict that was ready too late would surprise
        if isinstance(result, tuple):
            self.measured.emit(self._experiment, *result)
        elif isinstance(result, DataError | WeightsError):
            self.failed.emit(str(result), result.hint)
        elif isinstance(result, Exception):
            self.failed.emit(_("The comparison failed: {error}").format(error=result), "")

    def _measure(
        self, experiment: Experiment, devices: tuple[Device, ...]
    ) -> tuple[str, str] | WeightsError | None:
        """Return the verdict and the timings; runs in the thread of the task."""
        with engine_import:
            from nnplay.engine import DeviceChoice
            from nnplay.engine.comparing import devices as compare

        chosen = [DeviceChoice(one.key, one.label, one.why) for one in devices]
        try:
            timings = compare.compare_devices(
                experiment,
                chosen,
                spare_cores=1,
                stop=self._task.is_cancelled,
                tell=self._report,
            )
        except compare.Cancelled:
            return None
        except WeightsError as error:
            return error
        return compare.verdict(timings), "\n".join(compare.timing_text(one) for one in timings)

    def _report(self, device: Device) -> None:
        self._task.report(device.label)
