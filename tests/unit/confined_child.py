"""A confined child that does what the request says: read, write, link, connect, look around."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from pipeline.child import Message, serve
from pipeline.confine import confine

NAME = "tests.unit.confined_child"


def handle(request: Message, say: Callable[[Message], None]) -> Message:
    given, made = Path(request["given"]), Path(request["made"])
    match request["do"]:
        case "copy":
            made.write_bytes(given.read_bytes())
        case "link":
            made.symlink_to(request["path"])
        case "read":
            made.write_bytes(Path(request["path"]).read_bytes())
        case "write":
            Path(request["path"]).write_text("mine")
        case "change what was given":
            given.write_text("changed")
        case "connect":
            socket.create_connection(("127.0.0.1", request["port"]), timeout=5)
        case "die":
            os._exit(7)
        case "nothing":
            pass
    size_bytes = given.stat().st_size if given.exists() else None
    return {"files": sorted(os.listdir(given.parent)), "pid": os.getpid(), "size": size_bytes}  # noqa: PTH208


if __name__ == "__main__":
    confine(Path(sys.argv[1]), memory_bytes=1 << 30)
    serve(handle)
