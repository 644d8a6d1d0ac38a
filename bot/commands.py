"""The table of commands: it feeds Telegram's menu and /help.

What a command does stands in ``bot/handlers/``. A new one is a line here, its handler there and
its description in ``config/texts`` (``command.<name>``).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

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
from telegram.error import TelegramError

from bot.texts import FALLBACK_LANGUAGE, Texts

PRIVATE_COMMANDS = (
    "start",
    "help",
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
GROUP_COMMANDS = ("say", "cancel", "help", "report")
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
    "broadcast",
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


async def publish_commands(bot: Bot, texts: Texts, admins: Iterable[int] = ()) -> None:
    """Fill Telegram's menu in every scope and language.

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
    for admin in admins:
        try:
            names = PRIVATE_COMMANDS + ADMIN_COMMANDS
            await _publish(bot, texts, names, BotCommandScopeChat(admin))
        except TelegramError as e:  # an admin who has not started the bot yet
            log.info("no menu for admin %d: %s", admin, type(e).__name__)


async def _publish(bot: Bot, texts: Texts, names: tuple[str, ...], scope: BotCommandScope) -> None:
    for language in texts.languages:
        # The list without a language serves everybody for whom there is none.
        code = None if language == FALLBACK_LANGUAGE else language
        await bot.set_my_commands(_menu(names, texts, language), scope, language_code=code)


def _menu(names: tuple[str, ...], texts: Texts, language: str) -> list[BotCommand]:
    return [BotCommand(name, texts.plain(language, f"command.{name}")) for name in names]
