"""Confine this process before it opens a stranger's file: memory, time, files, network, folders.

Limits of the kernel that no code in the process can lift again. Memory and the rest by
``setrlimit``; no network and no looking into other processes by seccomp; one folder to write in,
and nothing to read but code, by Landlock. Where a kernel (or another system) lacks one, the others
hold, and ``confine`` says which do. Knows no file and no format.

A program that is not ours is confined by a start through this file, which then becomes it::

    python -I -S confine.py SOURCE INTO PROGRAM [ARGUMENT...]

It reads SOURCE, writes INTO, and reaches nothing else. Both files are there already.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FILE_BYTES: Final = 2 << 30
OPEN_FILES: Final = 256
FOR_A_FILE_BYTES: Final = 768 << 20
"""What reading any one photo or video may take: several times what a usual one does."""

NO_NEW_PRIVILEGES: Final = 38  # prctl
CAPABILITIES_VERSION: Final = 0x20080522
KEPT_CAPABILITIES: Final = 0b110
"""To pass by the owners of files: the code may be somebody else's."""
SECCOMP_FILTER, ALL_THREADS = 1, 1
SECCOMP_KNOWS_ACTION: Final = 2
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
"""The same on every architecture."""
READING: Final = 0b1101  # execute, read a file, read a folder
READING_FILE, WRITING_FILE = 0b100, 0b10 | 1 << 14  # writing may cut off what was there
FILE_RIGHTS: Final = 0b111 | 1 << 14 | 1 << 15  # what a rule for a file may name
MAKING_ODD: Final = 1 << 6 | 0b1111 << 9
"""Devices, sockets, pipes, links: who reads a file makes none."""
USING: Final = 0b110 | 1 << 15
"""Read a device, write it, give it orders."""
FILLING: Final = -1 & ~MAKING_ODD & ~1
"""Everything in a folder, but to run what lies there."""
RIGHTS_BY_ABI: Final = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many rights of the file system each version of Landlock knows."""
TCP_ABI, SCOPES_ABI = 4, 6
"""Since when it knows TCP; signals, and sockets without a file."""
DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
LIBRARIES: Final = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache")
SYSTEM: Final = (
    *LIBRARIES,
    "/bin",
    "/proc",  # but not into the memory or the environment of others: Landlock forbids that
    "/sys/devices/system/cpu",
    *(f"/etc/{name}" for name in ("localtime", "passwd", "nsswitch.conf", "ssl/openssl.cnf")),
)

# Calls by architecture: (audit code, seccomp, socket, others that are refused, those of sockets).
_CALLS: Final = {
    "x86_64": (
        *(0xC000003E, 317, 41, (101, 310, 311, 425, 321, 165, 272, 308, 438)),
        (42, 44, 46, 307),
    ),
    "aarch64": (
        *(0xC00000B7, 277, 198, (117, 270, 271, 425, 280, 40, 97, 268, 438)),
        (203, 206, 211, 269),
    ),
}
"""ptrace, process_vm_readv, process_vm_writev, io_uring_setup, bpf, mount, unshare, setns,
pidfd_getfd; connect, sendto, sendmsg, sendmmsg. Pairs of sockets are made by another
call than socket, and stay."""
LOCAL: Final = 1
"""The family of sockets that reach no other machine."""
FOREIGN_CALLS: Final = 1 << 30
"""From here on the same calls by other numbers (x32)."""
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


def confine(
    folder: Path | None,
    *,
    memory_bytes: int | None,
    cpu_s: int | None = None,
    beside: Mapping[str, int] | None = None,
    mute_sockets: bool = False,
    open_files: int = OPEN_FILES,
) -> Confinement:
    """Confine this process to ``folder`` and so much memory, for good.

    None leaves it every folder, but neither network, nor root's powers, nor other processes; None
    of memory leaves it what there is. ``beside`` the folder it has these rights by path; with
    ``mute_sockets`` it may make local sockets, but call nobody and send nothing. To be called
    before threads start and before anything heavy is imported: Landlock binds the thread that
    calls and those that it starts.
    """
    if memory_bytes is not None:  # not RLIMIT_AS: threads reserve what they never use
        _limit(resource.RLIMIT_DATA, memory_bytes)
    _limit(resource.RLIMIT_FSIZE, FILE_BYTES)
    _limit(resource.RLIMIT_NOFILE, open_files)
    _limit(resource.RLIMIT_CORE, 0)
    if cpu_s is not None:
        _limit(resource.RLIMIT_CPU, cpu_s)
    if folder is None:
        return _restrict({"/": -1})
    rights = dict.fromkeys(_code(), READING) | dict(beside or {}) | {str(folder): FILLING}
    return _restrict(rights, mute_sockets=mute_sockets)


def to_read(folder: Path) -> dict[str, int]:
    """Give the right to read what lies in a folder, and what links in there point to."""
    linked = [path.resolve() for path in folder.rglob("*") if path.is_symlink()]
    return dict.fromkeys(map(str, (folder, *linked)), READING & ~1)


def hold(more_bytes: int) -> None:
    """Let this process take so much more memory than it has now, for good.

    To be called when all is loaded. The limit of ``confine`` has to leave room for what a machine
    of many cores reserves; this one is about files: decoders believe what a header tells them.
    """
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[5])  # what RLIMIT_DATA counts
        _limit(resource.RLIMIT_DATA, pages * resource.getpagesize() + more_bytes)


def confinable() -> Confinement:
    """Tell which limits this system can set, without setting any."""
    if sys.platform != "linux":
        return Confinement(memory=True, network=False, folders=False)
    libc = ctypes.CDLL(None, use_errno=True)
    known = _CALLS.get(os.uname().machine)
    action = ctypes.byref(ctypes.c_uint32(REFUSED & ~0xFFFF))
    network = known is not None and libc.syscall(known[1], SECCOMP_KNOWS_ACTION, 0, action) == 0
    folders = libc.syscall(LANDLOCK_CREATE, None, 0, 1) >= 1
    return Confinement(memory=True, network=network, folders=folders)


def main() -> None:
    """Confine this process to two files, then become the program that needs them."""
    source, into, program, *arguments = sys.argv[1:]
    rules = dict.fromkeys((*LIBRARIES, program), READING)
    _restrict(rules | {source: READING_FILE, into: READING_FILE | WRITING_FILE})
    os.execv(program, [program, *arguments])  # noqa: S606  a shell is what nobody wants here


def _limit(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (wanted, wanted))


def _restrict(rights: Mapping[str, int], *, mute_sockets: bool = False) -> Confinement:
    """Leave this process nothing but these rights by path, and no network."""
    if sys.platform != "linux":
        return Confinement(memory=True, network=False, folders=False)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return Confinement(memory=True, network=False, folders=False)
    _drop_capabilities(libc)
    folders = _restrict_folders(libc, rights)
    network = _refuse_network(libc, mute_sockets=mute_sockets)
    return Confinement(memory=True, network=network, folders=folders)


def _drop_capabilities(libc: ctypes.CDLL) -> None:
    """Take the powers of root, where that is who runs this: they read others' memory."""
    header = struct.pack("II", CAPABILITIES_VERSION, 0)
    kept = struct.pack("III", KEPT_CAPABILITIES, KEPT_CAPABILITIES, 0) + bytes(12)
    libc.capset(header, kept)  # of somebody else there was nothing to take


