"""What cannot be used gets one kind sentence, and the draft survives it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from pipeline.portrait import Pixels
from tests import faces
from tests.botapi import samples
from tests.botapi.process import BotProcess
from tests.botapi.server import BotApi
from tests.e2e.scenes import SHORT_WORDS, gets_video


@pytest.fixture
def tiny_face(tmp_path: Path) -> Path:
    return picture(tmp_path, faces.on_a_wall(
        faces.pixels(faces.hopper(), 110), width_px=900, height_px=900
    ))  # fmt: skip


def picture(folder: Path, pixels: Pixels) -> Path:
    path = folder / "photo.png"
    Image.fromarray(pixels).save(path)
    return path


async def test_chat_photos_that_cannot_be_used(
    server: BotApi, bot_process: BotProcess, tiny_face: Path, tmp_path: Path
) -> None:
    asha = server.user("Asha")
    await asha.sends_text(SHORT_WORDS)
    await asha.sees("Got the words")

    await asha.sends_photo(faces.without_a_face()[0])
    await asha.sees("can't find a face")
    await asha.sends_photo(tiny_face)
    await asha.sees("too small to animate")
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff no picture at all")
    await asha.sends_document(broken, "image/jpeg")
    await asha.sees("can't open this file")
    bomb = tmp_path / "bomb.png"
    Image.new("1", (6000, 6000)).save(bomb)
    await asha.sends_document(bomb, "image/png")
    await asha.sees("too big for me: it has 36")
    large = tmp_path / "large.jpg"
    large.write_bytes(b"\xff\xd8\xff" + bytes(11_000_000))
    await asha.sends_document(large, "image/jpeg")
    await asha.sees("11.0 MB, the limit is 10 MB")

    await asha.sends_photo(faces.hopper())  # the words are still there
    await gets_video(asha)


async def test_chat_words_that_cannot_be_spoken(server: BotApi, bot_process: BotProcess) -> None:
    asha = server.user("Asha")
    await asha.sends_photo(faces.hopper())
    verdict = await asha.sees("One clear face")

    await asha.sends_text("🎉🎉 🙏")
    await asha.sees("need some words")
    await asha.sends_text("The train to Pune leaves at six. " * 60)
    await asha.sees("seconds of speech; I can do 60", after=verdict)

    await asha.sends_text(SHORT_WORDS)  # the face is still there
    await gets_video(asha)


async def test_chat_things_that_are_no_photo(
    server: BotApi, bot_process: BotProcess, tmp_path: Path
) -> None:
    asha = server.user("Asha")
    note = tmp_path / "notes.pdf"
    note.write_bytes(b"%PDF-1.4")

    await asha.sends_animation(samples.video(tmp_path / "gif.mp4", sound=False))
    small = await asha.sees("This video is too small", within_s=30)
    await asha.sends_voice(samples.voice(tmp_path / "voice.ogg"), 1)
    await asha.sees("couldn't hear any speech")
    await asha.sends_video(samples.video(tmp_path / "video.mp4"))
    await asha.sees("This video is too small", within_s=30, after=small)
    await asha.sends_sticker()
    await asha.sees("can't find a face")
    await asha.sends_contact()
    await asha.sees("I work with one photo")
    await asha.sends_document(note, "application/pdf")
    await asha.sees("can't open this kind of file")
    await asha.sends_text("/admin")
    await asha.sees("don't know this command")
    shown = await asha.settles()

    assert len([m for m in shown if m.from_bot]) == 7
