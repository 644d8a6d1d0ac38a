"""What the invisible mark says, in 32 bits: the day, and which job of that day.

The day stands in clear; of the job only a keyed digest, so that a mark names nobody, and we can
still find the job while its row is kept. Eight check bits tell a mark that was read from one that
was guessed. Knows numbers; ``watermark`` puts them into pictures.
"""

from __future__ import annotations

import hashlib
import hmac
import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from pipeline.types import JobId

BITS: Final = 32
DAY_BITS, TAG_BITS, CHECK_BITS = 12, 12, 8
FIRST_DAY: Final = date(2026, 1, 1)
"""Twelve bits count days until 2037."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A mark that was read whole."""

    day: date
    tag: int
    """Twelve bits of the job."""


def mark_id(key: bytes, job_id: JobId, made_at: datetime) -> int:
    """Give the 32 bits that a video of this job carries; the same for each try of one day."""
    day = (made_at.astimezone(UTC).date() - FIRST_DAY).days % (1 << DAY_BITS)
    head = (day << TAG_BITS) | tag_of(key, job_id)
    return (head << CHECK_BITS) | _check(head)


def read_mark(bits: int) -> Mark | None:
    """Take a mark apart; None where its check bits do not fit."""
    head, check = bits >> CHECK_BITS, bits & ((1 << CHECK_BITS) - 1)
    if _check(head) != check:
        return None
    day, tag = head >> TAG_BITS, head & ((1 << TAG_BITS) - 1)
    return Mark(day=FIRST_DAY + timedelta(days=day), tag=tag)


def tag_of(key: bytes, job_id: JobId) -> int:
    """Give a job's twelve bits: one other job in 4096 of the same day has the same."""
    digest = hmac.digest(key, b"job:" + job_id.encode(), hashlib.sha256)
    return int.from_bytes(digest[:2]) >> (16 - TAG_BITS)


def _check(head: int) -> int:
    return zlib.crc32(head.to_bytes(4)) & ((1 << CHECK_BITS) - 1)
