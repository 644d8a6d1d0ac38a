"""The parent's end of the portrait child: photos go in, verdicts come out.

A hostile photo can cost the child its life, never the parent's. Knows paths; knows no pixel.
``__main__.py`` is the other end.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.booth import Booth
from pipeline.child import Message
from pipeline.settings import PortraitSettings
from pipeline.types import PortraitVerdict

MODULE = "pipeline.portrait"
"""What the child runs: ``Booth("portrait", MODULE, child_environment(), scratch)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One photo to look at; crosses the pipe as JSON."""

    source: Path
    into: Path
    limits: PortraitSettings
    face: int | None = None
    """The number of the face that shall speak; None is the largest that can."""


ORDERS = TypeAdapter(Order)
VERDICTS = TypeAdapter(PortraitVerdict)


class PortraitDesk:
    """Has photos looked at, one at a time, in a child process that stays warm."""

    def __init__(self, settings: PortraitSettings, booth: Booth) -> None:
        self._settings = settings
        self._booth = booth

    async def start(self) -> None:
        """Start the child now, so that the first photo does not wait for its models."""
        await self._booth.start()

    async def check(self, source: Path, into: Path, face: int | None = None) -> PortraitVerdict:
        """Look at ``source`` and write its clean upright picture to ``into``.

        ``face`` is the number of the face that must be able to speak; None takes the largest that
        can. Raises a ``PortraitError``, ``NoSuchFace``; ``ChildDied`` and
        ``ChildTimedOut`` are worth another try.
        """

        def order(given: Path, made: Path) -> Message:
            asked = Order(source=given, into=made, limits=self._settings, face=face)
            message: Message = ORDERS.dump_python(asked, mode="json")
            return message

        answer = await self._booth.show(
            source,
            order,
            most_bytes=self._settings.max_bytes,
            limit_s=self._settings.limit_s,
            into=into,
        )
        return VERDICTS.validate_python(answer)

    async def close(self) -> None:
        """End the child. Safe to repeat."""
        await self._booth.close()
