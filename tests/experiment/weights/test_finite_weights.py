"""Weights that are not finite are refused, wherever they are in a file."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from nnplay.experiment import WeightsError, refuse_infinite_weights

DTYPES = [torch.float32, torch.float64, torch.float16, torch.bfloat16]


def write(path: Path, tensor: torch.Tensor) -> Path:
    file = path / "weights.safetensors"
    tensors = {"0.weight": torch.ones(3, 2), "1.weight": tensor, "2.bias": torch.zeros(4)}
    save_file({**tensors, "3.num_batches_tracked": torch.tensor(7)}, file, {"any": "metadata"})
    return file


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("at", [0, 500_000, 600_000])
def test_a_single_bad_number_is_found_and_named(
    tmp_path: Path, dtype: torch.dtype, bad: float, at: int
) -> None:
    numbers = torch.linspace(-3, 3, 600_001, dtype=torch.float64).to(dtype)
    numbers[at] = bad
    with pytest.raises(WeightsError, match=r"1\.weight contains numbers that are not finite"):
        refuse_infinite_weights(write(tmp_path, numbers))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_large_numbers_are_finite(tmp_path: Path, dtype: torch.dtype) -> None:
    numbers = torch.full((1000,), torch.finfo(dtype).max, dtype=dtype)
    numbers[::3] = torch.finfo(dtype).min
    refuse_infinite_weights(write(tmp_path, numbers))
