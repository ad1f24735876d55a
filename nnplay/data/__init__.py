"""Data sets as arrays, and their sources."""

from nnplay.data.arrays import DataError, Parts, Samples, Source
from nnplay.data.download.registry import is_present
from nnplay.data.load import load
from nnplay.data.prepared import prepared_parts
from nnplay.data.split import split
from nnplay.link.scaling import Scaling

__all__ = [
    "DataError",
    "Parts",
    "Samples",
    "Scaling",
    "Source",
    "is_present",
    "load",
    "prepared_parts",
    "split",
]
