"""What else may be made of a finished video: another voice, another shape, with captions or not.

A variant is a job like any other, from the same photo and words, so it is as durable, labelled
and signed as they all are. Its id follows from the first job and from what differs: asking twice
makes one, and one that exists already is sent again by its id at Telegram.

Where the next one goes: a ``Change``, a case in ``changed`` and a button.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from bot.access import charge
from bot.drafting.drafts import Sender, film_of_job
from bot.drafting.submitting import hand_in
from pipeline import errors
from pipeline.store.outbox import OutboxState
from pipeline.types import (
    ArtifactKey,
    ConsentId,
    Job,
    JobId,
    JobState,
    RecordedScript,
    RenderRequest,
    RenderResult,
    Shape,
    VoiceId,
)

if TYPE_CHECKING:
    from pipeline.bootstrap import Services

ROOT_CHARS = len("tg-000000000000")
DIGEST_CHARS = 8


class Change(StrEnum):
    """What a button under a video changes."""

    ROUND = "round"
    TALL = "tall"
    LIKE_PHOTO = "plain"
    CAPTIONS_ON = "words"
    CAPTIONS_OFF = "nowords"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A variant that exists already."""

    job: Job
    file_id: str | None
    """Its video at Telegram, once it was sent."""


def changed(request: RenderRequest, change: Change) -> RenderRequest:
    """Give the request with one thing changed."""
    match change:
        case Change.ROUND:
            return replace(request, shape=Shape.ROUND)
        case Change.TALL:
            return replace(request, shape=Shape.TALL)
        case Change.LIKE_PHOTO:
            return replace(request, shape=Shape.ORIGINAL)
        case Change.CAPTIONS_ON:
            return replace(request, captions=True)
        case Change.CAPTIONS_OFF:
            return replace(request, captions=False)
        case _:
            assert_never(change)


def changes_for(result: RenderResult) -> tuple[Change, ...]:
    """List what may be changed about a video."""
    shapes = {
        Change.ROUND: Shape.ROUND,
        Change.TALL: Shape.TALL,
        Change.LIKE_PHOTO: Shape.ORIGINAL,
    }
    offered = [change for change, shape in shapes.items() if shape is not result.shape]
    if result.voice_id is not None or result.may_have_captions:
        offered.append(Change.CAPTIONS_OFF if result.captions else Change.CAPTIONS_ON)
    return tuple(offered)


def with_voice(request: RenderRequest, voice_id: VoiceId) -> RenderRequest:
    """Give the request with another voice."""
    return replace(request, voice_id=voice_id)


def variant_id(of: JobId, request: RenderRequest) -> JobId:
    """Name the job that makes this request out of the photo and words of another."""
    told = f"{request.voice_id} {request.shape} {request.captions}"
    digest = hashlib.sha256(told.encode()).hexdigest()[:DIGEST_CHARS]
    return JobId(f"{of[:ROOT_CHARS]}-{digest}")


async def known_variant(services: Services, of: JobId, request: RenderRequest) -> Known | None:
    """Find the job that made, or makes, this request already; the first job is one of them."""
    root = JobId(of[:ROOT_CHARS])
    for id in (root, variant_id(of, request)):
        try:
            job = await services.jobs.get(id)
            made = await services.jobs.request(id)
        except (errors.JobNotFound, errors.ArtifactMissing):
            continue
        if variant_id(of, made) == variant_id(of, request):
            row = await services.outbox.get(id)
            is_sent = row is not None and row.state is OutboxState.SENT
            return Known(job=job, file_id=row.file_id if row is not None and is_sent else None)
    return None


async def order_variant(
    services: Services, sender: Sender, of: JobId, request: RenderRequest, consent: ConsentId
) -> Job:
    """Order a variant from the photo and words of a job.

    Raises as ``hand_in`` does, ``AccessError``, and ``ArtifactMissing`` when they are no longer
    kept.
    """
    id = variant_id(of, request)
    asker = replace(sender, order=id)
    await charge(services, asker)
    try:
        portrait = ArtifactKey(f"jobs/{id}/portrait.png")
        await services.store.copy(request.portrait, portrait)
        request = replace(request, portrait=portrait, consent=consent)
        if request.film is not None:
            footage = film_of_job(id)
            await services.store.copy(request.film.footage, footage)
            request = replace(request, film=replace(request.film, footage=footage))
        if isinstance(request.script, RecordedScript):
            recording = ArtifactKey(f"jobs/{id}/recording.wav")
            await services.store.copy(request.script.recording, recording)
            request = replace(request, script=replace(request.script, recording=recording))
    except errors.ArtifactMissing:
        await services.community.quotas.give_back(id)
        raise
    return await hand_in(services, asker, request)


def is_underway(job: Job) -> bool:
    """Tell whether a job is still being made."""
    return job.state in (JobState.QUEUED, JobState.RUNNING)
