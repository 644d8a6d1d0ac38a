"""What every test gets: no settings from outside, and no network beyond this machine."""

import gc
import os
import socket
from typing import Any

import pytest

LOCAL = ("127.0.0.1", "::1", "localhost")


@pytest.fixture(autouse=True)
def clean_environ(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every BOLTI_* variable out of the environment."""
    ours = [name for name in os.environ if name.startswith("BOLTI_")]  # noqa: TID251  to clean it
    for name in ours:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Fail a test that connects to anything but this machine, unless it is marked `network`."""
    if request.node.get_closest_marker("network"):
        return
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOCAL:
            raise AssertionError(f"a test reached for {address}; tests stay on this machine")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local_only)


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what stays: it would walk every module every time."""
    gc.collect()
    gc.freeze()
