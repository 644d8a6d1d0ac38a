"""Kept speech that is sealed: nothing on the disk tells what was said, nor what it was made of."""

from __future__ import annotations

from pathlib import Path

from pipeline.sealing import SHELF, Sealer
from pipeline.speech.shelf import Shelf
from pipeline.types import Speech, Timing, VoiceId

KEY = "ab" * 32
SOUND = b"RIFF the sound of marigold"


def shelf(folder: Path, *passwords: str) -> Shelf:
    sealer = Sealer(passwords, SHELF) if passwords else None
    return Shelf(folder / "shelf", max_bytes=1 << 20, max_age_s=60, sealer=sealer)


def speech(folder: Path) -> Speech:
    path = folder / "made.wav"
    path.write_bytes(SOUND)
    return Speech(
        path=path,
        duration_s=1.0,
        sample_rate_hz=24_000,
        provider="edge",
        voice_id=VoiceId("en-IN-NeerjaNeural"),
        words=(Timing(text="marigold", start_s=0.0, end_s=1.0),),
    )


def kept(folder: Path) -> list[Path]:
    return [path for path in (folder / "shelf").rglob("*") if path.is_file()]


def test_nothing_that_is_kept_tells_what_was_said(tmp_path: Path) -> None:
    shelf(tmp_path, "a long secret").put(KEY, speech(tmp_path))

    assert len(kept(tmp_path)) == 2
    for path in kept(tmp_path):
        assert b"marigold" not in path.read_bytes()
        assert path.stem != KEY, "a guess at the words would find its name"
    taken = shelf(tmp_path, "a long secret").take(KEY, tmp_path / "taken.wav")
    assert taken is not None
    assert [word.text for word in taken.words] == ["marigold"]
    assert (tmp_path / "taken.wav").read_bytes() == SOUND


def test_tidying_keeps_what_is_sealed_and_young(tmp_path: Path) -> None:
    sealed = shelf(tmp_path, "a long secret")
    sealed.put(KEY, speech(tmp_path))

    assert sealed.tidy() == 0
    assert len(kept(tmp_path)) == 2


def test_what_another_secret_sealed_is_dropped_and_made_again(tmp_path: Path) -> None:
    shelf(tmp_path, "a long secret").put(KEY, speech(tmp_path))

    assert shelf(tmp_path, "another secret").take(KEY, tmp_path / "taken.wav") is None
    assert shelf(tmp_path, "another secret").tidy() == 1
    assert kept(tmp_path) == []
