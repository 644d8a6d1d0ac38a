"""A confined process reaches no network, no secret, no other folder, and not all of the memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

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


def attempted(tmp_path: Path, attempt: str) -> dict[str, object]:
    """Try something in a confined process; say what came of it and which limits hold."""
    folder, secret = tmp_path / "mine", tmp_path / "secret.txt"
    folder.mkdir()
    secret.write_text("the key")
    ended = subprocess.run(
        [sys.executable, "-c", ATTEMPT, str(folder), str(secret), attempt],
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


@pytest.mark.parametrize(
    ("limit", "attempt"),
    [
        ("network", "import socket; socket.socket()"),
        ("network", "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)"),
        ("folders", "secret.read_text()"),
        ("folders", "secret.write_text('mine')"),
        ("folders", "secret.unlink()"),
        ("folders", "(folder.parent / 'new').touch()"),
        ("folders", "list(Path.home().iterdir())"),
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


def test_its_children_are_confined_too(tmp_path: Path) -> None:
    read = "import subprocess; subprocess.run(['cat', str(secret)], check=True)"

    answer = attempted(tmp_path, read)

    if not answer["folders"]:
        pytest.skip("this kernel cannot limit folders")
    assert answer["went"] == "CalledProcessError"
