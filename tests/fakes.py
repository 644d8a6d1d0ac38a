"""Fakes at the ports, for tests without Telegram, queues and child processes.

``FakeTelegram`` stands where PTB's HTTP client stands: the real ``Application`` runs above it.
Shapes and behaviour of the Bot API are the business of ``tests/botapi``; here only enough is
answered for the bot to go on. Rows and artifacts are the real ones, in a temporary folder.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from telegram.request import BaseRequest, RequestData

from pipeline import errors
from pipeline.settings import Settings
from pipeline.speech.text import ScriptPlan, check_script
from pipeline.store.access import Access
from pipeline.store.artifacts import ObjectStore
from pipeline.store.database import Database
from pipeline.store.drafts import Drafts
from pipeline.store.outbox import Outbox
from pipeline.store.preferences import PreferenceRows
from pipeline.store.quotas import Quotas
from pipeline.types import (
    Job,
    JobId,
    JobState,
    Owner,
    PortraitVerdict,
    Progress,
    RenderRequest,
    Voice,
    VoiceId,
)
from tests.verdicts import make_verdict

TOKEN = "123456789:AAFakeFakeFakeFakeFakeFakeFakeFake_00"
BOT = {"id": 123456789, "is_bot": True, "first_name": "Bolti", "username": "bolti_test_bot"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An answer with ``ok: false``."""

    status: int
    description: str
    parameters: dict[str, int] = field(default_factory=dict)


Fault = Refusal | Exception


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request of the bot."""

    method: str
    values: dict[str, Any]
    files: tuple[str, ...]

    @property
    def text(self) -> str:
        """What the user would read."""
        return str(self.values.get("text") or self.values.get("caption") or "")

    @property
    def buttons(self) -> dict[str, str]:
        """The inline buttons: label to callback_data."""
        rows = self.values.get("reply_markup", {}).get("inline_keyboard", [])
        return {button["text"]: button["callback_data"] for row in rows for button in row}


class FakeTelegram(BaseRequest):
    """Records what the bot asks for, and answers; ``fails`` queues what goes wrong."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.waiting: list[dict[str, Any]] = []
        """Updates that getUpdates hands out until they are confirmed."""
        self.photo = b"a photo"
        self.photo_size_bytes: int | None = None
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._message_id = 1000

    def fails(self, method: str, *faults: Fault) -> None:
        """Let the next calls of a method fail, one fault each."""
        self._faults[method].extend(faults)

    def of(self, *methods: str) -> list[Call]:
        """List the calls of these methods, in order."""
        return [call for call in self.calls if call.method in methods]

    @property
    def texts(self) -> list[str]:
        """The text of every message that was sent."""
        return [call.text for call in self.of("sendMessage")]

    @property
    def toasts(self) -> list[str]:
        """The answers to taps."""
        return [call.text for call in self.of("answerCallbackQuery")]

    @property
    def read_timeout(self) -> float | None:
        """A number, as PTB asks for one."""
        return 5.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *timeouts: Any,
        **more_timeouts: Any,
    ) -> tuple[int, bytes]:
        """Record the request and answer it."""
        name = "file" if method == "GET" else url.rsplit("/", 1)[1]
        files = request_data.multipart_data if request_data else None
        values = dict(request_data.parameters) if request_data else {}
        self.calls.append(Call(method=name, values=values, files=tuple(files or ())))
        if self._faults[name]:
            fault = self._faults[name].popleft()
            if isinstance(fault, Exception):
                raise fault
            return fault.status, _body(
                ok=False, description=fault.description, parameters=fault.parameters
            )
        if name == "file":
            return 200, self.photo
        return 200, _body(ok=True, result=self._result(name, values))

    def _result(self, name: str, values: dict[str, Any]) -> Any:
        match name:
            case "getMe":
                return BOT
            case "getUpdates":
                offset = values.get("offset", 0)
                self.waiting = [u for u in self.waiting if u["update_id"] >= offset]
                return self.waiting[:100]
            case "getFile":
                size = self.photo_size_bytes or len(self.photo)
                return {
                    "file_id": values["file_id"],
                    "file_unique_id": "u",
                    "file_size": size,
                    "file_path": "photos/1.jpg",
                }
            case "sendMessage" | "editMessageText" | "sendVideo":
                return self._message(name, values)
            case _:
                return True

    def _message(self, name: str, values: dict[str, Any]) -> dict[str, Any]:
        self._message_id += 1
        message = {
            "message_id": values.get("message_id", self._message_id),
            "date": 1_700_000_000,
            "chat": {"id": values["chat_id"], "type": "private", "first_name": "A"},
            "from": BOT,
        }
        if name != "sendVideo":
            return message | {"text": "…"}
        video = {"file_id": "F1", "file_unique_id": "f1", "width": 2, "height": 2, "duration": 1}
        return message | {"video": video}