# --------------------------------------------------------------------------- no network


def _refuse_network(libc: ctypes.CDLL, *, mute_sockets: bool) -> bool:
    """Refuse sockets, or all that is done with them, and calls that reach other processes."""
    if (machine := os.uname().machine) not in _CALLS:
        return False
    audit, seccomp, socket, others, of_sockets = _CALLS[machine]
    if mute_sockets:
        program = _program(audit, (*others, *of_sockets), socket)
    else:
        program = _program(audit, (*others, socket))
    buffer = ctypes.create_string_buffer(program)
    length = len(program) // 8
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", length, ctypes.addressof(buffer)))
    return bool(libc.syscall(seccomp, SECCOMP_FILTER, ALL_THREADS, header) == 0)


def _program(audit: int, refused: Sequence[int], only_local: int | None = None) -> bytes:
    """Write the filter in BPF: load a word, jump if equal or larger, return.

    ``only_local`` is the call that makes sockets, where local ones may be made.
    """
    load, equal, larger, give = 0x20, 0x15, 0x35, 0x06
    steps: list[tuple[int, int, int, int]] = [
        (load, 0, 0, 4),  # the architecture: a foreign one is refused
        (equal, 1, 0, audit),
        (give, 0, 0, REFUSED),
        (load, 0, 0, 0),  # the number of the call
        (larger, 0, 1, FOREIGN_CALLS),
        (give, 0, 0, REFUSED),
    ]
    for number in refused:
        steps += [(equal, 0, 1, number), (give, 0, 0, REFUSED)]
    if only_local is not None:  # its first argument is the family
        steps += [(equal, 0, 3, only_local), (load, 0, 0, 16), (equal, 1, 0, LOCAL)]
        steps.append((give, 0, 0, REFUSED))
    steps.append((give, 0, 0, ALLOWED))
    return b"".join(struct.pack("HBBI", *step) for step in steps)


# --------------------------------------------------------------------------- what may be opened


def _restrict_folders(libc: ctypes.CDLL, rights: Mapping[str, int]) -> bool:
    abi = libc.syscall(LANDLOCK_CREATE, None, 0, 1)
    if abi < 1:
        return False
    every = (1 << RIGHTS_BY_ABI[min(abi, max(RIGHTS_BY_ABI))]) - 1
    tcp, scopes = 0b11 * (abi >= TCP_ABI), 0b11 * (abi >= SCOPES_ABI)
    handled = struct.pack("QQQ", every, tcp, scopes)
    ruleset = libc.syscall(LANDLOCK_CREATE, handled, len(handled), 0)
    if ruleset < 0:
        return False
    try:
        rules = dict.fromkeys(DEVICES, every) | dict(rights)
        held = all(_allow(libc, ruleset, path, some & every) for path, some in rules.items())
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


if __name__ == "__main__":
    main()
