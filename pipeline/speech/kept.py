"""A speech that was made once is kept for the next try of its job.

No voice says the same words twice in exactly the same way, and frames that were finished for one
way of saying them would not fit another. Knows a folder; does not know who speaks.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from pipeline.types import Speech, Utterance

_SPEECH: Final = TypeAdapter(Speech)


async def kept_speech(
    folder: Path, utterance: Utterance, make: Callable[[Path], Awaitable[Speech]]
) -> Speech:
    """Give the speech of an earlier try, or ``make`` it into a WAV in the folder and keep it."""
    key = hashlib.sha256(repr(utterance).encode()).hexdigest()[:32]
    note = folder / f"{key}.json"
    found = await asyncio.to_thread(_read, note)
    if found is not None:
        return found
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    speech = await make(folder / f"{key}.wav")
    await asyncio.to_thread(_write, note, speech)
    return speech


def _read(note: Path) -> Speech | None:
    try:
        speech = _SPEECH.validate_json(note.read_bytes())
    except (OSError, ValidationError):  # none, or cut off by a kill: it is made again
        return None
    return speech if speech.path.is_file() else None


def _write(note: Path, speech: Speech) -> None:
    part = note.with_suffix(".part")
    part.write_bytes(_SPEECH.dump_json(speech))
    part.replace(note)
