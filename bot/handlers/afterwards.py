"""The buttons under a finished video: another voice, new words, round, 9:16, captions, as a file.

What has to be made is a job of its own (``bot/drafting/variants.py``); what exists already comes
at once. The buttons stay under the video: they may be used again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from telegram import InlineKeyboardMarkup
from telegram.error import BadRequest

from bot.address import owner_of
from bot.context import BotApplication, BotContext
from bot.drafting.agreement import consent_or_card
from bot.drafting.drafts import Sender, keep_wanted, take_face_of
from bot.drafting.variants import (
    Change,
    changed,
    is_underway,
    known_variant,
    order_variant,
    with_voice,
)
from bot.menus import taps
from bot.menus.afterwards import video_keyboard
from bot.menus.keyboards import Action, Tap, unpack, voices_keyboard
from bot.menus.taps import Tapped, owned_job, sender_of_tap
from pipeline import errors
from pipeline.store.drafts import Draft
from pipeline.types import (
    ConsentId,
    CopyKind,
    Job,
    JobId,
    RenderRequest,
    TextScript,
    Voice,
    VoiceId,
)

MOST_VOICES = 8

log = logging.getLogger(__name__)


def register(app: BotApplication) -> None:
    """Add the buttons."""
    taps.register(
        app,
        {
            Action.VARIANT: on_variant,
            Action.OTHER_VOICE: on_voices,
            Action.VOICE: on_voice,
            Action.NEW_WORDS: on_new_words,
            Action.AS_FILE: on_as_file,
            Action.BACK: on_back,
        },
    )


async def on_variant(tapped: Tapped, context: BotContext) -> None:
    """Make the video with one thing changed."""
    await _make(tapped, Action.VARIANT, context)


async def on_voices(tapped: Tapped, context: BotContext) -> None:
    """Offer other voices for the same language, in place of the buttons."""
    job = await owned_job(tapped, JobId(tapped.target), context)
    if job is None:
        return
    request = await _request_of(tapped, job, context)
    if request is None:
        return
    voices = _others(request, job, context)
    if not isinstance(request.script, TextScript) or not voices:
        is_text = isinstance(request.script, TextScript)
        why = "after.no_other_voice" if is_text else "after.own_voice"
        await tapped.answer(context.texts.plain(context.language, why), show_alert=True)
        return
    await tapped.answer()
    labels = {voice.id: context.label_of(voice.id) for voice in voices}
    await _set_buttons(tapped, voices_keyboard(context.texts, context.language, job.id, labels))


async def on_voice(tapped: Tapped, context: BotContext) -> None:
    """Make the video with this voice."""
    job = await _make(tapped, Action.VOICE, context)
    if job is not None:
        await _set_back(tapped, job, context)


async def on_back(tapped: Tapped, context: BotContext) -> None:
    """Show the buttons of the video again."""
    job = await owned_job(tapped, JobId(tapped.target), context)
    if job is not None:
        await tapped.answer()
        await _set_back(tapped, job, context)


async def on_new_words(tapped: Tapped, context: BotContext) -> None:
    """Put the face of the video into the draft, and wait for words."""
    job = await owned_job(tapped, JobId(tapped.target), context)
    if job is None:
        return
    request = await _request_of(tapped, job, context)
    if request is None:
        return
    sender, services = _answering(tapped, context), context.services
    try:
        await take_face_of(services, sender, request)
    except errors.ArtifactMissing:
        await _say_gone(tapped, context)
        return
    await tapped.answer()
    await context.say(sender.address, context.t("after.type_words", **context.script_limits))


async def on_as_file(tapped: Tapped, context: BotContext) -> None:
    """Have the video sent as a file, which no messenger shrinks any further."""
    job = await owned_job(tapped, JobId(tapped.target), context)
    if job is None:
        return
    await context.services.jobs.deliver_copy(job.id, CopyKind.FILE, tapped.update_id)
    await tapped.answer(context.texts.plain(context.language, "after.sending"))


async def make_wanted(
    sender: Sender, draft: Draft, consent: ConsentId, context: BotContext
) -> bool:
    """Make the variant that waited in the draft for the agreement; False when it is gone.

    Safe to repeat: the draft forgets it last. Raises as ``order_variant`` does, but for
    ``ArtifactMissing``.
    """
    tap, services = unpack(draft.wanted), context.services
    wish = None if tap is None else _wish_in(tap, context)
    is_made = False
    if wish is not None:
        try:
            request = wish.change(await services.jobs.request(wish.of))
            await order_variant(services, sender, wish.of, request, consent)
            is_made = True
        except (errors.JobNotFound, errors.ArtifactMissing):
            log.info("update %d: what was wanted is no longer kept", sender.update_id)
    await services.drafts.put(replace(draft, wanted=None, wanted_message=None))
    return is_made


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What a button asks for: which video, and what shall be different."""

    of: JobId
    change: Callable[[RenderRequest], RenderRequest]


