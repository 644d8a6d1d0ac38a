"""A folder of speech: limited in size and age, safe against a crash at any moment.

Blocking; called in threads, by several processes at once. A WAV is put in place first, its JSON
last: what has no JSON is no entry. ``take`` counts as use by touching the JSON; age counts from
``made_at_s`` inside it. With a sealer both files are sealed, and their name tells nothing of what
is said in them (``pipeline/sealing.py``). Knows no voice and no text.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from cryptography.exceptions import InvalidTag
from pydantic import ConfigDict, TypeAdapter, ValidationError

from pipeline.sealing import Sealer
from pipeline.types import Speech

STRAY_S = 3600.0
"""A sound without its JSON, or an unfinished file, is left by a crash when it is so old."""
FULL, ROOM = 0.95, 0.9
"""Beyond the first share of its size the folder is emptied to the second; it is measured whenever
it may have grown by what is left."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    speech: Speech
    """Its path is where it was made, and of no use any more."""
    sha256: str
    size_bytes: int
    made_at_s: float


_ENTRY = TypeAdapter(_Entry)


class Shelf:
    """Entries by key (64 hex digits) under one folder."""

    def __init__(
        self,
        folder: Path,
        *,
        max_bytes: int,
        max_age_s: float,
        clock: Callable[[], float] = time.time,
        sealer: Sealer | None = None,
    ) -> None:
        self._folder, self._max_bytes, self._max_age_s = folder, max_bytes, max_age_s
        self._clock, self._sealer = clock, sealer
        self._emptying = threading.Lock()
        self._grown_bytes: int | None = None

    def take(self, key: str, into: Path) -> Speech | None:
        """Copy an entry's sound to ``into``; None when there is none that is whole and young."""
        name = self._name(key)
        sound, note = self._paths(name)
        try:
            entry = _ENTRY.validate_json(self._opened(note.read_bytes()))
            if self._clock() - entry.made_at_s > self._max_age_s:
                self._drop(name)
                return None
            data = self._opened(sound.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError, InvalidTag):
            self._drop(name)
            return None
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            log.warning("an entry of the speech cache is damaged and was dropped")
            self._drop(name)
            return None
        into.write_bytes(data)
        self._touch(note)
        return replace(entry.speech, path=into)

    def put(self, key: str, speech: Speech) -> None:
        """Keep a copy of a speech; a full disk or folder is logged, nobody waits for it."""
        sound, note = self._paths(self._name(key))
        try:
            data = speech.path.read_bytes()
            if len(data) > self._max_bytes:
                return
            entry = _Entry(
                speech=replace(speech, path=Path(sound.name), from_cache=False),
                sha256=hashlib.sha256(data).hexdigest(),
                size_bytes=len(data),
                made_at_s=self._clock(),
            )
            sound.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(sound, self._sealed(data))
            _write(note, self._sealed(_ENTRY.dump_json(entry)))
            now_s = self._clock()
            os.utime(note, (now_s, now_s))
            self._tidy_after(len(data))
        except OSError as e:
            log.warning("the speech could not be kept: %s", e.strerror)

    def tidy(self) -> int:
        """Delete what is too old, then the least used until it fits; return how many."""
        with self._emptying:
            now_s = self._clock()
            kept = list[tuple[float, int, str]]()
            dropped = 0
            for note in self._notes():
                try:
                    note_bytes = self._opened(note.read_bytes())
                    made_at_s = _ENTRY.validate_json(note_bytes).made_at_s
                    used_at_s = note.stat().st_mtime
                    size_bytes = note.with_suffix(".wav").stat().st_size + note.stat().st_size
                except FileNotFoundError:  # another process was quicker
                    continue
                except (OSError, ValidationError, InvalidTag):
                    made_at_s = float("-inf")
                if now_s - made_at_s > self._max_age_s:
                    self._drop(note.stem)
                    dropped += 1
                else:
                    kept.append((used_at_s, size_bytes, note.stem))
            total = sum(size_bytes for _, size_bytes, _ in kept)
            if total > FULL * self._max_bytes:
                for _, size_bytes, key in sorted(kept):
                    if total <= ROOM * self._max_bytes:
                        break
                    self._drop(key)
                    total -= size_bytes
                    dropped += 1
            self._drop_strays(now_s)
            self._grown_bytes = 0
            return dropped

    def _tidy_after(self, added_bytes: int) -> None:
        grown = self._grown_bytes
        if grown is None or grown + added_bytes > (1 - FULL) * self._max_bytes:
            self.tidy()
        else:
            self._grown_bytes = grown + added_bytes

    def _name(self, key: str) -> str:
        return key if self._sealer is None else self._sealer.blinded(key)

    def _sealed(self, data: bytes) -> bytes:
        return data if self._sealer is None else self._sealer.seal(data)

    def _opened(self, data: bytes) -> bytes:
        return data if self._sealer is None else self._sealer.open(data)

    def _paths(self, name: str) -> tuple[Path, Path]:
        place = self._folder / name[:2] / name[2:4] / name
        return place.with_suffix(".wav"), place.with_suffix(".json")

    def _notes(self) -> Iterator[Path]:
        yield from sorted(self._folder.glob("??/??/*.json"))

    def _drop(self, name: str) -> None:
        for path in reversed(self._paths(name)):
            path.unlink(missing_ok=True)

    def _drop_strays(self, now_s: float) -> None:
        for path in self._folder.glob("??/??/*"):
            entry = path.suffix == ".json" or path.with_suffix(".json").exists()
            stray = path.suffix == ".part" or not entry
            try:
                if stray and now_s - path.stat().st_mtime > STRAY_S:
                    path.unlink(missing_ok=True)
            except FileNotFoundError:
                continue

    def _touch(self, note: Path) -> None:
        now_s = self._clock()
        try:
            os.utime(note, (now_s, now_s))
        except OSError:  # dropped meanwhile; the copy is taken
            return


def _write(into: Path, data: bytes) -> None:
    """Write a file whole or not at all, and on the disk before it has its name."""
    handle, name = tempfile.mkstemp(dir=into.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(into)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
