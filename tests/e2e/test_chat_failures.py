"""An order that cannot be made, or not now: one sentence, nothing half-done, the draft kept."""

from __future__ import annotations

from tests import faces
from tests.botapi.fixtures import LaunchBot
from tests.botapi.server import BotApi
from tests.e2e.scenes import RENDER_S, SHORT_WORDS, gets_video, status_lines


async def test_chat_the_engine_is_not_there(server: BotApi, launch_bot: LaunchBot) -> None:
    await launch_bot(BOLTI_LIPSYNC__ENGINE="latentsync")
    asha = server.user("Asha")

    request = await asha.sends_photo(faces.hopper(), SHORT_WORDS)
    answer = await asha.sees("The studio is being serviced", within_s=RENDER_S)
    await asha.settles()

    assert "was not made. Nothing was counted." in answer.text
    assert answer.reply_to == request.message_id
    assert not answer.is_silent
    assert status_lines(asha) == []
    await asha.sees_reaction("😢", on=request)


async def test_chat_the_disk_is_full(server: BotApi, launch_bot: LaunchBot) -> None:
    await launch_bot(BOLTI_STORE__MIN_FREE_BYTES=str(10**15))
    asha = server.user("Asha")

    await asha.sends_text(SHORT_WORDS)
    await asha.sees("Got the words")
    await asha.sends_photo(faces.hopper())
    await asha.sees("The studio is full just now")
    await asha.sends_text("/status")
    await asha.sees("I have your photo and your words")

    assert asha.videos() == []


async def test_chat_too_many_orders(server: BotApi, launch_bot: LaunchBot) -> None:
    await launch_bot(BOLTI_JOBS__OPEN_PER_OWNER="1")
    asha = server.user("Asha")

    await asha.sends_photo(faces.hopper(), SHORT_WORDS)
    await asha.sends_text("And one more.")
    await asha.sees("You already have 1 video in progress")
    await gets_video(asha)
    await asha.sends_text("And one more.")
    await gets_video(asha, 2)
