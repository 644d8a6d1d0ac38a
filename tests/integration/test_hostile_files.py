"""No hostile file crashes, hangs, fills the memory or opens another; each gets one kind sentence.

The files are read by the product's own readers in a confined process.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest

from bot.texts import TEXTS_FOLDER
from tests.hostile import Door, Hostile
from tests.hostile.asking import MOST_BYTES, probe
from tests.hostile.films import hostile_films
from tests.hostile.fuzz import fuzz
from tests.hostile.pictures import hostile_pictures
from tests.hostile.sounds import hostile_sounds

FILES: dict[Door, Callable[[], Iterable[Hostile]]] = {
    Door.PHOTO: hostile_pictures,
    Door.FILM: hostile_films,
    Door.VERIFY: hostile_films,
    Door.SPEECH: hostile_sounds,
}


@cache
def every(make: Callable[[], Iterable[Hostile]]) -> tuple[Hostile, ...]:
    """Make the files once: some take seconds."""
    return tuple(make())


LANGUAGES = [json.loads(path.read_text("utf-8")) for path in sorted(TEXTS_FOLDER.glob("*.json"))]


@pytest.mark.parametrize("door", FILES)
async def test_every_hostile_file_is_refused_kindly_or_harmless(
    door: Door, tmp_path: Path
) -> None:
    wrong = list[str]()
    async with probe(tmp_path) as reader:
        for hostile in every(FILES[door]):
            fate = await reader.reads(door, hostile.content)
            if fate.fault is not None:
                wrong.append(f"{hostile.name}: {fate.fault}")
            elif fate.code is None and not hostile.usable and door is not Door.VERIFY:
                wrong.append(f"{hostile.name}: was taken")
            elif fate.code is not None and not all(f"error.{fate.code}" in t for t in LANGUAGES):
                wrong.append(f"{hostile.name}: no sentence for {fate.code}")

    assert wrong == []
    assert {path.name for path in tmp_path.iterdir()} <= {"sent", "clean.mp4"}


async def test_hostile_recordings_fare_the_same_through_ffmpeg(tmp_path: Path) -> None:
    (tmp_path / "secret.ogg").write_bytes(b"OggS")
    wrong = list[str]()
    async with probe(tmp_path) as reader:
        for hostile in every(hostile_sounds):
            if " cut at " in hostile.name and not hostile.name.endswith("1 KB"):
                continue  # each is a process of its own
            fate = await reader.reads(Door.RECORDING, hostile.content)
            if fate.fault is not None or (fate.code is None and not hostile.usable):
                wrong.append(f"{hostile.name}: {fate.fault or 'was taken'}")

    assert wrong == []


def test_there_are_at_least_sixty_kinds_each_with_its_name() -> None:
    made = (hostile_pictures, hostile_films, hostile_sounds)
    names = [hostile.name for make in made for hostile in every(make)]
    kinds = {name for name in names if " cut at " not in name}

    assert len(kinds) >= 60
    assert len(names) - len(kinds) >= 60, "truncated at every kilobyte"
    assert MOST_BYTES < 1 << 30


async def test_a_short_fuzz_finds_nothing(tmp_path: Path) -> None:
    """`make fuzz` is the long form."""
    tallies = await fuzz(300.0, 7, tmp_path, turn=8, most=100)

    assert {door: tally.fates["FAULT"] for door, tally in tallies.items()} == dict.fromkeys(
        tallies, 0
    )
    assert all(tally.fates for tally in tallies.values()), "every door had its turn"
