"""The transcript tells the chat as a person saw it."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters
from telegram.error import RetryAfter

from tests.botapi import faults, samples, transcript
from tests.botapi.people import Person
from tests.botapi.server import BotApi


async def test_a_whole_chat_can_be_read(
    api: BotApi, bot: Bot, asha: Person, tmp_path: Path
) -> None:
    await _play(api, bot, asha, tmp_path)

    page = transcript.write(api.state, tmp_path / "page", "a photo becomes a video")

    text = page.read_text(encoding="utf-8")
    for line in (
        "# a photo becomes a video",
        "> 🖼 photo 640 × 480, ",
        "Bolti** reacts 👀 to #1 “photo my face”",
        "· #2 *(silent)*",
        "> ⏳ **#K7Q2** in line: 1st",
        "> `[Cancel]`",
        "edits #2",
        "> ~~⏳ **#K7Q2** in line: 1st~~",
        "> 🎬 Moving the lips…",
        "Asha** taps `[Cancel]`",
        "Bolti** shows a toast: It's finished, sending now.",
        "Bolti** *upload video…*",
        "sendVideo meets RetryAfter(seconds=1)",
        "> ↪ *photo my face*",
        "> 🎬 video 128 × 96, 1 s, ",
        ", with thumbnail",
        "> *AI-generated*",
        "deletes #2",
        "Asha blocked the bot",
    ):
        assert line in text
    assert text.count("*upload video…*") == 1
    assert api.token not in text


async def test_pictures_lie_beside_the_page(
    api: BotApi, bot: Bot, asha: Person, tmp_path: Path
) -> None:
    await _play(api, bot, asha, tmp_path)

    page = transcript.write(api.state, tmp_path / "page", "a photo becomes a video")

    linked = [line.split("(")[1].split(")")[0] for line in _pictures(page)]
    assert linked == ["01.png", "02.png"]
    with Image.open(page.parent / "02.png") as strip:
        assert strip.size == (6 * 320 + 5 * 4, 240)
        shares = [strip.crop((x * 324, 0, x * 324 + 320, 240)).tobytes() for x in range(6)]
    assert len(set(shares)) == 6


async def test_a_chat_without_a_word_has_a_page(api: BotApi, tmp_path: Path) -> None:
    page = transcript.write(api.state, tmp_path / "page", "nothing")

    assert page.read_text(encoding="utf-8").startswith("# nothing")


async def _play(api: BotApi, bot: Bot, asha: Person, folder: Path) -> None:
    cancel = InlineKeyboardMarkup([[InlineKeyboardButton("Cancel", callback_data="c")]])
    chat = asha.chat.id
    photo = await asha.sends_photo(samples.picture(folder / "p.jpg"), "my face")
    await bot.set_message_reaction(chat, photo.message_id, "👀")
    line = await bot.send_message(
        chat,
        "⏳ <b>#K7Q2</b> in line: 1st",
        parse_mode="HTML",
        reply_markup=cancel,
        disable_notification=True,
    )
    await bot.edit_message_text("🎬 Moving the lips…", chat, line.message_id, reply_markup=cancel)
    await asha.taps("Cancel")
    query = (await bot.get_updates())[-1].callback_query
    assert query
    await bot.answer_callback_query(query.id, "It's finished, sending now.")
    for _ in range(2):
        await bot.send_chat_action(chat, "upload_video")
    api.fail("sendVideo", faults.RetryAfter(1))
    for _ in range(2):
        try:
            await bot.send_video(
                chat,
                samples.video(folder / "v.mp4"),
                thumbnail=samples.picture(folder / "t.jpg", 320, 240),
                caption="<i>AI-generated</i>",
                parse_mode="HTML",
                reply_parameters=ReplyParameters(photo.message_id),
            )
        except RetryAfter:
            continue
    await bot.delete_message(chat, line.message_id)
    await asha.blocks_bot()


def _pictures(page: Path) -> list[str]:
    return [line for line in page.read_text(encoding="utf-8").splitlines() if "![" in line]
