"""The verify child: examines one video in the folder it is confined to, then is thrown away."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from pipeline.child import Message, serve
from pipeline.confine import confine

MEMORY_BYTES = 2 << 30
"""Several times what a look needs (0.4 GB)."""
CPU_S = 120


def main() -> None:
    """Confine this process, then serve. Nothing heavy is imported before."""
    confine(Path(sys.argv[1]), memory_bytes=MEMORY_BYTES, cpu_s=CPU_S)
    serve(answer)


def answer(request: Message, say: Callable[[Message], None]) -> Message:
    """Examine one video; there is nothing to say before the finding."""
    from pipeline.safety.examine import examine
    from pipeline.safety.verdict import FINDINGS, ORDERS

    finding = examine(ORDERS.validate_python(request))
    result: Message = FINDINGS.dump_python(finding, mode="json")
    return result


if __name__ == "__main__":
    main()
