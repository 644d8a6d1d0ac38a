"""A LatentSync of a few thousand weights, in files of the published names and formats.

Seeded, so that it speaks nonsense the same way every time; its faces are 64 pixels, or 32 for the
smaller release. Needs torch.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from pipeline.latentsync import LatentSync, Weights
from pipeline.latentsync.releases import UNET_NAME, VAE_NAME, WHISPER_NAME, Release
from pipeline.lipsync.latentsync import LatentSyncEngine
from pipeline.settings import LatentSyncSettings
from tests.unit.latentsync import published

RESOLUTIONS = {Release.V16: 64, Release.V15: 32}


def write_releases(folder: Path, *releases: Release) -> Path:
    """Write tiny releases under a folder of weights."""
    for release in releases or tuple(Release):
        for name in (UNET_NAME, WHISPER_NAME, VAE_NAME):
            (folder / release.value / name).parent.mkdir(parents=True, exist_ok=True)
        published.write_unet(folder / release.value / UNET_NAME)
        published.write_whisper(folder / release.value / WHISPER_NAME)
        published.write_vae(folder / release.value / VAE_NAME)
    return folder


def settings_for(folder: Path, *, steps: int = 2, seed: int = 1247) -> LatentSyncSettings:
    """Set the engine up for the CPU."""
    return LatentSyncSettings(weights=str(folder), devices=("cpu",), steps=steps, seed=seed)


@lru_cache(maxsize=8)
def load(folder: Path, release: Release) -> LatentSync:
    """Load a tiny release through the real loader; once, since speaking changes nothing in it."""
    found = Weights.of(folder / release.value, release)
    return LatentSync.load(
        replace(
            found,
            resolution=RESOLUTIONS[release],
            unet_config=published.UNET,
            vae_config=published.VAE,
        )
    )


def engine(folder: Path, *, steps: int = 2, seed: int = 1247) -> LatentSyncEngine:
    """Make the engine over the tiny releases of a folder."""
    settings = settings_for(folder, steps=steps, seed=seed)
    return LatentSyncEngine(settings, load=lambda release: load(folder, release))
