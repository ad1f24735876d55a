"""Data sets as arrays, and their sources."""

from nnplay.data.arrays import DataError, Parts, Samples, Scaling, Source
from nnplay.data.download.registry import is_present
from nnplay.data.load import load
from nnplay.data.split import split

__all__ = ["DataError", "Parts", "Samples", "Scaling", "Source", "is_present", "load", "split"]
