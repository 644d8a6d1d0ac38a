"""Fakes at the ports, for tests without queues and child processes.

Rows and artifacts are the real ones, in a temporary folder. ``tests/fake_telegram.py`` stands in
for Telegram.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pipeline import errors
from pipeline.line import Event, LineMode, LineRow, Pace, Standing, WorkerCard
from pipeline.safety.audit import Audit
from pipeline.safety.blocks import Blocks
from pipeline.safety.consent import Consents, Handshakes, load_wordings
from pipeline.safety.reports import Reports
from pipeline.settings import Settings
from pipeline.speech import known_voices
from pipeline.speech.samples import sample_texts
from pipeline.speech.text import ScriptPlan, beginning, check_script
from pipeline.still import Still
from pipeline.store.artifacts import ObjectStore
from pipeline.store.audit import AuditTable
from pipeline.store.backups import Backups
from pipeline.store.blocks import BlockTable
from pipeline.store.community import open_community
from pipeline.store.consents import ConsentTable, HandshakeTable
from pipeline.store.database import Database
from pipeline.store.drafts import Drafts
from pipeline.store.inbox import Inbox
from pipeline.store.outbox import Outbox
from pipeline.store.pieces import Pieces
from pipeline.store.preferences import PreferenceRows
from pipeline.store.reports import ReportTable
from pipeline.store.samples import Samples
from pipeline.types import (
    CopyKind,
    EngineChoice,
    EngineName,
    Job,
    JobId,
    JobState,
    Owner,
    PhotoPrint,
    PortraitVerdict,
    Progress,
    RenderRequest,
    RenderResult,
    Stage,
    Voice,
    VoiceId,
)
from tests.fake_telegram import BOT, TOKEN, Call, FakeTelegram, Fault, Refusal
from tests.fake_verifying import FakeVerifying
from tests.fake_voices import FakeRecordings, FakeSpeaker
from tests.verdicts import make_verdict

__all__ = [
    "BOT",
    "TOKEN",
    "Call",
    "FakeJobs",
    "FakeServices",
    "FakeSpeaker",
    "FakeTelegram",
    "Fault",
    "Refusal",
    "Verdict",
]


class FakeJobs:
    """A queue that never renders: jobs stay as the test puts them."""

    def __init__(self, limit: int = 3) -> None:
        self.limit = limit
        self.is_full = False
        self.jobs: dict[JobId, Job] = {}
        self.requests: dict[JobId, RenderRequest] = {}
        self.progress_of: dict[JobId, Progress] = {}
        self.results: list[RenderResult] = []
        self.again: list[tuple[JobId, int]] = []
        self.copies: list[tuple[JobId, CopyKind, int]] = []
        self.sending: set[JobId] = set()
        self.cancel_error: errors.BoltiError | None = None
        self.line = LineMode.OPEN
        self.note = ""
        self.cards: list[WorkerCard] = []

    async def submit(
        self, request: RenderRequest, *, id: JobId, owner: Owner, reply_to: str
    ) -> Job:
        """Keep the job; the same id again is the same job."""
        if id not in self.jobs:
            if self.line is LineMode.DRAINING:
                raise errors.UnderMaintenance(self.note) if self.note else errors.IntakeClosed
            if self.is_full:
                raise errors.LineFull(len(self.jobs))
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

    async def recent_results(self, limit: int = 100) -> list[RenderResult]:
        """List what the test put there."""
        return self.results

    async def request(self, id: JobId) -> RenderRequest:
        """Return what was asked for."""
        return self.requests[id]

    async def of_owner(self, owner: Owner, *, unfinished: bool = True) -> list[Job]:
        """List the owner's jobs."""
        mine = [job for job in self.jobs.values() if job.owner == owner]
        return [job for job in mine if not (unfinished and job.state.is_final)]

    async def position(self, id: JobId) -> int | None:
        """Count those who wait before it."""
        waiting = [job.id for job in self.jobs.values() if job.state is JobState.QUEUED]
        return waiting.index(id) + 1 if id in waiting else None

    async def standing(self, id: JobId) -> Standing:
        """Say where it is, as the test put it."""
        progress = await self.progress(id) or Progress(stage=Stage.WAITING)
        return Standing(progress=progress, position=await self.position(id))

    async def progress(self, id: JobId) -> Progress | None:
        """Return what the test put there."""
        return self.progress_of.get(id)

    async def cancel(self, id: JobId, *, by: Owner, entitled: bool = False) -> bool:
        """Cancel for the owner, unless it is final or being sent."""
        if self.cancel_error is not None:
            raise self.cancel_error
        job = await self.get(id)
        if job.owner != by and not entitled:
            raise errors.JobNotFound(id)
        if job.state.is_final or id in self.sending:
            return False
        self.jobs[id] = replace(job, state=JobState.CANCELLED)
        return True

    async def unfinished(self) -> list[Job]:
        """List everybody's open jobs."""
        return [job for job in self.jobs.values() if not job.state.is_final]

    async def timeline(self, id: JobId) -> list[Event]:
        """Tell that it came."""
        return [Event(at=self.jobs[id].created_at, what="accepted", by="")]

    async def retry(self, id: JobId, *, by: Owner) -> bool:
        """Put a cancelled or failed job back into the line."""
        if self.jobs[id].state not in (JobState.FAILED, JobState.CANCELLED):
            return False
        self.jobs[id] = replace(self.jobs[id], state=JobState.QUEUED)
        return True

    async def make_quickly(self, id: JobId, *, by: Owner) -> bool:
        """Ask for the quick engine; one that failed goes back into the line."""
        self.requests[id] = replace(self.requests[id], engine=EngineChoice.WARP)
        return self.jobs[id].state is JobState.QUEUED or await self.retry(id, by=by)

    async def mode(self) -> LineRow:
        """Tell what was set."""
        return LineRow(mode=self.line, note=self.note)

    async def pause(self, *, by: Owner) -> None:
        """Set it."""
        self.line = LineMode.PAUSED

    async def drain(self, *, by: Owner, note: str = "") -> None:
        """Set it."""
        self.line, self.note = LineMode.DRAINING, note

    async def resume(self, *, by: Owner) -> None:
        """Set it."""
        self.line = LineMode.OPEN

    async def workers(self) -> list[WorkerCard]:
        """List what the test put there."""
        return self.cards

    async def paces(self) -> dict[EngineName, Pace]:
        """Tell one pace."""
        return {EngineName.WARP: Pace(median=0.5, low=0.4, high=0.6, count=7)}

    async def worker_paces(self) -> dict[str, Pace]:
        """Tell the pace of one worker."""
        return {"gpu-1": Pace(median=0.8, low=0.7, high=0.9, count=3)}

    async def deliver_again(self, id: JobId, attempt: int) -> None:
        """Note the wish; the same attempt twice is one delivery."""
        if (id, attempt) not in self.again:
            self.again.append((id, attempt))

    async def deliver_copy(self, id: JobId, kind: CopyKind, wish: int) -> None:
        """Note the wish; the same wish twice is one delivery."""
        if (id, kind, wish) not in self.copies:
            self.copies.append((id, kind, wish))


