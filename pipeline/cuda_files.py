"""What CUDA and Triton open, for a process that is confined and works on a graphics card.

The devices, what kernel and driver tell of them, the names of its own threads, and one folder for
the kernels that are compiled. CUDA also listens on a local socket and does not start without; it
need not be able to call or send. Where there is no card there is nothing to open. Found by trying,
on an H200 with CUDA 13; knows no model and no tensor.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pipeline.confine import FILLING, READING, USING, WRITING_FILE

DEVICES: Final = ("nvidia*", "nvidia-caps/*", "dxg")
TOLD: Final = ("/sys", "/etc/nvidia")


def cuda_files(kernels: Path, compiler: str = "", devices: Path = Path("/dev")) -> dict[str, int]:
    """Give the rights by path, and make the folder of the kernels if there is a card.

    ``compiler`` is the C compiler that Triton is told to take, by name or path; empty: the
    system's.
    """
    found = [str(path) for name in DEVICES for path in devices.glob(name) if not path.is_dir()]
    if not found:
        return {}
    kernels.mkdir(mode=0o700, parents=True, exist_ok=True)
    own = {"/proc/self": READING | WRITING_FILE, str(kernels): FILLING}
    readable = dict.fromkeys((*TOLD, *_around(compiler)), READING)
    return dict.fromkeys(found, USING) | readable | own


def _around(compiler: str) -> Iterator[str]:
    """Name the folders that a compiler was installed into, where that is not the system's."""
    found = shutil.which(compiler) if compiler else None
    for path in (Path(found), Path(found).resolve()) if found else ():
        if path.parent.name == "bin" and (place := path.parent.parent) != Path("/"):
            yield str(place)


def kernels_under(data_dir: Path) -> Path:
    """Name the folder of what was compiled for the graphics card."""
    return data_dir.resolve() / "kernels"


def kept_kernels(kernels: Path) -> dict[str, str]:
    """Name the variables of the environment by which both keep what they compiled there."""
    return {
        "TRITON_CACHE_DIR": str(kernels / "triton"),
        "CUDA_CACHE_PATH": str(kernels / "cuda"),
    }
