"""The agreement before the first video: a card with the wording, to agree to or to leave.

Whoever has not agreed to today's wording, or not for three months, reads it once; their photo and
words wait in the draft, in the database, so a restart in between loses nothing. What counts as
agreed is decided in ``pipeline/safety/consent.py``; the tap is handled in ``handlers/consent.py``.
"""

from __future__ import annotations

import html
from typing import Final

from telegram import InlineKeyboardMarkup

from bot.address import owner_of
from bot.context import BotContext
from bot.drafting.drafts import Sender
from bot.menus.keyboards import consent_keyboard
from pipeline.types import ConsentId

SHORT_VERSION: Final = 8
"""How much of a wording's version fits beside the draft's key into a button."""


async def consent_or_card(sender: Sender, context: BotContext) -> ConsentId | None:
    """Give the sender's consent; without one, send the card, and give None."""
    consent = await context.services.consents.current(owner_of(sender.user_id))
    if consent is None:
        text, keyboard = consent_card(sender.key, context)
        await context.say(sender.address, text, keyboard)
    return consent


def consent_card(draft_key: str, context: BotContext) -> tuple[str, InlineKeyboardMarkup]:
    """Write the card for the draft that waits."""
    wording = context.services.consents.wording(context.language)
    version = wording.version[:SHORT_VERSION]
    keyboard = consent_keyboard(context.texts, context.language, version, draft_key)
    return wording_html(context), keyboard


def wording_html(context: BotContext) -> str:
    """Give today's wording in the user's language."""
    wording = context.services.consents.wording(context.language)
    return html.escape(wording.text, quote=False)
