"""The portrait child: loads the face models once, then answers ``desk.py`` until it goes away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pipeline.child import Message, serve
from pipeline.confine import confine
from pipeline.portrait import FaceMesh
from pipeline.portrait.check import check
from pipeline.portrait.desk import ORDERS, VERDICTS
from pipeline.portrait.mesh import MediaPipeMesh

MEMORY_BYTES = 4 << 30
"""Several times what a look needs (0.6 GB): a bomb meets it before it meets the machine."""


def main() -> None:
    """Serve until the parent closes the pipe."""
    confine(None, memory_bytes=MEMORY_BYTES)  # it stays warm for files of many folders
    serve(partial(answer, MediaPipeMesh()))


def answer(mesh: FaceMesh, request: Message, say: Callable[[Message], None]) -> Message:
    """Check one photo; there is nothing to say before the verdict."""
    order = ORDERS.validate_python(request)
    verdict = check(order.source, order.into, order.limits, mesh, order.face)
    result: Message = VERDICTS.dump_python(verdict, mode="json")
    return result


if __name__ == "__main__":
    main()
