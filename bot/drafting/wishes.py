"""What somebody prefers, as the wishes of a request; the deployment decides the rest.

Where the next one goes: a preference that changes the video is a line in ``request_for``.
"""

from __future__ import annotations

from typing import assert_never

from pipeline.settings import LipsyncSettings, Settings
from pipeline.store.preferences import Preferences
from pipeline.types import (
    ArtifactKey,
    ConsentId,
    EngineChoice,
    Film,
    Quality,
    RenderRequest,
    Script,
    Shape,
)


def request_for(
    settings: Settings,
    preferences: Preferences,
    consent: ConsentId,
    *,
    portrait: ArtifactKey,
    script: Script,
    face: int = 1,
    film: Film | None = None,
    language: str = "en",
) -> RenderRequest:
    """Write down everything that the render needs."""
    quality = preferences.quality or Quality.NORMAL
    engine, size_px = _made_with(quality, settings.lipsync)
    return RenderRequest(
        portrait=portrait,
        script=script,
        consent=consent,
        face=face,
        film=film,
        voice_id=preferences.voice or settings.speech.voice,
        engine=engine,
        motion=preferences.motion,
        quality=quality,
        rate_pct=preferences.rate_pct or 0,
        pitch_hz=preferences.pitch_hz or 0,
        shape=preferences.shape or Shape.ORIGINAL,
        captions=bool(preferences.captions),
        size_px=size_px,
        language=language,
    )


def engine_for(settings: Settings, preferences: Preferences) -> EngineChoice:
    """Say which engine somebody's videos are made with."""
    return _made_with(preferences.quality or Quality.NORMAL, settings.lipsync)[0]


def _made_with(quality: Quality, settings: LipsyncSettings) -> tuple[EngineChoice, int]:
    """Give the engine and the longer side that a quality means here."""
    match quality:
        case Quality.FAST:
            return EngineChoice.WARP, settings.preview_size_px
        case Quality.NORMAL:
            return settings.engine, settings.size_px
        case Quality.BEST:
            return settings.engine, max(settings.size_px, settings.best_size_px)
        case _:
            assert_never(quality)
