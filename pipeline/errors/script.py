"""The words or the recording cannot be spoken."""

from __future__ import annotations

from pipeline.errors.root import BoltiError


class ScriptError(BoltiError):
    """The words or the recording cannot be spoken."""

    code = "script_unusable"
    exit_code = 20


class ScriptEmpty(ScriptError):
    """Nothing in the text can be spoken."""

    code = "script_empty"
    exit_code = 21

    def __init__(self) -> None:
        super().__init__("There are no words to speak in this text. Send a sentence.")


class ScriptUnreadable(ScriptError):
    """The text is in a writing system that no voice here reads."""

    code = "script_unreadable"
    exit_code = 26

    def __init__(self) -> None:
        super().__init__(
            "No voice here reads the writing of this text. Write it in English, Hindi or another "
            "Indian language, in its own letters or in Latin ones."
        )


class OptionUnknown(ScriptError):
    """An option before the words is not known."""

    code = "option_unknown"
    exit_code = 29

    def __init__(self, option: str) -> None:
        super().__init__(f"The option {option} is not known. Leave it out, or name another.")
        self.option = option

    def values(self) -> dict[str, str | int | float]:
        """Give the option as it was written."""
        return {"option": self.option}


class ScriptTooLong(ScriptError):
    """The text speaks longer than the limit."""

    code = "script_too_long"
    exit_code = 22

    def __init__(self, duration_s: float, limit_s: float) -> None:
        super().__init__(
            f"The text takes about {duration_s:.0f} s to speak; "
            f"the limit is {limit_s:.0f} s. Shorten it."
        )
        self.duration_s, self.limit_s = duration_s, limit_s

    def values(self) -> dict[str, str | int | float]:
        """Give both lengths in whole seconds."""
        return {"duration_s": round(self.duration_s), "limit_s": round(self.limit_s)}


class SoundUnreadable(ScriptError):
    """The recording cannot be decoded."""

    code = "sound_unreadable"
    exit_code = 23

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"This recording cannot be opened ({reason}). Send a voice note or an MP3."
        )


class SoundTooLarge(ScriptError):
    """The recording is a larger file than the limit."""

    code = "sound_too_large"
    exit_code = 27

    def __init__(self, what: str, limit: str) -> None:
        super().__init__(f"The recording has {what}; the limit is {limit}. Send a shorter one.")
        self.what, self.limit = what, limit

    def values(self) -> dict[str, str | int | float]:
        """Give both sizes, with their units."""
        return {"what": self.what, "limit": self.limit}


class SoundTooLong(ScriptError):
    """The recording is longer than the limit."""

    code = "sound_too_long"
    exit_code = 24

    def __init__(self, limit_s: float) -> None:
        super().__init__(f"The recording is longer than {limit_s:.0f} s. Send a shorter one.")
        self.limit_s = limit_s

    def values(self) -> dict[str, str | int | float]:
        """Give the limit in whole seconds."""
        return {"limit_s": round(self.limit_s)}


class NoSpeechFound(ScriptError):
    """The recording holds no speech."""

    code = "no_speech"
    exit_code = 25

    def __init__(self) -> None:
        super().__init__("No speech was found in the recording. Record again, a bit closer.")
