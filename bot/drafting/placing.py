"""A draft becomes an order: what is taken along, and what stays for the next words.

May run twice for the same update and leaves the same order. What is asked before stands in
``bot/drafting/ordering.py``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.access import charge
from bot.drafting.drafts import Sender, film_of_job
from bot.drafting.options import preferred
from bot.drafting.said import delete_dropped, said_in, taken_along, without_recording
from bot.drafting.submitting import hand_in
from bot.drafting.wishes import request_for
from pipeline import errors
from pipeline.store.drafts import Draft
from pipeline.types import ArtifactKey, ConsentId, Film, Job, JobId

if TYPE_CHECKING:
    from pipeline.bootstrap import Services
    from pipeline.store.preferences import Preferences


async def place_order(
    services: Services,
    sender: Sender,
    draft: Draft,
    preferences: Preferences,
    consent: ConsentId,
) -> Job | None:
    """Order the video; the face stays in the draft for the next words, the words do not.

    None when the face is no longer stored; then the draft keeps what is said, and waits for a new
    one. Raises ``TooManyJobs``, ``DiskFull``, ``AccessError``, ``PhotoBlocked``; the draft is left
    as it was. Raises ``ArtifactMissing`` when the recording is no longer stored.
    """
    said = said_in(draft)
    assert draft.portrait is not None
    assert said is not None
    job_id = sender.order_id
    await charge(services, sender)
    portrait = ArtifactKey(f"jobs/{job_id}/portrait.png")
    try:
        await services.store.copy(draft.portrait, portrait)
        film = await _film_taken_along(services, draft, job_id)
    except errors.ArtifactMissing:
        await services.community.quotas.give_back(job_id)
        await services.drafts.put(replace(draft, portrait=None, film=None))
        return None
    try:
        said = await taken_along(services, said, job_id)
    except errors.ArtifactMissing:
        await services.community.quotas.give_back(job_id)
        await services.drafts.put(without_recording(draft))
        raise
    request = request_for(
        services.settings,
        preferred(preferences, draft),
        consent,
        portrait=portrait,
        script=said,
        face=draft.face or 1,
        film=film,
        language=sender.address.language,
    )
    job = await hand_in(services, _noting_words(sender, draft), request)
    # Only now: a crash before this line repeats the update, and the same id starts nothing twice.
    await _let_go(services, draft)
    return job


async def is_repeat(services: Services, sender: Sender) -> bool:
    """Tell whether this very update has made its draft an order before.

    A crash may have come before the draft let go of what was said: it does so now, or the next
    photo would be made to say it once more.
    """
    try:
        job = await services.jobs.get(sender.order_id)
    except errors.JobNotFound:
        return False
    draft = await services.drafts.get(sender.key)
    if draft is not None and draft.updated_at < job.created_at:
        await _let_go(services, draft)
    return True


async def _let_go(services: Services, draft: Draft) -> None:
    """Forget what was said in a draft that is ordered; its face stays for the next words."""
    spoken = replace(
        without_recording(draft),
        script=None,
        options=None,
        script_message=None,
        card_message=None,
        portrait_message=None,
        updated_at=datetime.now(UTC),
    )
    await services.drafts.put(spoken)
    await delete_dropped(services, draft, spoken)


async def _film_taken_along(services: Services, draft: Draft, job_id: JobId) -> Film | None:
    if draft.film is None:
        return None
    footage = film_of_job(job_id)
    await services.store.copy(draft.film, footage)
    return Film(footage=footage, still_at=draft.film_still_at or 0)


def _noting_words(sender: Sender, draft: Draft) -> Sender:
    """Let the order know which message has its words."""
    if draft.script_message is None or draft.recording is not None:
        return sender
    return replace(sender, address=replace(sender.address, words_id=int(draft.script_message)))
