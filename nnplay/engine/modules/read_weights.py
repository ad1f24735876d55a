"""Reads a safetensors file without the library, for exported scripts."""

import json
from pathlib import Path

import torch


def read_weights(path: str | Path) -> dict[str, torch.Tensor]:
    """Return the tensors of a safetensors file by name.

    The file begins with the length of a JSON header, in 8 bytes; the header gives the type, the
    shape and the bytes of each tensor.
    """
    content = Path(path).read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    types = {"F32": torch.float32, "F64": torch.float64, "I64": torch.int64}
    return {
        name: torch.frombuffer(
            bytearray(content[start:][slice(*one["data_offsets"])]), dtype=types[one["dtype"]]
        ).reshape(one["shape"])
        for name, one in header.items()
        if name != "__metadata__"
    }
