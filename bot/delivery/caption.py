"""What stands under a finished video: AI-generated, who spoke, how long, its short id.

Where the next one goes: a ``Note`` of the result is a line here and a sentence in the texts.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.texts import Texts, Value, short_id
from bot.voice_names import full_name
from pipeline.types import JobId, Note, RenderResult, Voice, VoiceChange, VoiceId


def caption_of(
    job_id: JobId,
    result: RenderResult,
    texts: Texts,
    language: str,
    voices: Mapping[VoiceId, Voice],
) -> str:
    """Write the caption as HTML; it names the voice that really spoke, and says so if another.

    A voice that ``voices`` lacks is named by its id.
    """
    lines = [_first_line(job_id, result, texts, language, voices)]
    asked, spoke = result.requested_voice_id, result.voice_id
    if spoke is not None and asked is not None and asked != spoke:
        names = {
            "asked": _named(asked, texts, language, voices),
            "voice": _named(spoke, texts, language, voices),
        }
        unread = result.voice_change is VoiceChange.WRITING
        why = "video.other_voice_writing" if unread else "video.other_voice"
        lines.append(texts.html(language, why, **names))
    if Note.LOWER_DETAIL in result.notes:
        lines.append(texts.html(language, "video.lower_detail"))
    if Note.NO_CAPTIONS in result.notes:
        lines.append(texts.html(language, "video.no_captions"))
    if Note.STILL_SPOKE in result.notes:
        lines.append(texts.html(language, "video.still_spoke"))
    return "\n".join(lines)


def _first_line(
    job_id: JobId,
    result: RenderResult,
    texts: Texts,
    language: str,
    voices: Mapping[VoiceId, Voice],
) -> str:
    common: dict[str, Value] = {"seconds": round(result.duration_s), "id": short_id(job_id)}
    if result.voice_id is None:
        return texts.html(language, "video.caption_no_voice", **common)
    voice = _named(result.voice_id, texts, language, voices)
    return texts.html(language, "video.caption", voice=voice, **common)


def _named(voice_id: VoiceId, texts: Texts, language: str, voices: Mapping[VoiceId, Voice]) -> str:
    voice = voices.get(voice_id)
    return voice_id if voice is None else full_name(voice, texts, language)
