"""What a deployment asks of its database, of Telegram and of its store: arithmetic on measures.

Every number here is a default that was measured by a script in ``tests/bench`` on two shared
cores, or is said to be assumed. How long people wait is not known here (``line_simulation``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is asked of a database in a second, or for one thing."""

    transactions: float
    server_ms: float
    """Processor time of the server."""

    def __mul__(self, times: float) -> Load:
        """Ask so many times as much."""
        return Load(transactions=self.transactions * times, server_ms=self.server_ms * times)

    def __add__(self, other: Load) -> Load:
        """Ask both."""
        return Load(
            transactions=self.transactions + other.transactions,
            server_ms=self.server_ms + other.server_ms,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseCosts:
    """``python -m tests.bench.orders_speed``; the first three are asked every second."""

    bot: Load
    worker: Load
    """A worker with nothing to do: it looks for work."""
    render: Load
    """A render under way: its progress, and the order that waits for it."""
    order: Load
    """Each order, once."""
    worker_connections: int
    row_bytes: int
    """All rows of one order, with their indexes."""
    keep_rows_days: int

    def load(self, *, workers: int, rendering: float, orders_per_s: float) -> Load:
        """Tell what is asked in a second."""
        return (
            self.bot + self.worker * workers + self.render * rendering + self.order * orders_per_s
        )

    def connections(self, workers: int) -> int:
        """Tell how many connections are open, the bot's among them."""
        return self.worker_connections * (workers + 1)

    def rows_bytes(self, orders_a_day: int) -> int:
        """Tell how large the database becomes once rows go as fast as they come."""
        return self.row_bytes * self.keep_rows_days * orders_a_day


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCosts:
    """``python -m tests.bench.calls_per_order``, and Telegram's limit."""

    calls_per_order: float
    """Without edits and decoration."""
    calls_per_s: float = 30.0
    """Telegram's own, for one bot."""
    edits_per_s: float = 8.0
    """The most that all status messages of a bot take together (``bot.delivery.progress``)."""
    uploads_at_once: int = 2
    upload_s: float = 1.5
    """Assumed: a video of half a megabyte, and Telegram's look at it."""

    @property
    def orders_per_s(self) -> float:
        """Orders that one bot carries through its chats in a second."""
        calls = (self.calls_per_s - self.edits_per_s) / self.calls_per_order
        return min(calls, self.uploads_at_once / self.upload_s)

    def bots(self, orders_per_s: float) -> int:
        """Tell how many bots that takes."""
        return max(1, math.ceil(orders_per_s / self.orders_per_s))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreCosts:
    """Bytes of one order in the store (the sizes of a demo), and how long they are kept."""

    video_bytes_per_s: float
    photo_bytes: float
    keep_hours: float = 24.0

    def order_bytes(self, speech_s: float) -> float:
        """Tell what one order leaves there."""
        return self.photo_bytes + self.video_bytes_per_s * speech_s

    def kept_bytes(self, orders_a_day: int, speech_s: float) -> float:
        """Tell what lies there at most."""
        return self.order_bytes(speech_s) * orders_a_day * self.keep_hours / 24


DATABASE = DatabaseCosts(
    bot=Load(transactions=27, server_ms=7),
    worker=Load(transactions=21, server_ms=5.5),
    render=Load(transactions=8, server_ms=4),
    order=Load(transactions=80, server_ms=28),
    worker_connections=12,
    row_bytes=10_400,
    keep_rows_days=90,
)
CHAT = ChatCosts(calls_per_order=4.0)
STORE = StoreCosts(video_bytes_per_s=60_000, photo_bytes=1_500_000)
