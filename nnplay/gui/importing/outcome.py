"""What imported data change in the experiment."""

from __future__ import annotations

from dataclasses import replace

from nnplay.catalog import FromFile, OwnDigits, PictureFolder
from nnplay.data.importing.image_folder import ImportedFolder, folder_summary
from nnplay.data.importing.series import ImportedSeries
from nnplay.data.importing.summary import summary
from nnplay.data.importing.table import ImportedTable
from nnplay.experiment import Experiment
from nnplay.experiment.storage.starter import starter
from nnplay.session import Change
from nnplay.translation import _

Outcome = ImportedTable | ImportedSeries | ImportedFolder


def with_data(experiment: Experiment, outcome: Outcome) -> tuple[Change, str]:
    """Return the change to the imported data, and what to say about it.

    Whatever was open, the network and its settings are those of a new experiment on the data, as
    on the command line: a network and a learning rate for other data rarely suit them. What the
    user chose about the computer and the seed is kept.
    """
    data: PictureFolder | OwnDigits | FromFile
    if isinstance(outcome, ImportedFolder):
        data, name, what = outcome.dataset, outcome.dataset.name, folder_summary(outcome)
    elif isinstance(outcome, ImportedTable):
        data, name, what = outcome.table, outcome.table.name, summary(outcome)
    else:
        data, name, what = outcome.series, outcome.series.name, summary(outcome)
    changed = replace(
        starter(data),
        seed=experiment.seed,
        device=experiment.device,
        precision=experiment.precision,
        stepper=experiment.stepper,
        name=name,
    )
    said = _("A small network with matching settings has been set up. Undo brings back the former.")
    return Change(changed, _("Import {name}").format(name=name)), f"{what} {said}"
