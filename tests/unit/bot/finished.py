"""An order whose video is made and stored, ready to be delivered."""

from __future__ import annotations

from dataclasses import replace

from pipeline.types import ArtifactKey, EngineName, Job, JobId, RenderResult, VoiceId
from tests.fakes import Refusal
from tests.unit.bot.conftest import Bot
from tests.unit.bot.updates import photo, text

JOB = JobId("tg-000000000002")
STATUS = "900"
VOICE = VoiceId("embedded-en-in-f")
BLOCKED = Refusal(status=403, description="Forbidden: bot was blocked by the user")


RESULT = RenderResult(
    video=ArtifactKey(f"jobs/{JOB}/out.mp4"),
    thumbnail=ArtifactKey(f"jobs/{JOB}/thumb.jpg"),
    cover=ArtifactKey(f"jobs/{JOB}/cover.jpg"),
    width_px=384,
    height_px=512,
    duration_s=7.6,
    size_bytes=9,
    made_by=EngineName.WARP,
    engine_reason="a test",
    voice_id=VOICE,
    requested_voice_id=VOICE,
)


async def finished_job(bot: Bot, voice_id: VoiceId | None = VOICE) -> Job:
    await bot.hears(photo(1), text(2, "Good morning."))
    bot.telegram.calls.clear()
    await bot.services.store.put_bytes(b"the video", RESULT.video)
    await bot.services.store.put_bytes(b"the thumbnail", RESULT.thumbnail)
    if RESULT.cover is not None:
        await bot.services.store.put_bytes(b"the cover", RESULT.cover)
    return replace(bot.services.jobs.jobs[JOB], result=replace(RESULT, voice_id=voice_id))
