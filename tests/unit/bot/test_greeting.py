"""What stands under /start: the voices, and the other languages of the bot."""

from __future__ import annotations

from tests.unit.bot.conftest import Bot
from tests.unit.bot.updates import tap, text


async def buttons(bot: Bot) -> dict[str, str]:
    await bot.hears(text(1, "/start"))
    return bot.telegram.of("sendMessage")[-1].buttons


async def test_a_sample_the_voices_and_the_other_language_are_offered(bot: Bot) -> None:
    assert list(await buttons(bot)) == ["▶️ Try a sample", "🗣 Choose a voice", "हिन्दी"]


async def test_the_voices_open_below_the_greeting(bot: Bot) -> None:
    offered = await buttons(bot)

    await bot.hears(tap(2, offered["🗣 Choose a voice"]))

    assert "Voices" in bot.telegram.texts[-1]
    assert bot.telegram.of("editMessageText") == [], "the greeting stays"


async def test_one_tap_changes_the_language_of_the_greeting_and_of_all_that_follows(
    bot: Bot,
) -> None:
    offered = await buttons(bot)

    await bot.hears(tap(2, offered["हिन्दी"]), text(3, "/cancel"))

    (greeting,) = bot.telegram.of("editMessageText")
    assert greeting.text.startswith("👋 नमस्ते!")
    assert "English" in greeting.buttons
    assert bot.telegram.texts[-1] == "रद्द करने के लिए कुछ नहीं है।"
