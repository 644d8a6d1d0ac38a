"""The weights of LatentSync on this machine: where they lie, what state they are in.

Checksums of 5 GB take half a minute, so a release that was verified keeps a receipt: the size and
time of change of each file. A file that changed since counts as not verified. Imports no torch.
Which files there are, and how they come, is the library's (``latentsync.releases``, ``.pull``).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from pipeline import errors
from pipeline.latentsync import errors as library
from pipeline.latentsync import releases
from pipeline.latentsync.releases import PartState, Release
from pipeline.settings import LatentSyncSettings

RECEIPT_NAME = "verified.json"

OnProgress = Callable[[str, int, int], None]
"""Called with a file's name, the bytes done and the bytes in all."""


class State(StrEnum):
    """What was found where a release should be."""

    ABSENT = "absent"
    INCOMPLETE = "incomplete"
    UNVERIFIED = "not verified"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """One release on this machine."""

    release: Release
    folder: Path
    state: State
    size_bytes: int
    """Of the whole release, here or not."""
    resolution_px: int
    is_half: bool
    """Whether the network lies here in half precision too, which starts faster."""

    @property
    def advice(self) -> str:
        """What to do to have it verified; empty when it is."""
        match self.state:
            case State.ABSENT | State.INCOMPLETE:
                return f"bolti models pull {self.release}"
            case State.UNVERIFIED:
                return f"bolti models verify {self.release}"
            case State.VERIFIED:
                return ""
            case _:
                assert_never(self.state)


def folder_of(settings: LatentSyncSettings, release: Release) -> Path:
    """Name the folder of a release; it may not be there."""
    return Path(settings.weights) / release.value


def stock(settings: LatentSyncSettings, release: Release) -> Stock:
    """Look at one release, without reading its files."""
    folder = folder_of(settings, release)
    return Stock(
        release=release,
        folder=folder,
        state=_state(folder, release),
        size_bytes=sum(part.size_bytes for part in releases.parts(release)),
        resolution_px=releases.resolution(release),
        is_half=(folder / releases.UNET_HALF_NAME).is_file(),
    )


def are_there(folder: Path, release: Release) -> bool:
    """Tell whether every file of a release is there, whatever is in it."""
    wanted = (part.name for part in releases.parts(release))
    return all((folder / name).is_file() for name in wanted)


def _state(folder: Path, release: Release) -> State:
    found = [releases.look(folder, part) for part in releases.parts(release)]
    if all(state is PartState.MISSING for state in found):
        return State.ABSENT
    if any(state is not PartState.OK for state in found):
        return State.INCOMPLETE
    return State.VERIFIED if _receipt(folder) == _stamps(folder, release) else State.UNVERIFIED


def verify(
    settings: LatentSyncSettings, release: Release, on_progress: OnProgress | None = None
) -> Stock:
    """Compare every byte with what was published, and keep a receipt. Raises ``WeightsUnusable``.

    A conversion into half precision is ours, has no published sum, and is taken as it is.
    """
    folder = folder_of(settings, release)
    (folder / RECEIPT_NAME).unlink(missing_ok=True)
    wrong = []
    for part in releases.parts(release):
        tell = None if on_progress is None else _about(part.name, on_progress)
        state = releases.verify(folder, part, tell)
        if state is not PartState.OK:
            wrong.append(f"{part.name}: {state.value}")
    if wrong:
        raise errors.WeightsUnusable(
            f"{'; '.join(wrong)} (in {folder}). `bolti models pull {release}` brings them."
        )
    write_receipt(folder, release)
    return stock(settings, release)


def pull(
    settings: LatentSyncSettings,
    release: Release,
    *,
    mirror: Path | None = None,
    on_progress: OnProgress | None = None,
) -> Stock:
    """Bring what is absent, from the hub or a mirror folder, and verify all of it.

    Goes on where an earlier pull stopped. Raises ``WeightsNotPulled``.
    """
    from pipeline.latentsync.pull import pull as bring

    folder = folder_of(settings, release)
    try:
        bring(releases.parts(release), folder, mirror=mirror, on_progress=on_progress)
        write_receipt(folder, release)
    except library.WeightsPullFailed as e:
        raise errors.WeightsNotPulled(str(e)) from e
    except OSError as e:
        raise errors.WeightsNotPulled(f"{folder} cannot be written: {e.strerror}.") from e
    return stock(settings, release)


def halve(settings: LatentSyncSettings, release: Release) -> Stock:
    """Write the network once more in half precision: it starts faster from there.

    Takes half its size of disk. Raises ``WeightsUnusable``.
    """
    from pipeline.latentsync.unet_config import UNetConfig
    from pipeline.latentsync.weights import convert

    folder = folder_of(settings, release)
    try:
        convert(folder / releases.UNET_NAME, folder / releases.UNET_HALF_NAME, UNetConfig())
    except library.WeightsError as e:
        raise errors.WeightsUnusable(str(e)) from e
    write_receipt(folder, release)
    return stock(settings, release)


def write_receipt(folder: Path, release: Release) -> None:
    """Note that the files of a release, as they are now, were verified."""
    (folder / RECEIPT_NAME).write_text(json.dumps(_stamps(folder, release)), encoding="utf-8")


def _about(name: str, on_progress: OnProgress) -> Callable[[int, int], None]:
    return lambda done, total: on_progress(name, done, total)


def _receipt(folder: Path) -> object:
    try:
        return json.loads((folder / RECEIPT_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # no receipt, or none that can be read: not verified
        return None


def _stamps(folder: Path, release: Release) -> dict[str, list[int]]:
    """Give size and time of change of each file, the conversion among them."""
    names = [*(part.name for part in releases.parts(release)), releases.UNET_HALF_NAME]
    found = {name: folder / name for name in names if (folder / name).is_file()}
    return {name: [path.stat().st_size, path.stat().st_mtime_ns] for name, path in found.items()}
