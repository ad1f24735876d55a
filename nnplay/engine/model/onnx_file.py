"""A trained network as an ONNX model, for other programs and devices."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from io import BytesIO

import numpy as np
import torch
from torch import Tensor, nn

from nnplay.engine.model.build import build_network
from nnplay.experiment import WeightsError
from nnplay.link import Trained
from nnplay.link.scaling import SampleScaling
from nnplay.translation import _

PACKAGE = "onnx"
_OPSET = 18


def onnx_file(trained: Trained) -> bytes:
    """Return an ONNX model with an input `samples` (n, *in_shape) and an output.

    Samples are in the units of the data, images from 0 to 1. The output is `logits`, or `values`
    in the units of the data for a regression. Raises WeightsError if a layer has no counterpart in
    ONNX, ImportError without the package onnx.
    """
    if find_spec(PACKAGE) is None:
        raise ImportError(PACKAGE)
    experiment = trained.experiment
    spec = experiment.data.spec()
    network = build_network(experiment.network, spec.in_shape)
    network.load_state_dict(
        {name: torch.from_numpy(np.array(one)) for name, one in trained.weights.items()}
    )
    is_regression = spec.task == "regression"
    link = experiment.loss.link if is_regression else "identity"
    model = _InUnits(network, trained.scaling, link).eval()
    # Of one sample, as the exporter of recurrent layers advises for batches of any size.
    example = torch.zeros(1, *spec.in_shape)
    content, output = BytesIO(), "values" if is_regression else "logits"
    try:
        # The newer exporter takes seconds and two more packages, for the same graph.
        with warnings.catch_warnings(), torch.no_grad(), _plain_attention():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                model,
                (example,),
                content,  # type: ignore[arg-type]
                dynamo=False,
                opset_version=_OPSET,
                input_names=["samples"],
                output_names=[output],
                dynamic_axes={"samples": {0: "n"}, output: {0: "n"}},
            )
    except (RuntimeError, ValueError) as error:
        what = str(error).strip().partition("\n")[0]
        raise WeightsError(
            _("This network cannot be exported as ONNX: {why}").format(why=what),
            _("Replace the layer, or export the PyTorch script and the weights."),
        ) from error
    return content.getvalue()


@contextmanager
def _plain_attention() -> Iterator[None]:
    """Let attention compute by operations that ONNX has, rather than by one of PyTorch's own."""
    was_enabled = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(was_enabled)


class _InUnits(nn.Module):
    """Takes and returns numbers in the units of the data."""

    def __init__(self, network: nn.Module, scaling: SampleScaling, link: str) -> None:
        super().__init__()
        self.network, self.scaling, self.link = network, scaling, link

    def forward(self, x: Tensor) -> Tensor:
        inputs, targets = self.scaling.inputs, self.scaling.targets
        if inputs is not None:
            # In float64, as large numbers that differ little would lose their digits.
            shift, size = (torch.tensor(one) for one in (inputs.shift, inputs.size))
            x = ((x.double() - shift) / size).float()
        output: Tensor = self.network(x)
        if self.link == "log":
            output = output.exp()
        if targets is not None:
            output = output * torch.tensor(targets.std) + torch.tensor(targets.mean)
        return output
