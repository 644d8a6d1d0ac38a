"""What the user should know about the faces of a photo that can be used.

Knows verdicts; sends nothing. Where the next one goes: another ``FaceNote`` is a case here and a
sentence in the texts.
"""

from __future__ import annotations

from typing import assert_never

from pipeline.types import FaceNote, PortraitVerdict


def notes_of(verdict: PortraitVerdict) -> list[str]:
    """Give the keys of what to say about the face that speaks, in the order to say it."""
    return [key_of_note(note) for note in verdict.speaker.notes]


def key_of_note(note: FaceNote) -> str:
    """Give the key of the sentence about a note."""
    match note:
        case FaceNote.TURNED:
            return "photo.note.turned"
        case FaceNote.DRAWN:
            return "photo.note.drawn"
        case _:
            assert_never(note)
