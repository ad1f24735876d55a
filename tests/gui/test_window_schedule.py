"""The schedule in the real window: drawn before training, the rate of the run over it."""

import numpy as np

from nnplay.catalog import Step
from nnplay.experiment import set_value
from nnplay.gui.panels.curves import CurvesPanel
from nnplay.session.change import Change
from tests.gui.piloting import Pilot


def test_the_rate_of_the_run_is_drawn_over_the_plan_until_a_reset(pilot: Pilot) -> None:
    window = pilot.window
    plot = window.workspace.training_editor.schedule_plot
    pilot.open("spiral", epochs=6)
    assert plot.isHidden()
    experiment = set_value(window.document.experiment, "schedule", Step(2, 0.1))
    window.document.edit(Change(experiment, "Choose the schedule"))
    assert not plot.isHidden() and len(plot.plot.lines) == 1
    pilot.click_train()
    state = pilot.wait_phase("finished", "failed")
    assert state.result is not None, state.message
    plot.grab()
    planned, run = plot.plot.lines
    np.testing.assert_allclose(sorted(set(run.y)), sorted(set(planned.y)), rtol=1e-12)
    assert plot.plot.marker == 6
    curves = window.workspace.panel(CurvesPanel)
    monitored = pilot.epochs.column("watched")
    assert curves.loss.best.isVisible()
    assert curves.loss.best.value() == monitored.argmin() + 1
    window.controller.reset()
    plot.grab()
    assert len(plot.plot.lines) == 1 and plot.plot.marker is None
    assert not curves.loss.best.isVisible()
