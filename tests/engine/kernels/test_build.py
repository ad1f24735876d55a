"""The kernels are compiled for every platform, by more than one compiler, when sources change."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from nnplay.engine.kernels import build
from nnplay.engine.kernels.build import (
    TARGETS,
    BuildError,
    Compiler,
    Target,
    compile_library,
    compilers,
    is_fresh,
    this_target,
    write_stamp,
)
from tests.engine.rig import REPO

NEEDS_ZIG = pytest.mark.skipif(find_spec("ziglang") is None, reason="needs zig")
MAGIC = {"linux": b"\x7fELF", "windows": b"MZ", "macos": b"\xcf\xfa\xed\xfe"}
MACHINE_AT = {"linux": 18, "macos": 4}
MACHINES = {
    ("linux", "x86_64"): b"\x3e\x00", ("linux", "arm64"): b"\xb7\x00",
    ("macos", "x86_64"): b"\x07\x00\x00\x01", ("macos", "arm64"): b"\x0c\x00\x00\x01",
    ("windows", "x86_64"): b"\x64\x86", ("windows", "arm64"): b"\x64\xaa",
}  # fmt: skip


@NEEDS_ZIG
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.key)
def test_every_platform_gets_its_library(target: Target, tmp_path: Path) -> None:
    zig = next(one for one in compilers() if one.is_zig)
    # Unoptimised, as it is about headers and linking: the levels differ in instructions only.
    made = compile_library(zig, target, target.levels[-1], tmp_path, ("-O0",))
    content = made.read_bytes()
    assert content.startswith(MAGIC[target.system])
    at = MACHINE_AT.get(target.system)
    if at is None:  # Windows: behind the header that its first page points to
        at = int.from_bytes(content[60:64], "little") + 4
    machine = MACHINES[target.system, target.machine]
    assert content[at : at + len(machine)] == machine
    assert b"nnplay_take_steps" in content
    assert [file.name for file in tmp_path.iterdir()] == [made.name], "nothing else is left"


def test_compile_errors_are_reported(tmp_path: Path) -> None:
    (tmp_path / "wrong.c").write_text("int f(void) { return undeclared; }")
    target, compiler = this_target(), next(compilers())
    assert target is not None
    with pytest.raises(BuildError, match="undeclared"):
        compile_library(compiler, target, target.levels[0], tmp_path, (), tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["wrong.c"]


def test_a_missing_compiler_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNPLAY_CC", "no-such-compiler")
    with pytest.raises((BuildError, OSError), match="no-such-compiler"):
        build.build(folder=tmp_path)


def test_another_machine_needs_zig(tmp_path: Path) -> None:
    other = next(target for target in TARGETS if target != this_target())
    with pytest.raises(BuildError, match="this machine only"):
        compile_library(Compiler(("cc",)), other, other.levels[0], tmp_path)


def test_a_changed_source_is_compiled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_fresh(), "the tests begin with fresh kernels"
    libraries = tmp_path / "libraries"
    shutil.copytree(build.LIBRARIES, libraries)
    assert is_fresh(libraries)
    stamp = json.loads((libraries / "built.json").read_text())
    (libraries / "built.json").write_text(json.dumps(stamp | {"sources": "others"}))
    assert not is_fresh(libraries)
    target = this_target()
    assert target is not None
    (libraries / "built.json").write_text(json.dumps(stamp))
    (libraries / target.file_name(target.levels[-1])).unlink()
    assert not is_fresh(libraries)
    before = build.digest()
    changed = tmp_path / "sources"
    shutil.copytree(build.FOLDER, changed)
    monkeypatch.setattr(build, "FOLDER", changed)
    assert build.digest() == before
    (changed / "dense.c").write_text((changed / "dense.c").read_text() + "\n")
    assert build.digest() != before


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
def test_gcc_compiles_kernels_that_pass_their_check(tmp_path: Path) -> None:
    from nnplay.engine.kernels.installed import find_library

    target, gcc = this_target(), Compiler(("gcc",))
    assert target is not None
    compile_library(gcc, target, target.levels[0], tmp_path, ("-O1",))
    write_stamp(tmp_path, target, gcc)
    assert find_library(tmp_path).file.parent == tmp_path


@NEEDS_ZIG
@pytest.mark.slow
@pytest.mark.parametrize("key", ["", "windows-x86_64", "macos-arm64"])
def test_a_wheel_carries_the_libraries_of_its_platform(key: str, tmp_path: Path) -> None:
    target = next((t for t in TARGETS if t.key == key), this_target())
    assert target is not None
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=REPO, capture_output=True, text=True, check=False,
        env={**os.environ, "NNPLAY_TARGET": key},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.endswith(f"-py3-none-{target.tag}.whl")
    names = zipfile.ZipFile(wheel).namelist()
    inside = {Path(name).name for name in names if "/kernels/libraries/" in name}
    assert inside == {"built.json"} | {target.file_name(level) for level in target.levels}
