"""Never two, never none: restarts, time-outs, floods and blocks around the delivery."""

from __future__ import annotations

from tests import faces
from tests.botapi import family
from tests.botapi.faults import DoneThenHang, Drop, Hang, RetryAfter
from tests.botapi.fixtures import LaunchBot
from tests.botapi.process import BotProcess
from tests.botapi.server import BotApi
from tests.e2e.scenes import (
    RENDER_S,
    SHORT_WORDS,
    WORDS_TO_STEP_IN,
    gets_video,
    log_says,
    status_lines,
)


async def test_chat_delivered_but_never_answered(server: BotApi, launch_bot: LaunchBot) -> None:
    await launch_bot(BOLTI_TELEGRAM__SEND_TIMEOUT_S="2")
    asha = server.user("Asha")
    server.fail("sendVideo", DoneThenHang())

    await asha.sends_photo(faces.hopper(), SHORT_WORDS)
    offer = await asha.sees("hasn't arrived, tap below", within_s=RENDER_S)
    await asha.settles(quiet_s=3)

    assert len(asha.videos()) == 1  # it did arrive, and nothing is sent again by itself
    first = await asha.taps("Send again", on=offer)
    second = await asha.taps("Send again", on=offer)
    await first.answered()
    await second.answered()
    await gets_video(asha, 2)
    await asha.settles(quiet_s=2)

    assert len(asha.videos()) == 2
    assert status_lines(asha) == []


async def test_chat_floods_and_lost_edits(server: BotApi, bot_process: BotProcess) -> None:
    asha = server.user("Asha")
    server.fail("sendVideo", RetryAfter(1), RetryAfter(1))
    server.fail("editMessageText", Drop(), RetryAfter(1))

    await asha.sends_photo(faces.hopper(), WORDS_TO_STEP_IN)  # time for two edits

    await gets_video(asha)
    assert status_lines(asha) == []


async def test_chat_killed_while_rendering(server: BotApi, bot_process: BotProcess) -> None:
    asha = server.user("Asha")

    await asha.sends_photo(faces.hopper(), WORDS_TO_STEP_IN)
    await asha.sees("moving the lips", within_s=RENDER_S)
    await bot_process.kill()
    await bot_process.start()

    await gets_video(asha)
    assert status_lines(asha) == []


async def test_chat_restarted_in_good_order(server: BotApi, bot_process: BotProcess) -> None:
    asha = server.user("Asha")

    await asha.sends_photo(faces.hopper(), WORDS_TO_STEP_IN)
    await asha.sees("moving the lips", within_s=RENDER_S)
    for child in family.descendants_of(bot_process.pid):
        family.hang(child)  # nothing that hangs is waited for
    assert await bot_process.terminate() == 0
    await asha.sees("we are restarting. Your place is kept")
    await bot_process.leaves_nobody_behind()
    await bot_process.start()

    await gets_video(asha)
    assert status_lines(asha) == []


async def test_chat_draft_survives_a_kill(server: BotApi, bot_process: BotProcess) -> None:
    asha = server.user("Asha")

    await asha.sends_photo(faces.hopper())
    await asha.sees("One clear face")
    await bot_process.kill()
    await asha.sends_text(SHORT_WORDS)  # while nobody listens
    await bot_process.start()

    await gets_video(asha)


async def test_chat_telegram_goes_away(server: BotApi, bot_process: BotProcess) -> None:
    asha = server.user("Asha")

    await asha.sends_photo(faces.hopper(), WORDS_TO_STEP_IN)
    await asha.sees("moving the lips", within_s=RENDER_S)
    await server.goes_away()
    await log_says(bot_process, "updates cannot be fetched")
    await server.comes_back()

    await gets_video(asha)


async def test_chat_the_same_update_again(server: BotApi, bot_process: BotProcess) -> None:
    asha = server.user("Asha")

    await asha.sends_photo(faces.hopper(), SHORT_WORDS)
    await asha.sees("in line|making|looking|moving")
    server.repeat_last_update()
    await gets_video(asha)
    await asha.settles(quiet_s=3)

    assert len(asha.videos()) == 1


async def test_chat_blocked_while_rendering(server: BotApi, bot_process: BotProcess) -> None:
    asha, ravi = server.user("Asha"), server.user("Ravi")

    await asha.sends_photo(faces.hopper(), WORDS_TO_STEP_IN)
    await asha.sees("moving the lips", within_s=RENDER_S)
    await asha.blocks_bot()
    await ravi.sends_photo(faces.astronaut(), SHORT_WORDS)

    await gets_video(ravi)
    assert asha.videos() == []
    assert server.calls("sendVideo") == server.calls("sendVideo")[:1]  # nothing for Asha


async def test_chat_stopped_during_the_upload(server: BotApi, bot_process: BotProcess) -> None:
    asha = server.user("Asha")
    server.fail("sendVideo", Hang(3))

    await asha.sends_photo(faces.hopper(), SHORT_WORDS)
    await asha.waits_for(lambda: server.calls("sendVideo") or None, RENDER_S, "the upload")
    assert await bot_process.terminate() == 0
    assert len(asha.videos()) == 1  # the upload was waited for
    await bot_process.start()
    await asha.waits_for(
        lambda: True if not status_lines(asha) else None, what="the status message to go"
    )
    await asha.settles(quiet_s=2)

    assert len(asha.videos()) == 1


async def test_chat_killed_during_the_upload(server: BotApi, bot_process: BotProcess) -> None:
    asha = server.user("Asha")
    server.fail("sendVideo", DoneThenHang())

    await asha.sends_photo(faces.hopper(), SHORT_WORDS)
    await asha.waits_for(lambda: asha.videos() or None, RENDER_S, "the video")
    await bot_process.kill()
    await bot_process.start()
    await asha.sees("hasn't arrived, tap below", within_s=30)
    await asha.settles(quiet_s=2)

    assert len(asha.videos()) == 1
