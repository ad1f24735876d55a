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
    """Return the change that takes imported data, and what to say of it.

    Where the experiment is the user's own, network and loss are made to fit, and inputs of
    different size are scaled; an example that nobody touched gives way to a sound beginning.
    """
    if isinstance(outcome, ImportedFolder):
        return _with_pictures(experiment, outcome)
    data: FromFile = outcome.table if isinstance(outcome, ImportedTable) else outcome.series
    name = outcome.table.name if isinstance(outcome, ImportedTable) else outcome.series.name
    said = [summary(outcome)]
    if is_own:
        changed = set_value(experiment, "data", data)
        if isinstance(outcome, ImportedTable) and changed.split.scaling == "none":
            changed = set_value(changed, "split.scaling", "standardised")
            said.append(_("Inputs are standardised."))
        changed, labels = fix_all(changed)
        if labels:
            said.append(_("Made to fit: {fixes}.").format(fixes=" · ".join(labels)))
    else:
        changed = replace(starter(data), seed=experiment.seed, device=experiment.device)
        said.append(_("A small network and its training are set up to begin with."))
    # What an example said of its own data would not be true of these.
    changed = replace(changed, name=name, about="")
    return Change(changed, _("Import {name}").format(name=name)), " ".join(said)


def _with_pictures(experiment: Experiment, outcome: ImportedFolder) -> tuple[Change, str]:
    changed, labels = fix_all(set_value(experiment, "data", outcome.dataset))
    said = [folder_summary(outcome)]
    if labels:
        said.append(_("Made to fit: {fixes}.").format(fixes=" · ".join(labels)))
    label = _("Import {name}").format(name=outcome.dataset.name)
    return Change(changed, label), " ".join(said)
