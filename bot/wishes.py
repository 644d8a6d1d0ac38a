"""What somebody prefers, as the wishes of a request; the deployment decides the rest.

Where the next one goes: a preference that changes the video is a line in ``request_for``.
"""

from __future__ import annotations

from pipeline.settings import Settings
from pipeline.store.preferences import Preferences
from pipeline.types import ArtifactKey, ConsentId, Quality, RenderRequest, Script, Shape


def request_for(
    settings: Settings,
    preferences: Preferences,
    consent: ConsentId,
    *,
    portrait: ArtifactKey,
    script: Script,
    face: int = 1,
) -> RenderRequest:
    """Write down everything that the render needs."""
    return RenderRequest(
        portrait=portrait,
        script=script,
        consent=consent,
        face=face,
        voice_id=preferences.voice or settings.speech.voice,
        engine=settings.lipsync.engine,
        motion=preferences.motion,
        quality=preferences.quality or Quality.NORMAL,
        rate_pct=preferences.rate_pct or 0,
        pitch_hz=preferences.pitch_hz or 0,
        shape=preferences.shape or Shape.ORIGINAL,
        captions=bool(preferences.captions),
        size_px=settings.lipsync.size_px,
    )
