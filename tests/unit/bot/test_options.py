"""Options before the words hold for one video, above the settings."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.types import Motion, Quality, RenderRequest, Shape, TextScript
from tests.unit.bot.conftest import Bot
from tests.unit.bot.updates import ALICE, photo, text


def newest(bot: Bot) -> RenderRequest:
    return list(bot.services.jobs.requests.values())[-1]


@pytest.mark.parametrize(
    ("options", "field", "value"),
    [
        ("voice=prabhat", "voice_id", "en-IN-PrabhatNeural"),
        ("voice=Neerja", "voice_id", "en-IN-NeerjaNeural"),
        ("voice=प्रभात", "voice_id", "en-IN-PrabhatNeural"),
        ("voice=hi-IN-SwaraNeural", "voice_id", "hi-IN-SwaraNeural"),
        ("lang=hi", "voice_id", "hi-IN-SwaraNeural"),
        ("motion=lively", "motion", Motion.LIVELY),
        ("Shape = 9:16", "shape", Shape.TALL),
        ("quality=best", "quality", Quality.BEST),
        ("captions=on", "captions", True),
    ],
)
async def test_an_option_leads_the_words_of_one_video(
    bot: Bot, options: str, field: str, value: Any
) -> None:
    await bot.hears(photo(1, caption=f"{options} | Good morning."))

    assert newest(bot).script == TextScript(text="Good morning.")
    assert getattr(newest(bot), field) == value


async def test_several_options_hold_for_this_video_and_not_for_the_next(bot: Bot) -> None:
    await bot.hears(photo(1), text(2, "voice=prabhat motion=lively | Good morning."))
    first = newest(bot)
    await bot.hears(text(3, "Good evening."))

    assert (first.voice_id, first.motion) == ("en-IN-PrabhatNeural", Motion.LIVELY)
    assert (newest(bot).voice_id, newest(bot).motion) == ("en-IN-NeerjaNeural", None)


async def test_options_go_above_the_settings(bot: Bot) -> None:
    await bot.services.preferences.change(f"telegram:{ALICE}", motion=Motion.OFF, captions=True)  # type: ignore[arg-type]
    await bot.hears(photo(1, caption="motion=lively | Good morning."))

    assert (newest(bot).motion, newest(bot).captions) == (Motion.LIVELY, True)


@pytest.mark.parametrize("option", ["voice=nobody", "motion=wild", "colour=red", "lang=fr"])
async def test_an_option_that_there_is_not_is_told_and_nothing_is_made(
    bot: Bot, option: str
) -> None:
    await bot.hears(photo(1), text(2, f"{option} | Good morning."))

    assert f"I don't know the option {option}." in bot.telegram.texts[-1]
    assert bot.services.jobs.requests == {}


@pytest.mark.parametrize("words", ["Tea or coffee | both", "x=1, so y=2.", "Say x=1 | now"])
async def test_what_only_looks_like_it_is_spoken(bot: Bot, words: str) -> None:
    await bot.hears(photo(1), text(2, words))

    assert newest(bot).script == TextScript(text=words)


async def test_the_question_before_names_the_voice_of_the_option(bot: Bot) -> None:
    await bot.services.preferences.change(f"telegram:{ALICE}", confirm=True)  # type: ignore[arg-type]
    await bot.hears(photo(1, caption="voice=prabhat | Good morning."))

    assert "“Good morning.”" in bot.telegram.texts[-1]
    assert "Prabhat" in bot.telegram.texts[-1]
