"""Telegram sends the updates by itself, or lends its files: the chat looks the same."""

from __future__ import annotations

import socket
from pathlib import Path

from tests import faces
from tests.botapi.fixtures import LaunchBot
from tests.botapi.server import BotApi
from tests.e2e.scenes import SHORT_WORDS, gets_video, status_lines

ADDRESS = "https://bolti.example/updates"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def test_chat_by_webhook_through_a_kill(server: BotApi, launch_bot: LaunchBot) -> None:
    asha, port = server.user("Asha"), free_port()
    postman = server.delivers_to(port)
    bot = await launch_bot(
        until_it_polls=False,
        BOLTI_TELEGRAM__WEBHOOK_URL=ADDRESS,
        BOLTI_TELEGRAM__WEBHOOK_PORT=str(port),
    )
    await server.has_called("setWebhook")

    photo = await asha.sends_photo(faces.hopper())
    await asha.sees("One clear face")
    await bot.kill()
    words = await asha.sends_text(SHORT_WORDS)
    await bot.launch()
    video = await gets_video(asha)

    assert photo.message_id < words.message_id
    assert video.reply_to == words.message_id
    assert status_lines(asha) == []
    taken = [update_id for update_id, status in postman.answers if status == 200]
    assert len(taken) == len(set(taken)) == 2
    assert not server.calls("getUpdates")


async def test_chat_with_files_of_a_server_of_ones_own(
    server: BotApi, launch_bot: LaunchBot, tmp_path: Path
) -> None:
    server.shares_files_in(tmp_path)
    await launch_bot(BOLTI_TELEGRAM__LOCAL_FILES="true")
    asha = server.user("Asha")

    await asha.sends_photo(faces.hopper(), SHORT_WORDS)
    video = await gets_video(asha)

    assert "AI-generated" in video.text
