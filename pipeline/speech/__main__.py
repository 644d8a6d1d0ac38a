"""The speech child: ``python -m pipeline.speech``, spoken to by ``embedded.py`` only.

espeak-ng (GPL-3.0-or-later) is loaded in this process and in no other. One request is one script;
the answer is its timings, the sound goes into the file that the request names.
"""

from __future__ import annotations

from collections.abc import Callable

from pipeline.child import Message, serve
from pipeline.speech.espeak import Espeak
from pipeline.speech.request import read_request, write_answer
from pipeline.speech.speaking import Speaker


def main() -> None:
    """Serve until the parent goes away."""
    speaker: Speaker | None = None

    def handle(message: Message, _say: Callable[[Message], None]) -> Message:
        nonlocal speaker
        # Made on the first request, so that a missing library is an answer, not a dead child.
        speaker = speaker or Speaker(Espeak())
        return write_answer(speaker.speak(read_request(message)))

    serve(handle)


if __name__ == "__main__":
    main()
