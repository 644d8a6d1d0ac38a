"""Words and their times -> subtitles in the SRT format.

A cue is at most two lines of 42 characters and six seconds; it ends with a sentence, at a pause,
or where it is full. Words are shown with the punctuation of the script. Knows no video.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

from pipeline.speech.pauses import without_pauses
from pipeline.types import Timing

LINE_CHARS, LINES = 42, 2
LONGEST_S, PAUSE_S = 6.0, 0.8
SHORTEST_S = 0.7
"""A cue that nobody could read is shown a little longer, if nothing follows at once."""
_END = re.compile(r"[.!?।॥۔؟][\"'”’)]*$")


def srt(words: Sequence[Timing], text: str) -> str:
    """Write SRT; ``text`` is the clean script that was spoken. Empty without words."""
    shown = list(_with_punctuation(words, without_pauses(text)))
    cues = list(_cues(shown))
    blocks: list[str] = []
    for number, cue in enumerate(cues):
        start_s, end_s = cue[0].start_s, max(cue[-1].end_s, cue[0].start_s + SHORTEST_S)
        if number + 1 < len(cues):
            end_s = min(end_s, cues[number + 1][0].start_s)
        lines = textwrap.wrap(" ".join(word.text for word in cue), LINE_CHARS) or [""]
        blocks.append(f"{number + 1}\n{_clock(start_s)} --> {_clock(end_s)}\n" + "\n".join(lines))
    return "\n\n".join(blocks) + ("\n" if blocks else "")


def _with_punctuation(words: Sequence[Timing], text: str) -> Iterator[Timing]:
    """Give each word as the script writes it; a word that is not found stays as it is."""
    at = 0
    for word in words:
        found = text.find(word.text, at)
        if found < 0 or found - at > len(word.text) + LINE_CHARS:
            yield word
            continue
        end = found + len(word.text)
        while end < len(text) and not text[end].isspace() and not text[end].isalnum():
            end += 1
        begin = found
        while begin > at and not text[begin - 1].isspace() and not text[begin - 1].isalnum():
            begin -= 1
        at = end
        yield Timing(start_s=word.start_s, end_s=word.end_s, text=text[begin:end])


def _cues(words: Sequence[Timing]) -> Iterator[list[Timing]]:
    cue: list[Timing] = []
    for word in words:
        if cue and _is_full(cue, word):
            yield cue
            cue = []
        cue.append(word)
    if cue:
        yield cue


def _is_full(cue: Sequence[Timing], following: Timing) -> bool:
    text = " ".join([*(word.text for word in cue), following.text])
    return (
        len(textwrap.wrap(text, LINE_CHARS)) > LINES
        or following.end_s - cue[0].start_s > LONGEST_S
        or following.start_s - cue[-1].end_s > PAUSE_S
        or _END.search(cue[-1].text) is not None
    )


def _clock(seconds: float) -> str:
    milliseconds = round(max(seconds, 0.0) * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02},{rest % 1000:03}"
