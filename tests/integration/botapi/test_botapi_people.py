"""People do what clients do, and see what clients show."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update

from tests.botapi import samples
from tests.botapi.people import Person
from tests.botapi.server import BotApi
from tests.botapi.threads import running_in_thread
from tests.integration.botapi.conftest import client


async def test_everything_that_people_send_is_an_update_as_published(
    api: BotApi, bot: Bot, asha: Person, tmp_path: Path
) -> None:
    video = samples.video(tmp_path / "v.mp4")
    await asha.sends_photo(samples.picture(tmp_path / "p.jpg"), caption="a /say in a caption")
    await asha.sends_voice(samples.voice(tmp_path / "v.ogg"), 1)
    await asha.sends_document(tmp_path / "p.jpg", "image/jpeg")
    await asha.sends_animation(video)
    await asha.sends_video(video)
    await asha.sends_contact()
    await asha.sends_sticker()

    updates = await bot.get_updates()

    kinds = ["photo", "voice", "document", "animation", "video", "contact", "sticker"]
    messages = [update.message for update in updates if update.message]
    assert [kind for kind, m in zip(kinds, messages, strict=True) if getattr(m, kind)] == kinds
    assert messages[0].chat.type == "private"
    assert messages[0].from_user
    assert messages[0].from_user.language_code == "en"
    api.assert_clean()


async def test_commands_and_links_are_marked(bot: Bot, asha: Person) -> None:
    await asha.sends_text("/start 😀 see https://example.org/a.")

    (update,) = await bot.get_updates()

    assert update.message
    found = update.message.parse_entities()
    assert {e.type: text for e, text in found.items()} == {
        "bot_command": "/start",
        "url": "https://example.org/a",
    }


async def test_a_photo_taken_sideways_arrives_upright(
    bot: Bot, asha: Person, tmp_path: Path
) -> None:
    path = tmp_path / "p.jpg"
    with samples.opened(samples.picture(path, 400, 200)) as picture:
        exif = picture.getexif()
        exif[0x0112] = 6  # the camera was turned by a quarter
        picture.save(path, exif=exif)

    shown = await asha.sends_photo(path)

    largest = shown.wire["photo"][-1]
    assert (largest["width"], largest["height"]) == (200, 400)


async def test_an_album_is_several_messages_with_one_caption(
    bot: Bot, asha: Person, tmp_path: Path
) -> None:
    paths = [samples.picture(tmp_path / f"{n}.jpg") for n in range(3)]

    await asha.sends_album(paths, "us")

    messages = [update.message for update in await bot.get_updates()]
    assert len({m.media_group_id for m in messages if m}) == 1
    assert [m.caption for m in messages if m] == ["us", None, None]


async def test_a_long_text_arrives_in_parts(bot: Bot, asha: Person) -> None:
    await asha.sends_text("x" * 4096 + "rest")

    texts = [update.message.text for update in await bot.get_updates() if update.message]

    assert texts == ["x" * 4096, "rest"]


async def test_an_edit_of_theirs_reaches_the_bot(bot: Bot, asha: Person) -> None:
    said = await asha.sends_text("helo")

    await asha.edits(said, "hello")

    edited = (await bot.get_updates())[-1].edited_message
    assert edited
    assert (edited.text, edited.message_id) == ("hello", said.message_id)
    assert edited.edit_date


async def test_sees_waits_for_what_comes_later(bot: Bot, asha: Person) -> None:
    waiting = asyncio.create_task(asha.sees(r"one clear face"))
    await bot.send_message(asha.chat.id, "Looking…")
    assert not waiting.done()

    await bot.send_message(asha.chat.id, "I see one clear face.")

    assert (await waiting).text == "I see one clear face."


async def test_sees_after_takes_nothing_older(bot: Bot, asha: Person) -> None:
    sent = await bot.send_message(asha.chat.id, "In line: 1st")
    photo = await asha.sends_text("again")

    with pytest.raises(AssertionError, match=r"waited 0.05 s(.|\n)*In line: 1st"):
        await asha.sees("In line", 0.05, after=photo)
    await bot.edit_message_text("In line: 2nd", asha.chat.id, sent.message_id)

    assert (await asha.sees("In line", after=photo)).text == "In line: 2nd"


async def test_the_chat_settles_only_when_every_update_is_confirmed(
    bot: Bot, asha: Person
) -> None:
    await asha.sends_text("hi")
    with pytest.raises(AssertionError, match="every update to be confirmed"):
        await asha.settles(quiet_s=0.05, within_s=0.2)
    (update,) = await bot.get_updates()
    await bot.send_message(asha.chat.id, "Namaste")

    await bot.get_updates(offset=update.update_id + 1)

    assert [shown.text for shown in await asha.settles(quiet_s=0.05)] == ["hi", "Namaste"]


async def test_an_unexpected_screen_is_told_in_the_failure(bot: Bot, asha: Person) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Cancel", callback_data="c")]])
    await bot.send_message(asha.chat.id, "In line", reply_markup=keyboard)

    with pytest.raises(AssertionError, match=r"bot:  'In line' \[Cancel\]"):
        await asha.taps("Send again")


async def test_in_groups_the_bot_hears_only_what_is_meant_for_it(
    api: BotApi, bot: Bot, asha: Person
) -> None:
    ravi = api.user("Ravi")
    group = api.supergroup("Family", [asha, ravi])
    said = await group.member(ravi).sends_text("nice weather")
    await group.member(asha).sends_text("/say hello", reply_to=said)
    await group.member(asha).sends_text("hey @bolti_test_bot")

    updates: tuple[Update, ...] = await bot.get_updates()

    texts = [u.message.text for u in updates if u.message]
    assert texts == ["/say hello", "hey @bolti_test_bot"]
    assert updates[0].message
    assert updates[0].message.chat.type == "supergroup"
    assert updates[0].message.reply_to_message
    assert updates[0].message.reply_to_message.text == "nice weather"
    with pytest.raises(ValueError, match="no member of Family"):
        group.member(api.user("Noor"))


def test_the_server_runs_in_a_thread_of_its_own() -> None:
    async def greet() -> None:
        async with client(served.api, served.api.token) as bot:
            await bot.send_message(meena.chat.id, "Namaste")

    with running_in_thread() as served:
        meena = served.api.user("Meena")

        asyncio.run(greet())

        assert served.do(meena.sees("Namaste")).text == "Namaste"
        served.api.assert_clean()
