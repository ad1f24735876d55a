"""The prediction for the selected sample: by the weights of the moment, also in a pause."""

import numpy as np
import torch

from nnplay.catalog import Adam
from nnplay.engine import RunRequest
from nnplay.engine.prepare import prepare
from nnplay.engine.probes.sample import SamplePrediction, SampleProbe
from nnplay.link import Frame, Selection
from tests.engine.rig import digits, threaded

PICTURES = digits(optimizer=Adam(0.01), epochs=9)


def test_it_is_what_torch_computes_from_the_newest_weights() -> None:
    setup = prepare(RunRequest(1, PICTURES, threads=1))
    probe = SampleProbe(setup)
    for index in (0, 7, len(setup.parts.test) - 1):
        setup.stepper.advance(3)
        probe.select(Selection(index))
        shown = probe.take()
        assert shown is not None
        setup.model.eval()
        with torch.no_grad():
            logits = setup.model(torch.tensor(setup.parts.test.x[index : index + 1]))
        setup.model.train()
        np.testing.assert_allclose(shown.probabilities, logits.softmax(1)[0], atol=1e-6)
        assert (shown.index, int(shown.target)) == (index, setup.parts.test.y[index])
    probe.select(Selection(len(setup.parts.test)))
    assert probe.take() is None


def test_another_selection_is_answered_in_a_pause() -> None:
    with threaded(PICTURES) as run:
        mailbox = run.link.mailbox
        mailbox.demand = frozenset({SamplePrediction})
        run.link.control.step(3)
        run.wait_for_rows(3)

        def asked(index: int) -> SamplePrediction:
            mailbox.selection = Selection(index)
            for _ in range(20_000):
                frame: Frame | None = mailbox.take()
                sample = None if frame is None else frame.get(SamplePrediction)
                if frame is not None and frame.step == 3 and sample and sample.index == index:
                    return sample
                run.thread.join(0.002)
            raise AssertionError("no such frame")

        first, second = asked(4), asked(9)
        assert not np.array_equal(first.probabilities, second.probabilities)
        run.link.control.close()
