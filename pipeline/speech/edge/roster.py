"""Which of the listed voices the service has today.

``config/voices.toml`` is the seed. The service's own list is asked for once a day, when the
service is used anyway, and its last good copy is kept on disk: seed and list together are offered.
A voice that is only in the list is not offered (limited ones fail when they speak); one that is
only in the seed was withdrawn, and another of its language stands in. Nobody waits for the list.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import aiohttp
import edge_tts
from edge_tts.exceptions import EdgeTTSException
from pydantic import BaseModel, TypeAdapter, ValidationError

from pipeline.speech.edge.service import ConnectorFactory
from pipeline.speech.voices import edge_voices, stand_in
from pipeline.types import Voice, VoiceId

EVERY_S = 24 * 3600.0
AGAIN_AFTER_FAILURE_S = 600.0
LIMIT_S = 10.0
GONE_S = 3600.0

log = logging.getLogger(__name__)


class _Listed(BaseModel):
    ShortName: str


class _Kept(BaseModel):
    asked_at_s: float
    names: tuple[str, ...]


_LIST = TypeAdapter(list[_Listed])


class Roster:
    """The voices of the seed, less those that the service no longer has.

    ``file`` keeps the last good list between processes; None keeps it in memory only.
    """

    def __init__(
        self,
        file: Path | None,
        *,
        proxy: str = "",
        connector_factory: ConnectorFactory | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._file, self._proxy, self._connector_factory = file, proxy, connector_factory
        self._clock = clock
        self._seed = {voice.id: voice.shown() for voice in edge_voices().values()}
        self._gone: dict[VoiceId, float] = {}
        self._kept: _Kept | None = None
        self._next_s = 0.0
        self._read = False

    async def offered(self) -> Mapping[VoiceId, Voice]:
        """Give the voices that can be asked for, in the order of the seed. Needs no network."""
        await self._load()
        known = None if self._kept is None else set(self._kept.names)
        now_s = self._clock()
        return {
            id: voice
            for id, voice in self._seed.items()
            if (known is None or id in known) and now_s >= self._gone.get(id, 0.0)
        }

    def listed(self, voice_id: VoiceId) -> Voice | None:
        """Find a voice of the seed, offered or not."""
        return self._seed.get(voice_id)

    async def sibling(self, voice: Voice) -> Voice | None:
        """Find who stands in for a voice: the same language and gender."""
        return stand_in(voice, voice.locale, (await self.offered()).values(), same_gender=True)

    def gone(self, voice_id: VoiceId) -> None:
        """Remember for an hour that a voice gives no sound while another one does."""
        self._gone[voice_id] = self._clock() + GONE_S

    async def refresh_if_due(self) -> None:
        """Ask the service for its list, once a day; a failure is logged and changes nothing."""
        await self._load()
        now_s = self._clock()
        if now_s < self._next_s:
            return
        self._next_s = now_s + AGAIN_AFTER_FAILURE_S
        try:
            async with asyncio.timeout(LIMIT_S):
                answer = await edge_tts.list_voices(
                    connector=self._connector_factory() if self._connector_factory else None,
                    proxy=self._proxy or None,
                )
            names = {voice.ShortName for voice in _LIST.validate_python(answer)}
        except (
            *(aiohttp.ClientError, EdgeTTSException, OSError, TimeoutError),
            *(ValueError, TypeError, KeyError, RuntimeError),  # a list of another shape
        ) as e:
            log.warning("edge: its list of voices could not be read: %s", type(e).__name__)
            return
        if not names & set(self._seed):
            log.warning("edge: its list of voices names none of ours; the old one is kept")
            return
        self._kept = _Kept(asked_at_s=now_s, names=tuple(sorted(names)))
        self._next_s = now_s + EVERY_S
        self._tell(names)
        if self._file is not None:
            await asyncio.to_thread(_write, self._file, self._kept)

    def _tell(self, names: set[str]) -> None:
        if missing := set(self._seed) - names:
            log.warning("edge: withdrawn: %s", ", ".join(sorted(missing)))
        if new := {name for name in names if "-IN-" in name} - set(self._seed):
            log.info("edge: new, not offered: %s", ", ".join(sorted(new)))

    async def _load(self) -> None:
        if self._read or self._file is None:
            return
        self._read = True
        kept = await asyncio.to_thread(_read, self._file)
        if kept is not None and set(kept.names) & set(self._seed):
            self._kept, self._next_s = kept, kept.asked_at_s + EVERY_S


def _read(file: Path) -> _Kept | None:
    try:
        return _Kept.model_validate_json(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValidationError, UnicodeDecodeError):
        log.warning("the kept list of Edge's voices cannot be read; it will be asked for again")
        return None


def _write(file: Path, kept: _Kept) -> None:
    part = file.with_name(file.name + ".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(kept.model_dump()), encoding="utf-8")
        part.replace(file)
    except OSError as e:
        log.warning("the list of Edge's voices could not be kept: %s", e.strerror)
