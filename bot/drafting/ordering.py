"""What comes next for a draft: ask for what is missing, ask before it is made, or order it.

A video starts at once. Only a warning about the face, a speech above ``telegram.confirm_above_s``,
the person's own wish, or a message that has waited for hours asks first. Whoever fills a slot, or
answers a question, ends here; so whatever else must be known before an order (an agreement, a
quota) is one more step in ``go_on``.

Not known here: where face and words came from (``bot/handlers``).
"""

from __future__ import annotations

import logging
from dataclasses import replace

from telegram.error import BadRequest, Forbidden

from bot.context import BotContext
from bot.drafting.agreement import consent_or_card
from bot.drafting.drafts import Sender, is_undecided, notes_in
from bot.drafting.faces import key_of_note
from bot.drafting.hearing import ask_whose
from bot.drafting.options import preferred
from bot.drafting.placing import place_order
from bot.drafting.said import said_in
from bot.menus.keyboards import card_keyboard, draft_keyboard
from bot.reactions import Sign, react
from pipeline import errors
from pipeline.store.drafts import Draft
from pipeline.types import ConsentId

EXCERPT_CHARS = 60

log = logging.getLogger(__name__)


async def go_on(
    sender: Sender,
    draft: Draft,
    context: BotContext,
    *,
    agreed: bool = False,
    silent: bool = False,
) -> bool:
    """Do what comes next; True when the video is ordered.

    ``agreed``: the person has just said that it shall be made. ``silent``: somebody has said
    already what is missing. Raises as ``place_order`` does, and ``ScriptError``.
    """
    if draft.portrait is None or is_undecided(draft) or said_in(draft) is None:
        if not silent:
            await _ask_for_more(sender, draft, context)
        return False
    spoken_s = _length_s(draft, context)
    consent = await consent_or_card(sender, context)
    if consent is None:
        return False
    if not agreed and _is_asked_first(draft, spoken_s, context):
        await _ask_first(sender, draft, spoken_s, context)
        return False
    return await _order(sender, draft, consent, context)


def excerpt(words: str) -> str:
    """Shorten words so that they are recognised, on one line."""
    line = " ".join(words.split())
    return line if len(line) <= EXCERPT_CHARS else line[:EXCERPT_CHARS].rstrip() + "…"


def _length_s(draft: Draft, context: BotContext) -> float:
    if draft.recording is not None:
        return draft.recording_s or 0.0
    limits = context.services.settings.speech
    usual_s = context.services.check_script(draft.script or "").duration_s
    # Whoever has it spoken slowly may say less in the same time.
    spoken_s = usual_s / (1 + (context.preferences.rate_pct or 0) / 100)
    if spoken_s > limits.max_s:
        raise errors.ScriptTooLong(spoken_s, limits.max_s)
    return spoken_s


async def _ask_for_more(sender: Sender, draft: Draft, context: BotContext) -> None:
    if draft.recording_asked:
        await ask_whose(sender, draft, context)
        return
    if draft.portrait is None:
        words = "words.good" if draft.script is not None else "status.none"
        key = "recording.now_photo" if draft.recording is not None else words
    elif is_undecided(draft):
        key = "face.tap_first"
    else:
        key = "photo.now_words"
    keyboard = draft_keyboard(context.texts, context.language, draft.key)
    context.kept()
    limits = context.script_limits if key == "photo.now_words" else {}
    await context.say(sender.address, context.t(key, **limits), keyboard)


def _is_asked_first(draft: Draft, spoken_s: float, context: BotContext) -> bool:
    limit_s = context.services.settings.telegram.confirm_above_s
    is_wished = context.preferences.confirm or context.is_belated
    return bool(is_wished or notes_in(draft) or spoken_s > limit_s)


async def _ask_first(sender: Sender, draft: Draft, spoken_s: float, context: BotContext) -> None:
    await remove_card(sender, draft, context)
    lines = [
        *([context.t("card.belated")] if context.is_belated else []),
        context.t("card.ready"),
        _what_is_said(draft, spoken_s, context),
        *(context.t(key_of_note(note)) for note in notes_in(draft)),
        context.t("card.still_wanted" if context.is_belated else "card.change"),
    ]
    keyboard = card_keyboard(context.texts, context.language, draft.key)
    card = await context.say(sender.address, "\n".join(lines), keyboard)
    await context.services.drafts.put(replace(draft, card_message=str(card.message_id)))


def _what_is_said(draft: Draft, spoken_s: float, context: BotContext) -> str:
    seconds = round(spoken_s)
    if draft.recording is not None:
        return context.t("card.recording", seconds=seconds)
    voice = context.label_of(preferred(context.preferences, draft).voice)
    words = excerpt(draft.script or "")
    return context.t("card.words", words=words, seconds=seconds, voice=voice)


async def remove_card(sender: Sender, draft: Draft, context: BotContext) -> None:
    """Take the question away that waited for an answer: there is a newer one, or none."""
    if draft.card_message is None:
        return
    try:
        await context.bot.delete_message(sender.address.chat_id, int(draft.card_message))
    except (BadRequest, Forbidden) as e:
        log.debug("card %s not deleted: %s", draft.card_message, e)


async def _order(sender: Sender, draft: Draft, consent: ConsentId, context: BotContext) -> bool:
    """Order the video; the order announces itself in a message of its own."""
    placed = await place_order(context.services, sender, draft, context.preferences, consent)
    if placed is None:
        await _ask_for_more(sender, replace(draft, portrait=None), context)
        return False
    await remove_card(sender, draft, context)
    await react(context.bot, sender.address, Sign.SEEN)
    return True


def answers(sender: Sender, message_id: str | None) -> Sender:
    """Let what follows answer a message that came earlier."""
    if message_id is None:
        return sender
    return replace(sender, address=sender.address.asked_by(int(message_id)))