def _body(**values: Any) -> bytes:
    return json.dumps({k: v for k, v in values.items() if v not in ({}, None)}).encode()


class FakeJobs:
    """A queue that never renders: jobs stay as the test puts them."""

    def __init__(self, limit: int = 3) -> None:
        self.limit = limit
        self.jobs: dict[JobId, Job] = {}
        self.requests: dict[JobId, RenderRequest] = {}
        self.progress_of: dict[JobId, Progress] = {}
        self.again: list[tuple[JobId, int]] = []
        self.sending: set[JobId] = set()
        self.cancel_error: errors.BoltiError | None = None

    async def submit(
        self, request: RenderRequest, *, id: JobId, owner: Owner, reply_to: str
    ) -> Job:
        """Keep the job; the same id again is the same job."""
        if id not in self.jobs:
            if len(await self.of_owner(owner)) >= self.limit:
                raise errors.TooManyJobs(self.limit)
            now = datetime.now(UTC)
            self.requests[id] = request
            self.jobs[id] = Job(
                id=id, owner=owner, reply_to=reply_to, state=JobState.QUEUED, created_at=now
            )
        return self.jobs[id]

    async def get(self, id: JobId) -> Job:
        """Return the job."""
        if id not in self.jobs:
            raise errors.JobNotFound(id)
        return self.jobs[id]

    async def of_owner(self, owner: Owner, *, unfinished: bool = True) -> list[Job]:
        """List the owner's jobs."""
        mine = [job for job in self.jobs.values() if job.owner == owner]
        return [job for job in mine if not (unfinished and job.state.is_final)]

    async def position(self, id: JobId) -> int | None:
        """Count those who wait before it."""
        waiting = [job.id for job in self.jobs.values() if job.state is JobState.QUEUED]
        return waiting.index(id) + 1 if id in waiting else None

    async def progress(self, id: JobId) -> Progress | None:
        """Return what the test put there."""
        return self.progress_of.get(id)

    async def cancel(self, id: JobId, *, by: Owner) -> bool:
        """Cancel for the owner, unless it is final or being sent."""
        if self.cancel_error is not None:
            raise self.cancel_error
        job = await self.get(id)
        if job.owner != by:
            raise errors.JobNotFound(id)
        if job.state.is_final or id in self.sending:
            return False
        self.jobs[id] = replace(job, state=JobState.CANCELLED)
        return True

    async def deliver_again(self, id: JobId, attempt: int) -> None:
        """Note the wish; the same attempt twice is one delivery."""
        if (id, attempt) not in self.again:
            self.again.append((id, attempt))


class FakeSpeaker:
    """Has one voice, and says nothing."""

    async def voices(self) -> Sequence[Voice]:
        """List it."""
        return [
            Voice(
                id=VoiceId("embedded-en-in-f"),
                provider="embedded",
                locale="en-IN",
                gender="female",
                label="Asha",
                quality="basic",
                online=False,
            )
        ]


Verdict = PortraitVerdict | errors.BoltiError


class FakeServices:
    """The services that the bot uses: real rows and artifacts, a queue and a desk that obey."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.store = ObjectStore(settings.store_url)
        self.drafts = Drafts(database)
        self.outbox = Outbox(database)
        self.preferences = PreferenceRows(database)
        self.access = Access(database)
        self.quotas = Quotas(database)
        self.jobs = FakeJobs()
        self.speaker = FakeSpeaker()
        self.look: Callable[[], Verdict] = make_verdict

    async def check_portrait(
        self, source: Path, into: Path, face: int | None = None
    ) -> PortraitVerdict:
        """Copy the file and say what ``look`` says."""
        verdict = self.look()
        if isinstance(verdict, errors.BoltiError):
            raise verdict
        into.write_bytes(source.read_bytes())
        return verdict

    def check_script(self, text: str) -> ScriptPlan:
        """Ask the real check, which is quick."""
        return check_script(text, self.settings.speech)
