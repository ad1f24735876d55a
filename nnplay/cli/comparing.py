"""`nnplay compare`: measures on which device a network trains fastest."""

from __future__ import annotations

from nnplay.cli.errors import FAILURE, SUCCESS, CommandError, write
from nnplay.cli.runner import download_hint
from nnplay.cli.summary import table
from nnplay.data import DataError
from nnplay.experiment import Experiment, WeightsError
from nnplay.translation import _


def compare(experiment: Experiment, threads: int | None) -> int:
    """Print how fast each device trains an experiment, and which is fastest."""
    # Imported late: torch takes seconds to import.
    from nnplay.engine.comparing.devices import comparable, compare_devices, verdict

    try:
        timings = compare_devices(experiment, comparable(), threads=threads)
    except (DataError, WeightsError) as error:
        raise CommandError(str(error), error.hint + download_hint(experiment)) from None
    head = (_("device"), _("samples per second"), _("steps"))
    rows = [
        (one.label, f"{one.samples_per_second:,.0f}", _(one.stepper) if one.stepper else "-")
        for one in timings
    ]
    write("\n".join(table(head, rows)))
    write("")
    for one in timings:
        write(f"{one.label}: {one.why}")
    write(verdict(timings))
    return SUCCESS if any(one.samples_per_second for one in timings) else FAILURE
