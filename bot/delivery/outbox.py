"""The sending of a result: the intent before, the outcome after. Never two, never none.

A send is not idempotent, and a time-out is not a failure: the video may have arrived. So the
outbox row goes from ``ready`` to ``sending`` before the call, and what Telegram answers decides
where it goes next. ``judge`` is the table; ``send_once`` is the only place that sends a result.
What is known then is written down however long that takes: a database that is away for a moment
must not make a video that arrived one of which nobody knows.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from telegram import Message
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.address import Address
from bot.patience import asked_pause_s
from bot.transport import has_left
from pipeline import errors
from pipeline.jobs.patience import patiently
from pipeline.types import JobId

if TYPE_CHECKING:
    from pipeline.store.outbox import Outbox

MENDABLE = ("thread", "topic", "replied", "reply")
"""Words in a refusal that name the request or the topic: without both, the send may succeed."""

RECORD_LIMIT_S = 600.0
"""Afterwards it counts as unknown, and its person decides."""

log = logging.getLogger(__name__)


class Outcome(StrEnum):
    """What a failed send means."""

    NOT_SENT = "not sent"
    MOVED = "moved"
    MENDABLE = "mendable"
    REFUSED = "refused"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


def judge(error: TelegramError) -> Outcome:
    """Tell what an error means. BadRequest comes first: it is a NetworkError too."""
    match error:
        case BadRequest():
            mends = any(word in error.message.lower() for word in MENDABLE)
            return Outcome.MENDABLE if mends else Outcome.REFUSED
        case Forbidden():
            return Outcome.BLOCKED
        case ChatMigrated():
            return Outcome.MOVED
        case RetryAfter() | InvalidToken() | Conflict():
            return Outcome.NOT_SENT
        case NetworkError() if "too large" in error.message.lower():  # status 413
            return Outcome.REFUSED
        case NetworkError() if not has_left(error):
            return Outcome.NOT_SENT
        case _:
            return Outcome.UNKNOWN


def may_be_heard_later(error: TelegramError) -> bool:
    """Tell whether the same words may get out at another try: they were not refused.

    They may have got out at this one. Words that come twice do no harm; none at all leave
    somebody waiting.
    """
    return judge(error) in (Outcome.NOT_SENT, Outcome.UNKNOWN)


def delayed(error: TelegramError) -> errors.DeliveryDelayed:
    """Translate an error after which the same call may be tried again."""
    return errors.DeliveryDelayed(type(error).__name__, retry_after_s=asked_pause_s(error))


async def send_once(
    outbox: Outbox,
    job_id: JobId,
    address: Address,
    send: Callable[[Address], Awaitable[Message]],
    *,
    may_mend: bool = True,
) -> Outcome | None:
    """Claim the outbox, send, and record what came of it; None when it arrived or was not ours.

    Raises ``DeliveryDelayed`` when surely nothing was sent and another try can help.
    """
    if not await outbox.claim(job_id):
        return None
    try:
        message = await send(address)
    except TelegramError as e:
        outcome = judge(e)
        log.warning("%s: sending: %s (%s)", job_id, outcome, type(e).__name__)
        match outcome:
            case Outcome.NOT_SENT:
                await _written(job_id, lambda: outbox.not_sent(job_id))
                raise delayed(e) from e
            case Outcome.MOVED | Outcome.MENDABLE if may_mend:
                await _written(job_id, lambda: outbox.not_sent(job_id))
                mended = address.bare()
                if isinstance(e, ChatMigrated):
                    mended = address.moved_to(e.new_chat_id)
                return await send_once(outbox, job_id, mended, send, may_mend=False)
            case Outcome.MOVED | Outcome.MENDABLE | Outcome.REFUSED | Outcome.BLOCKED:
                await _written(job_id, lambda: outbox.refused(job_id))
            case Outcome.UNKNOWN:
                await _written(job_id, lambda: outbox.unknown(job_id))
            case _:
                assert_never(outcome)
        return outcome
    file_id, unique_id = _file_ids(message)
    message_id = str(message.message_id)
    await _written(job_id, lambda: outbox.sent(job_id, message_id, file_id, unique_id))
    return None


async def _written(job_id: JobId, write: Callable[[], Awaitable[None]]) -> None:
    """Write down what became of a sending, and again while the database is away."""
    await patiently(write, what=f"{job_id} outcome", limit_s=RECORD_LIMIT_S)


def _file_ids(message: Message) -> tuple[str | None, str | None]:
    """Give the ids of the video at Telegram, which may have made it a file or an animation."""
    media = message.video or message.video_note or message.animation or message.document
    return (None, None) if media is None else (media.file_id, media.file_unique_id)
