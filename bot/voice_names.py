"""What a voice and its language are called, in the language of whoever reads it.

Knows voices and texts; which voices there are, and which is whose, is not known here. Where the
next one goes: a language of voices is a line in ``LANGUAGES`` and its name in the texts.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.texts import FALLBACK_LANGUAGE, Texts
from pipeline.types import Voice

LANGUAGES: Mapping[str, str] = {
    "en-IN": "locale.en_in",
    "hi-IN": "locale.hi_in",
    "as-IN": "locale.as_in",
    "bn-IN": "locale.bn_in",
    "gu-IN": "locale.gu_in",
    "kn-IN": "locale.kn_in",
    "ml-IN": "locale.ml_in",
    "mr-IN": "locale.mr_in",
    "or-IN": "locale.or_in",
    "pa-IN": "locale.pa_in",
    "ta-IN": "locale.ta_in",
    "te-IN": "locale.te_in",
    "ur-IN": "locale.ur_in",
}
"""The languages that have a name in the texts, in the order to show them."""


def locale_name(locale: str, texts: Texts, language: str) -> str:
    """Name a language; one that the texts do not know by its code."""
    key = LANGUAGES.get(locale)
    return locale if key is None else texts.plain(language, key)


def voice_name(voice: Voice, texts: Texts, language: str) -> str:
    """Name a voice among those of its language: ``Swara, woman``."""
    return f"{_own_name(voice, texts, language)}, {_gender(voice, texts, language)}"


def full_name(voice: Voice, texts: Texts, language: str) -> str:
    """Name a voice among all: ``Swara (Hindi, woman)``, in English as its list writes it."""
    if texts.language(language) == FALLBACK_LANGUAGE:
        return voice.label
    name, locale = _own_name(voice, texts, language), locale_name(voice.locale, texts, language)
    return f"{name} ({locale}, {_gender(voice, texts, language)})"


def _own_name(voice: Voice, texts: Texts, language: str) -> str:
    if voice.quality == "basic":
        return texts.plain(language, "voice.basic")
    return voice.names.get(texts.language(language)) or voice.label.partition(" (")[0]


def _gender(voice: Voice, texts: Texts, language: str) -> str:
    key = "voice.woman" if voice.gender == "female" else "voice.man"
    return texts.plain(language, key)
