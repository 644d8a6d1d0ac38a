"""The bot's life in a group: it is added, the group moves, somebody cancels, asks for help or for
their voice.

Added to a channel, it leaves: nobody could ask it for anything there. When a group becomes a
supergroup its id changes, and every row follows. In a group of its own (``GROUP_LIFE``), because
``orders.py`` hears of private chats.
"""

from __future__ import annotations

import logging

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import ChatMemberHandler, MessageHandler, filters

from bot.access import check_access
from bot.address import Address, address_of, asker_id, owner_of, unpack_address
from bot.commanding import Said
from bot.context import BotApplication, BotContext, message_of
from bot.groups.members import GROUP
from bot.groups.rights import OUT
from bot.menus.keyboards import VOICES, jobs_keyboard
from bot.texts import short_id
from pipeline import errors
from pipeline.types import Job

GROUP_LIFE = 1

log = logging.getLogger(__name__)


def register(app: BotApplication) -> None:
    """Add the handlers."""
    app.add_handler(MessageHandler(GROUP & Said("help", "start"), give_help))
    app.add_handler(MessageHandler(GROUP & Said("voice", "voices"), point_to_voices))
    app.add_handler(MessageHandler(GROUP & Said("cancel"), cancel))
    app.add_handler(MessageHandler(GROUP & filters.StatusUpdate.MIGRATE, on_migration))
    app.add_handler(ChatMemberHandler(on_membership), group=GROUP_LIFE)


async def give_help(update: Update, context: BotContext) -> None:
    """Say how it works in a group."""
    await context.reply(message_of(update), context.t("group.help"), silent=True)


async def point_to_voices(update: Update, context: BotContext) -> None:
    """Say where people choose their voice: a menu here would be everybody's."""
    chat = f"https://t.me/{context.bot.username}?start={VOICES}"
    label = context.texts.plain(context.language, "group.open_chat")
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton(label, url=chat)]])
    await context.reply(message_of(update), context.t("group.voice"), keyboard, silent=True)


async def cancel(update: Update, context: BotContext) -> None:
    """Cancel the only video that the sender has in the making here, or ask which.

    The order itself says that it was cancelled.
    """
    message = message_of(update)
    owner, address = owner_of(asker_id(message)), address_of(message, context.language)
    jobs = [job for job in await context.services.jobs.of_owner(owner) if _is_at(job, address)]
    if len(jobs) > 1:
        keyboard = jobs_keyboard(context.texts, context.language, (job.id for job in jobs))
        asked = context.t("cancel.which", count=len(jobs))
        await context.say(address, asked, keyboard, silent=True)
        return
    if not jobs:
        await context.say(address, context.t("cancel.nothing"), silent=True)
    elif not await context.services.jobs.cancel(jobs[0].id, by=owner):
        too_late = context.t("cancel.too_late", id=short_id(jobs[0].id))
        await context.say(address, too_late, silent=True)


async def on_migration(update: Update, context: BotContext) -> None:
    """Let everything that is kept about the group follow it to its new id.

    Telegram says it twice, once in each chat; what was renamed already stays.
    """
    message = message_of(update)
    old, new = message.chat_id, message.migrate_to_chat_id
    if message.migrate_from_chat_id is not None:
        old, new = message.migrate_from_chat_id, message.chat_id
    if new is not None:
        await context.services.community.moves.rename(owner_of(old), owner_of(new))
        log.info("a group became a supergroup")


async def on_membership(update: Update, context: BotContext) -> None:
    """Greet a group once, when the bot comes in; leave a channel; note who blocks the bot."""
    change = update.my_chat_member
    assert change is not None
    context.app.rights.forget(change.chat.id)
    was_out = change.old_chat_member.status in OUT
    is_in = change.new_chat_member.status not in OUT
    match change.chat.type:
        case ChatType.CHANNEL if is_in:
            await _leave(change.chat.id, context)
        case ChatType.GROUP | ChatType.SUPERGROUP if was_out and is_in:
            await _greet(change.chat.id, change.from_user.id, context)
        case ChatType.PRIVATE if not is_in:
            await context.services.community.people.gone(owner_of(change.from_user.id))
        case _:
            return


async def _greet(chat_id: int, adder_id: int, context: BotContext) -> None:
    address = Address(chat_id=chat_id, language=context.language)
    try:
        await check_access(context.services, adder_id, chat_id)
        await context.app.rights.check(context.bot, chat_id)
        sentence = context.t("group.welcome")
    except errors.AccessError as e:
        sentence = context.texts.error(context.language, e.code, e.values())
    try:
        await context.say(address, sentence, silent=True)
    except TelegramError as e:
        log.info("no welcome in a group: %s", type(e).__name__)
        await _tell_adder(adder_id, context)


async def _tell_adder(adder_id: int, context: BotContext) -> None:
    """Say in private that the bot may not speak in the group; silence is all right too."""
    try:
        await context.say(
            Address(chat_id=adder_id, language=context.language), context.t("group.mute")
        )
    except TelegramError as e:
        log.info("nor a word to who added it: %s", type(e).__name__)


async def _leave(chat_id: int, context: BotContext) -> None:
    try:
        await context.bot.leave_chat(chat_id)
    except TelegramError as e:
        log.info("a channel was not left: %s", type(e).__name__)


def _is_at(job: Job, address: Address) -> bool:
    return unpack_address(job.reply_to).chat_id == address.chat_id
