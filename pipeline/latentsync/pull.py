"""Fetch the files of a release: from the Hugging Face hub, or from a folder that mirrors them.

Checks the room on the disk first, goes on where a broken transfer stopped, and keeps nothing whose
checksum is wrong. Imports the hub's client only when the hub is asked. Which files: `releases.py`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.latentsync.errors import WeightsPullFailed
from pipeline.latentsync.releases import CHUNK_BYTES, Part, PartState, look, verify

SPARE_BYTES = 1_000_000_000
"""Room to leave on the disk."""

OnProgress = Callable[[str, int, int], None]
"""Called with the file's name, the bytes that are there, the bytes in all."""


def pull(
    wanted: Sequence[Part],
    into: Path,
    *,
    mirror: Path | None = None,
    on_progress: OnProgress | None = None,
    fetch: Callable[[Part, Path, OnProgress], None] | None = None,
) -> None:
    """Bring all files into the folder `into`; WeightsPullFailed says what did not come and why.

    With `mirror`, files are copied from that folder, where they have the same names or lie under
    the repository's own paths. Files that are already there are only verified. `fetch` replaces
    the hub's client.
    """
    tell: OnProgress = on_progress or (lambda _name, _done, _all: None)
    absent = [part for part in wanted if look(into, part) is not PartState.OK]
    check_room(absent, into)
    for part in wanted:
        if part in absent:
            (into / part.name).parent.mkdir(parents=True, exist_ok=True)
            if mirror is not None:
                copy(part, mirror, into, tell)
            else:
                (fetch or from_hub)(part, into, tell)
        accept(part, into, tell)


def check_room(absent: Sequence[Part], into: Path) -> None:
    """Raise WeightsPullFailed when the disk has no room for what is absent."""
    into.mkdir(parents=True, exist_ok=True)
    need = sum(part.size_bytes - part_bytes(into, part) for part in absent)
    free = shutil.disk_usage(into).free
    if absent and free < need + SPARE_BYTES:
        raise WeightsPullFailed(
            f"{need / 1e9:.1f} GB are to come and {SPARE_BYTES / 1e9:.0f} GB must stay free, "
            f"but {into} has {free / 1e9:.1f} GB. Make room or choose another folder."
        )


def part_bytes(into: Path, part: Part) -> int:
    """Count what an interrupted copy left."""
    path = partial(into, part)
    return min(path.stat().st_size, part.size_bytes) if path.is_file() else 0


def partial(into: Path, part: Part) -> Path:
    """Name the file that an unfinished copy is written to."""
    return into / f"{part.name}.part"


def copy(part: Part, mirror: Path, into: Path, tell: OnProgress) -> None:
    """Copy one file from a mirror, going on where an earlier copy stopped."""
    found = next((p for p in (mirror / part.name, mirror / part.path) if p.is_file()), None)
    if found is None:
        raise WeightsPullFailed(f"{mirror} has no {part.name} (nor {part.path}).")
    if found.stat().st_size != part.size_bytes:
        raise WeightsPullFailed(
            f"{found} has {found.stat().st_size} bytes; the published file has {part.size_bytes}."
        )
    target = partial(into, part)
    done = part_bytes(into, part)
    try:
        with found.open("rb") as source, target.open("ab") as sink:
            sink.truncate(done)
            source.seek(done)
            while block := source.read(CHUNK_BYTES):
                sink.write(block)
                done += len(block)
                tell(part.name, done, part.size_bytes)
    except OSError as e:
        raise WeightsPullFailed(f"{part.name} could not be copied: {e}. Run it again.") from e
    target.replace(into / part.name)


def from_hub(part: Part, into: Path, tell: OnProgress) -> None:
    """Download one file at its pinned revision; the client resumes by itself."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError
    from huggingface_hub.utils.tqdm import tqdm

    class Bar(tqdm):
        """Hand the client's progress on instead of drawing it."""

        def display(self, msg: str | None = None, pos: int | None = None) -> bool:
            """Draw nothing."""
            del msg, pos
            return True

        def update(self, n: float | None = 1) -> bool | None:
            """Report what has come."""
            shown: bool | None = super().update(n)
            tell(part.name, min(int(self.n), part.size_bytes), part.size_bytes)
            return shown

    try:
        got = hf_hub_download(
            part.repository,
            part.path,
            revision=part.revision,
            local_dir=folder_for(part, into),
            tqdm_class=Bar,
        )
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as e:
        raise WeightsPullFailed(
            f"{part.repository}/{part.path} did not come: {first_line(e)}. "
            "Run it again (it goes on where it stopped), or use a mirror folder."
        ) from e
    if Path(got) != into / part.name:
        Path(got).replace(into / part.name)


def folder_for(part: Part, into: Path) -> Path:
    """Choose the folder under which the repository's path becomes the wanted name."""
    if part.name.endswith(part.path):
        return into / part.name[: len(part.name) - len(part.path)]
    return into


def first_line(error: Exception) -> str:
    """Shorten a client's message."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def accept(part: Part, into: Path, tell: OnProgress) -> None:
    """Keep a file whose checksum is right; remove one whose checksum is wrong."""
    state = verify(into, part, lambda done, size: tell(f"{part.name} (checking)", done, size))
    if state is PartState.OK:
        return
    if state is PartState.WRONG_SUM:
        (into / part.name).unlink()
    raise WeightsPullFailed(f"{part.name}: {state.value} after the transfer. Run it again.")
