"""The pages of /voice: the languages, and the voices of one of them, as a text and its buttons.

Knows voices and texts; asks nobody and sends nothing. A voice that no network is needed for, or
that steps in for others, says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.menus.keyboards import Action, Tap
from bot.texts import Texts
from bot.voice_names import LANGUAGES, locale_name, voice_name
from pipeline.types import Voice, VoiceId

HOME = "all"
COLUMNS = 3

Page = tuple[str, InlineKeyboardMarkup]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The voices that are offered now, and whose voice speaks for whoever looks."""

    voices: Sequence[Voice]
    chosen: VoiceId
    chosen_label: str
    lips_by_diffusion: bool = False
    """Whether the engine just now is one that learnt its lips mostly from English."""

    @property
    def locales(self) -> list[str]:
        """List the languages there are voices for."""
        there = {voice.locale for voice in self.voices}
        return [*(code for code in LANGUAGES if code in there), *sorted(there - set(LANGUAGES))]


def home_page(shelf: Shelf, texts: Texts, language: str) -> Page:
    """Write the page with all languages."""
    buttons = [
        _button(locale_name(code, texts, language), Action.VOICES, code) for code in shelf.locales
    ]
    lines = [
        texts.html(language, "voice.title"),
        _whose(shelf, texts, language),
        texts.html(language, "voice.choose_language"),
    ]
    rows = [buttons[at : at + COLUMNS] for at in range(0, len(buttons), COLUMNS)]
    return "\n".join(lines), InlineKeyboardMarkup(rows)


def locale_page(locale: str, shelf: Shelf, texts: Texts, language: str) -> Page:
    """Write the page with the voices of a language; the one of all languages where it has none."""
    locales = shelf.locales
    if locale not in locales:
        return home_page(shelf, texts, language)
    place = locales.index(locale)
    voices = [voice for voice in shelf.voices if voice.locale == locale]
    title = texts.html(
        language,
        "voice.language",
        name=locale_name(locale, texts, language),
        number=str(place + 1),
        of=str(len(locales)),
    )
    lines = [title, _whose(shelf, texts, language), ""]
    lines += [_line(voice, shelf, texts, language) for voice in voices]
    lines += ["", texts.html(language, "voice.how")]
    if shelf.lips_by_diffusion and not locale.startswith("en"):
        lines.append(texts.html(language, "voice.lips"))
    rows = [_row(voice, shelf, texts, language) for voice in voices]
    before, after = locales[place - 1], locales[(place + 1) % len(locales)]
    rows.append(
        [
            _button(f"‹ {locale_name(before, texts, language)}", Action.VOICES, before),
            _button(texts.plain(language, "button.languages"), Action.VOICES, HOME),
            _button(f"{locale_name(after, texts, language)} ›", Action.VOICES, after),
        ]
    )
    return "\n".join(lines), InlineKeyboardMarkup(rows)


def found_locale(words: str, shelf: Shelf, texts: Texts, languages: Iterable[str]) -> str | None:
    """Find the language that somebody asks for, by its name, its code, or one of its voices."""
    wanted = words.strip().casefold()
    if not wanted:
        return None
    for locale in shelf.locales:
        names = [locale_name(locale, texts, language) for language in languages]
        codes = [locale, locale.partition("-")[0]]
        if wanted in (name.casefold() for name in [*names, *codes]):
            return locale
    return next((voice.locale for voice in shelf.voices if _is_called(voice, wanted)), None)


def _is_called(voice: Voice, wanted: str) -> bool:
    names = (voice.label, *voice.names.values())
    return any(wanted in name.casefold() for name in names)


def _line(voice: Voice, shelf: Shelf, texts: Texts, language: str) -> str:
    tags = []
    if not voice.online:
        tags.append(texts.plain(language, "voice.offline"))
        if any(other.online and other.locale == voice.locale for other in shelf.voices):
            tags.append(texts.plain(language, "voice.backup"))
    name = voice_name(voice, texts, language)
    line = " · ".join([name, *tags])
    key = "voice.line_chosen" if voice.id == shelf.chosen else "voice.line"
    return texts.html(language, key, name=line)


def _row(voice: Voice, shelf: Shelf, texts: Texts, language: str) -> list[InlineKeyboardButton]:
    is_chosen = voice.id == shelf.chosen
    use = texts.plain(language, "button.in_use" if is_chosen else "button.use")
    hear = f"▶ {voice_name(voice, texts, language)}"
    return [_button(hear, Action.HEAR, voice.id), _button(use, Action.USE, voice.id)]


def _whose(shelf: Shelf, texts: Texts, language: str) -> str:
    is_offered = any(voice.id == shelf.chosen for voice in shelf.voices)
    key = "voice.yours" if is_offered else "voice.yours_away"
    return texts.html(language, key, voice=shelf.chosen_label)


def _button(label: str, action: Action, target: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=Tap(action=action, target=target).pack())
