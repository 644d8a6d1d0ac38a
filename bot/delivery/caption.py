"""What stands under a finished video: AI-generated, who spoke, how long, its short id.

Where the next one goes: a ``Note`` of the result is a line here and a sentence in the texts.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.texts import Texts, Value, short_id
from pipeline.types import JobId, Note, RenderResult, VoiceChange, VoiceId


def caption_of(
    job_id: JobId,
    result: RenderResult,
    texts: Texts,
    language: str,
    voices: Mapping[VoiceId, str],
) -> str:
    """Write the caption as HTML; it names the voice that really spoke, and says so if another.

    ``voices`` has the label of each voice id; one that it lacks is named by its id.
    """
    lines = [_first_line(job_id, result, texts, language, voices)]
    asked, spoke = result.requested_voice_id, result.voice_id
    if spoke is not None and asked is not None and asked != spoke:
        names = {"asked": voices.get(asked, asked), "voice": voices.get(spoke, spoke)}
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
    voices: Mapping[VoiceId, str],
) -> str:
    common: dict[str, Value] = {"seconds": round(result.duration_s), "id": short_id(job_id)}
    if result.voice_id is None:
        return texts.html(language, "video.caption_no_voice", **common)
    voice = voices.get(result.voice_id, result.voice_id)
    return texts.html(language, "video.caption", voice=voice, **common)
