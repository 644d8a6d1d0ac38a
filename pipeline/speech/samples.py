"""What a voice says so that people can choose it: one sentence of its language, as a voice note.

The sentences stand in ``config/voices.toml``. Knows no door; who keeps a sample is not known here.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipeline import errors
from pipeline.speech import Synthesizer
from pipeline.speech.voices import VOICES_FILE
from pipeline.types import Utterance, Voice

USUAL_LOCALE = "en-IN"
LIMIT_S = 30.0
_SENTENCES = TypeAdapter(dict[str, str])


def sample_texts(file: Path = VOICES_FILE) -> dict[str, str]:
    """Read what is said, by locale. Blocking; raises ``SettingsInvalid``."""
    try:
        texts = _SENTENCES.validate_python(tomllib.loads(file.read_text("utf-8"))["samples"])
    except (OSError, KeyError, tomllib.TOMLDecodeError, ValidationError) as e:
        raise errors.SettingsInvalid(f"The samples of voices ({file.name}) are missing.") from e
    if USUAL_LOCALE not in texts:
        raise errors.SettingsInvalid(f"The samples of voices ({file.name}) lack {USUAL_LOCALE}.")
    return texts


async def speak_sample(speaker: Synthesizer, voice: Voice, text: str, into: Path) -> None:
    """Let the voice say it into an OGG/Opus file.

    Raises ``SpeechUnavailable`` when another voice spoke: that would be no sample of this one.
    """
    from pipeline.media.filters import encode_voice_note

    wav = into.with_suffix(".wav")
    speech = await speaker.synthesize(
        Utterance(text=text, voice_id=voice.id, locale=voice.locale), wav
    )
    if speech.voice_id != voice.id:
        raise errors.SpeechUnavailable(voice.provider, "another voice spoke in its place")
    await encode_voice_note(wav, into, limit_s=LIMIT_S)
