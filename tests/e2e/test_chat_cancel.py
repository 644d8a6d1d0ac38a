"""Cancelling: by button or command, in line or in the making, and never by somebody else."""

from __future__ import annotations

from tests import faces
from tests.botapi.people import Person
from tests.botapi.process import BotProcess
from tests.botapi.server import BotApi
from tests.e2e.scenes import LONG_WORDS, RENDER_S, SHORT_WORDS, gets_video


async def test_chat_cancel_in_line_and_in_the_making(
    server: BotApi, bot_process: BotProcess
) -> None:
    asha = server.user("Asha")

    await asha.sends_photo(faces.hopper(), LONG_WORDS)
    running = await asha.sees("moving the lips", within_s=RENDER_S)
    await asha.sends_text(SHORT_WORDS)
    waiting = await asha.sees("is next in line", after=running)
    await asha.sends_text("/status")
    overview = await asha.sees("in line", after=waiting)
    assert "moving the lips" in overview.text

    toast = await (await asha.taps("Cancel", on=waiting)).answered()
    assert "Cancelled" in toast
    await asha.sees("is cancelled. Nothing was counted", after=overview)

    await asha.sends_text("/cancel")
    await asha.sees("Cancelled #")
    await asha.waits_for(
        lambda: True if cancelled_lines(asha) == 2 else None,
        what="both status messages to say cancelled",
    )
    await asha.sends_text("/status")
    await asha.sees("I have your photo. Now type")  # nothing is being made
    await asha.settles(quiet_s=2)

    assert asha.videos() == []

    await asha.sends_text(SHORT_WORDS)
    await gets_video(asha)  # the studio is free again


def cancelled_lines(person: Person) -> int:
    return sum("is cancelled" in message.text for message in person.messages())


async def test_chat_cancel_asks_which(server: BotApi, bot_process: BotProcess) -> None:
    asha = server.user("Asha")

    await asha.sends_photo(faces.hopper(), LONG_WORDS)
    await asha.sees("in line|making|looking|moving", within_s=RENDER_S)
    await asha.sends_text(SHORT_WORDS)
    await asha.sends_text("/cancel")
    question = await asha.sees("Which one should I cancel")
    assert len(question.labels) == 2
    for label in question.labels:
        await (await asha.taps(label, on=question)).answered()
    await asha.settles(quiet_s=2)

    assert asha.videos() == []


async def test_chat_somebody_elses_buttons(server: BotApi, bot_process: BotProcess) -> None:
    asha, ravi = server.user("Asha"), server.user("Ravi")

    await asha.sends_photo(faces.hopper(), SHORT_WORDS)
    status = await asha.sees("in line|making|looking|moving", within_s=RENDER_S)
    tap = await Person(server.state, ravi.user, asha.chat).taps("Cancel", on=status)

    assert await tap.answered() == "Only the person who asked can use these buttons."
    await gets_video(asha)
