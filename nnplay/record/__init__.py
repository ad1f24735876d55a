"""Runs on disk."""

from nnplay.record.folder import FolderError, RunFolder, new_run_path
from nnplay.record.run import RunRecord
from nnplay.record.weights_digest import weights_sha256

__all__ = ["FolderError", "RunFolder", "RunRecord", "new_run_path", "weights_sha256"]
