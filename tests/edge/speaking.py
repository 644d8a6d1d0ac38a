"""A provider that lives by stepped time and asks the stand-in, and a short way to speak."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from pipeline.settings import EdgeSettings, SpeechSettings
from pipeline.speech.edge import EdgeSynthesizer
from pipeline.types import Speech, Utterance, VoiceId
from tests.edge.fixtures import SteppedTime
from tests.edge.server import EdgeServer

NEERJA, PRABHAT = VoiceId("en-IN-NeerjaNeural"), VoiceId("en-IN-PrabhatNeural")
SIBLING = "en-IN-NeerjaExpressiveNeural"
SETTINGS = SpeechSettings(edge=EdgeSettings(idle_s=0.3))
TEXT = "Good morning my friend. The train leaves at six today."

Make = Callable[..., EdgeSynthesizer]


@pytest.fixture
async def make(edge: EdgeServer, stepped: SteppedTime) -> AsyncIterator[Make]:
    made: list[EdgeSynthesizer] = []

    def one(settings: SpeechSettings = SETTINGS, **more: object) -> EdgeSynthesizer:
        made.append(EdgeSynthesizer(settings, pace=stepped.pace, **more))  # type: ignore[arg-type]
        return made[-1]

    yield one
    for synthesizer in made:
        await synthesizer.close()


async def say(
    synthesizer: EdgeSynthesizer, into: Path, text: str = TEXT, voice: VoiceId = NEERJA
) -> Speech:
    asked = Utterance(text=text, locale="en-IN", voice_id=voice, rate_pct=10, pitch_hz=-5)
    return await synthesizer.synthesize(asked, into / "a.wav")
