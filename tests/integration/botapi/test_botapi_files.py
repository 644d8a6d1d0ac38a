"""Photos, videos, sounds: uploaded, probed, fetched, sent again; asked by a real client."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from telegram import Bot, InputMediaVideo, Message
from telegram.error import BadRequest, NetworkError

from tests.botapi import samples
from tests.botapi.people import Person
from tests.botapi.server import BotApi


async def test_a_photo_is_fetched_as_it_was_shown(
    api: BotApi, bot: Bot, asha: Person, tmp_path: Path
) -> None:
    await asha.sends_photo(samples.picture(tmp_path / "me.png", 2000, 1500), "my face")

    (update,) = await bot.get_updates()
    assert update.message
    sizes = update.message.photo
    assert [(s.width, s.height) for s in sizes] == [(90, 68), (320, 240), (800, 600), (1280, 960)]
    fetched = await (await bot.get_file(sizes[-1].file_id)).download_as_bytearray()

    assert update.message.caption == "my face"
    assert bytes(fetched) == api.content(sizes[-1].file_id)
    assert len(fetched) == sizes[-1].file_size
    assert fetched.startswith(b"\xff\xd8")
    api.assert_clean()


async def test_a_file_above_20_mb_cannot_be_fetched(
    api: BotApi, bot: Bot, asha: Person, tmp_path: Path
) -> None:
    big = tmp_path / "big.bin"
    big.write_bytes(bytes((20 << 20) + 1))
    await asha.sends_document(big, "image/jpeg")

    (update,) = await bot.get_updates()
    assert update.message
    assert update.message.document

    assert update.message.document.file_size == (20 << 20) + 1
    with pytest.raises(BadRequest, match=r"(?i)file is too big"):
        await bot.get_file(update.message.document.file_id)
    with pytest.raises(BadRequest, match=r"(?i)wrong file_id"):
        await bot.get_file("AgACnothing")


async def test_files_are_kept_from_other_tokens(api: BotApi, asha: Person, tmp_path: Path) -> None:
    sent = await asha.sends_photo(samples.picture(tmp_path / "me.jpg"))
    path = api.state.files.get(sent.wire["photo"][-1]["file_id"]).path

    async with httpx.AsyncClient() as http:
        mine = await http.get(f"{api.url}/file/bot{api.token}/{path}")
        other = await http.get(f"{api.url}/file/bot1:x/{path}")
        nothing = await http.get(f"{api.url}/file/bot{api.token}/{path}x")

    assert (mine.status_code, other.status_code, nothing.status_code) == (200, 401, 404)


async def test_a_video_plays_with_its_size_length_and_thumbnail(
    api: BotApi, bot: Bot, asha: Person, tmp_path: Path
) -> None:
    video = samples.video(tmp_path / "v.mp4", 128, 96, 2.0)
    thumbnail = samples.picture(tmp_path / "t.jpg", 320, 240)

    sent = await bot.send_video(
        asha.chat.id,
        video,
        width=128,
        height=96,
        duration=2,
        thumbnail=thumbnail,
        supports_streaming=True,
        caption="<b>AI-generated</b>",
        parse_mode="HTML",
    )

    assert sent.video
    assert (sent.video.width, sent.video.height) == (128, 96)
    (shown,) = asha.videos()
    assert shown.video
    assert (shown.video.duration_s, shown.video.thumbnail_size) == (2, (320, 240))
    assert shown.text == "AI-generated"
    (call,) = api.calls("sendVideo")
    assert call.params["supports_streaming"] is True
    assert call.files["video"].sha256 == hashlib.sha256(video.read_bytes()).hexdigest()
    assert call.files["thumbnail"].size_bytes == thumbnail.stat().st_size
    api.assert_clean()


async def test_a_video_is_sent_again_by_its_id(
    api: BotApi, bot: Bot, asha: Person, tmp_path: Path
) -> None:
    first = await bot.send_video(asha.chat.id, samples.video(tmp_path / "v.mp4"))
    assert first.video

    again = await bot.send_video(asha.chat.id, first.video.file_id, caption="again")

    assert again.video == first.video
    assert [shown.text for shown in asha.videos()] == ["", "again"]
    assert api.calls("sendVideo")[1].files == {}
    api.assert_clean()
    with pytest.raises(BadRequest, match=r"(?i)can't use file of type Video as Photo"):
        await bot.send_photo(asha.chat.id, first.video.file_id)


async def test_a_text_becomes_a_video(api: BotApi, bot: Bot, asha: Person, tmp_path: Path) -> None:
    line = await bot.send_message(asha.chat.id, "in line")
    video = InputMediaVideo(samples.video(tmp_path / "v.mp4").read_bytes(), caption="a preview")
    idle = {"parse_mode": "HTML"}  # PTB's default, where it belongs into the media

    await bot.edit_message_media(video, asha.chat.id, line.message_id, api_kwargs=idle)

    assert [shown.text for shown in asha.videos()] == ["a preview"]
    api.assert_clean()


async def test_a_video_without_sound_becomes_an_animation(
    bot: Bot, asha: Person, tmp_path: Path
) -> None:
    sent = await bot.send_video(asha.chat.id, samples.video(tmp_path / "v.mp4", sound=False))

    assert sent.video is None
    assert sent.animation
    assert asha.videos() == []


async def test_what_is_no_video_becomes_a_document(bot: Bot, asha: Person, tmp_path: Path) -> None:
    broken = tmp_path / "v.mp4"
    broken.write_bytes(b"not a video at all")

    sent = await bot.send_video(asha.chat.id, broken)

    assert sent.video is None
    assert sent.document
    assert sent.document.file_name == "v.mp4"


async def test_a_video_that_lies_about_its_size_spoils_the_chat(
    api: BotApi, bot: Bot, asha: Person, tmp_path: Path
) -> None:
    video = samples.video(tmp_path / "v.mp4", 128, 96)

    sent = await bot.send_video(asha.chat.id, video, width=512, height=96, duration=1)

    assert sent.video
    assert sent.video.width == 128
    with pytest.raises(AssertionError, match="width says 512, the file has 128"):
        api.assert_clean()


async def test_a_large_video_without_its_size_is_shown_as_a_tile(
    bot: Bot, asha: Person, tmp_path: Path
) -> None:
    video = samples.video(tmp_path / "v.mp4")
    with video.open("ab") as padded:  # a box that players skip
        size = (10 << 20) + 16
        padded.write(size.to_bytes(4, "big") + b"free" + bytes(size - 8))

    bare = await bot.send_video(asha.chat.id, video)
    sized = await bot.send_video(asha.chat.id, video, width=128, height=96, duration=1)

    assert bare.video
    assert sized.video
    assert (bare.video.width, bare.video.height) == (320, 320)
    assert (sized.video.width, sized.video.height) == (128, 96)


async def test_thumbnails_beyond_the_limits_are_dropped_and_told(
    api: BotApi, bot: Bot, asha: Person, tmp_path: Path
) -> None:
    video = samples.video(tmp_path / "v.mp4")

    for name, width in (("t.png", 320), ("t.jpg", 400)):
        picture = samples.picture(tmp_path / name, width, 200)
        sent = await bot.send_video(asha.chat.id, video, thumbnail=picture)
        assert sent.video
        assert sent.video.thumbnail is None

    assert len(api.violations) == 2
    assert all("beyond a limit: thumbnail" in what for what in api.violations)


async def test_uploads_end_at_50_mb_and_photos_at_10(
    api: BotApi, bot: Bot, asha: Person, tmp_path: Path
) -> None:
    huge = tmp_path / "huge.mp4"
    huge.write_bytes(bytes((51 << 20) + 1))
    photo = tmp_path / "p.jpg"
    photo.write_bytes(bytes((10 << 20) + 1))

    with pytest.raises(NetworkError, match="Request Entity Too Large"):
        await bot.send_video(asha.chat.id, huge)
    with pytest.raises(BadRequest, match=r"(?i)too big for a photo"):
        await bot.send_photo(asha.chat.id, photo)

    assert asha.messages() == []


async def test_a_caption_of_1024_characters_is_the_longest(
    api: BotApi, bot: Bot, asha: Person, tmp_path: Path
) -> None:
    picture = samples.picture(tmp_path / "p.jpg")
    sent = await bot.send_photo(asha.chat.id, picture, caption="x" * 1024)

    with pytest.raises(BadRequest, match=r"(?i)caption is too long"):
        await bot.send_photo(asha.chat.id, picture, caption="x" * 1025)
    edited = await bot.edit_message_caption(asha.chat.id, sent.message_id, caption="new")

    assert isinstance(edited, Message)
    assert edited.caption == "new"
    assert api.violations == ["sendPhoto: beyond a limit: caption of 1025 characters"]
    with pytest.raises(BadRequest, match=r"(?i)no text in the message to edit"):
        await bot.edit_message_text("x", asha.chat.id, sent.message_id)


async def test_a_voice_note_is_one_only_in_a_format_of_voices(
    api: BotApi, bot: Bot, asha: Person, tmp_path: Path
) -> None:
    voice = await bot.send_voice(asha.chat.id, samples.voice(tmp_path / "v.ogg", 2.0))
    other = await bot.send_voice(asha.chat.id, samples.picture(tmp_path / "p.jpg"))
    music = await bot.send_audio(asha.chat.id, tmp_path / "v.ogg", title="Tone")
    paper = await bot.send_document(asha.chat.id, tmp_path / "p.jpg")

    assert voice.voice
    assert voice.voice.duration == timedelta(seconds=2)
    assert other.voice is None
    assert other.document
    assert music.audio
    assert music.audio.title == "Tone"
    assert paper.document
    assert paper.document.mime_type == "image/jpeg"
    api.assert_clean()
