"""Somebody else's photo: only its sender's tap counts, and a restart loses no question."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests import faces
from tests.botapi.fixtures import LaunchBot
from tests.botapi.process import BotProcess
from tests.botapi.server import BotApi
from tests.e2e.scenes import SHORT_WORDS, gets_video
from tests.notes import note

NOT_ASKED = "Only the person who sent it can answer this."


async def test_chat_permission_is_the_photo_senders_and_survives_a_restart(
    server: BotApi, bot_process: BotProcess
) -> None:
    asha, ravi, meena = server.user("Asha"), server.user("Ravi"), server.user("Meena")
    group = server.supergroup("Friends", [asha, ravi, meena])
    here, him, her = group.member(asha), group.member(ravi), group.admin(meena)

    photo = await him.sends_photo(faces.hopper())
    command = await here.sends_text(f"/say {SHORT_WORDS}", reply_to=photo)
    question = await him.sees("Ravi, may Asha make your photo speak")
    assert not question.is_silent
    for other in (here, her):
        assert await (await other.taps("Allow once", on=question)).answered() == NOT_ASKED
    await bot_process.kill()
    await bot_process.restart()
    assert server.calls("getFile") == []  # nobody has looked at the photo yet
    assert await (await him.taps("Allow once", on=question)).answered() == ""
    await him.sees_go(question, within_s=30)
    video = await gets_video(here)
    assert video.reply_to == command.message_id

    await here.sends_text(f"/say {SHORT_WORDS}", reply_to=photo)
    again = await him.sees("may Asha make your photo speak")
    await (await him.taps("No", on=again)).answered()
    await here.sees("All right, no video this time")
    await here.settles()
    assert len(here.videos()) == 1
    late = await him.taps("Allow once", on=again)
    assert "This question is closed" in await late.answered()


async def test_chat_permission_always_can_be_taken_back(
    server: BotApi, bot_process: BotProcess
) -> None:
    asha, ravi = server.user("Asha"), server.user("Ravi", "hi")
    group = server.supergroup("Friends", [asha, ravi])
    here, him = group.member(asha), group.member(ravi)

    photo = await him.sends_photo(faces.hopper())
    await here.sends_text(f"/say {SHORT_WORDS}", reply_to=photo)
    question = await him.sees("Ravi, क्या Asha आपकी फ़ोटो से बुलवा सकते हैं")
    await (await him.taps("हमेशा", on=question)).answered()
    granted = await him.sees("मैं आपसे फिर नहीं पूछूँगी", within_s=30)
    await gets_video(here)
    await here.sends_text(f"/say {SHORT_WORDS}", reply_to=photo)
    await gets_video(here, 2)

    assert await (await here.taps("वापस लें", on=granted)).answered() == NOT_ASKED
    await (await him.taps("वापस लें", on=granted)).answered()
    await him.sees("वापस ले लिया")
    await here.sends_text(f"/say {SHORT_WORDS}", reply_to=photo)
    await him.sees("Ravi, क्या Asha", after=granted)


async def test_chat_permission_for_a_photo_nobody_knows_is_attested_once(
    server: BotApi, bot_process: BotProcess
) -> None:
    asha, ravi = server.user("Asha"), server.user("Ravi")
    group = server.supergroup("Friends", [asha, ravi])
    here, him = group.member(asha), group.member(ravi)
    photo = group.forwards(ravi, await ravi.sends_photo(faces.hopper()))

    await here.sends_text(f"/say {SHORT_WORDS}", reply_to=photo)
    question = await here.sees("I can't tell who is in this photo")
    refused = await (await him.taps("Yes", on=question)).answered()
    assert refused == "Only the person who asked can use these buttons."
    await (await here.taps("Yes", on=question)).answered()
    await gets_video(here)
    await here.sends_text(f"/say {SHORT_WORDS}", reply_to=photo)
    await gets_video(here, 2)

    assert sum("can't tell who" in m.text for m in here.messages()) == 0  # gone with its answer


async def test_chat_permission_ends_after_its_time(server: BotApi, launch_bot: LaunchBot) -> None:
    await launch_bot(BOLTI_ACCESS__ASK_MINUTES="0.02")
    asha, ravi = server.user("Asha"), server.user("Ravi")
    group = server.supergroup("Friends", [asha, ravi])
    here, him = group.member(asha), group.member(ravi)

    photo = await him.sends_photo(faces.hopper())
    await here.sends_text(f"/say {SHORT_WORDS}", reply_to=photo)
    question = await him.sees("may Asha make your photo speak")
    await him.sees("Nobody answered in time", within_s=30)

    late = await him.taps("Allow once", on=question)
    assert "This question is closed" in await late.answered()
    assert here.videos() == []


async def test_chat_permission_for_a_photo_without_a_face(
    server: BotApi, bot_process: BotProcess
) -> None:
    asha, ravi = server.user("Asha"), server.user("Ravi")
    group = server.supergroup("Friends", [asha, ravi])
    here, him = group.member(asha), group.member(ravi)

    photo = await him.sends_photo(faces.without_a_face()[0])
    command = await here.sends_text(f"/say {SHORT_WORDS}", reply_to=photo)
    question = await him.sees("may Asha make your photo speak")
    await (await him.taps("Allow once", on=question)).answered()

    sentence = await here.sees("can't find a face", within_s=30)
    assert sentence.reply_to == command.message_id
    await him.sees_go(question)


async def test_chat_permission_comes_after_the_askers_own_consent(
    server: BotApi, launch_bot: LaunchBot
) -> None:
    await launch_bot(agreed=False)
    asha, ravi = server.user("Asha"), server.user("Ravi")
    group = server.supergroup("Friends", [asha, ravi])
    here, him = group.member(asha), group.member(ravi)

    photo = await him.sends_photo(faces.hopper())
    command = await here.sends_text(f"/say {SHORT_WORDS}", reply_to=photo)
    card = await here.sees("Before your video is made, please confirm")
    assert card.is_silent
    refused = await (await him.taps("I agree", on=card)).answered()
    assert refused == "Only the person who asked can use these buttons."
    await (await here.taps("I agree", on=card)).answered()
    question = await him.sees("Ravi, may Asha make your photo speak")
    await here.sees_go(card)
    await (await him.taps("Allow once", on=question)).answered()

    video = await gets_video(here)
    assert video.reply_to == command.message_id


async def test_chat_permission_for_somebody_elses_voice_note_under_ones_own_photo(
    server: BotApi, bot_process: BotProcess, tmp_path: Path
) -> None:
    asha, ravi = server.user("Asha"), server.user("Ravi")
    group = server.supergroup("Friends", [asha, ravi])
    here, him = group.member(asha), group.member(ravi)
    sound = await asyncio.to_thread(note, tmp_path / "a.ogg")

    said = await him.sends_voice(sound, 3)
    await here.sends_text("/say", reply_to=said)
    await here.sees("To let a face speak this note, reply to it with a photo")
    photo = await here.sends_photo(faces.hopper(), "/say", reply_to=said)
    question = await him.sees("Ravi, may Asha use your voice note for a video")
    await (await him.taps("Allow once", on=question)).answered()
    video = await gets_video(here)
    assert video.reply_to == photo.message_id

    own = await here.sends_voice(sound, 3)
    await here.sends_photo(faces.hopper(), "/say", reply_to=own)
    await gets_video(here, 2)  # one's own photo and one's own voice: nobody is asked
