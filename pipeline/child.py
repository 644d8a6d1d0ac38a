"""A child process that answers requests: JSON lines on its pipes, killed as a group.

Three children live by this protocol: one looks at photos, one speaks, one renders. A crash, a hang
or an out-of-memory kill costs one request and never the parent. The module holds both ends:
``Child`` in the parent, ``serve`` in the child. It does not know what is asked.

One request is one line on the child's stdin; the answers are lines on its stdout::

    {"progress": {...}}      any number of times
    {"ok": {...}}            the result, or
    {"error": {...}}         an error of the tree in ``pipeline/errors.py``

An error that the child could name leaves it warm. Cancelling, exceeding the time, dying and
breaking the protocol kill the whole process group, grandchildren too, and the next request starts
a fresh child. What it writes to stderr is logged by its parent, with the job that it was asked
about (``pipeline.logs``).
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import queue
import signal
import sys
import threading
import traceback
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NoReturn

from pipeline import errors, logs

Message = dict[str, Any]
"""One JSON object, checked with pydantic by whoever sends and receives it."""

LINE_LIMIT_BYTES = 4 << 20
TAIL_LINES = 30
LAST_WORDS_S = 0.5
"""How long the pipes of a dead child are still read; a stranger may hold them open for ever."""
REAP_LIMIT_S = 5.0

log = logging.getLogger(__name__)


class Child:
    """The parent's end: starts the child when first asked, one request at a time."""

    def __init__(
        self, name: str, module: str, environment: Mapping[str, str], *arguments: str
    ) -> None:
        self.name = name
        self._command = (sys.executable, "-P", "-m", module, *arguments)
        self._environment = dict(environment)
        self._lock = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._stderr: asyncio.Task[None] | None = None
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._job = ""
        self._has_answered = False

    @property
    def has_answered(self) -> bool:
        """Tell whether the process that runs now has answered a request well."""
        return self._has_answered and self.pid is not None

    @property
    def pid(self) -> int | None:
        """The process id while a child runs."""
        alive = self._process is not None and self._process.returncode is None
        return self._process.pid if alive and self._process else None

    async def start(self) -> None:
        """Start the child before it is needed, so that the first request finds it warm."""
        async with self._lock:
            await self._running()

    async def ask(
        self,
        request: Message,
        *,
        limit_s: float,
        silence_s: float | None = None,
        on_progress: Callable[[Message], None] | None = None,
    ) -> Message:
        """Send one request and wait for its answer.

        Raises the error that the child named, ``ChildTimedOut`` beyond ``limit_s`` (waiting for
        another request to end does not count), ``ChildStuck`` when it told no progress for
        ``silence_s``, ``ChildDied`` when it ended without an answer.
        """
        async with self._lock:
            self._job = logs.job()
            try:
                async with asyncio.timeout(limit_s) as limit:
                    answer = await self._converse(
                        request, on_progress or (lambda _: None), silence_s
                    )
            except BaseException as e:
                # Whatever ended the conversation, an answer may still come: to nobody.
                await self._kill()
                if isinstance(e, TimeoutError) and limit.expired():
                    raise errors.ChildTimedOut(self.name, limit_s) from e
                raise
        if isinstance(answer, errors.BoltiError):
            raise answer
        self._has_answered = True
        return answer

    async def until_ended(self) -> None:
        """Wait until the process that runs now has ended."""
        if self._process is not None:
            await self._process.wait()

    async def close(self) -> None:
        """Kill the child, if there is one. Safe to repeat; does not wait for a request."""
        await self._kill()

    async def _converse(
        self,
        request: Message,
        on_progress: Callable[[Message], None],
        silence_s: float | None,
    ) -> Message | errors.BoltiError:
        process = await self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            await process.stdin.drain()
        except OSError as e:
            raise errors.ChildDied(self.name, process.returncode) from e
        while message := await self._within(silence_s, self._message(process.stdout)):
            if "ok" in message:
                ok: Message = message["ok"]
                return ok
            if "error" in message:
                return errors.revive(**message["error"])
            on_progress(message["progress"])
        status = await process.wait()
        log.error("%s ended with status %s:\n%s", self.name, status, "\n".join(self._tail))
        raise errors.ChildDied(self.name, status)

    async def _within(
        self, silence_s: float | None, hears: Awaitable[Message | None]
    ) -> Message | None:
        """Wait for the next word, but not for ever: an engine may hang without ending."""
        try:
            async with asyncio.timeout(silence_s) as silence:
                return await hears
        except TimeoutError as e:
            if silence_s is not None and silence.expired():
                raise errors.ChildStuck(self.name, silence_s) from e
            raise

    async def _message(self, answers: asyncio.StreamReader) -> Message | None:
        """Read one line; None at the end."""
        try:
            line = await answers.readline()
            message: Message | None = json.loads(line) if line else None
        except ValueError as e:  # no JSON, or a line beyond the limit
            log.error("%s broke the protocol: %s", self.name, type(e).__name__)  # noqa: TRY400
            raise errors.ChildDied(self.name, None) from e
        return message

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        await self._kill()
        self._tail.clear()
        self._has_answered = False
        loop = asyncio.get_running_loop()
        # What asyncio.create_subprocess_exec does, with a protocol that hears of the end.
        transport, protocol = await loop.subprocess_exec(
            lambda: _Protocol(LINE_LIMIT_BYTES, loop),
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._environment,
            start_new_session=True,
        )
        self._process = asyncio.subprocess.Process(transport, protocol, loop)
        self._stderr = asyncio.create_task(self._drain(self._process))
        return self._process

    async def _drain(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        while True:
            try:
                line = await process.stderr.readline()
            except ValueError:  # a line beyond the limit: dropped by asyncio, reading goes on
                continue
            if not line:
                return
            with logs.about(self._job):
                self._tail.append(logs.relay(line.decode(errors="replace").rstrip(), self.name))

    async def _kill(self) -> None:
        # Shielded: a cancelled caller must still leave no process behind.
        await asyncio.shield(asyncio.ensure_future(self._kill_group()))

    async def _kill_group(self) -> None:
        process, self._process = self._process, None
        stderr, self._stderr = self._stderr, None
        if process is not None:
            _kill_all(process.pid)
            try:
                async with asyncio.timeout(REAP_LIMIT_S):
                    await process.wait()
            except TimeoutError:
                log.error("%s (%d) does not die", self.name, process.pid)  # noqa: TRY400
            # The pipe's transport closes itself one turn after the process is reaped.
            if process.stdin is not None:
                process.stdin.close()
        if stderr is not None:
            await asyncio.wait({stderr}, timeout=REAP_LIMIT_S)
            stderr.cancel()


class _Protocol(asyncio.subprocess.SubprocessStreamProtocol):
    """End what outlives the child.

    asyncio waits for the pipes to close, and a grandchild holds them open: one that its dead
    parent left would keep us waiting as long as it lives.
    """

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.SubprocessTransport)
        self._child = transport
        super().connection_made(transport)

    def process_exited(self) -> None:
        _kill_all(self._child.get_pid())
        # A stranger in a session of its own keeps its life, but not our pipes.
        asyncio.get_running_loop().call_later(LAST_WORDS_S, self._child.close)
        super().process_exited()


