"""What one video is made of: when it is worth the time to write a recording down."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.types import EngineChoice
from pipeline.video_order import Recording, VideoOrder
from tests.agreed import CONSENT

HERE = Path("never/read")


def order(engine: EngineChoice, *, captions: bool = False, is_sketch: bool = False) -> VideoOrder:
    return VideoOrder(
        portrait=HERE,
        script=Recording(path=HERE),
        voice_id=None,
        engine=engine,
        size_px=512,
        max_bytes=1,
        consent=CONSENT,
        scratch=HERE,
        captions=captions,
        is_sketch=is_sketch,
    )


@pytest.mark.parametrize(
    ("engine", "lips_follow_words", "needs"),
    [
        (EngineChoice.WARP, False, True),
        (EngineChoice.AUTO, True, True),
        (EngineChoice.AUTO, False, False),
        (EngineChoice.LATENTSYNC, True, False),
    ],
)
def test_words_are_needed_where_they_move_the_lips(
    engine: EngineChoice, lips_follow_words: bool, needs: bool
) -> None:
    assert order(engine).needs_words(lips_follow_words) is needs


@pytest.mark.parametrize("engine", EngineChoice)
def test_words_are_needed_where_they_are_to_be_read(engine: EngineChoice) -> None:
    assert order(engine, captions=True).needs_words(False)


def test_nobody_writes_down_a_recording_for_a_preview() -> None:
    assert not order(EngineChoice.WARP, captions=True, is_sketch=True).needs_words(True)