def _wish_in(tap: Tap, context: BotContext) -> _Wish | None:
    """Read a button; None for what no version of today wrote."""
    what, _, job_id = tap.target.partition("/")
    if tap.action is Action.VARIANT and what in Change.__members__.values():
        return _Wish(of=JobId(job_id), change=lambda asked: changed(asked, Change(what)))
    if tap.action is Action.VOICE and VoiceId(what) in context.app.voices:
        return _Wish(of=JobId(job_id), change=lambda asked: with_voice(asked, VoiceId(what)))
    return None


async def _make(tapped: Tapped, action: Action, context: BotContext) -> Job | None:
    """Make a variant, or send the one that there is; the job that was tapped, if it is theirs."""
    tap = Tap(action=action, target=tapped.target)
    wish = _wish_in(tap, context)
    if wish is None:
        await taps.say_old(tapped, context)
        return None
    job = await owned_job(tapped, wish.of, context)
    if job is None:
        return None
    request = await _request_of(tapped, job, context)
    if request is None:
        return None
    wanted, sender, services = wish.change(request), _answering(tapped, context), context.services
    known = await known_variant(services, job.id, wanted)
    if known is not None and is_underway(known.job):
        await tapped.answer(context.texts.plain(context.language, "after.underway"))
    elif known is not None and known.file_id is not None and known.job.result is not None:
        await services.jobs.deliver_copy(known.job.id, CopyKind.VIDEO, tapped.update_id)
        await tapped.answer(context.texts.plain(context.language, "after.sending"))
    elif known is not None and await services.jobs.retry(known.job.id, by=known.job.owner):
        await tapped.answer(context.texts.plain(context.language, "after.making"))
    else:
        consent = await services.consents.current(owner_of(tapped.user_id))
        if consent is None:
            await keep_wanted(services, sender, tap.pack())
            await consent_or_card(sender, context)
            await tapped.answer()
            return job
        try:
            await order_variant(services, sender, job.id, wanted, consent)
        except errors.ArtifactMissing:
            await _say_gone(tapped, context)
        else:
            await tapped.answer(context.texts.plain(context.language, "after.making"))
    return job


async def _request_of(tapped: Tapped, job: Job, context: BotContext) -> RenderRequest | None:
    try:
        return await context.services.jobs.request(job.id)
    except errors.ArtifactMissing:
        await _say_gone(tapped, context)
        return None


async def _say_gone(tapped: Tapped, context: BotContext) -> None:
    toast = context.texts.plain(context.language, "after.gone")
    await tapped.answer(toast, show_alert=True)


def _others(request: RenderRequest, job: Job, context: BotContext) -> list[Voice]:
    """List voices of the language that was spoken; a few, the natural ones first.

    Neither the one that was asked for nor the one that spoke: they differ where the first cannot
    read what was written, and its neighbours cannot either.
    """
    voices = context.app.voices
    spoke_id = job.result.voice_id if job.result is not None else None
    spoke = voices.get(spoke_id or request.voice_id or VoiceId(""))
    locale = spoke.locale if spoke else "en-IN"
    offered = context.services.settings.speech.chain
    fitting = [
        voice
        for voice in voices.values()
        if voice.locale == locale
        and voice.id not in (request.voice_id, spoke_id)
        and voice.provider in offered
    ]
    return sorted(fitting, key=lambda voice: voice.quality != "neural")[:MOST_VOICES]


async def _set_back(tapped: Tapped, job: Job, context: BotContext) -> None:
    if job.result is not None:
        keyboard = video_keyboard(context.texts, context.language, job.id, job.result)
        await _set_buttons(tapped, keyboard)


async def _set_buttons(tapped: Tapped, keyboard: InlineKeyboardMarkup) -> None:
    try:
        await tapped.query.edit_message_reply_markup(keyboard)
    except BadRequest as e:  # the same buttons again
        if "not modified" not in e.message.lower():
            raise


def _answering(tapped: Tapped, context: BotContext) -> Sender:
    """Say who taps; what comes of it answers the video."""
    sender = sender_of_tap(tapped, context)
    if tapped.message is None:
        return sender
    return sender.answering(tapped.message.message_id)
