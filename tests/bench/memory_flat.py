"""Show that memory does not grow with the length of a video: peak memory of the studio child.

    python -m tests.bench.memory_flat            10 s against 120 s of speech

A fresh child films each length; its peak is what the kernel counted (VmHWM).
"""

from __future__ import annotations

import asyncio
import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from pipeline.bootstrap import open_workshop
from pipeline.cli.demo import sample_portrait
from pipeline.render import VideoOrder
from pipeline.safety.consent import sample_consent
from pipeline.settings import Settings
from pipeline.types import EngineChoice, TextScript
from tests import offline

SENTENCE = "The train to Mumbai leaves from platform number five at half past nine. "
SENTENCE_S = 4.4
LENGTHS_S = (10.0, 120.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """One film, and what it took."""

    duration_s: float
    frames: int
    peak_mb: float
    took_s: float


async def peak_of(duration_s: float, size_px: int = 512) -> Peak:
    """Film about that much speech in a fresh child, and read its peak memory."""
    long = {"max_s": 600.0, "limit_s": 300.0}
    settings = Settings(speech=offline.SPEECH.model_copy(update=long))
    with tempfile.TemporaryDirectory() as folder:
        async with open_workshop(settings, scratch=Path(folder)) as workshop:
            portrait = Path(folder) / "portrait.png"
            await workshop.portraits.check(sample_portrait(), portrait)
            await workshop.portraits.close()
            begun_s = time.monotonic()
            made = await workshop.maker.make(
                VideoOrder(
                    portrait=portrait,
                    consent=sample_consent(),
                    script=TextScript(text=SENTENCE * max(1, round(duration_s / SENTENCE_S))),
                    voice_id=None,
                    engine=EngineChoice.WARP,
                    size_px=size_px,
                    max_bytes=2_000_000_000,
                    scratch=Path(folder),
                ),
                lambda progress: None,
            )
            assert workshop.studio.pid is not None
            return Peak(
                duration_s=made.video.duration_s,
                frames=made.video.frames,
                peak_mb=_peak_mb(workshop.studio.pid),
                took_s=time.monotonic() - begun_s,
            )


def _peak_mb(pid: int) -> float:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def main() -> None:
    """Print the table."""
    peaks = [asyncio.run(peak_of(length_s)) for length_s in LENGTHS_S]
    print("speech     frames   peak memory   time")
    for peak in peaks:
        print(
            f"{peak.duration_s:6.1f} s {peak.frames:8d} {peak.peak_mb:10.1f} MB"
            f" {peak.took_s:6.1f} s"
        )
    print(f"growth: {peaks[-1].peak_mb - peaks[0].peak_mb:.1f} MB")


if __name__ == "__main__":
    main()
