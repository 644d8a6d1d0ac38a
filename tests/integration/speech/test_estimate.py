"""What is told before the work is what it takes: lengths estimated against lengths spoken."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pipeline.child import Child
from pipeline.settings import child_environment
from pipeline.speech.embedded import EmbeddedSynthesizer
from tests.bench.estimate_lengths import SETTINGS, WITHIN, errors_of, texts


@pytest.fixture
async def speaker() -> AsyncIterator[EmbeddedSynthesizer]:
    made = EmbeddedSynthesizer(SETTINGS, Child("speech", "pipeline.speech", child_environment()))
    yield made
    await made.close()


@pytest.mark.parametrize("kind", list(texts()))
async def test_no_text_is_estimated_more_than_15_percent_off(
    speaker: EmbeddedSynthesizer, tmp_path: Path, kind: str
) -> None:
    scripts = texts()[kind]

    off = await errors_of(speaker, scripts, tmp_path / "a.wav")

    assert {text: e for text, e in zip(scripts, off, strict=True) if abs(e) > WITHIN} == {}


def test_at_least_a_hundred_texts_are_measured() -> None:
    assert len({text for scripts in texts().values() for text in scripts}) >= 100
