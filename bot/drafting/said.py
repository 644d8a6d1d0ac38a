"""What is said in a draft: words, or a recording in place of them.

The rules without Telegram, as in ``bot/drafting/drafts.py``. Who hears a recording, and what its
sender is asked about it, stands in ``bot/handlers``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, assert_never

from bot.address import kept_for_draft
from pipeline import errors
from pipeline.store.drafts import Draft
from pipeline.types import ArtifactKey, JobId, RecordedScript, Script, TextScript

if TYPE_CHECKING:
    from pipeline.bootstrap import Services


def said_in(draft: Draft) -> Script | None:
    """Give what is to be said; None where there is nothing, or its sender has yet to decide."""
    if draft.recording is not None:
        ready = RecordedScript(
            recording=draft.recording,
            is_ready=True,
            duration_s=draft.recording_s,
            words=draft.script or draft.heard,  # whether they are its words, the render finds out
        )
        return None if draft.recording_asked else ready
    return None if draft.script is None else TextScript(text=draft.script)


def has_something_to_say(draft: Draft) -> bool:
    """Tell whether somebody sent words or a recording, decided or not."""
    return draft.script is not None or draft.recording is not None


def request_of(draft: Draft) -> str | None:
    """Give the message that the video answers: what is said, or the photo with its caption."""
    if draft.recording is not None:
        return draft.recording_message
    return draft.script_message or draft.portrait_message


async def keep_recording(
    services: Services, before: Draft, key: ArtifactKey, duration_s: float, message: str | None
) -> Draft:
    """Put a stored recording into the draft, in place of an earlier one.

    Where somebody can write words down, its sender has yet to say whose voice shall speak.
    """
    draft = replace(
        without_recording(before),
        recording=key,
        recording_s=duration_s,
        recording_message=message,
        recording_asked=services.recordings.no_words_because is None,
        updated_at=datetime.now(UTC),
    )
    await services.drafts.put(draft)
    await delete_dropped(services, before, draft)
    return draft


async def keep_own_voice(services: Services, draft: Draft) -> Draft:
    """Note that the recording is to be used as it is."""
    decided = replace(draft, recording_asked=False, updated_at=datetime.now(UTC))
    await services.drafts.put(decided)
    return decided


async def drop_recording(services: Services, draft: Draft) -> Draft:
    """Take the words beneath a recording instead of it."""
    left = replace(without_recording(draft), updated_at=datetime.now(UTC))
    await services.drafts.put(left)
    await delete_dropped(services, draft, left)
    return left


def without_recording(draft: Draft) -> Draft:
    """Give the draft with no recording in it."""
    return replace(
        draft,
        recording=None,
        recording_s=None,
        recording_message=None,
        recording_asked=None,
        heard=None,
    )


def recording_key(draft: str, number: int) -> ArtifactKey:
    """Name the recording that an update brought for a draft."""
    return kept_for_draft(draft, f"recording-{number:012d}.wav")


async def taken_along(services: Services, said: Script, job_id: JobId) -> Script:
    """Copy a recording to where its job finds it, with its words if a voice could say them.

    Raises ``ArtifactMissing``.
    """
    match said:
        case TextScript():
            return said
        case RecordedScript(recording=key):
            recording = ArtifactKey(f"jobs/{job_id}/recording.wav")
            await services.store.copy(key, recording)
            return replace(said, recording=recording, words=_speakable(services, said.words))
        case _:
            assert_never(said)


def _speakable(services: Services, words: str | None) -> str | None:
    """Give words that can be laid along a recording: a machine may have heard anything."""
    if words is None:
        return None
    try:
        services.check_script(words)
    except errors.ScriptError:
        return None
    return words


async def delete_dropped(services: Services, before: Draft | None, after: Draft) -> None:
    """Delete what the draft had and has no longer."""
    for key in before.artifacts if before is not None else ():
        if key not in after.artifacts:
            await services.store.delete(key)