Verdict = PortraitVerdict | errors.BoltiError


class FakeServices(FakeVerifying):
    """The services that the bot uses: real rows and artifacts, a queue and a desk that obey."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.database = database
        self.settings = settings
        self.store = ObjectStore(settings.store_url)
        self.inbox = Inbox(database)
        self.drafts = Drafts(database)
        self.pieces = Pieces(database)
        self.outbox = Outbox(database)
        self.audit = Audit(AuditTable(database), b"a key of a test")
        self.blocks = Blocks(BlockTable(database), self.audit, take_print=_bytes_print)
        self.reports = Reports(ReportTable(database), self.audit)
        self.consents = Consents(ConsentTable(database), load_wordings(), audit=self.audit)
        self.handshakes = Handshakes(HandshakeTable(database))
        self.community = open_community(database)
        self.database_size = database.size_bytes
        self.backups: Backups | None = None
        self.preferences = PreferenceRows(database)
        self.jobs = FakeJobs()
        self.speaker = FakeSpeaker(known_voices(settings.speech).values())
        self.recordings = FakeRecordings()
        self.known_voices = known_voices(settings.speech)
        self.samples = Samples(database)
        self.sample_texts = sample_texts()
        self.spoken: list[VoiceId] = []
        self.sample_error: errors.BoltiError | None = None
        self.look: Callable[[], Verdict] = make_verdict
        self.follows = False
        """Whether somebody renders who follows a face through a film."""

    async def check_portrait(
        self, source: Path, into: Path, face: int | None = None
    ) -> PortraitVerdict:
        """Copy the file and say what ``look`` says."""
        verdict = self.look()
        if isinstance(verdict, errors.BoltiError):
            raise verdict
        into.write_bytes(source.read_bytes())
        await self.blocks.refuse(into)
        return verdict

    async def speak_sample(self, voice: Voice, text: str, into: Path) -> None:
        """Note who was asked to speak, and write something."""
        if self.sample_error is not None:
            raise self.sample_error
        self.spoken.append(voice.id)
        into.write_bytes(b"OggS")

    def check_script(self, text: str) -> ScriptPlan:
        """Ask the real check, which is quick."""
        return check_script(text, self.settings.speech)

    def cut_script(self, text: str) -> str:
        """Ask the real one, which is quick."""
        return beginning(text, self.settings.speech)

    async def check_film(
        self, source: Path, into: Path, scratch: Path, *, whole: bool = False
    ) -> Still:
        """Copy the file and say what ``look`` says; the footage is the file too."""
        footage = scratch / "footage.mp4"
        footage.write_bytes(source.read_bytes())
        return Still(verdict=await self.check_portrait(source, into), footage=footage, at=7)

    async def follows_films(self, choice: EngineChoice) -> bool:
        """Tell what the test put there; the quick engine never does."""
        return self.follows and choice is not EngineChoice.WARP

    async def show_faces(self, picture: Path, verdict: PortraitVerdict) -> bytes:
        """Draw nothing."""
        return b"faces"

    async def show_sheet(self, pictures: Mapping[int, Path]) -> bytes:
        """Draw nothing."""
        return b"sheet"


def _bytes_print(picture: Path) -> PhotoPrint:
    """Know a photo by its bytes: those of these tests are no pictures."""
    return PhotoPrint(sha256=hashlib.sha256(picture.read_bytes()).hexdigest(), look="")
