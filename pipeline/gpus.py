"""What NVIDIA's own library tells of the cards of this machine: memory, heat, load.

Asked through ctypes, so that nobody needs torch, CUDA or another process for it. Where the library
is absent, or does not answer, there are no cards. Blocks for some milliseconds: ask in a thread.
Facts: the NVML API reference (nvmlDeviceGetMemoryInfo, nvmlDeviceGetTemperature and others).
"""

from __future__ import annotations

import ctypes
import logging
from dataclasses import dataclass
from typing import Any

LIBRARY = "libnvidia-ml.so.1"
SUCCESS = 0
CORE_TEMPERATURE = 0
NAME_CHARS = 96

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """One card; what it does not tell is None."""

    index: int
    name: str
    memory_used_bytes: int | None = None
    memory_total_bytes: int | None = None
    temperature_c: int | None = None
    load_pct: int | None = None


class _Memory(ctypes.Structure):
    _fields_ = (
        ("total", ctypes.c_ulonglong),
        ("free", ctypes.c_ulonglong),
        ("used", ctypes.c_ulonglong),
    )


class _Load(ctypes.Structure):
    _fields_ = (("gpu", ctypes.c_uint), ("memory", ctypes.c_uint))


def read_gpus(library: Any = None) -> tuple[Gpu, ...]:
    """Ask every card; ``library`` takes the place of NVIDIA's in tests."""
    if library is None:
        try:
            library = ctypes.CDLL(LIBRARY)
        except OSError:
            return ()
    try:
        if library.nvmlInit_v2() != SUCCESS:
            return ()
        try:
            count = ctypes.c_uint()
            if library.nvmlDeviceGetCount_v2(ctypes.byref(count)) != SUCCESS:
                return ()
            return tuple(_read(library, index) for index in range(count.value))
        finally:
            library.nvmlShutdown()
    except AttributeError as e:  # another version of the library
        log.warning("the cards cannot be asked: %s", e)
        return ()


def _read(library: Any, index: int) -> Gpu:
    card = ctypes.c_void_p()
    if library.nvmlDeviceGetHandleByIndex_v2(index, ctypes.byref(card)) != SUCCESS:
        return Gpu(index=index, name="?")
    name = ctypes.create_string_buffer(NAME_CHARS)
    named = library.nvmlDeviceGetName(card, name, NAME_CHARS) == SUCCESS
    memory, load, heat = _Memory(), _Load(), ctypes.c_uint()
    knows_memory = library.nvmlDeviceGetMemoryInfo(card, ctypes.byref(memory)) == SUCCESS
    knows_load = library.nvmlDeviceGetUtilizationRates(card, ctypes.byref(load)) == SUCCESS
    knows_heat = (
        library.nvmlDeviceGetTemperature(card, CORE_TEMPERATURE, ctypes.byref(heat)) == SUCCESS
    )
    return Gpu(
        index=index,
        name=name.value.decode(errors="replace") if named else "?",
        memory_used_bytes=memory.used if knows_memory else None,
        memory_total_bytes=memory.total if knows_memory else None,
        temperature_c=heat.value if knows_heat else None,
        load_pct=load.gpu if knows_load else None,
    )
