"""The model that writes recordings down, for ``bolti models``: what is here, bring it, check it.

Which files there are, ``speech.whisper_release`` says; they come the way the weights of the GPU
engine do (``latentsync.pull``), from the hub or a mirror folder.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from pipeline import errors
from pipeline.latentsync.errors import WeightsPullFailed
from pipeline.latentsync.pull import pull as bring
from pipeline.latentsync.releases import Part, PartState, look
from pipeline.latentsync.releases import verify as compare
from pipeline.lipsync.weights import RECEIPT_NAME, State
from pipeline.settings import Settings
from pipeline.speech.whisper_release import FILES, NAME, REPOSITORY, REVISION

OnProgress = Callable[[str, int, int], None]

PARTS = tuple(
    Part(
        name=file.name,
        repository=REPOSITORY,
        revision=REVISION,
        path=file.name,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
    )
    for file in FILES
)


def folder_of(settings: Settings) -> Path:
    """Name its folder; it may not be there."""
    return Path(settings.speech_in_place.whisper_model)


def state_of(folder: Path) -> State:
    """Look at it without reading its files."""
    found = [look(folder, part) for part in PARTS]
    if all(state is PartState.MISSING for state in found):
        return State.ABSENT
    if any(state is not PartState.OK for state in found):
        return State.INCOMPLETE
    return State.VERIFIED if _receipt(folder) == _stamps(folder) else State.UNVERIFIED


def values(folder: Path) -> dict[str, object]:
    """Describe it as a JSON object."""
    size_bytes = sum(part.size_bytes for part in PARTS)
    return {
        "name": NAME,
        "state": state_of(folder).value,
        "folder": str(folder),
        "size_bytes": size_bytes,
    }


def pull(folder: Path, *, mirror: Path | None, on_progress: OnProgress) -> None:
    """Bring what is absent and compare all of it. Raises ``WeightsNotPulled``."""
    try:
        bring(PARTS, folder, mirror=mirror, on_progress=on_progress)
        _keep_receipt(folder)
    except WeightsPullFailed as e:
        raise errors.WeightsNotPulled(str(e)) from e
    except OSError as e:
        raise errors.WeightsNotPulled(f"{folder} cannot be written: {e.strerror}.") from e


def verify(folder: Path, on_progress: OnProgress) -> None:
    """Compare every byte with what was published. Raises ``WeightsUnusable``."""
    (folder / RECEIPT_NAME).unlink(missing_ok=True)
    wrong = []
    for part in PARTS:
        state = compare(folder, part, _about(part.name, on_progress))
        if state is not PartState.OK:
            wrong.append(f"{part.name}: {state.value}")
    if wrong:
        raise errors.WeightsUnusable(
            f"{'; '.join(wrong)} (in {folder}). `bolti models pull {NAME}` brings them."
        )
    _keep_receipt(folder)


def _about(name: str, on_progress: OnProgress) -> Callable[[int, int], None]:
    return lambda done, total: on_progress(name, done, total)


def _keep_receipt(folder: Path) -> None:
    (folder / RECEIPT_NAME).write_text(json.dumps(_stamps(folder)), encoding="utf-8")


def _receipt(folder: Path) -> object:
    try:
        return json.loads((folder / RECEIPT_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # no receipt, or none that can be read: not verified
        return None


def _stamps(folder: Path) -> dict[str, list[int]]:
    stats = {part.name: (folder / part.name).stat() for part in PARTS}
    return {name: [stat.st_size, stat.st_mtime_ns] for name, stat in stats.items()}
