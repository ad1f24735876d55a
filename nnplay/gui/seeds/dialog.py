"""The dialog that trains one experiment with several seeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from threading import Lock
from typing import ClassVar

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnplay.catalog import Param
from nnplay.data import DataError
from nnplay.experiment import Experiment, WeightsError
from nnplay.gui.dialogs.task_dialog import Failure, Progress, TaskDialog
from nnplay.gui.editors.frame import hint_label
from nnplay.gui.forms import NumberField
from nnplay.gui.forms.fields import Switch
from nnplay.gui.forms.param_words import tooltip
from nnplay.gui.forms.rows import sentence_case
from nnplay.gui.seeds.plot import SeedsPlot
from nnplay.gui.style.plain import PlainLabel, plain
from nnplay.gui.style.theme import SPACE, set_font
from nnplay.gui.style.zoom import sized, zoom
from nnplay.gui.views.plots.legend import LineLegend
from nnplay.gui.views.plots.plot import plot_pen
from nnplay.link import EPOCH_COLUMNS, SeedsResult, Trace, band_of
from nnplay.session import engine_import
from nnplay.translation import _, n_

POLL_MS = 150
_SIZE = QSize(860, 560)
_COUNT = Param(
    "count",
    "int",
    8,
    n_("Number of runs, one after the other, each with a seed of its own."),
    n_("seeds"),
    low=2,
    high=100,
)
_EPOCHS = Param(
    "epochs",
    "int",
    10,
    n_("Passes of each network over the training set."),
    n_("epochs"),
    low=1,
    high=1_000_000,
)


class SeedsDialog(TaskDialog):
    """Trains with several seeds, and shows the spread of the losses."""

    memory_hint: ClassVar[str] = n_("Use fewer samples or a smaller network.")

    def __init__(
        self, experiment: Experiment, turn: Lock | None = None, parent: QWidget | None = None
    ) -> None:
        """Make the dialog; the training waits for other tasks that share `turn`."""
        super().__init__(parent, turn, POLL_MS)
        self._experiment = experiment
        self.traces: tuple[Trace, ...] = ()
        """The epochs of each run."""
        self._rows: tuple[int, ...] = ()
        self.setWindowTitle(_("Train with several seeds"))
        self.resize(_SIZE * zoom())
        self.fields = {param.name: NumberField(param) for param in (_COUNT, _EPOCHS)}
        self.fields["count"].show_value(_COUNT.default)
        self.fields["epochs"].show_value(experiment.epochs)
        self.weights_only = Switch(_("Only the initial weights differ"))
        self.weights_only.setToolTip(
            plain(_("Same split, order and noise in every run; otherwise these differ as well."))
        )
        self.plot, self.legend = SeedsPlot(), LineLegend()
        self.verdict, self.status = PlainLabel(), PlainLabel()
        self._lay_out()
        for field in self.fields.values():
            field.complaint_changed.connect(self.complain)
        self.task.polled.connect(self._show_new_rows)
        self.start.clicked.connect(self._start)

    @property
    def closes_when_cancelled(self) -> bool:
        """Whether to close: the button that starts the training also stops it."""
        return True

    def show_busy(self, busy: bool) -> None:
        """Keep the choices as they are while the networks train."""
        self.start.setText(_("Stop") if busy else _("Start"))
        for widget in (*self.fields.values(), self.weights_only):
            widget.setEnabled(not busy)
        if busy:
            self.status.setText(_("Preparing…"))
            self.verdict.setText("")
        else:
            self._show_new_rows()
            self.status.setText("")

    def show_result(self, result: object) -> None:
        """Say how much the seeds differ."""
        if isinstance(result, SeedsResult):
            self.verdict.setText(sentence_case(result.spread))
            self.status.setText(_("Stopped before the last seed.") if result.stopped else "")
        else:
            self.status.setText(_("Stopped before the first run had ended."))

    def progress(self) -> Progress | None:
        """Return how many epochs have been trained in all runs."""
        epochs = int(self.fields["epochs"].value)
        done = sum(len(trace) for trace in self.traces)
        return Progress(done, epochs * len(self.traces)) if done else None

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(SPACE)
        for field in self.fields.values():
            label = PlainLabel(sentence_case(_(field.param.label)))
            label.setBuddy(field)
            for widget in (label, field):
                widget.setToolTip(plain(tooltip(field.param)))
            sized(field, maximumWidth=110)
            top.addWidget(label)
            top.addWidget(field)
        top.addWidget(self.weights_only)
        top.addStretch(1)
        top.addWidget(self.start)
        self.start.setText(_("Start"))
        self.start.setDefault(False)
        self.start.setAutoDefault(False)
        hint = hint_label()
        hint.setText(
            _(
                "Trains the same experiment once per seed. Line: the median of all seeds. "
                "Band: from the lowest to the highest loss."
            )
        )
        self.verdict.setWordWrap(True)
        set_font(self.verdict, "title")
        self.set_close_text(_("Close"))
        self.bar.setTextVisible(False)
        sized(self.bar, minimumWidth=160, maximumWidth=160)
        foot = QHBoxLayout()
        foot.setSpacing(SPACE)
        foot.addWidget(self.bar)
        foot.addWidget(self.status, 1)
        foot.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE * 2, SPACE * 2, SPACE * 2, SPACE * 2)
        column.setSpacing(SPACE)
        column.addLayout(top)
        column.addWidget(hint)
        column.addWidget(self.legend)
        column.addWidget(self.plot, 1)
        column.addWidget(self.verdict)
        column.addWidget(self.message)
        column.addLayout(foot)

    @Slot()
    def _start(self) -> None:
        if self.is_busy:
            self.task.cancel()
            self.status.setText(_("Stopping…"))
            return
        count = int(self.fields["count"].value)
        self.traces = tuple(Trace(EPOCH_COLUMNS) for _seed in range(count))
        self._rows = ()
        experiment = replace(self._experiment, epochs=int(self.fields["epochs"].value))
        weights_only = self.weights_only.isChecked()
        self.begin(partial(_train, experiment, self.traces, weights_only, self.task.is_cancelled))

    @Slot()
    def _show_new_rows(self) -> None:
        """Draw the epochs that have been added since the last time."""
        rows = tuple(len(trace) for trace in self.traces)
        if rows == self._rows:
            return
        self._rows = rows
        at = sum(1 for count in rows if count)
        if self.is_busy and at and not self.task.is_cancelled():
            text = _("seed {n} of {count}")
            self.status.setText(text.format(n=at, count=len(rows)))
        # The run in progress joins the others at its end: they would be cut to its length.
        ended = self.traces[: max(1, at - 1)] if self.is_busy else self.traces
        train, validation = band_of(ended, "train_loss"), band_of(ended, "val_loss")
        self.plot.show_bands(train, validation)
        lines = [(_("training"), plot_pen("train", 2.5), "")]
        if len(validation.epoch):
            lines.append((_("validation"), plot_pen("validation", 2.5, True), ""))
        self.legend.set_lines(lines)


def _train(
    experiment: Experiment,
    traces: tuple[Trace, ...],
    weights_only: bool,
    cancelled: Callable[[], bool],
) -> SeedsResult | Failure | None:
    """Return the result, None where no run had ended, or what is wrong."""
    with engine_import:
        from nnplay.engine.comparing.devices import Cancelled
        from nnplay.engine.comparing.seeds import compare_seeds
        from nnplay.engine.model.devices import DeviceError
        from nnplay.engine.prepare import RunError

    try:
        return compare_seeds(
            experiment, traces, weights_only=weights_only, spare_cores=1, stop=cancelled
        )
    except Cancelled:
        return None
    except (RunError, DeviceError, WeightsError, DataError) as error:
        return Failure(str(error), getattr(error, "hint", ""))
