"""The parent's end of the footage child: videos go in, verdicts come out.

A hostile video can cost the child its life, never the parent's. Knows paths; knows no pixel.
``__main__.py`` is the other end.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.booth import Booth
from pipeline.child import Message
from pipeline.footage import ORDERS, VERDICTS, FootageOrder, FootageVerdict
from pipeline.settings import FootageSettings

MODULE = "pipeline.footage"
"""What the child runs: ``Booth("footage", MODULE, child_environment(), scratch)``."""


class FootageDesk:
    """Has videos looked at, one at a time, in a child process that stays warm."""

    def __init__(self, settings: FootageSettings, booth: Booth) -> None:
        self._settings = settings
        self._booth = booth

    async def check(
        self,
        source: Path,
        into: Path,
        *,
        fps: int,
        size_px: int | None = None,
        most_s: float | None = None,
    ) -> FootageVerdict:
        """Look at ``source`` and write footage of it to ``into``, at ``fps``.

        The longer side has at most ``size_px``, the length is at most ``most_s``; the settings
        bound both. Raises a ``FootageError``; ``ChildDied`` and ``ChildTimedOut`` are worth
        another try.
        """
        most_s = min(most_s or self._settings.max_s, self._settings.max_s)
        limits = self._settings.model_copy(update={"max_s": most_s})
        size_px = min(size_px or self._settings.size_px, self._settings.size_px)

        def order(given: Path, made: Path) -> Message:
            asked = FootageOrder(source=given, into=made, fps=fps, size_px=size_px, limits=limits)
            message: Message = ORDERS.dump_python(asked, mode="json")
            return message

        answer = await self._booth.show(
            source, order, most_bytes=limits.max_bytes, limit_s=limits.limit_s, into=into
        )
        return VERDICTS.validate_python(answer)

    async def close(self) -> None:
        """End the child. Safe to repeat."""
        await self._booth.close()
