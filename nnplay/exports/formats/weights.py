"""The weights of a trained network."""

from __future__ import annotations

from nnplay.exports.registry import ExportSource, Files, export
from nnplay.translation import n_


@export("weights", n_("Weights (state_dict)"), ".safetensors", needs_run=True, rank=40)
def weights(source: ExportSource, name: str) -> Files:
    """Return a safetensors file with the state_dict of the network."""
    from nnplay.record.weights_file import trained_bytes

    assert source.run is not None
    return {name: trained_bytes(source.run.trained)}
