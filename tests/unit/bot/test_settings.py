"""/settings is one message that edits itself, and what is tapped holds for every later video."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.menus.preferences import MENU, setting_named
from bot.texts import Texts
from pipeline.store.preferences import Preferences
from pipeline.types import JobId, Owner, Quality, Stage
from tests.fakes import Call
from tests.unit.bot.conftest import Bot
from tests.unit.bot.finished import RESULT
from tests.unit.bot.updates import ALICE, photo, tap, text

OWNER = Owner(f"telegram:{ALICE}")


def page(bot: Bot) -> Call:
    return bot.telegram.of("sendMessage", "editMessageText")[-1]


async def presses(bot: Bot, update_id: int, *labels: str) -> None:
    for number, label in enumerate(labels):
        await bot.hears(tap(update_id + number, page(bot).buttons[label]))


async def test_everything_is_on_one_page(bot: Bot, texts: Texts) -> None:
    await bot.hears(text(1, "/settings"))

    assert list(page(bot).buttons) == [*(texts.plain("en", s.word) for s in MENU), "Voice"]
    assert "Speed: <b>Normal</b>" in page(bot).text
    assert "Quality: <b>Normal</b>" in page(bot).text


async def test_a_choice_is_kept_and_holds_for_the_next_video(bot: Bot) -> None:
    await bot.hears(text(1, "/settings"))
    await presses(bot, 2, "Speed", "Faster")

    assert len(bot.telegram.of("sendMessage")) == 1  # all of it in one message
    assert "Speed: <b>Faster</b>" in page(bot).text
    assert await bot.services.preferences.get(OWNER) == Preferences(rate_pct=20)

    await bot.hears(photo(10), text(11, "Good morning."))
    assert bot.services.jobs.requests[JobId("tg-000000000011")].rate_pct == 20


async def test_the_voices_are_one_tap_away(bot: Bot) -> None:
    await bot.hears(text(1, "/settings"))
    await presses(bot, 2, "Voice")

    assert "Voices" in page(bot).text
    assert "Hindi" in page(bot).buttons


async def test_the_choice_that_holds_is_marked(bot: Bot) -> None:
    await bot.hears(text(1, "/settings"))
    await presses(bot, 2, "Captions", "On", "Captions")

    assert list(page(bot).buttons) == ["✓ On", "Off", "‹ Back"]
    await presses(bot, 9, "‹ Back")
    assert "Captions: <b>On</b>" in page(bot).text


async def test_another_language_is_spoken_at_once_and_can_be_left_to_telegram(bot: Bot) -> None:
    await bot.hears(text(1, "/language"))
    await presses(bot, 2, "हिन्दी")
    assert "सेटिंग" in page(bot).text

    await presses(bot, 3, "भाषा", "जैसी Telegram में")
    assert "Language: <b>As in Telegram</b>" in page(bot).text
    assert await bot.services.preferences.get(OWNER) == Preferences()


async def test_quality_tells_the_time_it_really_took_and_only_then(bot: Bot) -> None:
    await bot.hears(text(1, "/settings"))
    await presses(bot, 2, "Quality")
    assert "about" not in page(bot).text

    took = {Stage.SPEAKING: 2.0, Stage.SYNCING: 7.0}
    made = replace(RESULT, duration_s=6.0, timings_s=took)
    bot.services.jobs.results = [made] * 3 + [replace(made, quality=Quality.BEST)]
    await presses(bot, 3, "‹ Back", "Quality")

    assert "Normal: about 15 s here for 10 s of speech" in page(bot).text
    assert "Best: about" not in page(bot).text


@pytest.mark.parametrize("data", ["set:rate_pct/9", "set:colour/0", "set:rate_pct/x"])
async def test_a_button_of_another_version_changes_nothing(bot: Bot, data: str) -> None:
    await bot.hears(tap(1, data))

    assert bot.telegram.toasts == ["This button is out of date. See /status."]
    assert await bot.services.preferences.get(OWNER) == Preferences()


def test_every_setting_is_a_preference_and_names_what_holds_by_default(bot: Bot) -> None:
    for setting in MENU:
        assert setting.field in Preferences.__dataclass_fields__
        assert setting.chosen(Preferences(), bot.services.settings) in setting.choices
    assert setting_named("nothing") is None


def test_whatever_a_language_is_called_there_is_a_file_for_it(texts: Texts) -> None:
    setting = setting_named("language")
    assert setting is not None

    assert {choice.value for choice in setting.choices} - {None} == set(texts.languages)