def _kill_all(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        log.debug("group %d had already ended", group)


# --------------------------------------------------------------------------- the child's end


def serve(handle: Callable[[Message, Callable[[Message], None]], Message]) -> NoReturn:
    """Answer requests until the parent goes away; then take the whole process group down.

    ``handle(request, say)`` returns the result; ``say`` reports progress. Errors of the tree
    travel to the parent by name; any other exception is a bug, printed to stderr, answered as
    ``RenderFailed``.
    """
    logs.set_up_child()
    # Whatever prints, a C++ library included, must not break the protocol: file descriptor 1
    # becomes stderr, and the protocol writes to a duplicate of the old one.
    answers = os.dup(1)
    os.dup2(2, 1)

    one_line = threading.Lock()  # progress may be told by any thread

    def say(message: Message) -> None:
        line = json.dumps(message).encode() + b"\n"
        with one_line:
            while line:
                line = line[os.write(answers, line) :]

    requests: queue.SimpleQueue[Message] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(requests,), daemon=True).start()
    while True:
        request = requests.get()
        try:
            say({"ok": handle(request, lambda progress: say({"progress": progress}))})
        except errors.BoltiError as e:
            say({"error": errors.wire(e)})
        except Exception as e:  # a bug ends one request, loudly, not the child
            traceback.print_exc(file=sys.stderr)
            say(
                {"error": errors.wire(errors.RenderFailed(f"Internal error: {type(e).__name__}."))}
            )


def _read(requests: queue.SimpleQueue[Message]) -> None:
    for line in sys.stdin.buffer:
        requests.put(json.loads(line))
    if os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)  # the parent is gone: no grandchild, no GPU memory stays
    os._exit(0)  # run by hand, in a shell's group: take down only this process
