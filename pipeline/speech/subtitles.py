"""Words and their times -> the cues of subtitles, and those in the SRT format.

A cue is at most two lines of 42 characters and six seconds; it ends with a sentence, at a pause,
or where it is full. Words are shown with the punctuation of the script. Knows no video.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.speech.pauses import without_pauses
from pipeline.types import Timing

LINE_CHARS, LINES = 42, 2
LONGEST_S, PAUSE_S = 6.0, 0.8
SHORTEST_S = 0.7
"""A cue that nobody could read is shown a little longer, if nothing follows at once."""
_END = re.compile(r"[.!?।॥۔؟][\"'”’)]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """What is shown from a time to a time; one line of words, to be broken by whoever shows it."""

    start_s: float
    end_s: float
    text: str


def srt(words: Sequence[Timing], text: str) -> str:
    """Write SRT; ``text`` is the clean script that was spoken. Empty without words."""
    blocks = [
        f"{number}\n{_clock(cue.start_s)} --> {_clock(cue.end_s)}\n"
        + "\n".join(textwrap.wrap(cue.text, LINE_CHARS) or [""])
        for number, cue in enumerate(cues(words, text), start=1)
    ]
    return "\n\n".join(blocks) + ("\n" if blocks else "")


def cues(words: Sequence[Timing], text: str) -> list[Cue]:
    """Put the words into cues; ``text`` is the clean script that was spoken."""
    grouped = list(_cues(list(_with_punctuation(words, without_pauses(text)))))
    made: list[Cue] = []
    for number, cue in enumerate(grouped):
        start_s, end_s = cue[0].start_s, max(cue[-1].end_s, cue[0].start_s + SHORTEST_S)
        if number + 1 < len(grouped):
            end_s = min(end_s, grouped[number + 1][0].start_s)
        made.append(Cue(start_s=start_s, end_s=end_s, text=" ".join(word.text for word in cue)))
    return made


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
