"""What may be made of a finished video, by the buttons under it."""

from __future__ import annotations

from tests import faces
from tests.botapi.process import BotProcess
from tests.botapi.server import BotApi
from tests.e2e.scenes import RENDER_S, SHORT_WORDS, gets_video, status_lines


async def test_chat_a_video_becomes_round_tall_and_a_file(
    server: BotApi, bot_process: BotProcess
) -> None:
    asha = server.user("Asha")
    await asha.sends_photo(faces.hopper(), SHORT_WORDS)
    video = await gets_video(asha)

    await asha.taps("Round video", on=video)
    note = await asha.sees(lambda shown: "video_note" in shown.wire, within_s=RENDER_S)
    await asha.settles()
    assert note.reply_to == video.message_id
    assert note.wire["video_note"]["length"] <= 640

    await asha.taps("9:16", on=video)
    tall = await gets_video(asha, 2)
    assert tall.video is not None
    assert abs(tall.video.width / tall.video.height - 9 / 16) < 0.01
    assert tall.reply_to == video.message_id

    await asha.taps("As a file", on=video)
    await asha.sees(lambda shown: "document" in shown.wire, within_s=30)
    again = await asha.taps("Round video", on=video)  # it is there already
    assert await again.answered() == "Sending it…"
    await bot_process.kill()  # between the tap and the sending, or in the middle of it
    await bot_process.start()
    copy = await asha.sees(
        lambda shown: "video_note" in shown.wire or "perhaps not arrived" in shown.text,
        after=note,
        within_s=30,
    )
    await asha.settles()
    assert copy.reply_to in (note.message_id, None)
    assert len([m for m in asha.messages() if "video_note" in m.wire]) <= 2
    assert status_lines(asha) == []


async def test_chat_another_voice_and_new_words(server: BotApi, bot_process: BotProcess) -> None:
    asha = server.user("Asha")
    await asha.sends_photo(faces.hopper(), SHORT_WORDS)
    video = await gets_video(asha)

    await asha.taps("Another voice", on=video)
    voices = await asha.sees(lambda shown: shown.button("Back") is not None)
    await asha.taps(voices.labels[0], on=voices)
    other = await gets_video(asha, 2)
    assert other.text.split(" · ")[1] != video.text.split(" · ")[1]

    await asha.taps("New words", on=other)
    await asha.sees("Type the new words")
    await asha.sends_text("And now, good night.")
    await gets_video(asha, 3)
