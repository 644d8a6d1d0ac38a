"""A confined process reaches no network, no secret, no other folder, and not all of the memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import confine

ATTEMPT = """
import json, sys
from pathlib import Path
from pipeline.confine import confine

folder, secret, attempt = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
held = confine(folder, memory_bytes=400 << 20, cpu_s=30)
answer = {"memory": held.memory, "network": held.network, "folders": held.folders}
try:
    exec(attempt)
    answer["went"] = "through"
except BaseException as e:
    answer["went"] = type(e).__name__
print(json.dumps(answer))
"""


def attempted(tmp_path: Path, attempt: str, program: str = ATTEMPT) -> dict[str, object]:
    """Try something in a confined process; say what came of it and which limits hold."""
    folder, secret = tmp_path / "mine", tmp_path / "secret.txt"
    folder.mkdir()
    secret.write_text("the key")
    ended = subprocess.run(
        [sys.executable, "-c", program, str(folder), str(secret), attempt],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    answer: dict[str, object] = json.loads(ended.stdout)
    return answer


@pytest.mark.parametrize(
    "attempt",
    [
        "(folder / 'a').write_text('b'); assert (folder / 'a').read_text() == 'b'",
        "(folder / 'a').write_text('b'); (folder / 'a').rename(folder / 'c')",
        "import cv2, av, numpy",
        "import threading; t = threading.Thread(target=print); t.start(); t.join()",
        "import socket; socket.socketpair()",
    ],
)
def test_what_decoding_needs_goes_through(tmp_path: Path, attempt: str) -> None:
    assert attempted(tmp_path, attempt)["went"] == "through"


def test_what_is_held_may_take_so_much_more_and_no_more(tmp_path: Path) -> None:
    within = "hold(200 << 20); bytearray(150 << 20)"
    beyond = "hold(200 << 20); bytearray(250 << 20)"

    for held, attempt in (("through", within), ("MemoryError", beyond)):
        program = ATTEMPT.replace("import confine", "import confine, hold")
        folder = tmp_path / held
        folder.mkdir()
        assert attempted(folder, attempt, program)["went"] == held


@pytest.mark.parametrize(
    ("limit", "attempt"),
    [
        ("network", "import socket; socket.socket()"),
        ("network", "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)"),
        ("network", "import socket; socket.socket(socket.AF_UNIX)"),
        ("folders", "secret.read_text()"),
        ("folders", "secret.write_text('mine')"),
        ("folders", "secret.unlink()"),
        ("folders", "(folder.parent / 'new').touch()"),
        ("folders", "list(Path.home().iterdir())"),
        ("folders", "(folder / 'a').symlink_to(secret)"),
        ("folders", "import os; os.mkfifo(folder / 'a')"),
        ("folders", "import os; open(f'/proc/{os.getppid()}/environ').read()"),
        ("folders", "import os, signal; os.kill(os.getppid(), signal.SIGURG)"),
        ("folders", "open('/etc/hostname').read()"),
        ("folders", "import os; os.link(folder.parent / 'secret.txt', folder / 'stolen')"),
        ("memory", "bytearray(600 << 20)"),
        (
            "memory",
            "import resource; resource.setrlimit(resource.RLIMIT_DATA, (1 << 40, 1 << 40))",
        ),
    ],
)
def test_everything_else_is_refused_by_the_kernel(
    tmp_path: Path, limit: str, attempt: str
) -> None:
    answer = attempted(tmp_path, attempt)

    if not answer[limit]:
        pytest.skip(f"this kernel cannot limit: {limit}")
    assert answer["went"] in {"PermissionError", "MemoryError", "OSError", "ValueError"}, answer
    assert (tmp_path / "secret.txt").read_text() == "the key"


FREE = ATTEMPT.replace("confine(folder,", "confine(None,")


@pytest.mark.parametrize(
    ("attempt", "goes"),
    [
        ("(folder / 'a').write_text(secret.read_text())", True),
        ("import socket; socket.socket()", False),
        ("import os; open(f'/proc/{os.getppid()}/environ').read()", False),
        ("import os, signal; os.kill(os.getppid(), signal.SIGURG)", False),
    ],
)
def test_a_process_that_keeps_its_folders_has_no_network_and_no_neighbours(
    tmp_path: Path, attempt: str, goes: bool
) -> None:
    answer = attempted(tmp_path, attempt, FREE)

    if not (answer["network"] and answer["folders"]):
        pytest.skip("this kernel cannot limit them")
    assert (answer["went"] == "through") is goes, answer


MUTE = ATTEMPT.replace("cpu_s=30", "cpu_s=30, mute_sockets=True")


@pytest.mark.parametrize(
    ("attempt", "goes"),
    [
        ("import socket; socket.socket(socket.AF_UNIX).bind('\\0bolti-mute'); ", True),
        ("import socket; socket.socket()", False),
        ("import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)", False),
        ("import socket; socket.socket(socket.AF_UNIX).connect('/nowhere')", False),
        (
            "import socket as s; s.socket(s.AF_UNIX, s.SOCK_DGRAM).sendto(b'a', '/nowhere')",
            False,
        ),
        ("import socket; socket.socketpair()[0].sendmsg([b'a'])", False),
    ],
)
def test_mute_sockets_reach_nobody(tmp_path: Path, attempt: str, goes: bool) -> None:
    """CUDA does not start without one."""
    answer = attempted(tmp_path, attempt, MUTE)

    if not answer["network"]:
        pytest.skip("this kernel cannot refuse sockets")
    assert answer["went"] == ("through" if goes else "PermissionError"), answer


def test_its_children_are_confined_too(tmp_path: Path) -> None:
    read = "import subprocess; subprocess.run(['cat', str(secret)], check=True)"

    answer = attempted(tmp_path, read)

    if not answer["folders"]:
        pytest.skip("this kernel cannot limit folders")
    assert answer["went"] == "CalledProcessError"


def test_a_program_that_is_not_ours_opens_two_files_and_no_other(tmp_path: Path) -> None:
    for name in ("source", "into", "neighbour"):
        (tmp_path / name).write_text(name)

    def run(*command: str) -> int:
        files = (str(tmp_path / "source"), str(tmp_path / "into"))
        launcher = (sys.executable, "-I", "-S", confine.__file__, *files)
        return subprocess.run((*launcher, *command), capture_output=True, timeout=60).returncode

    if not confine.confinable().folders:
        pytest.skip("this kernel cannot limit folders")
    copy = ("/bin/cp", str(tmp_path / "source"))
    assert run(*copy, str(tmp_path / "into")) == 0
    assert (tmp_path / "into").read_text() == "source"
    assert run(*copy, str(tmp_path / "new")) != 0
    assert run(*copy, str(tmp_path / "neighbour")) != 0
    assert run("/bin/cat", str(tmp_path / "neighbour")) != 0
    assert run("/bin/cp", str(tmp_path / "into"), str(tmp_path / "source")) != 0
    assert (tmp_path / "source").read_text() == "source"


def test_calls_by_foreign_numbers_are_refused_too(tmp_path: Path) -> None:
    """Where a kernel knows x32, the same calls have a second set of numbers."""
    socket_x32 = "import ctypes; l = ctypes.CDLL(None, use_errno=True)\n"
    socket_x32 += "assert l.syscall(0x40000000 + 41, 2, 1, 0) == -1\n"
    socket_x32 += "raise OSError(ctypes.get_errno(), 'refused')"

    answer = attempted(tmp_path, socket_x32)

    if not answer["network"]:
        pytest.skip("this kernel cannot limit: network")
    assert answer["went"] == "PermissionError", "not: no such call"
