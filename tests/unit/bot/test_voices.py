"""/voice: heard before it is chosen, chosen with a tap, and kept."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from telegram import InlineKeyboardMarkup

from bot.address import owner_of
from bot.menus.voice_pages import Shelf, found_locale, home_page, locale_page
from bot.texts import Texts
from bot.voice_names import LANGUAGES
from pipeline import errors
from pipeline.speech.samples import sample_texts
from pipeline.types import Voice, VoiceId
from tests.fakes import Call, Refusal
from tests.unit.bot.conftest import Bot
from tests.unit.bot.updates import ALICE, photo, tap, text

SWARA, NEERJA = VoiceId("hi-IN-SwaraNeural"), VoiceId("en-IN-NeerjaNeural")


def shown(bot: Bot) -> Call:
    return bot.telegram.of("sendMessage", "editMessageText")[-1]


async def presses(bot: Bot, update_id: int, label: str) -> None:
    await bot.hears(tap(update_id, shown(bot).buttons[label]))
    await bot.app.errands.quiet()


def shelf_of(bot: Bot) -> Shelf:
    voices = bot.services.speaker.offered
    return Shelf(voices=voices, chosen=NEERJA, chosen_label="Neerja (Indian English, woman)")


@pytest.mark.parametrize("command", ["/voice", "/voices"])
async def test_it_shows_the_languages_and_whose_voice_speaks(bot: Bot, command: str) -> None:
    await bot.hears(text(1, command))

    assert "Your voice: <b>Neerja (Indian English, woman)</b>" in shown(bot).text
    assert list(shown(bot).buttons) == [
        *("Indian English", "Hindi", "Assamese", "Bengali", "Gujarati", "Kannada", "Malayalam"),
        *("Marathi", "Odia", "Punjabi", "Tamil", "Telugu", "Urdu"),
    ]


async def test_a_language_shows_its_voices_with_what_they_are(bot: Bot) -> None:
    await bot.hears(text(1, "/voice"))

    await presses(bot, 2, "Hindi")

    assert "• Swara, woman\n• Madhur, man\n" in shown(bot).text
    assert "• Basic voice, woman · offline · backup" in shown(bot).text
    assert "▶ Swara, woman" in shown(bot).buttons
    assert {"‹ Indian English", "Languages", "Assamese ›"} <= set(shown(bot).buttons)
    assert len(bot.telegram.of("sendMessage")) == 1  # the one message edits itself


@pytest.mark.parametrize("words", ["hindi", "Hindi", "हिन्दी", "hi", "swara", "स्वरा"])
async def test_a_language_can_be_asked_for_by_name(bot: Bot, words: str) -> None:
    await bot.hears(text(1, f"/voice {words}"))

    assert "<b>Hindi</b>" in shown(bot).text


async def test_a_language_nobody_speaks_is_told_with_those_there_are(bot: Bot) -> None:
    await bot.hears(text(1, "/voice klingon"))

    assert shown(bot).text.startswith("I have no voice for this.")
    assert "Hindi" in shown(bot).buttons


async def test_a_chosen_voice_is_kept_shown_and_speaks(bot: Bot) -> None:
    await bot.hears(text(1, "/voice hindi"))
    data = shown(bot).buttons["▶ Swara, woman"].replace("hear:", "use:")

    await bot.hears(tap(2, data))

    assert bot.telegram.toasts == ["Swara speaks for you from now on."]
    assert "✓ <b>Swara, woman</b>" in shown(bot).text
    assert "✓ Yours" in shown(bot).buttons
    assert (await bot.services.preferences.get(owner_of(ALICE))).voice == SWARA
    await bot.hears(photo(3), text(4, "Good morning."))
    assert [r.voice_id for r in bot.services.jobs.requests.values()] == [SWARA]


async def test_a_sample_is_spoken_once_and_then_sent_by_its_reference(bot: Bot) -> None:
    await bot.hears(text(1, "/voice hindi"))

    await presses(bot, 2, "▶ Swara, woman")
    await presses(bot, 3, "▶ Swara, woman")

    first, second = bot.telegram.of("sendVoice")
    assert first.files != ()
    assert second.values["voice"] == "V1"
    assert "Swara (Hindi, woman)" in first.text
    assert bot.services.spoken == [SWARA]


async def test_a_reference_that_telegram_does_not_know_is_spoken_again(bot: Bot) -> None:
    await bot.hears(text(1, "/voice hindi"))
    await presses(bot, 2, "▶ Swara, woman")
    bot.telegram.fails("sendVoice", Refusal(status=400, description="wrong file identifier"))

    await presses(bot, 3, "▶ Swara, woman")

    assert bot.services.spoken == [SWARA, SWARA]
    assert len(bot.telegram.of("sendVoice")) == 3


async def test_a_voice_that_cannot_speak_now_is_told_and_not_kept(bot: Bot) -> None:
    bot.services.sample_error = errors.SpeechUnavailable("edge", "away")
    await bot.hears(text(1, "/voice hindi"))

    await presses(bot, 2, "▶ Swara, woman")

    assert "Swara (Hindi, woman) can't be heard just now" in bot.telegram.texts[-1]
    text_said = bot.services.sample_texts["hi-IN"]
    assert await bot.services.samples.get(SWARA, text_said) is None


async def test_a_voice_withdrawn_meanwhile_is_told(bot: Bot) -> None:
    await bot.hears(text(1, "/voice hindi"))
    buttons = shown(bot).buttons
    speaker = bot.services.speaker
    speaker.offered = [voice for voice in speaker.offered if voice.id != SWARA]

    await bot.hears(tap(2, buttons["▶ Swara, woman"]))

    assert bot.telegram.toasts[-1].startswith("This voice is not offered any more.")


async def test_who_has_a_voice_that_is_away_is_told(bot: Bot) -> None:
    await bot.services.preferences.change(owner_of(ALICE), voice=SWARA)
    speaker = bot.services.speaker
    speaker.offered = [voice for voice in speaker.offered if voice.id != SWARA]

    await bot.hears(text(1, "/voice"))

    assert "It is not offered just now" in shown(bot).text


async def test_a_voice_that_nobody_knows_any_more_is_as_good_as_none(bot: Bot) -> None:
    await bot.services.preferences.change(owner_of(ALICE), voice=VoiceId("xx-Gone"))

    await bot.hears(text(1, "/voice"), photo(2), text(3, "Good morning."))

    assert [r.voice_id for r in bot.services.jobs.requests.values()] == [NEERJA]


def test_every_page_fits_into_a_message_in_every_language(bot: Bot, texts: Texts) -> None:
    shelf = shelf_of(bot)
    for language in texts.languages:
        for locale in shelf.locales:
            page, keyboard = locale_page(locale, shelf, texts, language)
            assert len(page) < 1500
            assert isinstance(keyboard, InlineKeyboardMarkup)
            assert found_locale(locale, shelf, texts, texts.languages) == locale
        assert len(home_page(shelf, texts, language)[0]) < 1500


def test_a_voice_of_a_language_without_a_name_is_shown_by_its_code(texts: Texts) -> None:
    own = Voice(
        id=VoiceId("own"),
        provider="openai",
        locale="ne-NP",
        gender="male",
        label="Own",
        quality="neural",
        online=True,
    )
    shelf = Shelf(voices=[own], chosen=own.id, chosen_label="Own")

    assert "ne-NP" in locale_page("ne-NP", shelf, texts, "en")[0]


def test_every_language_has_a_sentence_to_hear() -> None:
    assert set(sample_texts()) == set(LANGUAGES)


async def test_in_hindi_every_voice_is_written_in_devanagari(bot: Bot) -> None:
    await bot.services.preferences.change(owner_of(ALICE), language="hi")

    await bot.hears(text(1, "/voice hindi"))

    page = shown(bot)
    assert "• स्वरा, महिला\n• मधुर, पुरुष\n" in page.text
    assert not re.search(r"[A-Za-z]{2}", re.sub(r"<.*?>", "", page.text + " ".join(page.buttons)))


async def test_in_a_group_it_says_where_to_choose_and_the_button_opens_the_voices(
    bot: Bot,
) -> None:
    await bot.hears(text(1, "/voice", chat=-1001))

    asked = shown(bot)
    url = asked.values["reply_markup"]["inline_keyboard"][0][0]["url"]
    await bot.hears(text(2, f"/start {url.partition('start=')[2]}"), text(3, "/voice"))

    assert asked.values["text"].startswith("Everybody has a voice of their own")
    assert bot.telegram.texts[-2] == bot.telegram.texts[-1]


@pytest.mark.parametrize(
    ("by_gpu", "locale", "is_told"),
    [
        (True, "hi-IN", True),
        (True, "en-IN", False),
        (False, "hi-IN", False),
    ],
)
def test_lips_that_fit_less_well_are_told_of(
    bot: Bot, texts: Texts, by_gpu: bool, locale: str, is_told: bool
) -> None:
    shelf = replace(shelf_of(bot), lips_by_diffusion=by_gpu)

    page, _ = locale_page(locale, shelf, texts, "en")

    assert ("The lips follow English best" in page) is is_told
