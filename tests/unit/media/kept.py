"""Keep a test's video as footage, and read its frames back."""

from pathlib import Path

from pipeline.media.footage import Footage, FootageFacts, make_footage
from pipeline.settings import FootageSettings
from tests.films import column_of

LIMITS = FootageSettings(min_side_px=64)


def keep(source: Path, limits: FootageSettings = LIMITS, size_px: int = 1280) -> FootageFacts:
    return make_footage(source, source.with_name("kept.mp4"), limits, fps=25, size_px=size_px)


def numbers(folder: Path) -> list[int]:
    with Footage(folder / "kept.mp4") as footage:
        return [column_of(frame) for frame in footage]
