"""`make fuzz`: mutate real files by the ten thousand, and read each as the product does.

    python -m tests.hostile.fuzz [--seconds 600] [--seed 1] [--into out/fuzz]

Prints a table per door. A file that crashes, hangs, needs too much memory or raises what is no
error of the tree is kept in ``into``, and the status is 1. The same seed makes the same files.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pipeline.safety import provenance
from pipeline.safety.certificate import load_credentials
from pipeline.settings import ProvenanceSettings
from pipeline.types import EngineName, JobId
from tests import faces
from tests.hostile import Door
from tests.hostile.asking import MOST_BYTES, Fate, probe
from tests.hostile.films import KINDS as FILM_KINDS
from tests.hostile.films import film
from tests.hostile.mutate import mutated
from tests.hostile.pictures import photograph
from tests.hostile.sounds import KINDS as SOUND_KINDS
from tests.hostile.sounds import recording

TURN = 40
"""Files of one door before the next has its turn."""
SAY_EVERY_S = 30.0
SHARES = {Door.PHOTO: 4, Door.FILM: 3, Door.RECORDING: 3, Door.VERIFY: 2, Door.SPEECH: 1}
"""Turns of each door."""
PROCESSES = 10
"""Files in a turn of the door that starts a process for each."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What came of the files of one door."""

    fates: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    peak_bytes: int = 0

    def count(self, fate: Fate) -> None:
        """Add one file."""
        self.fates[(fate.fault and "FAULT") or fate.code or "read"] += 1
        self.slowest_s = max(self.slowest_s, fate.took_s)
        self.peak_bytes = max(self.peak_bytes, fate.peak_bytes)


def main() -> int:
    """Fuzz for a while; 1 if anything may not be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--into", type=Path, default=Path("out/fuzz"))
    asked = parser.parse_args()
    tallies = asyncio.run(fuzz(asked.seconds, asked.seed, asked.into))
    report(tallies, asked.seed)
    return int(any(tally.fates["FAULT"] for tally in tallies.values()))


async def fuzz(
    seconds: float, seed: int, into: Path, *, turn: int = TURN, most: int | None = None
) -> Mapping[Door, Tally]:
    """Read damaged files until the time is over, or so many are read."""
    tallies = {door: Tally() for door in SHARES}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seeds = real_files(folder)
        (folder / "reading").mkdir()
        said_s = time.monotonic()
        ends_s = said_s + seconds
        done = 0
        async with probe(folder / "reading") as reader:
            for number, door in enumerate(_turns()):
                chance = random.Random(f"{seed}/{number}")
                for _ in range(turn if door is not Door.RECORDING else min(turn, PROCESSES)):
                    if time.monotonic() > ends_s or done == most:
                        return tallies
                    content = mutated(chance.choice(seeds[door]), seeds[door], chance)
                    fate = await reader.reads(door, content)
                    tallies[door].count(fate)
                    done += 1
                    if fate.fault is not None:
                        _keep(into, door, content, fate)
                if time.monotonic() - said_s > SAY_EVERY_S:
                    said_s = time.monotonic()
                    print(f"{done} files, {ends_s - said_s:.0f} s left", flush=True)
    raise AssertionError("the turns never end")


def real_files(folder: Path) -> Mapping[Door, Sequence[bytes]]:
    """Make and find the real files that are damaged."""
    photos = [photograph(kind) for kind in ("JPEG", "PNG", "WEBP")]
    photos += [faces.hopper().read_bytes()]
    films = [film(container, codec) for container, codec in FILM_KINDS]
    sounds = [recording(container, codec) for container, codec in SOUND_KINDS]
    signed = folder / "signed.mp4"
    signed.write_bytes(films[0])
    claim = provenance.Claim(
        job_id=JobId("fuzz"), engine=EngineName.WARP, mark_id=1, made_at=datetime.now(UTC)
    )
    credentials = load_credentials(ProvenanceSettings(folder=str(folder / "keys")))
    provenance.sign(signed, credentials, claim)
    return {
        Door.PHOTO: photos,
        Door.FILM: films,
        Door.RECORDING: sounds,
        Door.SPEECH: sounds,
        Door.VERIFY: [signed.read_bytes(), *films],
    }


def report(tallies: Mapping[Door, Tally], seed: int) -> None:
    """Print the table."""
    print(f"\nseed {seed}; the bound of memory is {MOST_BYTES >> 20} MB")
    print("door        files  slowest   peak MB  what came of them")
    for door, tally in tallies.items():
        fates = ", ".join(f"{count} {name}" for name, count in tally.fates.most_common())
        row = f"{door.value:<10}{tally.fates.total():>7}{tally.slowest_s:>7.2f} s"
        print(f"{row}{tally.peak_bytes >> 20:>10}  {fates}")


def _turns() -> Iterator[Door]:
    while True:
        for door, turns in SHARES.items():
            yield from [door] * turns


def _keep(into: Path, door: Door, content: bytes, fate: Fate) -> None:
    into.mkdir(parents=True, exist_ok=True)
    path = into / f"{door.value}-{abs(hash(content)):x}"
    path.write_bytes(content)
    print(f"FAULT at {door.value}: {fate.fault}; kept as {path}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
