"""The seal of a video: its signature, and the invisible mark that survives where that is stripped.

One object for whoever makes videos, opened at its first use: certificate and key of the mark are
read, or made where there are none. Knows what is signed and marked; ``provenance`` and
``watermark`` know how.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pipeline.safety.keys import kept_key
from pipeline.safety.mark import mark_id
from pipeline.settings import ProvenanceSettings
from pipeline.types import EngineName, JobId

SIGNER, MARK_KEY = "signer.pem", "mark.key"
ROOM_BYTES = 24_000
"""What a signature may add to a file: 4 KB with the self-made chain, more with a long one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """What one job's video is sealed with; decided once, before it is filmed."""

    job_id: JobId
    made_at: datetime
    mark_id: int
    mark_key: bytes = field(repr=False)


class Seal:
    """Seals videos. Its methods run what blocks in a thread."""

    def __init__(self, settings: ProvenanceSettings) -> None:
        self._settings = settings

    async def open(self) -> None:
        """Read certificate and keys, or make them. Raises ``SettingsInvalid``."""
        from pipeline.safety.certificate import load_credentials

        await asyncio.to_thread(load_credentials, self._settings)
        await asyncio.to_thread(mark_key, self._settings)

    async def begin(self, job_id: JobId) -> Sealing:
        """Decide what a job's video will carry. Raises ``SettingsInvalid``."""
        await self.open()
        key = await asyncio.to_thread(mark_key, self._settings)
        now = datetime.now(UTC)
        return Sealing(job_id=job_id, made_at=now, mark_id=mark_id(key, job_id, now), mark_key=key)

    async def sign(self, video: Path, sealing: Sealing, engine: EngineName) -> int:
        """Sign a finished video, the last thing done to it; give its size in bytes.

        Raises ``VideoNotSigned``, ``DiskFull``, ``SettingsInvalid``.
        """
        from pipeline.safety import provenance  # brings a native library: only who signs pays
        from pipeline.safety.certificate import load_credentials

        claim = provenance.Claim(
            job_id=sealing.job_id,
            engine=engine,
            mark_id=sealing.mark_id,
            made_at=sealing.made_at,
        )
        credentials = await asyncio.to_thread(load_credentials, self._settings)
        return await asyncio.to_thread(provenance.sign, video, credentials, claim)


def signer_file(settings: ProvenanceSettings) -> Path:
    """Name the file that holds the certificate which signs; it may not be there yet."""
    return Path(settings.certificate or Path(settings.folder) / SIGNER)


def mark_key(settings: ProvenanceSettings) -> bytes:
    """Give the 32 bytes that marks are made with; made and kept where none are set.

    Raises ``SettingsInvalid`` where they cannot be read or kept.
    """
    if settings.mark_key is not None:
        return hashlib.sha256(settings.mark_key.get_secret_value().encode()).digest()
    return kept_key(
        Path(settings.folder) / MARK_KEY,
        "Put it back from a copy, or delete it: a new one is made, and older videos are known by "
        "their signature only, no longer by their invisible mark.",
    )
