"""Sentences -> pieces that go over one connection each.

edge-tts cuts a text of more than 4096 escaped bytes wherever a space is, and reads the rest over a
second connection that dies with a connector of our own. So we cut first, and between sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

MAX_BYTES = 3_500


def pieces(sentences: Iterable[str], max_bytes: int = MAX_BYTES) -> Iterator[str]:
    """Pack whole sentences into pieces of at most ``max_bytes`` escaped bytes.

    One sentence longer than that is a piece of its own; ``text.sentences`` makes none.
    """
    packed: list[str] = []
    size_bytes = 0
    for sentence in sentences:
        needed_bytes = len(escape(sentence).encode()) + 1
        if packed and size_bytes + needed_bytes > max_bytes:
            yield " ".join(packed)
            packed, size_bytes = [], 0
        packed.append(sentence)
        size_bytes += needed_bytes
    if packed:
        yield " ".join(packed)
