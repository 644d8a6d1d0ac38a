"""A video as the face: its clearest picture speaks."""

from __future__ import annotations

from pathlib import Path

from tests import films
from tests.botapi.process import BotProcess
from tests.botapi.server import BotApi
from tests.e2e.scenes import SHORT_WORDS, gets_video


async def test_chat_a_video_is_the_face(
    server: BotApi, bot_process: BotProcess, tmp_path: Path
) -> None:
    asha = server.user("Asha")
    frames = [films.blank(number) for number in range(10)]
    frames += [films.speaker(number) for number in range(30)]
    film = films.write_film(tmp_path / "film.mp4", frames)

    sent = await asha.sends_video(film)
    taken = await asha.sees("I took the clearest picture of your video", within_s=60)
    words = await asha.sends_text(SHORT_WORDS)
    video = await gets_video(asha)

    assert taken.reply_to == sent.message_id
    assert video.reply_to == words.message_id
