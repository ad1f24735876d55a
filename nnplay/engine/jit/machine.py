"""From instructions to this machine's own, by LLVM, and into memory."""

from __future__ import annotations

from functools import cache
from typing import Any

import llvmlite
import llvmlite.binding as llvm
from llvmlite import ir


class Code:
    """Machine code in memory, which stays as long as this does."""

    def __init__(self, content: bytes, name: str) -> None:
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine())
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(content))
        self._engine.finalize_object()
        self.address: int = self._engine.get_function_address(name)
        """Where the function of that name stands."""


def built(module: ir.Module) -> bytes:
    """Return the machine code of a module, as the content of an object file."""
    machine = _machine()
    module.triple = llvm.get_process_triple()
    module.data_layout = str(machine.target_data)
    parsed = llvm.parse_assembly(str(module))
    tuning = llvm.create_pipeline_tuning_options(speed_level=3)
    tuning.loop_vectorization = True
    builder = llvm.create_pass_builder(machine, tuning)
    builder.getModulePassManager().run(parsed, builder)
    content: bytes = machine.emit_object(parsed)
    return content


@cache
def description() -> str:
    """Return what machine code depends on beside its source."""
    version = ".".join(str(number) for number in llvm.llvm_version_info)
    return f"{llvmlite.__version__} {version} {llvm.get_process_triple()} {' '.join(_processor())}"


@cache
def _processor() -> tuple[str, str]:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


def _machine() -> Any:
    """Return a description of this machine for LLVM, which code in memory owns from then on."""
    name, features = _processor()
    target = llvm.Target.from_triple(llvm.get_process_triple())
    # What is compiled into memory for an x86 is not moved about any more.
    reloc = "static" if target.name.startswith("x86") else "default"
    return target.create_target_machine(
        cpu=name, features=features, opt=3, reloc=reloc, codemodel="jitdefault", jit=True
    )
