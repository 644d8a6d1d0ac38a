"""A request in the making: one face and something to say, in any order; with both, an order.

What is said are words or a recording (``bot/drafting/said.py``). The last one sent wins; words
stay beneath a recording, so that they can be taken instead.

The rules of the draft, without Telegram: what fills a slot, when it is stale, what an order
takes along. Rows and bytes are kept by the services. Every function may run twice for the same
update and leaves the same draft. How a draft becomes an order stands in
``bot/drafting/placing.py``, what is asked before in ``bot/drafting/ordering.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.address import Address, draft_key, kept_for_draft, order_id
from bot.drafting.options import split
from bot.drafting.said import delete_dropped, without_recording
from pipeline import errors
from pipeline.store.drafts import Draft
from pipeline.types import (
    ArtifactKey,
    FaceNote,
    JobId,
    PortraitVerdict,
    RenderRequest,
)

if TYPE_CHECKING:
    from pipeline.bootstrap import Services
    from pipeline.still import Still


NO_FACE: Final = dict.fromkeys(("face", "face_choices", "face_notes", "film", "film_still_at"))
"""What a draft remembers of a face beside its picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who fills a draft, with which update, and where the answer goes."""

    user_id: int
    update_id: int
    address: Address
    order: JobId | None = None
    """The id of what is ordered, where it does not follow from the update."""

    @property
    def key(self) -> str:
        """The key of the draft: one per chat, topic and person."""
        return draft_key(self.address, self.user_id)

    @property
    def order_id(self) -> JobId:
        """The id of the order that this update completes."""
        return self.order or order_id(self.update_id)

    def answering(self, message_id: int) -> Sender:
        """Give the same sender; what is said answers another message."""
        return replace(self, address=self.address.asked_by(message_id))


async def current_draft(services: Services, sender: Sender) -> Draft:
    """Give the sender's draft; an empty one when there is none or it has waited too long."""
    stored = await services.drafts.get(sender.key)
    now = datetime.now(UTC)
    patience = timedelta(minutes=services.settings.store.draft_minutes)
    if stored is None or stored.updated_at < now - patience:
        return Draft(key=sender.key, updated_at=now)
    return stored


async def is_ordered(services: Services, sender: Sender) -> bool:
    """Tell whether this very update has completed an order before: then it is a repeat."""
    try:
        await services.jobs.get(sender.order_id)
    except errors.JobNotFound:
        return False
    return True


def face_of(verdict: PortraitVerdict) -> dict[str, int | str | None]:
    """Give what a draft remembers of a verdict: who may speak, and what to warn of."""
    several = len(verdict.choices) > 1
    return {
        "face": None if several else verdict.chosen,
        "face_choices": ",".join(str(n) for n in verdict.choices) if several else None,
        "face_notes": ",".join(verdict.speaker.notes) or None,
    }


def notes_in(draft: Draft) -> list[FaceNote]:
    """List what the user was warned of about the face."""
    return [FaceNote(value) for value in (draft.face_notes or "").split(",") if value]


def is_undecided(draft: Draft) -> bool:
    """Tell whether its person has yet to say which of several faces shall speak."""
    return draft.portrait is not None and draft.face is None and draft.face_choices is not None


async def keep_portrait(
    services: Services,
    sender: Sender,
    picture: Path,
    verdict: PortraitVerdict,
    film: Still | None = None,
) -> Draft:
    """Store the checked picture, and the film that it is of, in place of an earlier face."""
    key, face = picture_key(sender.key, sender.update_id), face_of(verdict)
    await services.store.put(picture, key)
    if film is None:
        return await take_portrait(services, sender, key, **face)
    footage = _film_key(sender)
    await services.store.put(film.footage, footage)
    return await take_portrait(services, sender, key, film=footage, film_still_at=film.at, **face)


async def take_face_of(services: Services, sender: Sender, request: RenderRequest) -> Draft:
    """Put the face of an earlier request into the draft. Raises ``ArtifactMissing``."""
    key, film, still_at = picture_key(sender.key, sender.update_id), None, None
    await services.store.copy(request.portrait, key)
    if request.film is not None:
        film, still_at = _film_key(sender), request.film.still_at
        await services.store.copy(request.film.footage, film)
    return await take_portrait(
        services, sender, key, face=request.face, film=film, film_still_at=still_at
    )


async def take_portrait(
    services: Services, sender: Sender, key: ArtifactKey, **face: int | str | None
) -> Draft:
    """Put a stored picture into the draft, in place of an earlier one."""
    before = await services.drafts.get(sender.key)
    draft = replace(
        await current_draft(services, sender),
        portrait=key,
        portrait_message=message_id_of(sender),
        updated_at=datetime.now(UTC),
        **{**NO_FACE, **face},  # type: ignore[arg-type]
    )
    await services.drafts.put(draft)
    await delete_dropped(services, before, draft)
    return draft


async def choose_face(services: Services, draft: Draft, number: int) -> Draft:
    """Let one of several faces speak."""
    chosen = replace(draft, face=number, updated_at=datetime.now(UTC))
    await services.drafts.put(chosen)
    return chosen


async def keep_words(services: Services, sender: Sender, words: str) -> Draft:
    """Put the words, and options that lead them, into the draft, in place of earlier ones.

    Raises ``OptionUnknown``; then the draft stays as it is.
    """
    options, words = split(words, services)
    before = await services.drafts.get(sender.key)
    draft = replace(
        without_recording(await current_draft(services, sender)),
        script=words,
        options=options,
        script_message=message_id_of(sender),
        updated_at=datetime.now(UTC),
    )
    await services.drafts.put(draft)
    await delete_dropped(services, before, draft)
    return draft


async def keep_wanted(services: Services, sender: Sender, wanted: str) -> None:
    """Remember what shall be made of an earlier video once its person agrees."""
    draft = replace(
        await current_draft(services, sender),
        wanted=wanted,
        wanted_message=message_id_of(sender),
        updated_at=datetime.now(UTC),
    )
    await services.drafts.put(draft)


async def drop_draft(services: Services, key: str) -> bool:
    """Forget a draft and all that was sent for it; False when there was none."""
    await services.pieces.delete(key)
    draft = await services.drafts.get(key)
    if draft is None:
        return False
    await services.drafts.delete(key)
    for artifact in draft.artifacts:
        await services.store.delete(artifact)
    return True


def picture_key(draft: str, number: int) -> ArtifactKey:
    """Name the picture that an update brought for a draft."""
    return kept_for_draft(draft, f"portrait-{number:012d}.png")


def film_of_job(job_id: JobId) -> ArtifactKey:
    """Name the footage where its job finds it."""
    return ArtifactKey(f"jobs/{job_id}/film.mp4")


def _film_key(sender: Sender) -> ArtifactKey:
    """Name the footage that an update brought for a draft."""
    return kept_for_draft(sender.key, f"film-{sender.update_id:012d}.mp4")


def message_id_of(sender: Sender) -> str | None:
    """Give the message that fills a slot, as drafts keep it."""
    message_id = sender.address.message_id
    return None if message_id is None else str(message_id)
