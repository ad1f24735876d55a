"""The dialog that trains with several learning rates at once, to find one that suits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from math import isnan
from threading import Lock
from typing import ClassVar

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from nnplay.catalog import Param
from nnplay.data import DataError
from nnplay.experiment import Experiment, WeightsError
from nnplay.experiment.lr_range import COUNT, ends_around, lr_range
from nnplay.experiment.sizes import part_sizes, steps_per_epoch
from nnplay.gui.dialogs.task_dialog import Failure, Progress, TaskDialog
from nnplay.gui.editors.frame import hint_label
from nnplay.gui.forms import NumberField
from nnplay.gui.forms.param_words import tooltip
from nnplay.gui.forms.rows import sentence_case
from nnplay.gui.learning_rates.plots import RateCurves, RateLosses, RatePoint
from nnplay.gui.learning_rates.rate_table import RateTable
from nnplay.gui.style.plain import ElidedLabel, PlainLabel, plain
from nnplay.gui.style.theme import SPACE, font
from nnplay.gui.style.zoom import sized, zoom
from nnplay.link import RatesResult, Trace, learning_rate_curves
from nnplay.session import engine_import
from nnplay.translation import _, n_

POLL_MS = 100
"""Drawing more often would take processor time from the networks."""
_STEPS = 2000
"""Proposed number of steps, if the experiment has as many."""
_MOST = 16
_SIZE = QSize(1040, 640)
_RATE_HELP = n_("The rates are spaced evenly on a logarithmic scale.")
_LOW = Param("low", "float", 1e-4, _RATE_HELP, n_("from"), low=1e-12, high=1e6)
_HIGH = Param("high", "float", 1.0, _RATE_HELP, n_("to"), low=1e-12, high=1e6)
_COUNT = Param(
    "count",
    "int",
    COUNT,
    n_("Networks trained at the same time; each one slows down the others."),
    n_("networks"),
    low=2,
    high=_MOST,
)
_EPOCHS = Param(
    "epochs",
    "int",
    10,
    n_("Passes of each network over the training set. Stop when you have seen enough."),
    n_("epochs"),
    low=1,
    high=1_000_000,
)


class LearningRatesDialog(TaskDialog):
    """Compares learning rates for one experiment; accepted with the chosen one in `rate`."""

    memory_hint: ClassVar[str] = n_("Compare fewer networks at once.")

    def __init__(
        self, experiment: Experiment, turn: Lock | None = None, parent: QWidget | None = None
    ) -> None:
        """Make the dialog; the comparison waits for other tasks that share `turn`."""
        super().__init__(parent, turn, POLL_MS)
        self.rate: float | None = None
        """The rate to use."""
        self._experiment = experiment
        self._rates: tuple[float, ...] = ()
        self._trace = learning_rate_curves(0)
        self._read = 0
        self._done = (0, 0)
        self._result: RatesResult | None = None
        self._chosen: int | None = None
        self.setWindowTitle(_("Compare learning rates"))
        self.resize(_SIZE * zoom())
        self.fields = {p.name: NumberField(p) for p in (_LOW, _HIGH, _COUNT, _EPOCHS)}
        self.curves = RateCurves(("",))
        self.losses = RateLosses()
        self.table = RateTable()
        self.status, self.use = ElidedLabel(), QPushButton(_("Use this rate"))
        self.use.setEnabled(False)
        self._propose()
        self._lay_out()
        self._connect()
        self._plan()
        self.start.setFocus()

    @property
    def closes_when_cancelled(self) -> bool:
        """Whether to close: the button that starts the comparison also stops it."""
        return True

    def show_busy(self, busy: bool) -> None:
        """Keep the choices as they are while the networks train."""
        self.start.setText(_("Stop") if busy else _("Start"))
        for field in self.fields.values():
            field.setEnabled(not busy)
        self.use.setEnabled(self._chosen is not None)
        if busy:
            self.status.setText(_("Preparing…"))
        else:
            self._show_new_rows()

    def show_result(self, result: object) -> None:
        """Show the result."""
        if isinstance(result, RatesResult):
            self._show_rates(result)
        else:
            self.status.setText(_("Stopped before the first step."))

    def show_failure(self) -> None:
        """Show nothing but the message."""
        self.status.clear()

    def progress(self) -> Progress | None:
        """Return how many steps have been taken."""
        step, steps = self._done
        return Progress(step, steps) if steps else None

    def _propose(self) -> None:
        """Fill the fields with values that suit the experiment."""
        experiment = self._experiment
        low, high = ends_around(experiment.optimizer.lr)
        train = part_sizes(experiment.data.spec(), experiment.split)[0]
        per_epoch = steps_per_epoch(train, experiment.batch_size, experiment.policy.drop_last)
        epochs = max(1, min(experiment.epochs, _STEPS // per_epoch))
        for name, value in (("low", low), ("high", high), ("epochs", epochs)):
            self.fields[name].show_value(value)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(SPACE)
        for field in self.fields.values():
            label = PlainLabel(sentence_case(_(field.param.label)))
            label.setBuddy(field)
            label.setToolTip(plain(tooltip(field.param)))
            field.setToolTip(plain(tooltip(field.param)))
            sized(field, maximumWidth=110)
            top.addWidget(label)
            top.addWidget(field)
        top.addStretch(1)
        top.addWidget(self.start)
        self.start.setText(_("Start"))
        self.start.setDefault(False)
        self.start.setAutoDefault(False)
        hint = hint_label()
        hint.setText(
            _(
                "Trains the same network once per rate, with the same initial weights and the same "
                "batches. Only the chosen learning rate is kept."
            )
        )
        sized(self.table, minimumHeight=150)
        self._right = QVBoxLayout()
        self._right.setSpacing(SPACE)
        self._right.addWidget(self.losses, 5)
        self._right.addWidget(self.table, 4)
        self._middle = QHBoxLayout()
        self._middle.setSpacing(SPACE)
        self._middle.addWidget(self.curves, 11)
        self._middle.addLayout(self._right, 9)
        self.status.setFont(font("small"))
        self.use.setObjectName("primary")
        self.use.setAutoDefault(False)
        self.use.setToolTip(
            _("Sets the learning rate of the experiment to the chosen one; can be undone.")
        )
        self.set_close_text(_("Close"))
        foot = QHBoxLayout()
        foot.setSpacing(SPACE)
        foot.addWidget(self.bar)
        foot.addWidget(self.status, 1)
        foot.addWidget(self.use)
        foot.addWidget(self.cancel)
        sized(self.bar, minimumWidth=160, maximumWidth=160)
        self.bar.setTextVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE * 2, SPACE * 2, SPACE * 2, SPACE * 2)
        column.setSpacing(SPACE)
        column.addLayout(top)
        column.addWidget(hint)
        column.addLayout(self._middle, 1)
        column.addWidget(self.message)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.task.polled.connect(self._show_new_rows)
        for field in self.fields.values():
            field.value_edited.connect(self._plan)
            field.complaint_changed.connect(self.complain)
        self.start.clicked.connect(self._start)
        self.use.clicked.connect(self._use)
        self.table.chosen.connect(self._choose)
        self.table.used.connect(self._use)
        self.losses.chosen.connect(self.table.choose)

    @Slot()
    def _plan(self) -> None:
        """Show the rates that would be compared, in place of an earlier result."""
        low, high = (float(self.fields[name].value) for name in ("low", "high"))
        is_range = low < high
        self.start.setEnabled(is_range)
        self.message.setVisible(not is_range)
        if not is_range:
            self.say(_("The lowest rate must be below the highest."))
            self.status.clear()
            return
        self._rates = lr_range(low, high, int(self.fields["count"].value))
        self._trace, self._read = learning_rate_curves(len(self._rates)), 0
        self._done, self._result = (0, 0), None
        ready = _("Start trains {n} networks and plots their losses.")
        self.status.setText(ready.format(n=len(self._rates)))
        old = self.curves
        self.curves = RateCurves([f"{rate:g}" for rate in self._rates])
        self._middle.replaceWidget(old, self.curves)
        old.hide()
        old.deleteLater()
        self.table.show_rates(self._rates, self._experiment.loss.target_form != "values")
        self.losses.show_part(validates=False)
        self.losses.show_points((), None)

    @Slot()
    def _start(self) -> None:
        if self.is_busy:
            self.task.cancel()
            self.status.setText(_("Stopping…"))
            return
        self._plan()
        experiment = replace(self._experiment, epochs=int(self.fields["epochs"].value))
        self.begin(
            partial(
                _compare,
                experiment,
                self._rates,
                self._trace,
                self.task.is_cancelled,
                self._take_step,
            )
        )

    def _take_step(self, step: int, steps: int) -> None:
        # Called in the thread of the work, see BackgroundTask.
        self._done = (step, steps)

    @Slot()
    def _show_new_rows(self) -> None:
        """Draw the losses that have been added since the last time."""
        rows = self._trace.read()
        count, self._read = self._read, len(rows)
        step, steps = self._done
        if self.task.is_cancelled():
            self.status.setText(_("Stopping…"))
        elif steps:
            self.status.setText(
                _("step {step} of {steps}").format(step=f"{step:,}", steps=f"{steps:,}")
            )
        if len(rows) == count:
            return
        self.curves.show_rows(rows)
        losses = [None if isnan(loss) else loss for loss in rows[-1, 2:].tolist()]
        self.table.show_losses(losses)
        self._show_losses(losses)

    def _show_rates(self, result: RatesResult) -> None:
        self._result = result
        self.table.show_result(result)
        how = _("Trained with {stepper} steps ({why}).").format(
            stepper=_(result.stepper), why=result.stepper_why
        )
        said = [result.advice, *filter(None, (result.unit_note,)), how]
        if result.stopped:
            said.insert(1, _("Stopped: the losses are those of the last steps taken."))
        self.status.setText(" ".join(said))
        self.curves.reset_view()
        self.losses.show_part(result.validates)
        self._show_losses([one.loss for one in result.rates])
        if self._chosen is None and result.best is not None:
            self.table.choose(result.best)
        self.table.setFocus()

    def _show_losses(self, losses: Sequence[float | None]) -> None:
        points = [RatePoint(*pair) for pair in zip(self._rates, losses, strict=True)]
        best = None if self._result is None else self._result.best
        self.losses.show_points(points, best)

    @Slot(object)
    def _choose(self, at: int | None) -> None:
        self._chosen = at
        self.curves.choose(at)
        self.losses.choose(at)
        self.use.setEnabled(at is not None)

    @Slot()
    def _use(self) -> None:
        if self._chosen is not None:
            self.rate = self._rates[self._chosen]
            self.accept()


def _compare(
    experiment: Experiment,
    rates: tuple[float, ...],
    curves: Trace,
    cancelled: Callable[[], bool],
    tell: Callable[[int, int], object],
) -> RatesResult | Failure | None:
    """Return the result, None where it was stopped before the first step, or what is wrong."""
    with engine_import:
        from nnplay.engine.comparing.devices import Cancelled
        from nnplay.engine.comparing.learning_rates import compare_rates
        from nnplay.engine.model.devices import DeviceError
        from nnplay.engine.prepare import RunError

    try:
        return compare_rates(experiment, rates, curves, spare_cores=1, stop=cancelled, tell=tell)
    except Cancelled:
        return None
    except (RunError, DeviceError, WeightsError, DataError) as error:
        return Failure(str(error), getattr(error, "hint", ""))
