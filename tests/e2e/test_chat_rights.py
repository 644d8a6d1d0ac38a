"""A copy of everything, and then nothing is left: on the disk and in the database."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile

from tests import faces
from tests.botapi.process import BotProcess
from tests.botapi.server import BotApi
from tests.e2e.scenes import gets_video
from tests.e2e.traces import files_with, tables_with

WORDS = "The marigold garland waits behind the third window."
LATER = "Another sentence about a violet umbrella."


async def test_chat_rights_copy_then_forget(server: BotApi, bot_process: BotProcess) -> None:
    asha = server.user("Asha")
    number = str(asha.user["id"])
    await asha.sends_text("/privacy")
    await asha.sees("/forget deletes it")
    await asha.sends_photo(faces.hopper(), WORDS)
    await gets_video(asha)
    await asha.sends_text(LATER)
    await gets_video(asha, 2)

    await asha.sends_text("/mydata")
    copy = await asha.sees("Everything I have about you")
    sent = server.content(copy.wire["document"]["file_id"])
    with zipfile.ZipFile(io.BytesIO(sent)) as archive:
        names = archive.namelist()
        rows = json.loads(archive.read("data.json"))
        requests = b"".join(archive.read(name) for name in names if name.endswith("request.json"))
    assert WORDS.encode() in requests
    assert sum(name.endswith("out.mp4") for name in names) == 2
    assert any(name.endswith("portrait.png") for name in names)
    assert {"orders", "consents"} <= set(rows)
    data = bot_process.data_dir
    assert await asyncio.to_thread(tables_with, data, number) > {"orders", "consents"}
    assert await asyncio.to_thread(files_with, data, WORDS.encode())

    await asha.sends_text("/forget")
    question = await asha.sees("Shall I delete everything about you?")
    assert "Backup copies of my notes" in question.text, "which are said to stay for a while"
    toast = await asha.taps("Delete everything")
    assert await toast.answered() == "Everything about you is deleted."
    await asha.sees("entries and")
    await bot_process.terminate()

    assert await asyncio.to_thread(tables_with, data, number) == {"uses"}, "which is said to stay"
    for words in (WORDS, LATER):
        assert await asyncio.to_thread(tables_with, data, words) == set()
        assert await asyncio.to_thread(files_with, data, words.encode()) == set()
    left = await asyncio.to_thread(files_with, data, number.encode())
    assert {name for name in left if not name.startswith(("bolti.db", "backups/"))} == set()
    assert not [p for p in data.rglob("*") if p.suffix in (".mp4", ".png", ".jpg", ".wav")]
