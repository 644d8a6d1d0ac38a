"""A child that does what the request says, good or bad; ``python -m`` it through ``Child``.

Run as ``python -m tests.unit.naughty_child parent`` it is a parent that asks such a child for a
grandchild, prints both process ids, and waits to be killed.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable

from pipeline import errors
from pipeline.child import Child, Message, serve
from pipeline.settings import child_environment

NAME = "tests.unit.naughty_child"
SLEEP = (sys.executable, "-S", "-c", "import time; time.sleep(600)")


def handle(request: Message, say: Callable[[Message], None]) -> Message:
    match request["do"]:
        case "answer":
            return {"pid": os.getpid(), "echo": request.get("echo")}
        case "progress":
            for step in range(3):
                say({"step": step})
        case "noise":
            print("noise that is no JSON")
            subprocess.run(["/bin/echo", "noise of a grandchild"], check=True)
            os.write(1, b"noise of a library in C\n")
        case "name an error":
            raise errors.ScriptTooLong(90.0, 60.0)
        case "name a retryable error":
            raise errors.SpeechUnavailable("embedded", "no voices")
        case "bug":
            raise ZeroDivisionError("the words of somebody")
        case "big":
            return {"big": "x" * request["size"]}
        case "hang":
            say({"pid": os.getpid()})
            time.sleep(600)
        case "die":
            os._exit(3)
        case "hang with a grandchild":
            say({"pid": os.getpid(), "grandchild": subprocess.Popen(SLEEP).pid})
            time.sleep(600)
        case "die with a grandchild":
            say({"pid": os.getpid(), "grandchild": subprocess.Popen(SLEEP).pid})
            os._exit(3)
        case "die with a fork":
            if (fork := os.fork()) == 0:
                time.sleep(600)
            say({"pid": os.getpid(), "grandchild": fork})
            os._exit(3)
        case "die with a stranger":  # in a session of its own, but with our stderr
            stranger = subprocess.Popen(SLEEP, start_new_session=True)
            say({"pid": os.getpid(), "stranger": stranger.pid})
            os._exit(3)
        case other:
            raise AssertionError(other)
    return {}


async def parent() -> None:
    child = Child("naughty", NAME, child_environment())
    await child.ask(
        {"do": "hang with a grandchild"},
        limit_s=600,
        on_progress=lambda m: print(m["pid"], m["grandchild"], flush=True),
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["parent"]:
        asyncio.run(parent())
    else:
        serve(handle)
