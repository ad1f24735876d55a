"""`nnplay rates`: compares learning rates for an experiment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nnplay.cli.errors import FAILURE, SUCCESS, USAGE_ERROR, CommandError, on_interrupt, write
from nnplay.cli.progress import progress_bar
from nnplay.cli.runner import download_hint
from nnplay.cli.summary import number_text, share_text, table
from nnplay.data import DataError
from nnplay.experiment import Experiment, WeightsError
from nnplay.experiment.lr_range import ends_around, lr_range
from nnplay.link import RateResult, RatesResult, learning_rate_curves
from nnplay.record.metrics_json import json_line, plain
from nnplay.translation import _


@dataclass(frozen=True)
class RatesOptions:
    """The arguments of `rates`."""

    key: str
    experiment: Experiment
    rates: tuple[float, ...]
    threads: int | None
    as_json: bool
    quiet: bool


def rates_between(
    experiment: Experiment, low: float | None, high: float | None, count: int
) -> tuple[float, ...]:
    """Return rates between two limits, by default around the learning rate of the experiment.

    Raises CommandError if the lower limit is not below the upper one.
    """
    below, above = ends_around(experiment.optimizer.lr)
    low, high = low or below, high or above
    if not low < high:
        raise CommandError(
            _("the lowest rate, {low:g}, is not below the highest, {high:g}.").format(
                low=low, high=high
            ),
            _("Give both: --from 0.001 --to 1."),
            USAGE_ERROR,
        )
    return lr_range(low, high, count)


def compare_rates(options: RatesOptions) -> int:
    """Train with each rate, print the results, and return the exit status."""
    # Imported late: torch takes seconds to import.
    from nnplay.engine.comparing.devices import Cancelled
    from nnplay.engine.comparing.learning_rates import compare_rates as compare
    from nnplay.engine.model.devices import DeviceError
    from nnplay.engine.prepare import RunError

    interrupted, bar = [False], _Bar(shown=not options.quiet)

    def interrupt() -> None:
        interrupted[0] = True

    with on_interrupt(interrupt):
        try:
            found = compare(
                options.experiment,
                options.rates,
                learning_rate_curves(len(options.rates)),
                threads=options.threads,
                stop=lambda: interrupted[0],
                tell=bar.show,
            )
        except (RunError, DataError, WeightsError) as error:
            raise CommandError(str(error), error.hint + download_hint(options.experiment)) from None
        except DeviceError as error:
            raise CommandError(str(error), _("Use --set device=cpu.")) from None
        except Cancelled:
            raise KeyboardInterrupt from None
        finally:
            bar.close()
    table = plain(_json_table(options, found))
    write(json_line(table) if options.as_json else _text(options, found))
    if found.stopped:
        message = _("stopped by Ctrl+C; the losses are those at the last step.")
        raise CommandError(message, status=FAILURE)
    return SUCCESS


class _Bar:
    """A progress bar that can be switched off."""

    def __init__(self, shown: bool) -> None:
        self._shown = shown
        self._bar: Any = None

    def show(self, step: int, steps: int) -> None:
        if self._shown:
            self._bar = self._bar or progress_bar(steps, _("step"))
            self._bar.update(step - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def _text(options: RatesOptions, found: RatesResult) -> str:
    head = [_("learning rate"), _("training loss")]
    columns = [[number_text(one.train.loss) for one in found.rates]]
    if found.validates:
        head.append(_("validation loss"))
        columns.append([number_text(one.validation.loss) for one in found.rates])
    if any(_accuracy(one) is not None for one in found.rates):
        head.append(_("accuracy"))
        columns.append([share_text(_accuracy(one)) for one in found.rates])
    words = [found.word(at) for at in range(len(found.rates))]
    rows = zip([f"{one.rate:g}" for one in found.rates], *columns, words, strict=True)
    lines = [
        _(
            "{name}: {count} networks, {steps:,} steps ({epochs:g} epochs) in {seconds:.2f} s"
        ).format(
            name=options.experiment.name or options.key,
            count=len(found.rates),
            steps=found.steps,
            epochs=round(found.steps / found.per_epoch, 2),
            seconds=found.seconds,
        ),
        _("{stepper} steps ({why})").format(stepper=_(found.stepper), why=found.stepper_why),
        "",
        *table((*head, ""), list(rows)),
        "",
        found.advice,
        *filter(None, (found.unit_note,)),
    ]
    return "\n".join(lines)


def _accuracy(one: RateResult) -> float | None:
    scores = one.train if one.validation.accuracy is None else one.validation
    return scores.accuracy


def _json_table(options: RatesOptions, found: RatesResult) -> dict[str, Any]:
    return {
        "experiment": options.key,
        "name": options.experiment.name,
        "seed": options.experiment.seed,
        "stepper": found.stepper,
        "stepper_why": found.stepper_why,
        "steps": found.steps,
        "epochs": found.steps / found.per_epoch,
        "seconds": found.seconds,
        "stopped": found.stopped,
        "first_loss": found.first_loss,
        "loss_unit": found.loss_unit,
        "best": None if found.best is None else found.rates[found.best].rate,
        "rates": [
            {
                "lr": one.rate,
                "train_loss": one.train.loss,
                "val_loss": one.validation.loss,
                "train_accuracy": one.train.accuracy,
                "val_accuracy": one.validation.accuracy,
                "diverged": one.diverged,
                "what": found.verdict(at),
            }
            for at, one in enumerate(found.rates)
        ],
    }
