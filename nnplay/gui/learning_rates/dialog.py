"""The dialog that trains with several learning rates side by side, to see which suits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from math import isnan

from PySide6.QtCore import QSize, Qt, QThread, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from nnplay.catalog import Param
from nnplay.data import DataError
from nnplay.experiment import Experiment, WeightsError
from nnplay.experiment.lr_range import COUNT, ends_around, lr_range
from nnplay.experiment.sizes import part_sizes, steps_per_epoch
from nnplay.gui.background.background_task import BackgroundTaskDialog
from nnplay.gui.editors.frame import ElidedLabel, hint_label
from nnplay.gui.forms import NumberField
from nnplay.gui.forms.param_words import tooltip
from nnplay.gui.forms.rows import sentence_case
from nnplay.gui.learning_rates.plots import RateCurves, RateLosses, RatePoint
from nnplay.gui.learning_rates.rate_table import RateTable
from nnplay.gui.style.theme import SPACE, font
from nnplay.link import (
    RatesResult,
    Trace,
    rate_curves,
)
from nnplay.translation import _, n_

POLL_MS = 100
"""Drawn no oftener than this: the networks want the processor too."""
_STEPS = 2000
"""About how many steps are proposed, if the experiment has that many."""
_MOST = 16
_SIZE = QSize(1040, 640)
_RATE_HELP = n_("Rates lie between the two at equal ratios.")
_LOW = Param("low", "float", 1e-4, _RATE_HELP, n_("from"), low=1e-12, high=1e6)
_HIGH = Param("high", "float", 1.0, _RATE_HELP, n_("to"), low=1e-12, high=1e6)
_COUNT = Param(
    "count",
    "int",
    COUNT,
    n_("Networks that learn at the same time; each one more costs its share of the speed."),
    n_("networks"),
    low=2,
    high=_MOST,
)
_EPOCHS = Param(
    "epochs",
    "int",
    10,
    n_("How often each network goes through the training samples. Stop whenever you have seen it."),
    n_("epochs"),
    low=1,
    high=1_000_000,
)


class RatesDialog(BackgroundTaskDialog):
    """Compares learning rates for one experiment; accepted when one is to be used, in `rate`."""

    def __init__(
        self, experiment: Experiment, after: Sequence[QThread] = (), parent: QWidget | None = None
    ) -> None:
        """Make the dialog; it begins to train when the threads `after` have ended."""
        super().__init__(parent, POLL_MS)
        self.rate: float | None = None
        """What is to be used."""
        self._experiment = experiment
        self._after = tuple(after)
        self._rates: tuple[float, ...] = ()
        self._trace = rate_curves(0)
        self._read = 0
        self._done = (0, 0)
        self._result: RatesResult | None = None
        self._chosen: int | None = None
        self._closing = False
        self.setWindowTitle(_("Compare learning rates"))
        self.resize(_SIZE)
        self.fields = {p.name: NumberField(p) for p in (_LOW, _HIGH, _COUNT, _EPOCHS)}
        self.start = QPushButton(_("Start"))
        self.curves = RateCurves(("",))
        self.losses = RateLosses()
        self.table = RateTable()
        self.bar, self.said, self.trouble = QProgressBar(), ElidedLabel(), QLabel()
        self.use, self.cancel = QPushButton(_("Use this rate")), QPushButton(_("Close"))
        self._propose()
        self._lay_out()
        self._connect()
        self._set_busy(False)
        self._plan()
        self.start.setFocus()

    def shut_down(self, milliseconds: int) -> bool:
        """Stop what is under way and wait for it; say whether it has ended."""
        self._closing = True
        return super().shut_down(milliseconds)

    def reject(self) -> None:
        """Close; where networks are being trained, once they have stopped."""
        if self.is_busy:
            self._closing = True
        super().reject()

    def _propose(self) -> None:
        """Put into the fields what suits the experiment."""
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
            label = QLabel(sentence_case(_(field.param.label)))
            label.setBuddy(field)
            label.setToolTip(tooltip(field.param))
            field.setToolTip(tooltip(field.param))
            field.setMaximumWidth(110)
            top.addWidget(label)
            top.addWidget(field)
        top.addStretch(1)
        top.addWidget(self.start)
        self.start.setObjectName("primary")
        self.start.setAutoDefault(False)
        hint = hint_label()
        hint.setText(
            _(
                "The same network from the same first weights on the same samples, once for each "
                "rate. Nothing of it is kept but the rate that you use."
            )
        )
        self.table.setMinimumHeight(150)
        self._right = QVBoxLayout()
        self._right.setSpacing(SPACE)
        self._right.addWidget(self.losses, 5)
        self._right.addWidget(self.table, 4)
        self._middle = QHBoxLayout()
        self._middle.setSpacing(SPACE)
        self._middle.addWidget(self.curves, 11)
        self._middle.addLayout(self._right, 9)
        self.trouble.setObjectName("problem")
        self.trouble.setWordWrap(True)
        self.trouble.setTextFormat(Qt.TextFormat.PlainText)
        self.trouble.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.trouble.hide()
        self.said.setFont(font("small"))
        self.use.setObjectName("primary")
        self.use.setAutoDefault(False)
        self.use.setToolTip(
            _("Puts the chosen rate into the experiment, which can be undone, and closes.")
        )
        self.cancel.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.setSpacing(SPACE)
        foot.addWidget(self.bar)
        foot.addWidget(self.said, 1)
        foot.addWidget(self.use)
        foot.addWidget(self.cancel)
        self.bar.setFixedWidth(160)
        self.bar.setTextVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE * 2, SPACE * 2, SPACE * 2, SPACE * 2)
        column.setSpacing(SPACE)
        column.addLayout(top)
        column.addWidget(hint)
        column.addLayout(self._middle, 1)
        column.addWidget(self.trouble)
        column.addLayout(foot)

    def _connect(self) -> None:
        self._background_task.looked.connect(self._look)
        self._background_task.answered.connect(self._ended)
        for field in self.fields.values():
            field.value_edited.connect(self._plan)
        self.start.clicked.connect(self._start)
        self.use.clicked.connect(self._use)
        self.cancel.clicked.connect(self.reject)
        self.table.chosen.connect(self._choose)
        self.table.used.connect(self._use)
        self.losses.chosen.connect(self.table.choose)

    @Slot()
    def _plan(self) -> None:
        """Show the rates that would be tried; what came of others before goes."""
        low, high = (float(self.fields[name].value) for name in ("low", "high"))
        is_range = low < high
        self.start.setEnabled(is_range)
        self.trouble.setVisible(not is_range)
        if not is_range:
            self._complain(_("The lowest rate must be below the highest."))
            return
        self._rates = lr_range(low, high, int(self.fields["count"].value))
        self._trace, self._read = rate_curves(len(self._rates)), 0
        self._done, self._result = (0, 0), None
        ready = _("Start trains {n} networks; their losses are drawn as they learn.")
        self.said.setText(ready.format(n=len(self._rates)))
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
        if self._background_task.is_busy:
            self._background_task.cancel()
            self._look()
            return
        self._plan()
        experiment = replace(self._experiment, epochs=int(self.fields["epochs"].value))
        work = partial(
            _compare,
            experiment,
            self._rates,
            self._trace,
            self._background_task.is_cancelled,
            self._tell,
        )
        self._set_busy(True)
        self._background_task.begin(work, self._after)
        self._after = ()

    def _tell(self, step: int, steps: int) -> None:
        # Called in the worker's thread: one slot that the timer reads.
        self._done = (step, steps)

    @Slot()
    def _look(self) -> None:
        """Show how far they are."""
        rows = self._trace.read()
        count, self._read = self._read, len(rows)
        step, steps = self._done
        if steps:
            self.bar.setRange(0, 1000)
            self.bar.setValue(1000 * step // steps)
            self.said.setText(
                _("step {step} of {steps}").format(step=f"{step:,}", steps=f"{steps:,}")
            )
        if self._background_task.is_cancelled():
            self.said.setText(_("Stopping…"))
        if len(rows) == count:
            return
        self.curves.show_rows(rows)
        losses = [None if isnan(loss) else loss for loss in rows[-1, 2:].tolist()]
        self.table.show_losses(losses)
        self._show_losses(losses)

    @Slot(object)
    def _ended(self, answer: object) -> None:
        self._look()
        self._set_busy(False)
        if self._closing:
            super().reject()
        elif self.rate is not None:
            self.accept()
        elif isinstance(answer, RatesResult):
            self._show_result(answer)
        elif answer is None:
            self.said.setText(_("Stopped before the first step."))
        elif isinstance(answer, MemoryError):
            text = _("The memory does not suffice for so many networks.")
            self._complain(f"{text} {_('Compare fewer of them at once.')}")
        else:
            self._complain(f"{answer} {getattr(answer, 'hint', '')}".strip())

    def _show_result(self, result: RatesResult) -> None:
        self._result = result
        self.table.show_result(result)
        how = _("Trained by {stepper} steps ({why}).").format(
            stepper=_(result.stepper), why=result.stepper_why
        )
        said = [result.advice, how]
        if result.stopped:
            said.insert(1, _("Stopped: losses are those of the last steps."))
        self.said.setText(" ".join(said))
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
        if self._chosen is None:
            return
        self.rate = self._rates[self._chosen]
        if self._background_task.is_busy:
            self._background_task.cancel()
            return
        self.accept()

    def _complain(self, text: str) -> None:
        self.trouble.setText(text)
        self.trouble.show()
        self.said.clear()

    def _set_busy(self, busy: bool) -> None:
        self.start.setText(_("Stop") if busy else _("Start"))
        for field in self.fields.values():
            field.setEnabled(not busy)
        self.bar.setRange(0, 0)
        self.bar.setVisible(busy)
        self.use.setEnabled(self._chosen is not None)
        if busy:
            self.trouble.hide()
            self.said.setText(_("Preparing…"))


def _compare(
    experiment: Experiment,
    rates: tuple[float, ...],
    curves: Trace,
    cancelled: Callable[[], bool],
    tell: Callable[[int, int], object],
) -> object:
    """Return what came of it, None for nothing, or what the user can mend."""
    from nnplay.engine.comparing.devices import Stopped
    from nnplay.engine.comparing.learning_rates import compare_rates
    from nnplay.engine.model.devices import DeviceError
    from nnplay.engine.prepare import RunError

    try:
        return compare_rates(experiment, rates, curves, spare_cores=1, stop=cancelled, tell=tell)
    except Stopped:
        return None
    except (RunError, DeviceError, WeightsError, DataError) as error:
        return error


if __name__ == "__main__":
    from nnplay.gui.learning_rates.preview import main

    raise SystemExit(main())
