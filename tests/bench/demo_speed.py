"""Time the demo: is its clip made in less time than it lasts? Once cold, once with a warm studio.

python -m tests.bench.demo_speed
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from pathlib import Path

from pipeline.bootstrap import open_workshop
from pipeline.cli.demo import SAMPLE_SCRIPT, sample_portrait
from pipeline.render import MadeVideo, VideoOrder
from pipeline.safety.consent import sample_consent
from pipeline.scratch import scratch_folder
from pipeline.settings import Settings
from pipeline.types import EngineChoice, Stage, TextScript
from tests import offline


async def time_demo() -> list[tuple[str, float, float, MadeVideo]]:
    """Make the demo's video twice; give name, seconds of the look and in all, and the video."""
    text = SAMPLE_SCRIPT.read_text(encoding="utf-8")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder) / "data", speech=offline.SPEECH)
        async with open_workshop(settings, scratch=Path(folder)) as workshop:
            for name in ("cold", "warm"):
                async with scratch_folder(Path(folder), name) as scratch:
                    begun_s = time.monotonic()
                    await workshop.studio.start()
                    await workshop.portraits.check(sample_portrait(), scratch / "portrait.png")
                    looked_s = time.monotonic() - begun_s
                    order = VideoOrder(
                        portrait=scratch / "portrait.png",
                        consent=sample_consent(),
                        script=TextScript(text=text),
                        voice_id=None,
                        engine=EngineChoice.WARP,
                        size_px=512,
                        max_bytes=48_000_000,
                        scratch=scratch,
                    )
                    made = await workshop.maker.make(order, lambda progress: None)
                    rows.append((name, looked_s, time.monotonic() - begun_s, made))
    return rows


def main() -> None:
    """Print the table."""
    cores = len(os.sched_getaffinity(0))
    print(f"{cores} cores; seconds     check  speaking  looking  syncing     all  the clip lasts")
    for name, looked_s, took_s, made in asyncio.run(time_demo()):
        stages = [made.timings_s[s] for s in (Stage.SPEAKING, Stage.LOOKING, Stage.SYNCING)]
        columns = "".join(f"{seconds:9.2f}" for seconds in (looked_s, *stages, took_s))
        print(f"{name:<16}{columns}{made.video.duration_s:12.2f}")


if __name__ == "__main__":
    main()
