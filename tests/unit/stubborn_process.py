"""A process that heeds signals, and one thing more: ``python -m`` it with what, and its grace."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time

from pipeline.stopping import heed_signals

NAME = "tests.unit.stubborn_process"
SLEEP = (sys.executable, "-S", "-c", "import time; time.sleep(600)")


async def main(what: str, grace_s: float) -> None:
    stop = asyncio.Event()
    heed_signals(stop, grace_s)
    say("up")
    match what:
        case "end":
            await stop.wait()
        case "linger":
            await stop.wait()
            say("stopping")
            await asyncio.Event().wait()
        case "block the loop":
            time.sleep(600)  # noqa: ASYNC251  as a database that does not answer might
        case "have a hung child":
            child = subprocess.Popen(SLEEP, start_new_session=True)  # noqa: ASYNC220
            os.kill(child.pid, signal.SIGSTOP)
            say("it hangs")
            await asyncio.Event().wait()
        case other:
            raise AssertionError(other)


def say(word: str) -> None:
    print(word, flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
