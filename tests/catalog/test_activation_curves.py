"""The curve of each activation and its slope, against torch's forward and autograd."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nnplay.catalog import Activation, Softmax, kinds
from tests.experiment.strategies import legal_values, resolve

POINTWISE = [kind for kind in kinds("activation").values() if kind is not Softmax]
NUMBERS = torch.linspace(-4, 4, 161, dtype=torch.float64)


@pytest.mark.parametrize("kind", POINTWISE, ids=lambda kind: kind.key)
@settings(max_examples=15)
@given(data=st.data())
def test_the_curve_matches_torch_and_its_slope_autograd(
    kind: type[Activation], data: st.DataObject
) -> None:
    activation = data.draw(legal_values(kind) | st.just(kind()))
    call = activation.call((1,))
    # Shifted, so that no number is at a corner, where the slope is not defined.
    x = (NUMBERS + 0.00123456789).reshape(-1, 1).requires_grad_()
    module = resolve(call)(**call.args).double().eval()
    y = module(x)
    (slopes,) = torch.autograd.grad(y.sum(), x)
    curve = torch.tensor([activation.curve(one) for one in x.detach()[:, 0].tolist()])
    expected = torch.cat([y, slopes], 1).detach()
    torch.testing.assert_close(curve.double(), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", POINTWISE, ids=lambda kind: kind.key)
def test_slopes_at_corners_match_torch(kind: type[Activation]) -> None:
    x = torch.tensor([[-0.5], [0.0], [0.1], [0.5], [-1.0], [1.0]], dtype=torch.float64)
    call = kind().call((1,))
    module = resolve(call)(**call.args).double().eval()
    x.requires_grad_()
    y = module(x)
    (slopes,) = torch.autograd.grad(y.sum(), x)
    curve = torch.tensor([kind().curve(one) for one in x.detach()[:, 0].tolist()])
    expected = torch.cat([y, slopes], 1).detach()
    torch.testing.assert_close(curve.double(), expected, rtol=1e-5, atol=1e-6)


def test_softmax_takes_whole_rows() -> None:
    assert Softmax().curve(1.0) is None
