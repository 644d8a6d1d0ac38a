"""The menu of admins: in their own chats, and taken away from whoever is one no longer."""

from __future__ import annotations

from telegram import BotCommandScopeChat

from bot.address import owner_of
from bot.commands import ADMIN_COMMANDS, publish_admin_commands
from bot.texts import Texts
from tests.fakes import Refusal
from tests.unit.bot.conftest import Bot
from tests.unit.bot.updates import ALICE, BOB, text


async def publish(bot: Bot, texts: Texts, *admins: int) -> None:
    """Start with these admins."""
    bot.telegram.calls.clear()
    await publish_admin_commands(bot.app.bot, texts, admins, bot.services.community.operators)


def touched(bot: Bot, method: str) -> set[tuple[int, str | None]]:
    """Say whose menu was set or deleted, and for which language."""
    return {
        (call.values["scope"]["chat_id"], call.values.get("language_code"))
        for call in bot.telegram.of(method)
    }


async def test_an_admin_sees_the_commands_of_admins_in_every_language(
    bot: Bot, texts: Texts
) -> None:
    await publish(bot, texts, ALICE)

    assert touched(bot, "setMyCommands") == {(ALICE, None), (ALICE, "hi")}
    for call in bot.telegram.of("setMyCommands"):
        assert call.values["scope"]["type"] == BotCommandScopeChat(ALICE).type
        shown = {command["command"] for command in call.values["commands"]}
        assert shown >= {*ADMIN_COMMANDS, "status", "cancel"}


async def test_a_former_admin_loses_the_menu_once_and_every_command(
    bot: Bot, texts: Texts
) -> None:
    await publish(bot, texts, ALICE, BOB)

    await publish(bot, texts, BOB)

    assert touched(bot, "deleteMyCommands") == {(ALICE, None), (ALICE, "hi")}
    await publish(bot, texts, BOB)
    assert bot.telegram.of("deleteMyCommands") == []
    for number, command in enumerate(ADMIN_COMMANDS, start=1):  # nobody is named in the settings
        await bot.hears(text(number, f"/{command} {BOB}"))
    assert set(bot.telegram.texts) == {"I don't know this command. See /help."}
    assert len(bot.telegram.texts) == len(ADMIN_COMMANDS)


async def test_a_menu_that_could_not_be_taken_away_is_tried_again(bot: Bot, texts: Texts) -> None:
    await publish(bot, texts, ALICE)
    bot.telegram.fails("deleteMyCommands", Refusal(status=502, description="Bad Gateway"))

    await publish(bot, texts)
    assert await bot.services.community.operators.all() == {owner_of(ALICE)}
    await publish(bot, texts)

    assert await bot.services.community.operators.all() == set()


async def test_a_former_admin_who_is_gone_is_forgotten(bot: Bot, texts: Texts) -> None:
    await publish(bot, texts, ALICE)
    bot.telegram.fails(
        "deleteMyCommands", Refusal(status=400, description="Bad Request: chat not found")
    )

    await publish(bot, texts)

    assert await bot.services.community.operators.all() == set()
