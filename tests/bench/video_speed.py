"""Print how fast whole videos are made on this machine, encoding included, and in how much memory.

    python -m tests.bench.video_speed [PHOTO] [--motion off|subtle|lively]

The way of a request on a warm process: words are spoken by the embedded voice, the studio child
looks for the face, moves the lips, labels, encodes and signs. Then the lips alone, drawn and
encoded. On a busy machine everything is slower: the load stands beside it. What the studio
computes per second of video, on all cores together, hardly depends on that.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from pathlib import Path

from pipeline.bootstrap import Workshop, open_workshop
from pipeline.settings import Settings
from pipeline.types import EngineChoice, Motion, Progress, Stage, TextScript
from pipeline.video_order import VideoOrder
from tests import faces, offline
from tests.agreed import CONSENT

SIX_SECONDS = "Good morning! This photo can speak, and it goes on speaking for six seconds in all."
LONGER = f"{SIX_SECONDS} {SIX_SECONDS} {SIX_SECONDS}"
SIZES_PX = (384, 512, 768, 1024)
MEMORY_LIMIT_MB = 350


def main() -> None:
    """Time every size, then the preview."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photo", nargs="?", type=Path, default=faces.hopper())
    parser.add_argument("--motion", type=Motion, default=Motion.SUBTLE, choices=list(Motion))
    asked = parser.parse_args()
    asyncio.run(measure(asked.photo, asked.motion))


async def measure(photo: Path, motion: Motion) -> None:
    """Open the parts as a worker does, and make videos one after the other."""
    settings = Settings(speech=offline.SPEECH)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with open_workshop(settings, scratch=folder) as workshop:
            clean = folder / "clean.png"
            await workshop.portraits.check(photo, clean)
            await workshop.studio.start()
            await made(workshop, clean, folder, SIX_SECONDS, 384, motion)  # what loads once, loads
            print(f"{len(os.sched_getaffinity(0))} processors of {os.cpu_count()}")
            print(
                f"size   video   whole   lips+encoder   CPU s per s   studio RSS, peak (limit "
                f"{MEMORY_LIMIT_MB} MB)   load"
            )
            for size_px in SIZES_PX:
                await show(workshop, clean, folder, size_px, motion)
            preview_px = settings.lipsync.preview_size_px
            seconds, length_s, _ = await made(
                workshop, clean, folder, SIX_SECONDS, preview_px, motion
            )
            print(
                f"preview of {length_s:.1f} s at {preview_px} px: ready {seconds:.2f} s after the "
                f"request (limit 5 s)"
            )


async def show(
    workshop: Workshop, clean: Path, folder: Path, size_px: int, motion: Motion
) -> None:
    """Print one size."""
    assert workshop.studio.pid is not None
    before_s = computed_s(workshop.studio.pid)
    whole_s, length_s, stages = await made(workshop, clean, folder, LONGER, size_px, motion)
    cost = (computed_s(workshop.studio.pid) - before_s) / length_s
    lips_s = stages[Stage.SYNCING]
    now_mb, peak_mb = memory_mb(workshop.studio.pid)
    whole, lips = length_s / whole_s, length_s / lips_s
    print(
        f"{size_px:>4} {length_s:>6.1f} s {whole:>5.1f} x {lips:>11.1f} x {cost:>13.2f}"
        f"{now_mb:>13.0f}, {peak_mb:.0f} MB {'' if peak_mb <= MEMORY_LIMIT_MB else 'TOO MUCH':>16}"
        f"{os.getloadavg()[0]:>9.1f}"
    )


async def made(
    workshop: Workshop, clean: Path, folder: Path, words: str, size_px: int, motion: Motion
) -> tuple[float, float, dict[Stage, float]]:
    """Make one video; return how long it took, how long it is, and its stages."""
    scratch = Path(tempfile.mkdtemp(dir=folder))
    started_s = time.perf_counter()
    video = await workshop.maker.make(
        VideoOrder(
            portrait=clean,
            script=TextScript(text=words),
            consent=CONSENT,
            voice_id=None,
            engine=EngineChoice.WARP,
            motion=motion,
            size_px=size_px,
            max_bytes=100_000_000,
            scratch=scratch,
        ),
        _ignore,
    )
    return time.perf_counter() - started_s, video.video.duration_s, video.timings_s


def computed_s(pid: int) -> float:
    """Return the seconds that all threads of a process have computed (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> tuple[float, float]:
    """Return what a process holds now, and held at most (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    now, peak = (int(status.split(f"{name}:")[1].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return now, peak


def _ignore(progress: Progress) -> None:
    del progress


if __name__ == "__main__":
    main()
