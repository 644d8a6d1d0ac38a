"""A question in a group: a row that carries the whole order, then the message that asks.

The row comes first, so that no tap finds it missing, and ends after ``access.ask_minutes``. A
hint asks nothing; its row makes it go. What an answer does stands in ``handlers/permission.py``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from telegram import ForceReply, InlineKeyboardMarkup, Message

from bot.address import owner_of
from bot.context import BotContext
from bot.drafting.drafts import Sender
from bot.groups.saying import Asked
from pipeline.store.questions import Question, QuestionKind
from pipeline.types import Owner

HINT_FOR = timedelta(seconds=30)
"""How long a hint stays in a group."""


def draw_up(
    asked: Asked, sender: Sender, kind: QuestionKind, whom: Owner, context: BotContext
) -> Question:
    """Write down what is asked of whom, and what a yes would order."""
    minutes = context.services.settings.access.ask_minutes
    return _row(asked, sender, kind, whom, timedelta(minutes=minutes))


async def put(
    question: Question, send: Callable[[], Awaitable[Message]], context: BotContext
) -> None:
    """Keep the question, then ask it."""
    questions = context.services.community.questions
    await questions.put(question)
    shown = await send()
    await questions.set_message(question.id, str(shown.message_id))


async def ask(
    asked: Asked,
    sender: Sender,
    kind: QuestionKind,
    whom: Owner,
    text: str,
    keyboard: InlineKeyboardMarkup | ForceReply,
    context: BotContext,
    *,
    silent: bool = True,
) -> None:
    """Ask with a sentence. Only another member is rung."""
    question = draw_up(asked, sender, kind, whom, context)
    await put(
        question, lambda: context.say(sender.address, text, keyboard, silent=silent), context
    )


async def hint(asked: Asked, sender: Sender, sentence: str, context: BotContext) -> None:
    """Say how a command is used; it goes by itself, after a restart too."""
    hint = _row(asked, sender, QuestionKind.HINT, owner_of(sender.user_id), HINT_FOR)
    await put(hint, lambda: context.say(sender.address, sentence, silent=True), context)


def _row(
    asked: Asked, sender: Sender, kind: QuestionKind, whom: Owner, patience: timedelta
) -> Question:
    return Question(
        id=sender.order_id,
        kind=kind,
        asked=whom,
        asker=owner_of(sender.user_id),
        place=owner_of(sender.address.chat_id),
        reply_to=sender.address.pack(),
        content=asked.pack(),
        expires_at=datetime.now(UTC) + patience,
    )
