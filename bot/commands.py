"""The table of commands: it feeds Telegram's menu and /help.

What a command does stands in ``bot/handlers/``. A new one is a line here, its handler there and
its description in ``config/texts`` (``command.<name>``).
"""

from __future__ import annotations

import logging

from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeDefault
from telegram.error import TelegramError

from bot.texts import FALLBACK_LANGUAGE, Texts

PRIVATE_COMMANDS = ("start", "help", "status", "cancel", "terms", "privacy")
EVERYWHERE_COMMANDS = ("start", "help")

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
    """Fill Telegram's menu in every language. Decoration: a failure is logged and no more."""
    try:
        await bot.set_my_commands(
            _menu(EVERYWHERE_COMMANDS, texts, FALLBACK_LANGUAGE), BotCommandScopeDefault()
        )
        for language in texts.languages:
            # The list without a language serves everybody for whom there is none.
            code = None if language == FALLBACK_LANGUAGE else language
            await bot.set_my_commands(
                _menu(PRIVATE_COMMANDS, texts, language),
                BotCommandScopeAllPrivateChats(),
                language_code=code,
            )
    except TelegramError as e:
        log.warning("the menu of commands could not be set: %s", type(e).__name__)


def _menu(names: tuple[str, ...], texts: Texts, language: str) -> list[BotCommand]:
    return [BotCommand(name, texts.plain(language, f"command.{name}")) for name in names]
