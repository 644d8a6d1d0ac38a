"""The confined process that reads hostile files as the product does, and says what came of it.

``python -m tests.hostile.probe FOLDER``: requests by ``pipeline.child``. Any error that is not of
the tree counts as a bug: ``serve`` would hide it behind a kind sentence, so it is told here.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TextIO

from pipeline.child import Message, serve
from pipeline.confine import FOR_A_FILE_BYTES, confine, hold

MEMORY_BYTES = 2 << 30


def main() -> None:
    """Confine, then serve."""
    own = Path("/proc/self/status").open()  # noqa: SIM115  opened before the confinement, kept
    confine(Path(sys.argv[1]), memory_bytes=MEMORY_BYTES)
    hold(FOR_A_FILE_BYTES)
    serve(partial(answer, own))


def answer(own: TextIO, request: Message, say: Callable[[Message], None]) -> Message:
    """Read one file at one door."""
    from pipeline import errors
    from tests.hostile import Door

    begun_s = time.monotonic()
    code, bug = None, None
    try:
        _read(Door(request["door"]), Path(request["path"]))
    except errors.BoltiError as e:
        code = e.code
    except Exception as e:  # nothing else may come out of a reader
        bug = f"{type(e).__name__}: {e}"[:300]
    kib = max(peak_kib(own), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    took_s = time.monotonic() - begun_s
    return {"code": code, "bug": bug, "took_s": took_s, "peak_bytes": kib * 1024}


def peak_kib(own: TextIO) -> int:
    """Return the most memory that this process has had; ru_maxrss would be its parent's too."""
    own.seek(0)
    return int(own.read().split("VmHWM:")[1].split()[0])


def _read(door: object, path: Path) -> None:
    """Do what the product does at this door, up to the clean copy."""
    from pipeline.settings import FootageSettings, PortraitSettings, SpeechSettings
    from tests.hostile import Door

    films = FootageSettings(max_s=5.0, min_side_px=32)
    match door:
        case Door.PHOTO:
            from pipeline.portrait.picture import read_picture

            read_picture(path, PortraitSettings(min_side_px=32))
        case Door.FILM:
            from pipeline.media.footage import make_footage

            make_footage(path, path.with_name("clean.mp4"), films, fps=25, size_px=256)
        case Door.SPEECH:
            from pipeline.media.read import decode_speech

            decode_speech(path.read_bytes())
        case Door.RECORDING:
            from pipeline.speech.recorded import recorded_speech

            asyncio.run(recorded_speech(path, path.with_name("speech.wav"), SpeechSettings()))
        case Door.VERIFY:
            from pipeline.safety.examine import examine
            from pipeline.safety.verdict import VerifyOrder

            order = VerifyOrder(
                video=path, roots_pem="", names=(), mark_key="00" * 32, limits=films
            )
            examine(order)


if __name__ == "__main__":
    main()
