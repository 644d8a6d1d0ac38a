"""The verify child: examines one video in the folder it is confined to, then is thrown away."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.child import Message, serve
from pipeline.confine import FOR_A_FILE_BYTES, confine, hold

if TYPE_CHECKING:
    from pipeline.safety.verdict import Finding, VerifyOrder

MEMORY_BYTES = 2 << 30
"""Several times what libraries reserve, whatever the number of cores."""
CPU_S = 120


def main() -> None:
    """Confine this process, then serve. Nothing heavy is imported before."""
    confine(Path(sys.argv[1]), memory_bytes=MEMORY_BYTES, cpu_s=CPU_S)
    from pipeline.safety.examine import examine

    hold(FOR_A_FILE_BYTES)
    serve(partial(answer, examine))


def answer(
    examine: Callable[[VerifyOrder], Finding], request: Message, say: Callable[[Message], None]
) -> Message:
    """Examine one video; there is nothing to say before the finding."""
    from pipeline.safety.verdict import FINDINGS, ORDERS

    finding = examine(ORDERS.validate_python(request))
    result: Message = FINDINGS.dump_python(finding, mode="json")
    return result


if __name__ == "__main__":
    main()
