"""A voice is asked once for a job, however often its render is tried."""

from pathlib import Path

import pytest

from pipeline import errors
from pipeline.speech.kept import kept_speech
from pipeline.types import Speech, Utterance, VoiceId

WORDS = Utterance(text="Good morning.", locale="en-IN", voice_id=VoiceId("v"))
OTHERS = Utterance(text="Good night.", locale="en-IN", voice_id=VoiceId("v"))


class Voice:
    """Says everything a little differently each time."""

    def __init__(self) -> None:
        self.spoke = 0

    async def __call__(self, into: Path) -> Speech:
        self.spoke += 1
        into.write_bytes(bytes([self.spoke]))
        return Speech(
            path=into,
            duration_s=self.spoke / 3,
            sample_rate_hz=22_050,
            provider="test",
            voice_id=VoiceId("v"),
        )


async def test_the_next_try_hears_the_same_speech(tmp_path: Path) -> None:
    voice = Voice()

    first = await kept_speech(tmp_path / "new", WORDS, voice)
    second = await kept_speech(tmp_path / "new", WORDS, voice)

    assert first == second
    assert voice.spoke == 1


async def test_other_words_are_another_speech(tmp_path: Path) -> None:
    voice = Voice()

    first = await kept_speech(tmp_path, WORDS, voice)
    other = await kept_speech(tmp_path, OTHERS, voice)

    assert first.path != other.path
    assert voice.spoke == 2


@pytest.mark.parametrize("damage", ["no sound", "half a note"])
async def test_what_a_kill_cut_off_is_made_again(tmp_path: Path, damage: str) -> None:
    voice = Voice()
    first = await kept_speech(tmp_path, WORDS, voice)
    if damage == "no sound":
        first.path.unlink()
    else:
        first.path.with_suffix(".json").write_text('{"path": "/no')

    again = await kept_speech(tmp_path, WORDS, voice)

    assert voice.spoke == 2
    assert again.path.read_bytes() == bytes([2])


async def test_a_voice_that_fails_leaves_no_note(tmp_path: Path) -> None:
    async def silent(into: Path) -> Speech:
        raise errors.SpeechUnavailable("test", "no breath")

    with pytest.raises(errors.SpeechUnavailable):
        await kept_speech(tmp_path, WORDS, silent)

    assert not list(tmp_path.glob("*.json"))
