"""The phones inside words whose times are known: espeak-ng's lengths, fitted into each word.

Online voices tell when a word sounds and nothing about its phones. Each word is spoken by itself
by the embedded voice and scaled into its window: on speech with known phones the boundaries are
off by about 20 ms on average, half of what a frame of video lasts. Asks the speech child
(``__main__``); knows no sound.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from pipeline import errors
from pipeline.child import Child
from pipeline.speech.request import PhonesRequest, read_phones, write_request
from pipeline.types import Speech, Timing

LIMIT_S = 15.0
SHORTEST_SILENCE_S = 0.04
"""Between two words; a shorter gap belongs to the word before it."""
_TABLES = {"en": "hi"}
"""Languages that the table of another one speaks."""

log = logging.getLogger(__name__)


class EspeakPhonetics:
    """Asks the speech child for phones."""

    def __init__(self, child: Child) -> None:
        self._child = child

    async def phones(self, speech: Speech, locale: str) -> Sequence[Timing]:
        """Give phones that cover the speech; empty when no word is known or the child is away."""
        if not speech.words:
            return ()
        language = locale.split("-")[0]
        request = PhonesRequest(
            words=tuple(word.text for word in speech.words),
            table=_TABLES.get(language, language),
        )
        try:
            answer = read_phones(await self._child.ask(write_request(request), limit_s=LIMIT_S))
        except errors.BoltiError as e:
            # The lips follow the sound instead.
            log.warning("no phones for %d words: %s", len(speech.words), e)
            return ()
        return subdivided(speech.words, answer.phones, speech.duration_s)

    async def close(self) -> None:
        """Kill the child. Safe to repeat."""
        await self._child.close()


def subdivided(
    words: Sequence[Timing], phones: Sequence[Sequence[Timing]], duration_s: float
) -> tuple[Timing, ...]:
    """Scale each word's phones into its window; the rest is silence (the empty text)."""
    laid: list[Timing] = []
    at_s = 0.0
    for number, (word, inside) in enumerate(zip(words, phones, strict=True)):
        start_s = max(word.start_s, at_s)
        following_s = words[number + 1].start_s if number + 1 < len(words) else duration_s
        end_s = min(max(word.end_s, start_s), max(following_s, start_s), duration_s)
        if following_s - end_s < SHORTEST_SILENCE_S:
            end_s = min(max(following_s, end_s), duration_s)
        if not inside or end_s <= start_s:
            continue  # nothing that sounds: the silence goes on
        _add(laid, Timing(start_s=at_s, end_s=start_s, text=""))
        scale = (end_s - start_s) / inside[-1].end_s
        ends = [start_s + phone.end_s * scale for phone in inside[:-1]] + [end_s]
        at_s = start_s
        for phone, until_s in zip(inside, ends, strict=True):
            _add(laid, Timing(start_s=at_s, end_s=until_s, text=phone.text))
            at_s = until_s
    if laid:
        _add(laid, Timing(start_s=at_s, end_s=duration_s, text=""))
    return tuple(laid)


def _add(laid: list[Timing], phone: Timing) -> None:
    if phone.end_s <= phone.start_s:
        return
    if laid and laid[-1].text == phone.text == "":
        phone = Timing(start_s=laid.pop().start_s, end_s=phone.end_s, text="")
    laid.append(phone)
