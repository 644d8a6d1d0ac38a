"""The portrait child: loads the face models once, then answers ``desk.py`` until it goes away."""

from __future__ import annotations

import resource
from collections.abc import Callable
from functools import partial

from pipeline.child import Message, serve
from pipeline.portrait import FaceMesh
from pipeline.portrait.check import check
from pipeline.portrait.desk import ORDERS, VERDICTS
from pipeline.portrait.mesh import MediaPipeMesh

MEMORY_BYTES = 4 << 30
"""Several times what a look needs (0.6 GB): a bomb meets it before it meets the machine."""


def main() -> None:
    """Serve until the parent closes the pipe."""
    _limit_memory()
    serve(partial(answer, MediaPipeMesh()))


def answer(mesh: FaceMesh, request: Message, say: Callable[[Message], None]) -> Message:
    """Check one photo; there is nothing to say before the verdict."""
    order = ORDERS.validate_python(request)
    verdict = check(order.source, order.into, order.limits, mesh, order.face)
    result: Message = VERDICTS.dump_python(verdict, mode="json")
    return result


def _limit_memory() -> None:
    # Not RLIMIT_AS: on many cores threads reserve far more addresses than they use memory.
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


if __name__ == "__main__":
    main()
