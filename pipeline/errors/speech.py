"""Speech could not be made."""

from __future__ import annotations

from pipeline.errors.root import BoltiError


class SpeechError(BoltiError):
    """Speech could not be made."""

    code = "speech_failed"
    exit_code = 30


class SpeechUnavailable(SpeechError):
    """A provider of speech does not answer."""

    code = "speech_unavailable"
    retryable = True
    exit_code = 31

    def __init__(self, provider: str, reason: str) -> None:
        super().__init__(
            f"The voice provider '{provider}' is not available: {reason}. Try again soon."
        )
        self.provider = provider


class TranscriberUnavailable(SpeechError):
    """Recordings cannot be turned into words here."""

    code = "transcriber_unavailable"
    exit_code = 33

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"Recordings cannot be turned into words here: {reason}. Use the recording as it is "
            "(`bolti render --audio`), or type the words."
        )


class VoiceUnknown(SpeechError):
    """No provider has a voice of this name."""

    code = "voice_unknown"
    exit_code = 32

    def __init__(self, voice_id: str) -> None:
        super().__init__(f"There is no voice '{voice_id}'. `bolti voices` lists those there are.")
        self.voice_id = voice_id
