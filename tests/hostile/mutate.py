"""Damage a real file as chance and malice do: always the same for a seed."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Sequence

INTERESTING = (0, 1, 0x7F, 0x80, 0xFF)
NUMBERS = (0, 1, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1)
MOST_CHANGES = 12
LONGEST_BLOCK = 4096

Change = Callable[[bytearray, random.Random], None]


def mutated(content: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """Give a damaged copy; parts of the others may be in it."""
    damaged = bytearray(content)
    if chance.random() < 0.05:
        other = chance.choice(others)
        cut = chance.randrange(len(damaged))
        damaged = damaged[:cut] + other[chance.randrange(len(other)) :]
    for _ in range(chance.randint(1, MOST_CHANGES)):
        if damaged:
            chance.choice(CHANGES)(damaged, chance)
    return bytes(damaged)


def _flip(damaged: bytearray, chance: random.Random) -> None:
    damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)


def _byte(damaged: bytearray, chance: random.Random) -> None:
    damaged[_early(damaged, chance)] = chance.choice(INTERESTING)


def _number(damaged: bytearray, chance: random.Random) -> None:
    place = _early(damaged, chance)
    form = chance.choice(("<I", ">I", "<H", ">H"))
    value = chance.choice(NUMBERS) & (0xFFFF if form[1] == "H" else 0xFFFFFFFF)
    damaged[place : place + struct.calcsize(form)] = struct.pack(form, value)


def _cut(damaged: bytearray, chance: random.Random) -> None:
    if chance.random() < 0.3:
        del damaged[chance.randrange(len(damaged)) :]


def _lose(damaged: bytearray, chance: random.Random) -> None:
    place = chance.randrange(len(damaged))
    del damaged[place : place + chance.randint(1, LONGEST_BLOCK)]


def _repeat(damaged: bytearray, chance: random.Random) -> None:
    place = chance.randrange(len(damaged))
    block = damaged[place : place + chance.randint(1, LONGEST_BLOCK)]
    damaged[place:place] = block * chance.randint(1, 4)


def _noise(damaged: bytearray, chance: random.Random) -> None:
    place = chance.randrange(len(damaged))
    block = chance.randbytes(chance.randint(1, 64))
    damaged[place : place + len(block)] = block


def _early(damaged: bytearray, chance: random.Random) -> int:
    """Choose a place, most often near the beginning: there stand the headers."""
    most = len(damaged) if chance.random() < 0.5 else min(len(damaged), 1024)
    return chance.randrange(most)


CHANGES: tuple[Change, ...] = (_flip, _byte, _number, _number, _cut, _lose, _repeat, _noise)
