"""A request in the making: one face, some words, in any order; when both are there, an order.

The rules of the draft, without Telegram: what fills a slot, when it is stale, what an order
takes along. Rows and bytes are kept by the services. Every function may run twice for the same
update and leaves the same draft and the same order.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.access import charge
from bot.address import Address, draft_key, order_id, owner_of
from pipeline import errors
from pipeline.store.drafts import Draft
from pipeline.types import ArtifactKey, Job, JobId, RenderRequest, TextScript

if TYPE_CHECKING:
    from pipeline.bootstrap import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who fills a draft, with which update, and where the answer goes."""

    user_id: int
    update_id: int
    address: Address

    @property
    def key(self) -> str:
        """The key of the draft: one per chat, topic and person."""
        return draft_key(self.address, self.user_id)

    @property
    def order_id(self) -> JobId:
        """The id of the order that this update completes."""
        return order_id(self.update_id)


async def current_draft(services: Services, sender: Sender) -> Draft:
    """Give the sender's draft; an empty one when there is none or it has waited too long."""
    stored = await services.drafts.get(sender.key)
    now = datetime.now(UTC)
    patience = timedelta(minutes=services.settings.store.draft_minutes)
    if stored is None or stored.updated_at < now - patience:
        return Draft(
            key=sender.key, portrait=None, script=None, portrait_message=None, updated_at=now
        )
    return stored


async def is_ordered(services: Services, sender: Sender) -> bool:
    """Tell whether this very update has completed an order before: then it is a repeat."""
    try:
        await services.jobs.get(sender.order_id)
    except errors.JobNotFound:
        return False
    return True


async def keep_portrait(services: Services, sender: Sender, picture: Path) -> Draft:
    """Store the checked picture and put it into the draft, in place of an earlier one."""
    folder = sender.key.replace(":", "_")
    key = ArtifactKey(f"drafts/{folder}/portrait-{sender.update_id:012d}.png")
    before = await services.drafts.get(sender.key)
    await services.store.put(picture, key)
    draft = replace(
        await current_draft(services, sender),
        portrait=key,
        portrait_message=str(sender.address.message_id),
        updated_at=datetime.now(UTC),
    )
    await services.drafts.put(draft)
    if before is not None and before.portrait not in (None, key):
        await services.store.delete(before.portrait)
    return draft


async def keep_words(services: Services, sender: Sender, words: str) -> Draft:
    """Put the words into a draft that still lacks its face, in place of earlier ones."""
    stale = await services.drafts.get(sender.key)
    draft = replace(
        await current_draft(services, sender), script=words, updated_at=datetime.now(UTC)
    )
    await services.drafts.put(draft)
    if stale is not None and stale.portrait is not None and draft.portrait is None:
        await services.store.delete(stale.portrait)
    return draft


async def place_order(services: Services, sender: Sender, draft: Draft, words: str) -> Job | None:
    """Order the video; the face stays in the draft for the next words, the words do not.

    None when the face is no longer stored; then the draft keeps the words and waits for a new one.
    Raises ``TooManyJobs``, ``DiskFull``, ``AccessError``; the draft is left as it was.
    """
    assert draft.portrait is not None
    job_id = sender.order_id
    await charge(services, sender)
    portrait = ArtifactKey(f"jobs/{job_id}/portrait.png")
    try:
        await services.store.copy(draft.portrait, portrait)
    except errors.ArtifactMissing:
        await services.quotas.give_back(job_id)
        await services.drafts.put(replace(draft, portrait=None, script=words))
        return None
    request = RenderRequest(
        portrait=portrait,
        script=TextScript(text=words),
        voice_id=services.settings.speech.voice,
        engine=services.settings.lipsync.engine,
        size_px=services.settings.lipsync.size_px,
    )
    try:
        job = await services.jobs.submit(
            request,
            id=job_id,
            owner=owner_of(sender.user_id),
            reply_to=sender.address.pack(),
        )
    except (errors.TooManyJobs, errors.DiskFull):
        await services.quotas.give_back(job_id)
        await services.store.delete(portrait)
        raise
    # Only now: a crash before this line repeats the update, and the same id starts nothing twice.
    await services.drafts.put(
        replace(draft, script=None, portrait_message=None, updated_at=datetime.now(UTC))
    )
    return job


async def drop_draft(services: Services, key: str) -> bool:
    """Forget a draft and its photo; False when there was none."""
    draft = await services.drafts.get(key)
    if draft is None:
        return False
    await services.drafts.delete(key)
    if draft.portrait is not None:
        await services.store.delete(draft.portrait)
    return True
