"""Texts that are too long: cut into several messages by Telegram, or longer than may be spoken.

A message that is nearly as long as one may be is probably the first of several: it waits a
second for the rest, and they are one text. Words that last too long are not refused outright:
their beginning may be spoken.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

from telegram.constants import MessageLimit

from bot.context import BotApplication, BotContext
from bot.drafting.drafts import Sender, current_draft, keep_words
from bot.drafting.ordering import answers, go_on
from bot.drafting.placing import is_repeat
from bot.drafting.wording import take_words
from bot.menus import taps
from bot.menus.keyboards import Action
from bot.menus.taps import Tapped, is_drafters
from bot.updates.gathering import sender_of_batch, untold
from pipeline.store.pieces import Piece

LONG_TEXT = "text"
"""The kind of batch in ``bot/updates/gathering.py``."""
NEARLY_FULL = MessageLimit.MAX_TEXT_LENGTH - 300
"""Clients cut a long text between two words, so that its parts are a little shorter."""


def register(app: BotApplication) -> None:
    """Add the buttons under words that are too long."""
    taps.register(app, {Action.CUT: on_cut, Action.SHORTEN: on_shorten})


async def holds_back(sender: Sender, words: str, context: BotContext) -> bool:
    """Keep a text that is probably one of several, and tell so; the rest comes within a second."""
    gathering = context.app.gathering
    if await gathering.knows(sender.key, LONG_TEXT, sender.update_id):
        return True  # the same update once more
    if _units(words) < NEARLY_FULL and not gathering.is_open(sender.key, LONG_TEXT):
        return False
    await gathering.add(
        Piece(
            draft=sender.key,
            batch=LONG_TEXT,
            number=sender.update_id,
            address=sender.address.pack(),
            content=words,
            arrived_at=datetime.now(UTC),
        ),
        context.sent_at,
    )
    return True


async def settle_text(pieces: list[Piece], context: BotContext) -> None:
    """Take all pieces as one text; it is the last of them that is answered."""
    fresh = untold(pieces)
    sender = sender_of_batch(fresh, fresh[-1])
    if not await is_repeat(context.services, sender):
        await take_words(sender, joined([piece.content for piece in fresh]), context)


async def on_cut(tapped: Tapped, context: BotContext) -> None:
    """Speak the beginning of the words."""
    if not await is_drafters(tapped, tapped.target, context):
        return
    sender = taps.sender_of_tap(tapped, context)
    draft = await current_draft(context.services, sender)
    if draft.overlong is None:
        await tapped.answer(context.texts.plain(context.language, "tap.old"))
        return
    beginning = context.services.cut_script(draft.overlong)
    await tapped.answer()
    sender = answers(sender, tapped.answered_message_id)
    draft = await keep_words(context.services, sender, beginning)
    await tapped.settles(context.t("words.cut"))
    await go_on(sender, draft, context)


async def on_shorten(tapped: Tapped, context: BotContext) -> None:
    """Wait for shorter words."""
    if not await is_drafters(tapped, tapped.target, context):
        return
    sender = taps.sender_of_tap(tapped, context)
    draft = await current_draft(context.services, sender)
    await context.services.drafts.put(replace(draft, overlong=None))
    await tapped.answer()
    await tapped.settles(context.t("words.shorten", **context.script_limits))


def joined(parts: list[str]) -> str:
    """Join the parts of a text: a full one was cut in a word, others between two words."""
    text = parts[0]
    for before, part in pairwise(parts):
        text += part if _units(before) == MessageLimit.MAX_TEXT_LENGTH else f" {part}"
    return text


def _units(text: str) -> int:
    """Count as Telegram does: in UTF-16."""
    return len(text.encode("utf-16-le")) // 2
