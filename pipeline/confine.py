"""Confine this process before it opens a stranger's file: memory, time, files, network, folders.

Limits of the kernel that no code in the process can lift again. Memory and the rest by
``setrlimit``; no network and no looking into other processes by seccomp; one folder to write in,
and nothing to read but code, by Landlock. Where a kernel (or another system) lacks one, the others
hold, and ``confine`` says which do. Knows no file and no format.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FILE_BYTES: Final = 2 << 30
OPEN_FILES: Final = 256

NO_NEW_PRIVILEGES: Final = 38  # prctl
SECCOMP_FILTER, ALL_THREADS = 1, 1
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
"""The same on every architecture."""
READING: Final = 0b1101  # execute, read a file, read a folder
FILE_RIGHTS: Final = 0b111 | 1 << 14 | 1 << 15  # what a rule for a file may name
RIGHTS_BY_ABI: Final = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many rights of the file system each version of Landlock knows."""
DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
SYSTEM: Final = ("/usr", "/lib", "/lib64", "/bin", "/etc", "/proc", "/sys/devices/system/cpu")

# Calls by architecture: (audit code, seccomp, socket, those that are refused altogether).
_CALLS: Final = {
    "x86_64": (0xC000003E, 317, 41, (101, 310, 311, 425, 321, 165, 272, 308)),
    "aarch64": (0xC00000B7, 277, 198, (117, 270, 271, 425, 280, 40, 97, 268)),
}
"""ptrace, process_vm_readv, process_vm_writev, io_uring_setup, bpf, mount, unshare, setns."""
UNIX_SOCKET: Final = 1
REFUSED: Final = 0x00050000 | 1  # SECCOMP_RET_ERRNO, EPERM
ALLOWED: Final = 0x7FFF0000


@dataclass(frozen=True, slots=True, kw_only=True)
class Confinement:
    """Which limits hold."""

    memory: bool
    network: bool
    """There is none."""
    folders: bool
    """Only one can be written in, and only code and that one be read."""


def confine(folder: Path | None, *, memory_bytes: int, cpu_s: int | None = None) -> Confinement:
    """Confine this process to ``folder`` and so much memory, for good; None leaves all folders.

    To be called before threads start and before anything heavy is imported: Landlock binds the
    thread that calls and those that it starts.
    """
    _limit(
        resource.RLIMIT_DATA, memory_bytes
    )  # not RLIMIT_AS: threads reserve what they never use
    _limit(resource.RLIMIT_FSIZE, FILE_BYTES)
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    _limit(resource.RLIMIT_CORE, 0)
    if cpu_s is not None:
        _limit(resource.RLIMIT_CPU, cpu_s)
    if sys.platform != "linux":
        return Confinement(memory=True, network=False, folders=False)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return Confinement(memory=True, network=False, folders=False)
    folders = folder is not None and _restrict_folders(libc, folder)
    return Confinement(memory=True, network=_refuse_network(libc), folders=folders)


def _limit(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (wanted, wanted))


# --------------------------------------------------------------------------- no network


def _refuse_network(libc: ctypes.CDLL) -> bool:
    """Let socket() make nothing but local ones, and refuse calls that reach other processes."""
    if platform.machine() not in _CALLS:
        return False
    audit, seccomp, socket, refused = _CALLS[platform.machine()]
    program = _program(audit, socket, refused)
    buffer = ctypes.create_string_buffer(program)
    length = len(program) // 8
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", length, ctypes.addressof(buffer)))
    return bool(libc.syscall(seccomp, SECCOMP_FILTER, ALL_THREADS, header) == 0)


def _program(audit: int, socket: int, refused: Sequence[int]) -> bytes:
    """Write the filter in BPF: load a word, jump if equal, return."""
    load, equal, give = 0x20, 0x15, 0x06
    steps: list[tuple[int, int, int, int]] = [
        (load, 0, 0, 4),  # the architecture: a foreign one is refused
        (equal, 1, 0, audit),
        (give, 0, 0, REFUSED),
        (load, 0, 0, 0),  # the number of the call
    ]
    for number in refused:
        steps += [(equal, 0, 1, number), (give, 0, 0, REFUSED)]
    steps += [
        (equal, 0, 3, socket),
        (load, 0, 0, 16),  # its first argument: the family
        (equal, 1, 0, UNIX_SOCKET),
        (give, 0, 0, REFUSED),
        (give, 0, 0, ALLOWED),
    ]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


# --------------------------------------------------------------------------- one folder


def _restrict_folders(libc: ctypes.CDLL, folder: Path) -> bool:
    abi = libc.syscall(LANDLOCK_CREATE, None, 0, 1)
    if abi < 1:
        return False
    every = (1 << RIGHTS_BY_ABI[min(abi, max(RIGHTS_BY_ABI))]) - 1
    handled = struct.pack("Q", every)
    ruleset = libc.syscall(LANDLOCK_CREATE, handled, len(handled), 0)
    if ruleset < 0:
        return False
    try:
        rules = [(path, READING) for path in _code()]
        rules += [(path, every) for path in (*DEVICES, str(folder))]
        held = all(_allow(libc, ruleset, path, rights & every) for path, rights in rules)
        return held and libc.syscall(LANDLOCK_RESTRICT, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def _code() -> Iterable[str]:
    """Name where code and its data lie: Python, its packages, ours; no data of the bot."""
    ours = Path(__file__).resolve().parent
    places = {*SYSTEM, sys.prefix, sys.base_prefix, sys.exec_prefix, str(ours)}
    places |= {str(ours.parent / "config"), os.path.realpath(sys.executable)}
    # Packages outside the prefix; never the folder that our own code, and perhaps data, lies in.
    places |= {place for place in sys.path if place and Path(place).resolve() != ours.parent}
    return sorted(places)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> bool:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return True  # what is not there needs no rule
    try:
        if not Path(path).is_dir():
            rights &= FILE_RIGHTS
        rule = struct.pack("=Qi", rights, handle)
        return bool(libc.syscall(LANDLOCK_ADD, ruleset, 1, rule, 0) == 0)
    finally:
        os.close(handle)
