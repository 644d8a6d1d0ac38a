"""The table of commands: it feeds Telegram's menu and /help.

What a command does stands in ``bot/handlers/``. A new one is a line here, its handler there and
its description in ``config/texts`` (``command.<name>``).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.address import owner_of, user_id_of
from bot.texts import FALLBACK_LANGUAGE, Texts

if TYPE_CHECKING:
    from pipeline.store.operators import Operators
    from pipeline.types import Owner

PRIVATE_COMMANDS = (
    "start",
    "help",
    "new",
    "voice",
    "settings",
    "language",
    "status",
    "cancel",
    "verify",
    "terms",
    "privacy",
    "mydata",
    "forget",
    "report",
    "optout",
)
EVERYWHERE_COMMANDS = ("start", "help")
GROUP_COMMANDS = ("say", "voice", "cancel", "help", "report")
GROUP_ADMIN_COMMANDS = ("say_settings",)
ADMIN_COMMANDS = (
    "jobs",
    "job",
    "pause",
    "resume",
    "drain",
    "retry",
    "ban",
    "unban",
    "allow",
    "quota",
    "invite",
    "errors",
    "stats",
    "reports",
    "broadcast",
    "maintenance",
    "loglevel",
)
"""Beside those of everybody: ``/status`` and ``/cancel`` do more for an admin."""

log = logging.getLogger(__name__)


def help_lines(texts: Texts, language: str) -> str:
    """List the commands of a private chat, one a line, as HTML."""
    return "\n".join(
        texts.html(
            language,
            "help.command",
            command=name,
            what=texts.plain(language, f"command.{name}"),
        )
        for name in PRIVATE_COMMANDS
    )


async def publish_commands(bot: Bot, texts: Texts) -> None:
    """Fill Telegram's menu in every scope and language that is everybody's.

    Decoration: a failure is logged and no more. The narrowest scope that has a list wins, so each
    list is whole.
    """
    scopes: list[tuple[tuple[str, ...], BotCommandScope]] = [
        (PRIVATE_COMMANDS, BotCommandScopeAllPrivateChats()),
        (GROUP_COMMANDS, BotCommandScopeAllGroupChats()),
        (GROUP_COMMANDS + GROUP_ADMIN_COMMANDS, BotCommandScopeAllChatAdministrators()),
    ]
    try:
        await bot.set_my_commands(
            _menu(EVERYWHERE_COMMANDS, texts, FALLBACK_LANGUAGE), BotCommandScopeDefault()
        )
        for names, scope in scopes:
            await _publish(bot, texts, names, scope)
    except TelegramError as e:
        log.warning("the menu of commands could not be set: %s", type(e).__name__)


async def publish_admin_commands(
    bot: Bot, texts: Texts, admins: Sequence[int], operators: Operators
) -> None:
    """Show the admins their commands in their own chats; take them from former admins.

    Whoever gets the menu is remembered first, so that it is taken from them for sure. Where
    Telegram cannot be reached, the next start tries again.
    """
    await operators.remember(owner_of(admin) for admin in admins)
    for admin in admins:
        try:
            names = PRIVATE_COMMANDS + ADMIN_COMMANDS
            await _publish(bot, texts, names, BotCommandScopeChat(admin))
        except TelegramError as e:  # an admin who has not started the bot yet
            log.info("no menu for admin %d: %s", admin, type(e).__name__)
    for former in await operators.all() - {owner_of(admin) for admin in admins}:
        if await _took_away(bot, texts, former):
            await operators.forget(former)


async def _took_away(bot: Bot, texts: Texts, former: Owner) -> bool:
    """Delete the menu of a former admin; False when that has to be tried again."""
    chat_id = user_id_of(former)
    if chat_id is None:
        return True
    try:
        for code in (None, *_codes(texts)):
            await bot.delete_my_commands(BotCommandScopeChat(chat_id), language_code=code)
    except (BadRequest, Forbidden) as e:  # no such chat any more: nobody sees a menu there
        log.info("a former admin's chat is gone: %s", type(e).__name__)
    except TelegramError as e:
        log.warning("a former admin keeps the menu for now: %s", type(e).__name__)
        return False
    return True


async def _publish(bot: Bot, texts: Texts, names: tuple[str, ...], scope: BotCommandScope) -> None:
    # The list without a language serves everybody for whom there is none.
    await bot.set_my_commands(_menu(names, texts, FALLBACK_LANGUAGE), scope)
    for code in _codes(texts):
        await bot.set_my_commands(_menu(names, texts, code), scope, language_code=code)


def _codes(texts: Texts) -> list[str]:
    """List the languages that have lists of their own."""
    return [language for language in texts.languages if language != FALLBACK_LANGUAGE]


def _menu(names: tuple[str, ...], texts: Texts, language: str) -> list[BotCommand]:
    return [BotCommand(name, texts.plain(language, f"command.{name}")) for name in names]
