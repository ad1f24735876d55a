"""Compiles the kernels when the package is built or installed, and names the wheel's platform.

NNPLAY_TARGET, such as `windows-x86_64`, compiles for another platform. Where nothing can be
compiled the package is built all the same: it then takes its steps by PyTorch and says why.
"""

from __future__ import annotations

import os
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

KERNELS = "nnplay/engine/kernels"


def _builder(root: str) -> ModuleType:
    # By its file, as the package around it imports what a build does not have.
    spec = spec_from_file_location("nnplay_kernels_build", Path(root) / KERNELS / "build.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class KernelsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Called by hatchling around each build of a wheel, also of the one behind `pip install -e`."""

    _folder: TemporaryDirectory[str] | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile; put the libraries into the wheel."""
        build = _builder(self.root)
        named = os.environ.get("NNPLAY_TARGET")
        targets = {target.key: target for target in build.TARGETS}
        target = targets[named] if named else build.this_target()
        try:
            if target == build.this_target():
                build.build_if_stale()
                folder = build.LIBRARIES
            else:
                self._folder = TemporaryDirectory()
                folder = Path(self._folder.name)
                build.build(target, folder)
        except build.BuildError as error:
            self.app.display_warning(f"The kernels were not compiled: {error}")
            return
        if version == "editable":
            return
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{target.tag}"
        for name in (build.STAMP, *map(target.file_name, target.levels)):
            build_data["force_include"][str(folder / name)] = f"{KERNELS}/libraries/{name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was compiled for another platform."""
        if self._folder is not None:
            self._folder.cleanup()
