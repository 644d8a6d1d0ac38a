"""The speech child: ``python -m pipeline.speech``, asked by ``embedded`` and ``phonetics`` only.

espeak-ng (GPL-3.0-or-later) is loaded in this process and in no other. It is C, and reads what
strangers write: the process has no network and sees no other (``confine``). One request is one
script, whose sound goes into the file that the request names, or words whose phones are wanted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, assert_never

from pipeline.child import Message, serve
from pipeline.confine import confine

MEMORY_BYTES: Final = 2 << 30
"""Several times what a script needs (0.2 GB)."""


def main() -> None:
    """Confine this process, then serve. Nothing heavy is imported before."""
    confine(None, memory_bytes=MEMORY_BYTES)
    from pipeline.speech.espeak import Espeak
    from pipeline.speech.request import PhonesRequest, SpeakRequest, read_request, write_answer
    from pipeline.speech.speaking import Speaker

    speaker: Speaker | None = None

    def handle(message: Message, _say: Callable[[Message], None]) -> Message:
        nonlocal speaker
        # Made on the first request, so that a missing library is an answer, not a dead child.
        speaker = speaker or Speaker(Espeak())
        match read_request(message):
            case SpeakRequest() as request:
                return write_answer(speaker.speak(request))
            case PhonesRequest() as request:
                return write_answer(speaker.phones(request))
            case request:
                assert_never(request)

    serve(handle)


if __name__ == "__main__":
    main()
