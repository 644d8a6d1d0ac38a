"""``/say`` in groups: as the caption of a photo or video, or as a reply to one.

What it asks for is read in ``bot/groups/saying.py``. Somebody else's photo, or one whose sender
nobody knows, first needs a yes (``bot/groups/asking.py``). Quiet on purpose: a sign on the
command, the order's own status line, and short answers where something is missing.

Not known here: who may order how much (``bot/access.py``), how an order speaks (``bot/delivery``).
"""

from __future__ import annotations

from telegram import Update
from telegram.ext import MessageHandler, filters

from bot.address import address_of, asker_id, owner_of
from bot.commanding import Said
from bot.context import BotApplication, BotContext, message_of
from bot.drafting.drafts import Sender, is_ordered
from bot.drafting.sounds import SOUND, sound_of
from bot.groups.asking import ask_for_words, go_on
from bot.groups.members import GROUP, is_group_admin
from bot.groups.questions import hint
from bot.groups.saying import asked_in, unpack_asked
from pipeline import errors
from pipeline.store.groups import Who
from pipeline.store.questions import QuestionKind

WORDS_OR_VOICE = filters.TEXT | SOUND


def register(app: BotApplication) -> None:
    """Add the command, and the answer to "What should it say?"."""
    app.add_handler(MessageHandler(GROUP & Said("say"), on_say))
    answers = GROUP & filters.REPLY & WORDS_OR_VOICE & ~filters.COMMAND
    app.add_handler(MessageHandler(answers, on_answer))


async def on_say(update: Update, context: BotContext) -> None:
    """Order the video, or say what is missing."""
    message, sender = message_of(update), _sender(update, context)
    if await is_ordered(context.services, sender):
        return
    await context.app.rights.check(context.bot, message.chat_id)
    await _check_rules(sender, context)
    if context.is_belated:
        await context.reply(message, context.t("say.belated"), silent=True)
        return
    asked = asked_in(message)
    if asked.face is None:
        missing = "say.voice_needs_photo" if asked.voice else "say.usage"
        await hint(asked, sender, context.t(missing), context)
    elif asked.words is None and asked.voice is None:
        await ask_for_words(asked, sender, context)
    else:
        await go_on(asked, sender, context)


async def on_answer(update: Update, context: BotContext) -> None:
    """Take the words, or the voice note, that somebody was asked for; other replies are talk."""
    message, sender = message_of(update), _sender(update, context)
    reply = message.reply_to_message
    assert reply is not None
    place, services = owner_of(message.chat_id), context.services
    question = await services.community.questions.at(place, str(reply.message_id))
    is_answer = question is not None and question.kind is QuestionKind.WORDS
    if question is None or not is_answer or question.asked != owner_of(sender.user_id):
        return
    if await is_ordered(services, sender):
        return
    if context.is_belated:
        await context.reply(message, context.t("say.belated"), silent=True)
        return
    asked = unpack_asked(question.content).with_answer(message.text, sound_of(message))
    await go_on(asked, sender, context)
    await services.community.questions.delete(question.id, QuestionKind.WORDS)


async def _check_rules(sender: Sender, context: BotContext) -> None:
    """Raise ``GroupSwitchedOff`` or ``GroupAdminsOnly`` where a group's admins said so."""
    chat_id = sender.address.chat_id
    rules = await context.services.community.groups.rules(owner_of(chat_id))
    if not rules.is_on:
        raise errors.GroupSwitchedOff
    is_open = rules.who is Who.EVERYONE
    if not is_open and not await is_group_admin(context.bot, chat_id, sender.user_id):
        raise errors.GroupAdminsOnly


def _sender(update: Update, context: BotContext) -> Sender:
    message = message_of(update)
    return Sender(
        user_id=asker_id(message),
        update_id=update.update_id,
        address=address_of(message, context.language),
    )
