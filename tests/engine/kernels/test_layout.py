"""Python and C agree on every member of what they share, and on every parameter's name."""

import ctypes
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnplay.catalog import Optimizer, kinds
from nnplay.catalog.losses import Loss
from nnplay.engine.kernels import context as c
from nnplay.engine.kernels.build import FOLDER, compilers
from nnplay.engine.kernels.installed import library
from nnplay.engine.kernels.pooling import Pooling

STRUCTS: dict[str, type[ctypes.Structure]] = {
    "context": c.Context, "layer": c.Layer, "memory": c.Memory, "kernel": c.Kernel,
    "pooling": Pooling,
}  # fmt: skip


def _claims(name: str) -> Iterator[str]:
    """Return C code that asserts the layout of a struct."""
    structure = STRUCTS[name]
    yield f'_Static_assert(sizeof(struct {name}) == {ctypes.sizeof(structure)}, "size");'
    for field, kind in structure._fields_:
        member, offset = f"((struct {name} *)0)->{field}", getattr(structure, field).offset
        for claim in (
            f"offsetof(struct {name}, {field}) == {offset}",
            f"sizeof({member}) == {ctypes.sizeof(kind)}",
            # A number and an address have the same size.
            f"_Generic({member}, int64_t: 1, double: 2, struct memory: 4, default: 3)"
            f" == {_sort(kind)}",
        ):
            yield f'_Static_assert({claim}, "{field}");'


def _compiled(lines: list[str], folder: Path) -> str:
    source = folder / "layout.c"
    headers = [f'#include "{FOLDER / "pooling.c"}"', "#include <stddef.h>"]
    source.write_text("\n".join([*headers, *lines, ""]), encoding="utf-8")
    command = [*next(compilers()).command, "-std=gnu17", "-Wno-psabi", "-c", str(source)]
    done = subprocess.run(
        [*command, "-o", str(folder / "layout.o")], capture_output=True, text=True, check=False
    )
    return done.stderr if done.returncode else ""


def test_each_member_is_where_c_has_it(tmp_path: Path) -> None:
    claims = [claim for name in STRUCTS for claim in _claims(name)]
    assert not _compiled(claims, tmp_path)
    # Wrong assertions fail.
    assert "epoch" in _compiled([c.replace("== 160", "== 168") for c in claims], tmp_path)


def _sort(kind: type) -> int:
    return {ctypes.c_int64: 1, ctypes.c_double: 2, c.Memory: 4}.get(kind, 3)


def test_constants_match_those_in_c() -> None:
    texts = "".join(file.read_text("utf-8") for file in sorted(FOLDER.glob("*.[ch]")))
    assert f"enum {{ LANES = {c.LANES} }};" in texts
    assert f"enum {{ WORDS = {c.TWISTER_WORDS}," in texts


IN_THE_CONTEXT = {"lr", "weight_decay", "decoupled_weight_decay"}


@pytest.mark.parametrize("key", library().tables["optimizers"])
def test_every_hyperparameter_of_the_catalog_reaches_the_kernel_by_its_name(key: str) -> None:
    kind = kinds("optimizer")[key]
    assert issubclass(kind, Optimizer)
    optimizer = kind()
    kernel = library().tables["optimizers"][key]
    assert {*kernel.parameters} == {*optimizer.values()} - IN_THE_CONTEXT
    # Whatever order the catalog has, the struct is filled by name.
    values = {name: float(i) for i, name in enumerate(kernel.parameters)}
    assert list(kernel.pack(dict(reversed(values.items())))) == list(values.values())


@pytest.mark.parametrize("key", library().tables["losses"])
def test_every_parameter_of_a_loss_reaches_the_kernel_by_its_name(key: str) -> None:
    kind = kinds("loss")[key]
    assert issubclass(kind, Loss)
    own = {*kind().values()} - {"class_weights", "typed_weights"}
    assert {*library().tables["losses"][key].parameters} == own


@pytest.mark.parametrize("key", library().tables["activations"])
def test_every_parameter_of_an_activation_reaches_the_kernel_by_its_name(key: str) -> None:
    activation = kinds("activation")[key]()
    own = {param.name for param in activation.params() if not param.extra}
    assert {*library().tables["activations"][key].parameters} == own
