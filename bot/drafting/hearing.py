"""What the bot says about a recording: how long it is, what is missing, whose voice shall speak.

Sends and nothing else; what becomes of a recording stands in ``bot/drafting/said.py``.
"""

from __future__ import annotations

from bot.context import BotContext
from bot.drafting.drafts import Sender
from bot.menus.recordings import kept_keyboard, whose_keyboard
from pipeline.store.drafts import Draft


async def ask_whose(sender: Sender, draft: Draft, context: BotContext) -> None:
    """Ask whose voice shall speak: the sender's own, or one of ours."""
    question = context.t("recording.whose", voice=context.voice_name)
    keyboard = whose_keyboard(context.texts, context.language, draft, context.voice_name)
    await context.say(sender.address, f"{_length(draft, context)} {question}", keyboard)


async def say_kept(sender: Sender, draft: Draft, context: BotContext) -> None:
    """Say what was heard, and that a face is missing."""
    keyboard = kept_keyboard(context.texts, context.language, draft)
    await context.say(sender.address, kept_sentence(draft, context), keyboard)


def kept_sentence(draft: Draft, context: BotContext) -> str:
    """Say how long it is, that a face is missing, and how to get another voice."""
    missing = context.t("recording.now_photo")
    return f"{_length(draft, context)} {missing}\n{context.t('recording.own')}"


def _length(draft: Draft, context: BotContext) -> str:
    length = context.t("recording.length", seconds=round(draft.recording_s or 0.0))
    if draft.script is None:
        return length
    return f"{length} {context.t('recording.replaces')}"
