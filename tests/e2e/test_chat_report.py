"""A video is reported, the operator takes it down with one tap, and everybody hears of it."""

from __future__ import annotations

from tests import faces
from tests.botapi.fixtures import LaunchBot
from tests.botapi.server import BotApi
from tests.botapi.state import FIRST_USER_ID
from tests.e2e.scenes import SHORT_WORDS, gets_video


async def test_chat_report_and_takedown(server: BotApi, launch_bot: LaunchBot) -> None:
    await launch_bot(BOLTI_ACCESS__ADMINS=f"[{FIRST_USER_ID}]")
    meera = server.user("Meera")  # decides
    asha = server.user("Asha")

    await asha.sends_photo(faces.hopper(), SHORT_WORDS)
    video = await gets_video(asha)
    await asha.taps("Report", video)
    card = await asha.sees("What is wrong with this video?")
    assert card.reply_to == video.message_id
    toast = await asha.taps("It is me", card)
    assert await toast.answered() == "Thank you. The operators are told."
    await asha.sees("decide within 2 hours")

    alert = await meera.sees("h 59 min left")
    assert alert.video is not None
    await meera.sends_text("/reports")
    await meera.sees("h 59 min left")
    tapped = await meera.taps("^Take down$", alert)
    assert await tapped.answered() == "taken down, in the chat too"

    await asha.sees("was taken down after a report")
    await asha.sees("the video was taken down, and its photo")
    assert asha.videos() == []
    await asha.sends_photo(faces.hopper(), SHORT_WORDS)
    await asha.sees("This photo can't be used here")
    await asha.sends_text("/optout")
    await asha.sees("Nobody can make a photo that you send in a group speak")
