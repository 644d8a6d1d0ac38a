"""A studio child that takes a moment, tells progress, and leaves a real, tiny video.

It writes beside itself a file that only a finished render removes, as an engine leaves its frames.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable

from pipeline.child import Message, serve
from pipeline.studio import ANSWER, ORDER, PROGRESS, StudioAnswer, StudioOrder, StudioProgress
from pipeline.types import EngineName, Stage, Video
from tests.chaos.shape import CLIP, FPS, FRAMES, SIZE_PX, THUMBNAIL

STEPS = 5
TAKES_S = (0.3, 1.5)


def handle(request: Message, say: Callable[[Message], None]) -> Message:
    if request["kind"] == "warm up":
        return {}
    order = ORDER.validate_python(request)
    frames = order.into.with_suffix(".frames")
    frames.write_bytes(b"half a video")
    told = os.environ.get("CHAOS_TAKES_S")  # noqa: TID251  a test sets it
    takes_s = float(told) if told else random.uniform(*TAKES_S)
    for step in range(STEPS):
        progress = StudioProgress(stage=Stage.SYNCING, fraction=step / STEPS)
        say(PROGRESS.dump_python(progress, mode="json"))
        time.sleep(takes_s / STEPS)
    shutil.copyfile(CLIP, order.into)
    shutil.copyfile(THUMBNAIL, order.thumbnail)
    shutil.copyfile(THUMBNAIL, order.cover)
    frames.unlink()
    answer = StudioAnswer(video=_video(order), engine_reason="it is quick")
    return dict(ANSWER.dump_python(answer, mode="json"))


def _video(order: StudioOrder) -> Video:
    return Video(
        path=order.into,
        thumbnail=order.thumbnail,
        cover=order.cover,
        width_px=SIZE_PX,
        height_px=SIZE_PX,
        fps=FPS,
        frames=FRAMES,
        duration_s=FRAMES / FPS,
        size_bytes=order.into.stat().st_size,
        made_by=EngineName.WARP,
    )


if __name__ == "__main__":
    serve(handle)
