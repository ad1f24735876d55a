"""Without usable kernels, for any reason, a run takes eager steps and shows the reason."""

import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from nnplay.catalog import SGD, Conv2d, Dense, Flatten, MaxPool2d, ReLU
from nnplay.engine.kernels import installed as kernels
from nnplay.engine.kernels.build import (
    LIBRARIES,
    TARGETS,
    Compiler,
    compile_library,
    compilers,
    this_target,
    write_stamp,
)
from nnplay.engine.kernels.installed import find_library
from nnplay.engine.kernels.library import KernelsError
from nnplay.link import Started
from tests.engine.kernels.sources import build_changed
from tests.engine.rig import Run, digits, small

TARGET = this_target()
assert TARGET is not None
FIRST = TARGET.file_name(TARGET.levels[0])


def _nothing(folder: Path) -> str:
    return f"the compiled steps are not installed: {FIRST} is missing"


def _half_a_file(folder: Path) -> str:
    shutil.copytree(LIBRARIES, folder, dirs_exist_ok=True)
    content = (folder / FIRST).read_bytes()
    (folder / FIRST).write_bytes(content[: len(content) // 2])
    return f"the compiled steps are damaged: {FIRST}"


def _other_file(folder: Path) -> str:
    (folder / FIRST).write_text("no library")
    _stamp(folder)
    return "the compiled steps could not be loaded: "


def _stamp(folder: Path) -> None:
    assert TARGET is not None
    write_stamp(folder, TARGET, next(compilers()))


def _other_machine(folder: Path) -> str:
    if find_spec("ziglang") is None:
        pytest.skip("needs zig, which compiles for other machines")
    assert TARGET is not None
    compiler: Compiler = next(one for one in compilers() if one.is_zig)
    foreign = next(t for t in TARGETS if t.system == TARGET.system and t.machine != TARGET.machine)
    made = compile_library(compiler, foreign, foreign.levels[0], folder, ("-O0",))
    made.rename(folder / FIRST)
    _stamp(folder)
    return "the compiled steps could not be loaded: "


def _too_old(folder: Path) -> str:
    if TARGET is None or TARGET.machine != "x86_64":
        pytest.skip("only x86-64 has levels")
    old = "HAS(c, bit_SSE3 | bit_SSSE3 | bit_SSE4_1 | bit_SSE4_2 | bit_POPCNT)"
    build_changed(folder, "processor.c", old, "0")
    return "the processor lacks instructions that the compiled steps need"


def _other_version(folder: Path) -> str:
    build_changed(folder, "kernels.h", "int64_t mask_width;", "int64_t mask_width, another;")
    return "the compiled steps belong to another version of nnplay"


def _other_order(folder: Path) -> str:
    build_changed(folder, "shuffle.c", "1812433253u", "1812433255u")
    return "the compiled steps failed their self-check: an order of samples"


def _other_product(folder: Path) -> str:
    build_changed(folder, "dense.c", "all(w[r * inputs + j])", "all(w[r + j * inputs])")
    return "the compiled steps failed their self-check: a product of matrices"


def _other_step(folder: Path) -> str:
    build_changed(folder, "optimizers.c", "0, c->rate / left1,", "0, c->rate,")
    return "the compiled steps failed their self-check: a step of Adam"


REASONS = (
    _nothing, _half_a_file, _other_file, _other_machine, _too_old, _other_version, _other_order,
    _other_product, _other_step,
)  # fmt: skip


@pytest.fixture
def libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the folder in which this process looks for its kernels, which is empty."""
    monkeypatch.setattr(kernels, "LIBRARIES", tmp_path)
    for function in (kernels.library, kernels.missing):
        function.cache_clear()
    yield tmp_path
    for function in (kernels.library, kernels.missing):
        function.cache_clear()


@pytest.mark.parametrize("spoil", REASONS)
def test_without_kernels_steps_are_eager_and_the_reason_is_shown(
    spoil: Callable[[Path], str], libraries: Path
) -> None:
    reason = spoil(libraries)
    run = Run(small(optimizer=SGD(0.1), epochs=2))
    (started,) = run.of(Started)
    assert started.stepper == "eager"
    assert started.stepper_why.startswith(reason)
    assert str(libraries) not in started.stepper_why
    assert run.result.train.loss is not None


def test_an_unsupported_network_does_not_blame_the_library(libraries: Path) -> None:
    (started,) = Run(
        digits(optimizer=SGD(0.1), network=(Conv2d(2), Flatten(), Dense(10)), epochs=1)
    ).of(Started)
    assert started.stepper_why == "has Convolution 2d"


def test_pooling_without_kernels_is_left_to_pytorch(libraries: Path) -> None:
    network = (Conv2d(16), MaxPool2d(), ReLU(), Flatten(), Dense(10))
    assert Run(digits(optimizer=SGD(0.1), network=network, epochs=1)).result.stepper == "eager"


def test_a_level_that_fails_its_check_leaves_the_next_one(tmp_path: Path) -> None:
    best = find_library().file
    if TARGET is None or best.name == FIRST:
        pytest.skip("this processor has no other level")
    shutil.copytree(LIBRARIES, tmp_path, dirs_exist_ok=True)
    (tmp_path / best.name).write_text("no library")
    lower = TARGET.levels[TARGET.levels.index(best.stem.rpartition("_")[2]) - 1]
    assert find_library(tmp_path).file == tmp_path / TARGET.file_name(lower)


@pytest.mark.skipif(TARGET.machine != "x86_64", reason="only x86-64 has levels")
def test_the_environment_selects_a_level(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNPLAY_KERNEL_LEVEL", "v2")
    assert find_library().file.name == FIRST


def test_no_library_is_an_error_that_says_why(tmp_path: Path) -> None:
    with pytest.raises(KernelsError, match=f"{FIRST} is missing"):
        find_library(tmp_path)
