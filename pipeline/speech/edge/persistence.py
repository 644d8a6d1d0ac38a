"""How hard we try before we say that Edge cannot speak: again, another voice, not now.

A piece is tried a few times with growing, jittered pauses. What kind of fault it was decides what
helps: another voice when this one gives no sound, waiting when the service is throttled, nothing
when there is no connection. Five faults within three minutes open the circuit: for five minutes
nobody waits for the service. Knows no sound and no file; time and chance are passed in.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from pipeline import errors
from pipeline.settings import EdgeSettings
from pipeline.speech.edge.circuit import Circuit, Gate
from pipeline.speech.edge.service import Fault, FaultKind, Manner, Reply, Service

BACK_OFF_S = (1.5, 4.0, 9.0, 9.0)
AFTER_REFUSAL_S = 2.0
PROBE = "Good morning everyone."
UNREACHABLE_TRIES = 2
"""Nobody answers at all: a third wait rarely helps, and the next provider can speak at once."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Time and chance; tests bring their own."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    jittered: Callable[[float], float] = field(
        default=lambda longest_s: random.uniform(0.0, longest_s)
    )


class Persistence:
    """Speaks all pieces of a script with one voice, however often it takes."""

    def __init__(self, service: Service, settings: EdgeSettings, pace: Pace) -> None:
        self._service, self._settings, self._pace = service, settings, pace
        self._circuit = Circuit(pace.now)
        self._slots = asyncio.Semaphore(settings.at_once)

    async def speak(self, pieces: Sequence[str], manner: Manner) -> list[Reply] | Fault:
        """Speak every piece; a fault when this voice cannot.

        Raises ``SpeechUnavailable`` when no voice could, also at once while the circuit is open.
        """
        replies: list[Reply] = []
        for piece in pieces:
            outcome = await self._persist(piece, manner)
            if isinstance(outcome, Fault):
                if not _another_voice_may_help(outcome.kind):
                    raise errors.SpeechUnavailable("edge", outcome.detail)
                return outcome
            replies.append(outcome)
        return replies

    def ran_out_of_time(self) -> None:
        """Count that all tries together took too long."""
        self._circuit.failed()

    async def _persist(self, piece: str, manner: Manner) -> Reply | Fault:
        tried = 0
        while True:
            outcome = await self._through_the_gate(piece, manner)
            if isinstance(outcome, Reply):
                return outcome
            tried += 1
            log.warning("edge: try %d with %s: %s", tried, manner.voice_id, outcome)
            if tried >= self._tries(outcome.kind):
                if outcome.kind is FaultKind.REFUSED:
                    self._circuit.trip()
                    log.error("edge refuses our token: edge-tts needs an upgrade")
                return outcome
            refused = outcome.kind is FaultKind.REFUSED
            pause_s = BACK_OFF_S[min(tried, len(BACK_OFF_S)) - 1]
            await self._pace.sleep(AFTER_REFUSAL_S if refused else self._pace.jittered(pause_s))

    async def _through_the_gate(self, piece: str, manner: Manner) -> Reply | Fault:
        async with self._slots:
            match self._circuit.gate():
                case Gate.STOP:
                    raise errors.SpeechUnavailable("edge", "it failed often just now")
                case Gate.PROBE:
                    probed = await self._counted(PROBE, manner)
                    if isinstance(probed, Fault):
                        raise errors.SpeechUnavailable("edge", probed.detail)
                    return await self._counted(piece, manner)
                case Gate.PASS:
                    return await self._counted(piece, manner)
                case gate:
                    assert_never(gate)

    async def _counted(self, piece: str, manner: Manner) -> Reply | Fault:
        try:
            outcome = await self._service.speak(piece, manner)
        except BaseException:
            self._circuit.given_up()
            raise
        if isinstance(outcome, Reply):
            self._circuit.worked()
        else:
            self._circuit.failed()
        return outcome

    def _tries(self, kind: FaultKind) -> int:
        few = (FaultKind.UNREACHABLE, FaultKind.REFUSED)
        return (
            min(self._settings.tries, UNREACHABLE_TRIES) if kind in few else self._settings.tries
        )


def _another_voice_may_help(kind: FaultKind) -> bool:
    match kind:
        case FaultKind.NO_AUDIO | FaultKind.CUT_SHORT | FaultKind.GARBLED:
            return True
        case (
            FaultKind.UNREACHABLE
            | FaultKind.REFUSED
            | FaultKind.SKEWED
            | FaultKind.BUSY
            | FaultKind.SILENT
        ):
            return False
        case _:
            assert_never(kind)
