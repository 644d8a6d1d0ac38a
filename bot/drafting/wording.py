"""Words fill their slot of a draft: typed, or under a picture. Too many are met with an offer.

What comes next stands in ``bot/drafting/ordering.py``; in what message the words came is the
handlers' business.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime

from bot.context import BotContext
from bot.drafting.drafts import Sender, current_draft, keep_words
from bot.drafting.ordering import go_on
from bot.drafting.said import has_something_to_say
from bot.menus.keyboards import overlong_keyboard
from pipeline import errors

SHORTEST_CAPTION = 3
"""A caption of fewer characters is no script."""

log = logging.getLogger(__name__)


async def take_words(sender: Sender, words: str, context: BotContext) -> None:
    """Fill the slot of the words, then go on. Raises ``ScriptError``."""
    try:
        context.services.check_script(words)
    except errors.ScriptTooLong as e:
        await offer_beginning(sender, words, e, context)
        return
    before = await current_draft(context.services, sender)
    draft = await keep_words(context.services, sender, words)
    if has_something_to_say(before) and draft.portrait is None:
        key = "words.replaced" if before.recording is None else "words.replaced_recording"
        await context.say(sender.address, context.t(key))
        return
    if await go_on(sender, draft, context) and before.portrait_message is None:
        await context.say(sender.address, context.t("photo.same"), silent=True)


async def take_caption(
    caption: str | None, sender: Sender, context: BotContext, *, quietly: bool = False
) -> bool:
    """Keep a caption as the words, if it is a script; True when it is one that is too long.

    Then its beginning is offered, unless ``quietly``.
    """
    words = (caption or "").strip()
    if len(words) < SHORTEST_CAPTION or words.startswith("/"):
        return False
    try:
        context.services.check_script(words)
    except errors.ScriptTooLong as e:
        if not quietly:
            await offer_beginning(sender, words, e, context)
        return True
    except errors.ScriptError as e:
        # Emoji under a photo are a mood, not a script.
        log.info("update %d: caption not kept: %s", sender.update_id, e.code)
        return False
    await keep_words(context.services, sender, words)
    return False


async def offer_beginning(
    sender: Sender, words: str, refusal: errors.ScriptTooLong, context: BotContext
) -> None:
    """Say that the words are too long, and offer to speak their beginning."""
    draft = await current_draft(context.services, sender)
    await context.services.drafts.put(replace(draft, overlong=words, updated_at=datetime.now(UTC)))
    limit_s = int(context.services.settings.speech.max_s)
    sentence = context.texts.error(context.language, refusal.code, refusal.values())
    keyboard = overlong_keyboard(context.texts, context.language, draft.key, limit_s)
    await context.say(sender.address, sentence, keyboard)
