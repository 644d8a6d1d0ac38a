"""What the networks may run on, and how a device fails: out of memory, or broken.

Imports torch only when it is asked about a device. After an out-of-memory error the process goes
on; after any other CUDA error nothing on that device can be trusted, and the process should end.
"""

from __future__ import annotations

import importlib.util
import shutil
import sysconfig
from pathlib import Path

from pipeline.latentsync.errors import MemoryExhausted

NEEDED = ("torch", "diffusers", "safetensors")
FAULT_MARKS = ("CUDA error", "CUDA driver error", "CUBLAS_STATUS", "CUDNN_STATUS", "cuDNN error")
"""In the messages of faults that come as a plain RuntimeError."""


def missing_package() -> str | None:
    """Name the first package that running needs and that is not installed."""
    return next((name for name in NEEDED if importlib.util.find_spec(name) is None), None)


def missing_to_compile(compiler: str = "", headers: Path | None = None) -> str | None:
    """Name what Triton cannot do without where it first launches a kernel; the slower way is open.

    ``compiler`` is one that it is told to take, by name or path; empty: the system's. ``headers``:
    the folder of ``Python.h``, if it is not this Python's own.
    """
    if not any(map(shutil.which, (compiler,) if compiler else ("gcc", "clang"))):
        return "a C compiler"
    headers = headers or Path(sysconfig.get_path("include"))
    return None if (headers / "Python.h").is_file() else f"the headers of Python in {headers}"


def absent_device(names: tuple[str, ...]) -> str | None:
    """Name the first of the devices that is not there: `cuda` is the first GPU, as `cuda:0`."""
    wanted = [name for name in names if name != "cpu"]
    if not wanted:
        return None
    import torch

    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    return next((name for name in wanted if int(name.partition(":")[2] or 0) >= count), None)


def describe_gpus() -> list[str]:
    """Describe each GPU in a few words; none without CUDA."""
    import torch

    if not torch.cuda.is_available():
        return []
    found = (torch.cuda.get_device_properties(i) for i in range(torch.cuda.device_count()))
    return [
        f"{gpu.name}, {gpu.total_memory / 1e9:.0f} GB, capability {gpu.major}.{gpu.minor}"
        for gpu in found
    ]


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether less at once, or a smaller network, may help."""
    if isinstance(error, MemoryExhausted):
        return True
    import torch

    return isinstance(error, torch.OutOfMemoryError)


def is_fault(error: BaseException) -> bool:
    """Tell whether a device broke: an illegal access, a failed launch, a lost GPU."""
    import torch

    if is_out_of_memory(error):
        return False
    if isinstance(error, torch.AcceleratorError):
        return True
    return isinstance(error, RuntimeError) and any(mark in str(error) for mark in FAULT_MARKS)
