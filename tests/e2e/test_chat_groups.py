"""Groups: `/say` on photos, topics, chats that speak, the move to a supergroup; all quiet."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from tests import faces, films
from tests.botapi.fixtures import LaunchBot
from tests.botapi.people import Person
from tests.botapi.process import BotProcess
from tests.botapi.server import BotApi
from tests.botapi.shown import Shown
from tests.e2e.scenes import (
    LONG_WORDS,
    RENDER_S,
    SHORT_WORDS,
    WORDS_TO_STEP_IN,
    gets_video,
    status_lines,
)


def bot_messages(person: Person) -> list[Shown]:
    return [m for m in person.messages() if m.from_bot]


async def test_chat_group_say_under_ones_own_photo(
    server: BotApi, bot_process: BotProcess
) -> None:
    asha, ravi = server.user("Asha"), server.user("Ravi")
    group = server.supergroup("Family", [asha, ravi])
    here, him = group.member(asha), group.member(ravi)

    await here.sends_photo(faces.hopper())  # a photo without a command is none of its business
    await him.sends_text("/say@another_bot Hello")
    photo = await here.sends_photo(faces.hopper(), f"/say@bolti_test_bot {SHORT_WORDS}")
    await here.sees_reaction("👀", on=photo, within_s=30)
    video = await gets_video(here)

    assert video.reply_to == photo.message_id
    assert bot_messages(here) == [video]  # the status line was quiet, and has gone
    assert all(call.params.get("disable_notification") for call in server.calls("sendMessage"))
    assert server.calls("sendChatAction") == []
    assert asha.messages() == []  # nothing of the group reached the private chat


async def test_chat_group_say_in_reply_to_ones_own_photo_in_a_topic(
    server: BotApi, bot_process: BotProcess
) -> None:
    asha = server.user("Asha")
    group = server.supergroup("Club", [asha])
    here = group.in_topic(asha, 77)

    photo = await here.sends_photo(faces.hopper())
    await here.sends_text("/say", reply_to=photo)
    question = await here.sees("What should it say")
    await here.sends_text("just talking to a friend")
    answer = await here.sends_text(SHORT_WORDS, reply_to=question)
    video = await gets_video(here)

    assert video.reply_to == answer.message_id
    assert {m.wire.get("message_thread_id") for m in bot_messages(here)} == {77}
    await here.sends_text("/say Good morning")
    usage = await here.sees("Reply to a photo or video with /say your words")
    assert usage.is_silent


async def test_chat_group_two_faces_then_a_video_then_no_right_to_send_any(
    server: BotApi, bot_process: BotProcess, tmp_path: Path
) -> None:
    asha, ravi = server.user("Asha"), server.user("Ravi")
    group = server.supergroup("Family", [asha, ravi])
    here, him = group.member(asha), group.member(ravi)
    both = faces.pixels(faces.hopper(), 400), faces.pixels(faces.astronaut(), 400)
    wall = tmp_path / "wall.png"
    Image.fromarray(faces.on_a_wall(*both, width_px=1000, height_px=520)).save(wall)
    film = films.write_film(tmp_path / "film.mp4", [films.speaker(n) for n in range(30)])

    photo = await here.sends_photo(wall, f"/say {SHORT_WORDS}")
    asked = await here.sees("I see 2 faces. Which one should speak", within_s=30)
    assert asked.is_silent
    assert asked.reply_to == photo.message_id
    refused = await (await him.taps("2", on=asked)).answered()
    assert refused == "Only the person who asked can use these buttons."
    await (await here.taps("2", on=asked)).answered()
    await here.sees_go(asked, within_s=30)
    video = await gets_video(here)
    assert video.reply_to == photo.message_id
    sent = await here.sends_video(film)
    await here.sends_text(f"/say {SHORT_WORDS}", reply_to=sent)
    await gets_video(here, 2)
    group.forbids("can_send_videos")
    group.adds_bot(asha)
    await here.sees("I may not send videos in this group", after=video)
    group.forbids("can_send_messages")
    await asha.sends_text("/help")
    await here.sends_text(f"/say {SHORT_WORDS}", reply_to=sent)
    await asha.sees("I may not write in that group")
    await here.settles()

    assert len(here.videos()) == 2


async def test_chat_group_admins_may_cancel_and_others_may_not(
    server: BotApi, launch_bot: LaunchBot
) -> None:
    await launch_bot(BOLTI_TELEGRAM__GROUP_LINE_AFTER_S="0")
    asha, ravi, meena = server.user("Asha"), server.user("Ravi"), server.user("Meena")
    group = server.supergroup("Club", [asha, ravi, meena])
    here, him, her = group.member(asha), group.member(ravi), group.admin(meena)

    await here.sends_photo(faces.hopper(), f"/say {LONG_WORDS}")
    status = await here.sees("in line|making|looking|moving", within_s=RENDER_S)
    refused = await him.taps("Cancel", on=status)
    assert await refused.answered() == "Only the person who asked can use these buttons."
    cancelled = await her.taps("Cancel", on=status)

    assert "Cancelled" in await cancelled.answered()
    await here.sees("is cancelled. Nothing was counted")
    await here.settles()
    assert here.videos() == []


async def test_chat_group_anonymous_admins_and_channels(
    server: BotApi, bot_process: BotProcess
) -> None:
    asha, meena = server.user("Asha"), server.user("Meena")
    group = server.supergroup("Club", [asha, meena])
    faceless, channel = group.anonymous_admin(), group.as_channel()
    member, admin = group.member(asha), group.admin(meena)

    photo = await faceless.sends_photo(faces.hopper(), f"/say {SHORT_WORDS}")
    card = await faceless.sees("Before your video is made, please confirm")
    refused = await (await member.taps("I agree", on=card)).answered()
    assert refused == "Only the person who asked can use these buttons."
    await (await admin.taps("I agree", on=card)).answered()  # a tap tells who the admin is
    video = await gets_video(faceless)
    assert video.reply_to == photo.message_id
    await channel.sends_photo(faces.hopper(), f"/say {SHORT_WORDS}")
    card = await channel.sees("Before your video is made", after=video)
    await (await admin.taps("I agree", on=card)).answered()
    await gets_video(channel, 2)

    await faceless.sends_text("/say_settings")
    await faceless.sees("Talking photos in this group")
    await channel.sends_text("/say_settings")
    await channel.sees("Only admins of this group")


async def test_chat_group_becomes_a_supergroup_in_mid_job(
    server: BotApi, launch_bot: LaunchBot
) -> None:
    # At the usual pace of a group a quick machine is done before it tells of the lips.
    await launch_bot(
        BOLTI_TELEGRAM__PROGRESS_INTERVAL_S="1",
        BOLTI_TELEGRAM__GROUP_PROGRESS_INTERVAL_S="1",
        BOLTI_TELEGRAM__GROUP_LINE_AFTER_S="0",
    )
    asha = server.user("Asha")
    group = server.group("Club", [asha])
    here = group.admin(asha)

    await here.sends_text("/say_settings")
    await here.sees("Talking photos in this group")
    await (await here.taps("Limit for each member")).answered()
    await here.sees("Each member: 1 video a day")
    await here.sends_photo(faces.hopper(), f"/say {WORDS_TO_STEP_IN}")
    await here.sees("moving the lips", within_s=RENDER_S)
    there = group.becomes_a_supergroup().member(asha)
    video = await gets_video(there)

    assert video.reply_to is None  # the command stayed behind, in the old chat
    assert status_lines(there) == []
    await there.sends_photo(faces.hopper(), f"/say {SHORT_WORDS}")
    await there.sees("That was your 1 video in this group for today")


async def test_chat_group_greets_once_and_leaves_channels(
    server: BotApi, bot_process: BotProcess
) -> None:
    asha = server.user("Asha")
    group = server.supergroup("Club", [asha])
    here = group.member(asha)

    group.adds_bot(asha)
    await here.sees("Thanks for adding me! Reply to any photo")
    await here.sends_text("/help@bolti_test_bot")
    await here.sees("I ask whoever sent it before its face speaks")
    await here.sends_text("/voices")
    await here.sees("you choose yours in our private chat")
    await asha.sends_text("/start voices")
    await asha.sees("Your voice: Indian English")
    await here.sends_text("/cancel")
    await here.sees("There is nothing to cancel")
    group.adds_bot_to_a_channel(asha)
    await asha.waits_for(lambda: server.calls("leaveChat") or None, what="the bot to leave")

    everybody = {"type": "all_group_chats"}
    admins = {"type": "all_chat_administrators"}
    assert {"say", "cancel", "help"} <= {c["command"] for c in server.commands(everybody)}
    assert "say_settings" not in [c["command"] for c in server.commands(everybody)]
    assert [c["command"] for c in server.commands(admins, "hi")][-1] == "say_settings"
