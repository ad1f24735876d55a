"""The networks of recorded runs, to predict the same sample with each of them."""

from __future__ import annotations

from nnplay.data import load, prepared_parts
from nnplay.engine.trained_network import TrainedNetwork
from nnplay.experiment import WeightsError
from nnplay.link import Trained
from nnplay.link.scaling import SampleScaling
from nnplay.record.recorded_run import RecordedRun
from nnplay.translation import _


def recorded_network(run: RecordedRun) -> TrainedNetwork:
    """Return the network that a run ended with; nothing is trained.

    Of a run without a result, the newest weights are used, and the data are loaded to find out how
    its samples were scaled. Raises WeightsError or DataError.
    """
    if run.result is not None:
        return TrainedNetwork(Trained.of(run.result))
    newest = run.points.newest
    if newest is None:
        raise WeightsError(_("no weights of it were recorded"), "")
    experiment = run.experiment
    parts = prepared_parts(load(experiment.data, experiment.seed), experiment)
    scaling = SampleScaling(parts.scaling, parts.target_scaling)
    return TrainedNetwork(Trained(experiment, newest.weights, scaling, parts.columns))
