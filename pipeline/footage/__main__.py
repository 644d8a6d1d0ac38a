"""The footage child: loads the face models once, then answers ``desk.py`` until it goes away."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.child import Message, serve
from pipeline.confine import FOR_A_FILE_BYTES, confine, hold

if TYPE_CHECKING:
    from pipeline.portrait import FaceMesh

MEMORY_BYTES = 4 << 30
"""Several times what models and libraries reserve, whatever the number of cores."""


def main() -> None:
    """Confine this process to its folder, then serve. Nothing heavy is imported before."""
    confine(Path(sys.argv[1]), memory_bytes=MEMORY_BYTES)
    tempfile.tempdir = sys.argv[1]
    from pipeline.portrait.mesh import MediaPipeMesh

    mesh = MediaPipeMesh()
    hold(FOR_A_FILE_BYTES)
    serve(partial(answer, mesh))


def answer(mesh: FaceMesh, request: Message, say: Callable[[Message], None]) -> Message:
    """Check one video; there is nothing to say before the verdict."""
    from pipeline.footage import ORDERS, VERDICTS
    from pipeline.footage.check import check

    verdict = check(ORDERS.validate_python(request), mesh)
    result: Message = VERDICTS.dump_python(verdict, mode="json")
    return result


if __name__ == "__main__":
    main()
