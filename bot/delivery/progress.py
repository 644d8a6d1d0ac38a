"""Status messages: the newest text of each, paced; the chat action beside it.

One line per order. A line keeps only its newest text, edits its message when the stage changes,
else at most every ``interval_s``, and only if the text changed. In private chats it shows
"recording a video…" while the render runs. All of this is cosmetic: it may fail, and it never
raises.

Not known here: jobs and queues. In groups every edit keeps a longer pace, since Telegram counts
whatever a bot does there (20 a minute), and there is no chat action. There the message itself may
come late (``lines.py``): only where somebody has waited for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from telegram import Bot, InlineKeyboardMarkup
from telegram.constants import ChatAction
from telegram.error import RetryAfter, TelegramError

from bot.address import Address
from bot.delivery.outbox import may_be_heard_later
from bot.delivery.status import edit_status
from bot.patience import asked_pause_s, set_within
from bot.texts import Texts, short_id
from pipeline import errors
from pipeline.types import JobId, Stage

CHAT_ACTION_S = 4.5
"""Telegram lets a chat action fade after 5 s."""
SILENCE_S = 6 * 3600.0
"""A net: every line is ended by its order, which may stand in line for long."""
BEGIN_PAUSE_S = 5.0
LEAST_PAUSE_S = 0.2
"""After an edit that Telegram did not take, whatever the settings say."""
EDITS_PER_S = 8
"""Telegram takes 30 calls a second of a bot, and the videos go first."""
MANY = 8
LAST_EDIT_LIMIT_S = 25.0
CHAT_ACTIONS = {
    Stage.SPEAKING: ChatAction.RECORD_VIDEO,
    Stage.HEARING: ChatAction.RECORD_VIDEO,
    Stage.LOOKING: ChatAction.RECORD_VIDEO,
    Stage.SYNCING: ChatAction.RECORD_VIDEO,
    Stage.SENDING: ChatAction.UPLOAD_VIDEO,
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a status message should say."""

    stage: Stage
    text: str
    keyboard: InlineKeyboardMarkup | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a status message stands: where it is, or how it comes to be after some seconds."""

    message_id: int | None = None
    in_s: float = 0.0
    begin: Callable[[Wanted], Awaitable[str | None]] | None = None
    """Sends it; raises ``DeliveryDelayed``. None: it cannot be sent."""


@dataclass(slots=True, kw_only=True)
class Line:
    """One status message: what it says, and what it should say."""

    address: Address
    place: Place
    wanted: Wanted
    begins_at: float = float("-inf")
    shown: Wanted | None = None
    edited_at: float = float("-inf")
    not_before: float = float("-inf")
    """Telegram asked for a pause until then."""
    acted_at: float = float("-inf")
    heard_at: float = 0.0
    is_over: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)


class ProgressBoard:
    """The status messages of all orders that are under way."""

    def __init__(
        self, bot: Bot, texts: Texts, *, interval_s: float, group_interval_s: float = 0.0
    ) -> None:
        self._bot = bot
        self._texts = texts
        self._interval_s = interval_s
        self._group_interval_s = max(interval_s, group_interval_s)
        self._lines: dict[JobId, Line] = {}
        self._tasks: dict[JobId, asyncio.Task[None]] = {}

    def announced(self, job_id: JobId, address: Address, message_id: int, wanted: Wanted) -> None:
        """Note a message that was just sent, so that the same words are not edited in again."""
        place = Place(message_id=message_id)
        line = Line(address=address, place=place, wanted=wanted, shown=wanted)
        line.edited_at = line.heard_at = asyncio.get_running_loop().time()
        self._keep(job_id, line)

    def show(self, job_id: JobId, address: Address, place: Place, wanted: Wanted) -> None:
        """Let the message say this as soon as the pace allows. Returns at once."""
        line = self._lines.get(job_id)
        if line is None:
            line = Line(address=address, place=place, wanted=wanted)
            line.begins_at = asyncio.get_running_loop().time() + place.in_s
            self._keep(job_id, line)
        line.wanted = wanted
        line.heard_at = asyncio.get_running_loop().time()
        line.news.set()

    async def finish(self, job_id: JobId) -> None:
        """End the line; no edit of it comes after this returns."""
        line, task = self._lines.get(job_id), self._tasks.get(job_id)
        if line is None or task is None:
            return
        line.is_over = True
        line.news.set()
        await asyncio.wait({task}, timeout=LAST_EDIT_LIMIT_S)
        await _end(task)

    async def close(self, limit_s: float) -> None:
        """End every line, and tell those who wait that their place is kept, if time allows."""
        waiting = dict(self._lines)
        for line in waiting.values():
            line.is_over = True
            line.news.set()
        for task in list(self._tasks.values()):
            await _end(task)
        await asyncio.wait(
            [
                asyncio.create_task(self._say_restarting(job_id, line))
                for job_id, line in waiting.items()
            ]
            or [asyncio.create_task(asyncio.sleep(0))],
            timeout=limit_s,
        )

    def _keep(self, job_id: JobId, line: Line) -> None:
        earlier = self._lines.get(job_id)
        if earlier is not None:
            earlier.is_over = True
            earlier.news.set()
        self._lines[job_id] = line
        task = asyncio.create_task(self._tend(line), name=f"status of {job_id}")
        self._tasks[job_id] = task
        task.add_done_callback(lambda _: self._forget(job_id, line))

    def _forget(self, job_id: JobId, line: Line) -> None:
        if self._lines.get(job_id) is line:
            del self._lines[job_id], self._tasks[job_id]

    async def _tend(self, line: Line) -> None:
        """Edit and act until the line is over; sleep until the next of both is due."""
        now = asyncio.get_running_loop().time
        while not line.is_over and now() < line.heard_at + SILENCE_S:
            line.news.clear()
            if self._is_to_come(line) and now() >= line.begins_at:
                await self._begin(line)
            if self._is_stale(line) and now() >= self._edit_due(line):
                await self._edit(line)
            if self._is_acting(line) and now() >= line.acted_at + CHAT_ACTION_S:
                line.acted_at = now()
                await self._act(line)
            due = [line.heard_at + SILENCE_S]
            if self._is_to_come(line):
                due.append(line.begins_at)
            if self._is_stale(line):
                due.append(self._edit_due(line))
            if self._is_acting(line):
                due.append(line.acted_at + CHAT_ACTION_S)
            await set_within(line.news, min(due) - now())

    def _is_to_come(self, line: Line) -> bool:
        # Whoever is about to get the video needs no line any more.
        is_late = line.wanted.stage is Stage.SENDING
        return line.place.message_id is None and line.place.begin is not None and not is_late

    def _is_stale(self, line: Line) -> bool:
        return line.place.message_id is not None and line.wanted != line.shown

    def _edit_due(self, line: Line) -> float:
        # All lines share one pace, or the edits of a long queue would hold up the results.
        shared_s = len(self._lines) / EDITS_PER_S
        if not line.address.is_private:
            due = line.edited_at + max(self._group_interval_s, shared_s)
        elif line.shown is None or line.shown.stage is not line.wanted.stage:
            due = line.edited_at + (shared_s if len(self._lines) > MANY else 0.0)
        else:
            due = line.edited_at + max(self._interval_s, shared_s)
        return max(due, line.not_before)

    def _is_acting(self, line: Line) -> bool:
        return line.address.is_private and line.wanted.stage in CHAT_ACTIONS and not line.is_over

    async def _begin(self, line: Line) -> None:
        wanted, now, begin = line.wanted, asyncio.get_running_loop().time, line.place.begin
        assert begin is not None
        try:
            status = await begin(wanted)
        except errors.DeliveryDelayed as e:
            line.begins_at = now() + max(e.retry_after_s or 0.0, BEGIN_PAUSE_S)
            return
        except errors.StoreError as e:
            log.warning("no status line: %s", e.code)
            line.begins_at = now() + BEGIN_PAUSE_S
            return
        # What cannot be said is not tried again: nobody knows whether it stands there.
        line.place = Place(message_id=None if status is None else int(status))
        line.shown, line.edited_at = wanted, now()

    async def _edit(self, line: Line) -> None:
        assert line.place.message_id is not None
        wanted, before = line.wanted, line.shown
        line.shown, line.edited_at = wanted, asyncio.get_running_loop().time()
        try:
            await edit_status(
                self._bot,
                line.address.chat_id,
                line.place.message_id,
                wanted.text,
                wanted.keyboard,
                under_preview=self._texts.html(line.address.language, "status.preview"),
            )
        except RetryAfter as e:
            line.shown = before
            line.not_before = asyncio.get_running_loop().time() + asked_pause_s(e)
        except TelegramError as e:  # "not found" among them
            log.debug("status %d not edited: %s", line.place.message_id, e)
            if may_be_heard_later(e):  # or a wrong place in the line stands there until the next
                line.shown = before
                pause_s = max(self._interval_s, LEAST_PAUSE_S)
                line.not_before = asyncio.get_running_loop().time() + pause_s

    async def _act(self, line: Line) -> None:
        try:
            await self._bot.send_chat_action(
                line.address.chat_id,
                CHAT_ACTIONS[line.wanted.stage],
                message_thread_id=line.address.thread_id,
            )
        except TelegramError as e:
            log.debug("no chat action: %s", type(e).__name__)

    async def _say_restarting(self, job_id: JobId, line: Line) -> None:
        if line.place.message_id is None:
            return
        text = self._texts.html(line.address.language, "status.restarting", id=short_id(job_id))
        line.wanted = Wanted(stage=line.wanted.stage, text=text, keyboard=line.wanted.keyboard)
        await self._edit(line)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
