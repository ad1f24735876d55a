"""nnplay is a desktop playground in which you build neural networks and watch them learn."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("nnplay")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0+unknown"
