"""Compiles the kernels: for the build hook of the package, for `make kernels` and for the tests.

    python nnplay/engine/kernels/build.py [--sanitize FOLDER]

It imports only the standard library, because a build has nothing else. Compilers are tried in this
order: the one that NNPLAY_CC names, the clang of the `ziglang` package, clang, gcc, cc. The one in
`ziglang` is pinned, comes as a wheel for every platform and compiles for all of them; gcc passes
the same tests, but turns fewer loops into vector instructions.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

FOLDER = Path(__file__).parent
LIBRARIES = FOLDER / "libraries"
"""Where the compiled kernels are, in a checkout and in a wheel."""
STAMP = "built.json"
"""Says what the libraries beside it were made from, and the SHA-256 of each."""
_FLAGS = (
    "-std=gnu17", "-O3", "-g", "-fPIC", "-shared", "-fvisibility=hidden", "-Wall", "-Wextra",
    "-Wno-unused-parameter", "-Wno-missing-field-initializers", "-Wno-psabi",
    # sqrt as one instruction: nobody reads errno. NaN and infinity stay what they are.
    "-fno-math-errno", "-fno-trapping-math",
)  # fmt: skip
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g", "-O1")


class BuildError(Exception):
    """The kernels cannot be compiled; says why."""


@dataclass(frozen=True)
class Target:
    """A platform that libraries are compiled for."""

    system: str
    machine: str
    zig: str
    """The name that zig has for it; it fixes the oldest glibc or macOS that will do."""
    tag: str
    """The platform in the name of a wheel."""
    suffix: str

    @property
    def key(self) -> str:
        """The name of the target, as in `linux-x86_64`."""
        return f"{self.system}-{self.machine}"

    @property
    def levels(self) -> tuple[str, ...]:
        """The groups of instructions that have a library of their own."""
        return ("v2", "v3", "v4") if self.machine == "x86_64" else ("v1",)

    def file_name(self, level: str) -> str:
        """Return the name of the library for a level, such as `x86_64_v3.so`."""
        return f"{self.machine}_{level}{self.suffix}"


TARGETS = (
    Target("linux", "x86_64", "x86_64-linux-gnu.2.17", "manylinux_2_17_x86_64", ".so"),
    Target("linux", "arm64", "aarch64-linux-gnu.2.17", "manylinux_2_17_aarch64", ".so"),
    Target("windows", "x86_64", "x86_64-windows-gnu", "win_amd64", ".dll"),
    Target("windows", "arm64", "aarch64-windows-gnu", "win_arm64", ".dll"),
    Target("macos", "x86_64", "x86_64-macos.11.0", "macosx_11_0_x86_64", ".dylib"),
    Target("macos", "arm64", "aarch64-macos.11.0", "macosx_11_0_arm64", ".dylib"),
)


def this_target() -> Target | None:
    """Return the target that this Python runs on, None where there is none."""
    system = {"linux": "linux", "win32": "windows", "darwin": "macos"}.get(sys.platform)
    # What Python itself was compiled for: the machine may be able to run others too.
    compiled_for = sysconfig.get_platform().rpartition("-")[2]
    machine = platform.machine() if compiled_for in ("universal2", "any") else compiled_for
    machine = {"amd64": "x86_64", "aarch64": "arm64"}.get(machine.lower(), machine.lower())
    return next((t for t in TARGETS if (t.system, t.machine) == (system, machine)), None)


@dataclass(frozen=True)
class Compiler:
    """A C compiler by its command."""

    command: tuple[str, ...]
    is_zig: bool = False

    @property
    def is_gcc(self) -> bool:
        """Whether it is gcc, by whatever name: on macOS, `gcc` is clang."""
        return not self.is_zig and "clang" not in self.version()

    def version(self) -> str:
        """Return what the compiler says of itself, '' where it does not run."""
        flag = "version" if self.is_zig else "--version"
        command = (*self.command[:-1], flag) if self.is_zig else (*self.command, flag)
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            return ""
        name = "zig " if self.is_zig else ""
        return name + done.stdout.partition("\n")[0]

    def flags(self, target: Target, level: str) -> Iterator[str]:
        """Return what is said of a target and its level."""
        if self.is_zig:
            yield from ("-target", target.zig, "-fno-sanitize=undefined")
        elif target != this_target():
            raise BuildError(f"{self.command[0]} compiles for this machine only, not {target.key}")
        if target.machine == "x86_64":
            yield f"-mcpu=x86_64_{level}" if self.is_zig else f"-march=x86-64-{level}"
            if level == "v4":
                # Clang would use half of AVX-512's width, as early processors slowed down with all.
                yield "-mprefer-vector-width=512"
        # Products and sums of one expression become one instruction; of gcc's ways that is "fast".
        yield "-ffp-contract=fast" if self.is_gcc else "-ffp-contract=on"


def compilers() -> Iterator[Compiler]:
    """Return the compilers that there are, the best first."""
    named = os.environ.get("NNPLAY_CC", "")
    zig = Compiler((sys.executable, "-m", "ziglang", "cc"), is_zig=True)
    if named and named != "zig":
        yield Compiler(tuple(named.split()))
        return
    if find_spec("ziglang"):
        yield zig
    if not named:
        yield from (Compiler((name,)) for name in ("clang", "gcc", "cc") if shutil.which(name))


def compile_library(
    compiler: Compiler,
    target: Target,
    level: str,
    folder: Path,
    more: Sequence[str] = (),
    sources: Path = FOLDER,
) -> Path:
    """Compile the library of one level into a folder; BuildError where the compiler fails."""
    file = folder / target.file_name(level)
    folder.mkdir(parents=True, exist_ok=True)
    # In a folder of its own, then moved: a process that has the old file in use keeps it, and what
    # else linkers write (an import library and debug data on Windows) is dropped.
    with TemporaryDirectory(dir=folder) as place:
        unfinished = Path(place) / file.name
        command = [*compiler.command, *_FLAGS, *compiler.flags(target, level), *more]
        command += [str(source) for source in sorted(sources.glob("*.c"))]
        command += ["-o", str(unfinished), *(() if target.system == "windows" else ("-lm",))]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise BuildError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
        unfinished.replace(file)
    return file


def build(
    target: Target | None = None, folder: Path = LIBRARIES, more: Sequence[str] = ()
) -> tuple[Path, ...]:
    """Compile all libraries of a target by the first compiler that succeeds; return their files.

    BuildError, with what the compilers said, where none does.
    """
    target = target or this_target()
    if target is None:
        raise BuildError(f"no target is known for {sys.platform} on {platform.machine()}")
    failures = []
    for compiler in compilers():
        try:
            with ThreadPoolExecutor() as pool:
                work = [
                    pool.submit(compile_library, compiler, target, level, folder, more)
                    for level in target.levels
                ]
                files = tuple(one.result() for one in work)
        except BuildError as error:
            failures.append(str(error))
            continue
        write_stamp(folder, target, compiler)
        return files
    raise BuildError(
        "\n".join(failures) or "no C compiler was found: install ziglang, clang or gcc"
    )


def sanitized(folder: Path) -> Path:
    """Compile the lowest level with the sanitizers into a folder; return the runtime to preload."""
    target, named = this_target(), os.environ.get("NNPLAY_CC", "gcc")
    if target is None:
        raise BuildError(f"no target is known for {sys.platform}")
    compiler = Compiler(tuple(named.split()))
    compile_library(compiler, target, target.levels[0], folder, SANITIZERS)
    write_stamp(folder, target, compiler)
    asked = (*compiler.command, "-print-file-name=libasan.so")
    return Path(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip())


def write_stamp(folder: Path, target: Target, compiler: Compiler) -> None:
    """Note what the libraries in a folder were made from, and the SHA-256 of each."""
    files = (folder / target.file_name(level) for level in target.levels)
    stamp = {
        "target": target.key,
        "compiler": compiler.version(),
        "sources": digest(),
        "libraries": {
            file.name: hashlib.sha256(file.read_bytes()).hexdigest()
            for file in files
            if file.exists()
        },
    }
    (folder / STAMP).write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")


def digest() -> str:
    """Return the SHA-256 of everything that the libraries are made from."""
    found = hashlib.sha256(os.environ.get("NNPLAY_CC", "").encode())
    for source in (*sorted(FOLDER.glob("*.[ch]")), Path(__file__)):
        found.update(source.name.encode() + source.read_bytes())
    return found.hexdigest()


def is_fresh(folder: Path = LIBRARIES) -> bool:
    """Say whether the libraries of this machine are there and made from the sources as they are."""
    target = this_target()
    if target is None:
        return False
    try:
        stamp = json.loads((folder / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    made = stamp.get("sources") == digest() and stamp.get("target") == target.key
    return made and all((folder / target.file_name(level)).exists() for level in target.levels)


def build_if_stale() -> None:
    """Compile the libraries of this machine unless they are fresh; BuildError where that fails."""
    if not is_fresh():
        build()


def main() -> None:
    """Compile for this machine; or one level with the sanitizers, by a compiler that has them."""
    try:
        if sys.argv[1:2] == ["--sanitize"]:
            print(sanitized(Path(sys.argv[2])))
        elif is_fresh():
            print("the kernels are up to date")
        else:
            print(*build(), sep="\n")
    except BuildError as error:
        sys.exit(f"The kernels cannot be compiled:\n{error}")


if __name__ == "__main__":
    main()
