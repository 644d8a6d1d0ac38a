"""The published releases: which files, from which repository and revision, how large, which sum.

Plain data and checks of files on disk; imports no torch, so that a command line can list and
verify in no time. A folder of weights holds the files of one release under the names in
`Part.name`. Fetching is in `pull.py`, loading in `weights.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

CHUNK_BYTES = 1 << 22


class Release(StrEnum):
    """A published LatentSync that this library runs."""

    V15 = "latentsync-1.5"
    V16 = "latentsync-1.6"


class PartState(StrEnum):
    """What was found where a file should be."""

    OK = "ok"
    MISSING = "missing"
    WRONG_SIZE = "wrong size"
    WRONG_SUM = "wrong checksum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Name one published file."""

    name: str
    """Its path in a folder of weights."""
    repository: str
    revision: str
    path: str
    """Its path in the repository."""
    size_bytes: int
    sha256: str


VAE_NAME = "vae/diffusion_pytorch_model.safetensors"
UNET_NAME = "latentsync_unet.pt"
UNET_HALF_NAME = "latentsync_unet.fp16.safetensors"
"""What `weights.convert` writes beside the published file, for a faster start."""
WHISPER_NAME = "whisper/tiny.pt"

VAE = Part(
    name=VAE_NAME,
    repository="stabilityai/sd-vae-ft-mse",
    revision="31f26fdeee1355a5c34592e401dd41e45d25a493",
    path="diffusion_pytorch_model.safetensors",
    size_bytes=334_643_276,
    sha256="a1d993488569e928462932c8c38a0760b874d166399b14414135bd9c42df5815",
)


def parts(release: Release) -> tuple[Part, ...]:
    """List the files of a release."""
    match release:
        case Release.V15:
            repository = "ByteDance/LatentSync-1.5"
            revision = "32a20d29aead0498e3e885e90dbbe8027da1b61b"
            unet_bytes = 5_072_348_184
            unet_sum = "6440b49a7ccceff56cdc001f5f17605216337f5bbd66fa360139768926e23f51"
        case Release.V16:
            repository = "ByteDance/LatentSync-1.6"
            revision = "c42c7e6c8e9c213626389fa7d9a3c444b8536353"
            unet_bytes = 5_072_222_488
            unet_sum = "0a478e89eb660f82da4c35dbdde8a5adfb27f99d1b4e50edd03729e1e98316d3"
    unet = Part(
        name=UNET_NAME,
        repository=repository,
        revision=revision,
        path=UNET_NAME,
        size_bytes=unet_bytes,
        sha256=unet_sum,
    )
    whisper = Part(
        name=WHISPER_NAME,
        repository=repository,
        revision=revision,
        path=WHISPER_NAME,
        size_bytes=75_572_083,
        sha256="65147644a518d12f04e32d6f3b26facc3f8dd46e5390956a9424a650c0ce22b9",
    )
    return unet, whisper, VAE


def resolution(release: Release) -> int:
    """Return the side of the face square that a release was trained on, in pixels."""
    match release:
        case Release.V15:
            return 256
        case Release.V16:
            return 512


def look(folder: Path, part: Part) -> PartState:
    """Check one file by presence and size alone."""
    path = folder / part.name
    if not path.is_file():
        return PartState.MISSING
    return PartState.OK if path.stat().st_size == part.size_bytes else PartState.WRONG_SIZE


def verify(
    folder: Path, part: Part, on_progress: Callable[[int, int], None] | None = None
) -> PartState:
    """Check one file by its checksum too; report bytes read and bytes in all."""
    state = look(folder, part)
    if state is not PartState.OK:
        return state
    digest = hashlib.sha256()
    read = 0
    with (folder / part.name).open("rb") as file:
        while block := file.read(CHUNK_BYTES):
            digest.update(block)
            read += len(block)
            if on_progress is not None:
                on_progress(read, part.size_bytes)
    return PartState.OK if digest.hexdigest() == part.sha256 else PartState.WRONG_SUM


def is_ready(folder: Path, release: Release) -> bool:
    """Say whether all files of a release are there in the right size."""
    return all(look(folder, part) is PartState.OK for part in parts(release))
