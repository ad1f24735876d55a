"""What imported data change in the experiment."""

from __future__ import annotations

from dataclasses import replace

from nnplay.catalog import FromFile
from nnplay.data.importing.image_folder import ImportedFolder, folder_summary
from nnplay.data.importing.series import ImportedSeries
from nnplay.data.importing.summary import summary
from nnplay.data.importing.table import ImportedTable
from nnplay.experiment import Experiment, set_value
from nnplay.experiment.storage.starter import starter
from nnplay.gui.editors.fix_all import fix_all
from nnplay.session import Change
from nnplay.translation import _

Outcome = ImportedTable | ImportedSeries | ImportedFolder


def with_data(experiment: Experiment, outcome: Outcome, is_own: bool) -> tuple[Change, str]:
    """Return the change to the imported data, and what to say about it.

    Where the experiment is the user's own, only what does not fit the data is changed. An example
    that nobody has edited is replaced by a small network for the data.
    """
    if isinstance(outcome, ImportedFolder):
        return _with_images(experiment, outcome)
    data: FromFile = outcome.table if isinstance(outcome, ImportedTable) else outcome.series
    name = outcome.table.name if isinstance(outcome, ImportedTable) else outcome.series.name
    said = [summary(outcome)]
    if is_own:
        changed = set_value(experiment, "data", data)
        if isinstance(outcome, ImportedTable) and changed.split.scaling == "none":
            changed = set_value(changed, "split.scaling", "standardised")
            said.append(_("Inputs are standardised."))
        changed, labels = fix_all(changed)
        said += _adapted(labels)
    else:
        changed = replace(starter(data), seed=experiment.seed, device=experiment.device)
        said.append(_("A small network has been set up as a start."))
    # The description of an example is about its own data.
    changed = replace(changed, name=name, about="")
    return Change(changed, _("Import {name}").format(name=name)), " ".join(said)


def _with_images(experiment: Experiment, outcome: ImportedFolder) -> tuple[Change, str]:
    changed, labels = fix_all(set_value(experiment, "data", outcome.dataset))
    said = [folder_summary(outcome), *_adapted(labels)]
    label = _("Import {name}").format(name=outcome.dataset.name)
    return Change(changed, label), " ".join(said)


def _adapted(labels: tuple[str, ...]) -> list[str]:
    text = _("Adapted to the data: {changes}.")
    return [text.format(changes=" · ".join(labels))] if labels else []
