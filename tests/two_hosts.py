"""Another host: a network namespace on a cable to this one, which a test can pull out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


def _ip(*arguments: str) -> bool:
    return subprocess.run(["ip", *arguments], capture_output=True, check=False).returncode == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherHost:
    """A host beside this one; ``ours`` is the address of this one on the cable."""

    name: str
    ours: str

    def python(self, program: str, *arguments: str) -> subprocess.Popen[str]:
        """Run a program there."""
        return subprocess.Popen(
            ["ip", "netns", "exec", self.name, sys.executable, "-c", program, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def is_cut_off(self) -> None:
        """Pull the cable: nothing goes through any more, and nobody is told."""
        assert _ip("-n", self.name, "link", "set", "cable", "down")


@contextmanager
def another_host() -> Iterator[OtherHost | None]:
    """Set another host up; None where this machine does not let us (root and iproute2)."""
    number = os.getpid()
    name, end = f"bolti-{number}", f"bolti{number}"
    net = f"10.{number % 200 + 20}.{number // 200 % 250}"
    if os.geteuid() != 0 or shutil.which("ip") is None or not _ip("netns", "add", name):
        yield None
        return
    try:
        made = all(
            _ip(*step.split())
            for step in (
                f"link add {end} type veth peer name cable netns {name}",
                f"addr add {net}.1/30 dev {end}",
                f"link set {end} up",
                f"-n {name} addr add {net}.2/30 dev cable",
                f"-n {name} link set cable up",
            )
        )
        yield OtherHost(name=name, ours=f"{net}.1") if made else None
    finally:
        _ip("link", "del", end)
        _ip("netns", "del", name)
