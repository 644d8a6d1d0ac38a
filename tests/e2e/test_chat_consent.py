"""The first order of a stranger: one card, one tap, then the video; nothing is lost between."""

from __future__ import annotations

from tests import faces
from tests.botapi.fixtures import LaunchBot
from tests.botapi.server import BotApi
from tests.e2e.scenes import SHORT_WORDS, gets_video


async def test_chat_consent_is_asked_once_and_survives_a_restart(
    server: BotApi, launch_bot: LaunchBot
) -> None:
    bot = await launch_bot(agreed=False)
    asha = server.user("Asha")

    await asha.sends_photo(faces.hopper())
    await asha.sees("One clear face")
    words = await asha.sends_text(SHORT_WORDS)
    card = await asha.sees("I am 18 or older")
    assert card.reply_to == words.message_id
    assert asha.videos() == []
    await bot.kill()
    await bot.restart()

    first, second = await asha.taps("I agree", card), await asha.taps("I agree", card)
    assert await first.answered() == "Thank you. I'm making your video."
    assert "nothing waiting" in await second.answered()
    video = await gets_video(asha)

    assert video.reply_to == words.message_id
    await asha.sees("You have agreed")
    await asha.sends_text("And now, good night.")
    await gets_video(asha, 2)


async def test_chat_consent_in_hindi_and_taken_back(server: BotApi, launch_bot: LaunchBot) -> None:
    await launch_bot(agreed=False)
    ravi = server.user("Ravi", "hi")

    await ravi.sends_text("/start")
    await ravi.sees("नमस्ते")
    await ravi.taps("नमूना देखिए")
    card = await ravi.sees("मेरी उम्र 18 साल")
    sample = await ravi.sees("ग्रेस हॉपर")
    await ravi.taps("मैं सहमत हूँ", card)
    video = await gets_video(ravi)
    assert video.reply_to == sample.message_id

    await ravi.sends_text("/terms")
    await ravi.sees("को हामी भरी थी")
    await ravi.taps("अब सहमत नहीं हूँ")
    await ravi.sees("वापस ले ली गई")
    await ravi.sends_text(SHORT_WORDS)
    await ravi.waits_for(
        lambda: len([m for m in ravi.messages() if m.button("मैं सहमत हूँ")]) == 1 or None,
        20,
        "the card again",
    )
    assert len(ravi.videos()) == 1
