"""Whole chats with failures, logged at DEBUG: nothing that people sent is in what was written.

Looked through: all that the bot and its children wrote to stdout and stderr, with tracebacks, what
it answers to whoever watches over it, every table of the database, the job engine's too, and,
since what is kept is sealed here, every byte of the data folder.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import signal
from pathlib import Path

from PIL import Image

from pipeline.sealing import MAGIC
from tests import faces
from tests.botapi.faults import Refusal, RetryAfter, ServerError
from tests.botapi.fixtures import LaunchBot
from tests.botapi.process import BotProcess
from tests.botapi.server import BotApi
from tests.e2e.scenes import LONG_WORDS, gets_video
from tests.e2e.traces import files_with, tables_with
from tests.e2e.watching import answers, odd_labels, samples, until_ready, watched_at

FIRST_NAME, USERNAME = "Zubaidakhatun", "quiet_marigold"
WORDS = "The marigold garland waits behind the third window."
LONG = " ".join(LONG_WORDS.split()[:55])
WAITING = "A violet umbrella opens slowly over Kozhikode."


async def test_chat_leaves_nothing_of_people_in_the_logs(
    server: BotApi, launch_bot: LaunchBot, tmp_path: Path
) -> None:
    bot = await launch_bot(
        agreed=False,
        BOLTI_LOG__LEVEL="DEBUG",
        BOLTI_LOG__FORMAT="json",
        BOLTI_STORE__ENCRYPTION_KEY="a secret that is kept elsewhere",
        BOLTI_HEALTH__LISTEN="127.0.0.1:0",
    )
    watched = watched_at(bot)
    await until_ready(watched)
    person = server.user(FIRST_NAME, username=USERNAME)
    blank = tmp_path / "blank.jpg"
    Image.new("RGB", (400, 400), (120, 90, 60)).save(blank)

    server.fail("sendMessage", Refusal(400, "Bad Request: strange"))  # an incident, with traceback
    await person.sends_text("/help")
    await person.sends_photo(blank, WORDS)
    await person.sees("I can't find a face")
    await person.sends_photo(faces.hopper())
    await person.sees("I am 18 or older")
    server.fail("editMessageText", RetryAfter(1), ServerError(502))
    await person.taps("I agree")
    await gets_video(person)

    await person.sends_text(LONG)
    await person.sees("moving the lips", within_s=60)
    end_children(bot)  # its tries go on
    await gets_video(person, 2)
    server.fail("sendVideo", Refusal(400, "Bad Request: strange"))
    await person.sends_text(WORDS)
    await person.sees("Telegram did not accept the video", within_s=60)
    await person.sends_photo(faces.astronaut())
    await person.sends_text("/cancel")
    await person.sends_text("/mydata")
    await person.sees("Everything I have about you")
    await person.sends_text(WAITING)
    figures = await answers(watched, "metrics")
    await bot.terminate()

    assert samples(figures)['bolti_jobs_ended_total{state="succeeded"}'] == 3
    assert samples(figures)['bolti_renders_total{code="ok",making="render"}'] == 3
    assert odd_labels(figures) == set()
    lines = [json.loads(line) for line in bot.output.splitlines()]
    assert any(line["logger"] == "pipeline.jobs.renders" and "job" in line for line in lines)
    assert [line for line in lines if line.get("job", "") != named_in(line)] == []
    output = bot.output + figures
    assert "DEBUG" in output
    assert any("Traceback" in line.get("traceback", "") for line in lines), "logged whole"
    for secret in (server.token.partition(":")[2], *pieces(WORDS, WAITING, LONG)):
        assert secret not in output
    for secret in (FIRST_NAME, USERNAME, *contents(faces.hopper())):
        assert secret not in output
    data = bot.data_dir
    for secret in (server.token.partition(":")[2], FIRST_NAME, USERNAME, WORDS, LONG[:60]):
        assert await asyncio.to_thread(tables_with, data, secret) == set()
    stretch = faces.hopper().read_bytes()[1000:1100]
    for trace in (stretch, *(text.encode() for text in pieces(WORDS, WAITING, LONG))):
        assert await asyncio.to_thread(files_with, data, trace) == set()
    assert await asyncio.to_thread(files_with, data, MAGIC) != set(), "there is something to find"


def end_children(bot: BotProcess) -> None:
    """Kill every process that the bot has started."""
    for child in bot.left_behind():
        os.kill(child.pid, signal.SIGKILL)


def named_in(line: dict[str, str]) -> str:
    """Say which job a line of the log is about: the one that it names, or says it belongs to."""
    named = re.search(r"\btg-\d{12}\b", line["message"])
    return named[0] if named else line.get("job", "")


def pieces(*texts: str) -> list[str]:
    """Cut texts into stretches of three words: none of them may be seen."""
    found = []
    for text in texts:
        words = text.split()
        found += [" ".join(words[i : i + 3]) for i in range(len(words) - 2)]
    return sorted(set(found))


def contents(picture: Path) -> list[str]:
    """Write a stretch of a file's bytes in the ways in which logs write bytes."""
    stretch = picture.read_bytes()[1000:1024]
    return [repr(stretch)[2:-1], stretch.hex(), base64.b64encode(stretch).decode()]
