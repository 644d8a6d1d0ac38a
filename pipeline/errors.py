"""Everything that can go wrong, drawn as a tree.

::

    BoltiError
    ├── SettingsInvalid
    ├── PortraitError          the photo cannot be used
    │   ├── PictureUnreadable
    │   ├── PictureTooLarge
    │   ├── PictureTooSmall
    │   ├── PictureAnimated
    │   ├── NoFaceFound
    │   ├── FaceTooSmall
    │   └── FaceTurnedAway
    ├── ScriptError            the words or the recording cannot be spoken
    │   ├── ScriptEmpty
    │   ├── ScriptTooLong
    │   ├── SoundUnreadable
    │   ├── SoundTooLong
    │   └── NoSpeechFound
    ├── SpeechError
    │   ├── SpeechUnavailable      retryable
    │   └── VoiceUnknown
    ├── EngineError
    │   ├── EngineUnavailable
    │   ├── RenderFailed
    │   ├── ChildDied              retryable
    │   └── ChildTimedOut          retryable
    ├── JobError
    │   ├── JobNotFound
    │   ├── JobCancelled
    │   ├── TooManyJobs
    │   ├── DeliveryDelayed        retryable
    │   ├── OwnerUnreachable
    │   └── ExecutorAlreadyRunning
    └── StoreError
        ├── ArtifactMissing
        ├── FileNotFetched
        ├── DiskFull               retryable
        └── StoreUnavailable       retryable

A class is named for what happened. ``code`` picks the sentence in ``config/texts``, ``retryable``
tells the caller whether trying again can help, ``exit_code`` is the status of ``bolti``. The text
carries the values and says what to do; it never carries a script, a name or a secret.

Where the next one goes: a class here, its sentence in every file of ``config/texts``; a test asks.
"""

from __future__ import annotations

from typing import ClassVar


class BoltiError(Exception):
    """Say what went wrong and what to do about it."""

    code: ClassVar[str] = "internal"
    retryable: ClassVar[bool] = False
    exit_code: ClassVar[int] = 1

    def values(self) -> dict[str, str | int | float]:
        """Give the numbers and short words that the user's sentence is filled with."""
        return {}


class SettingsInvalid(BoltiError):
    """The settings cannot be used; the text lists every mistake at once."""

    code = "settings_invalid"
    exit_code = 2


# --------------------------------------------------------------------------- the portrait


class PortraitError(BoltiError):
    """The photo cannot be used."""

    code = "portrait_unusable"
    exit_code = 10


class PictureUnreadable(PortraitError):
    """The file is no picture that can be opened."""

    code = "picture_unreadable"
    exit_code = 11

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"This file cannot be opened as a photo ({reason}). Send a JPEG, PNG or WEBP."
        )


class PictureTooLarge(PortraitError):
    """The picture is beyond a limit of bytes or pixels, and was not decoded."""

    code = "picture_too_large"
    exit_code = 12

    def __init__(self, what: str, limit: str, *, limit_mb: int = 0) -> None:
        super().__init__(f"The photo has {what}; the limit is {limit}. Send a smaller one.")
        self.what, self.limit, self.limit_mb = what, limit, limit_mb

    def values(self) -> dict[str, str | int | float]:
        """Give what was found and the limit."""
        return {"what": self.what, "limit": self.limit}


class PictureTooSmall(PortraitError):
    """The picture has too few pixels to hold a face."""

    code = "picture_too_small"
    exit_code = 13

    def __init__(self, width_px: int, height_px: int, limit_px: int) -> None:
        super().__init__(
            f"The photo is {width_px} x {height_px} pixels; the shorter side must have {limit_px}."
        )
        self.limit_px = limit_px

    def values(self) -> dict[str, str | int | float]:
        """Give the limit in pixels."""
        return {"limit_px": self.limit_px}


class PictureAnimated(PortraitError):
    """The file holds many frames; a portrait is one."""

    code = "picture_animated"
    exit_code = 14

    def __init__(self) -> None:
        super().__init__("This picture moves. Send one still photo.")


class NoFaceFound(PortraitError):
    """No face was seen in the photo."""

    code = "no_face"
    exit_code = 15

    def __init__(self) -> None:
        super().__init__(
            "No face was found in the photo. "
            "Send one where a face looks at the camera, in good light."
        )


class FaceTooSmall(PortraitError):
    """The face has too few pixels to move its lips well."""

    code = "face_too_small"
    exit_code = 16

    def __init__(self, eye_distance_px: float, limit_px: float) -> None:
        super().__init__(
            f"The face is too small: {eye_distance_px:.0f} px from eye corner to eye corner, "
            f"{limit_px:.0f} px are needed. Send a closer photo."
        )


class FaceTurnedAway(PortraitError):
    """The face looks too far to the side."""

    code = "face_turned_away"
    exit_code = 17

    def __init__(self, yaw_deg: float, limit_deg: float) -> None:
        super().__init__(
            f"The face is turned {abs(yaw_deg):.0f}° to the side; up to {limit_deg:.0f}° works. "
            "Send a photo that looks at the camera."
        )


# --------------------------------------------------------------------------- the script


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


# --------------------------------------------------------------------------- the voice


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


class VoiceUnknown(SpeechError):
    """No provider has a voice of this name."""

    code = "voice_unknown"
    exit_code = 32

    def __init__(self, voice_id: str) -> None:
        super().__init__(f"There is no voice '{voice_id}'. `bolti voices` lists those there are.")
        self.voice_id = voice_id


# --------------------------------------------------------------------------- the engine


class EngineError(BoltiError):
    """The video could not be made."""

    code = "engine_failed"
    exit_code = 40


class EngineUnavailable(EngineError):
    """The chosen lip-sync engine cannot run here."""

    code = "engine_unavailable"
    exit_code = 41

    def __init__(self, engine: str, reason: str) -> None:
        super().__init__(
            f"The engine '{engine}' cannot run here: {reason}. `bolti doctor` says more."
        )
        self.engine = engine


class RenderFailed(EngineError):
    """The render child met an error that it could name."""

    code = "render_failed"
    exit_code = 42


class ChildDied(EngineError):
    """A child process ended before it answered."""

    code = "child_died"
    retryable = True
    exit_code = 43

    def __init__(self, name: str, status: int | None) -> None:
        super().__init__(f"The {name} process ended (status {status}) before it answered.")
        self.status = status


class ChildTimedOut(EngineError):
    """A child process did not answer within its time and was killed."""

    code = "child_timed_out"
    retryable = True
    exit_code = 44

    def __init__(self, name: str, limit_s: float) -> None:
        super().__init__(
            f"The {name} process did not answer within {limit_s:.0f} s and was stopped."
        )


# --------------------------------------------------------------------------- the jobs


class JobError(BoltiError):
    """A job cannot do what was asked of it."""

    code = "job_failed"
    exit_code = 50


class JobNotFound(JobError):
    """No job has this id, or it belongs to somebody else."""

    code = "job_not_found"
    exit_code = 51

    def __init__(self, job_id: str) -> None:
        super().__init__(f"There is no job '{job_id}'.")


class JobCancelled(JobError):
    """The job was cancelled while somebody waited for it."""

    code = "job_cancelled"
    exit_code = 130


class TooManyJobs(JobError):
    """The owner has as many open jobs as one may have."""

    code = "too_many_jobs"
    exit_code = 52

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"You already have {limit} videos in progress. Wait for one, or cancel one."
        )
        self.limit = limit

    def values(self) -> dict[str, str | int | float]:
        """Give the limit."""
        return {"limit": self.limit}


class DeliveryDelayed(JobError):
    """A door could not speak to its owner yet; nothing was sent, and trying again can help."""

    code = "delivery_delayed"
    retryable = True
    exit_code = 54

    def __init__(self, reason: str, *, retry_after_s: float = 0.0) -> None:
        super().__init__(f"Not delivered yet: {reason}. It is tried again.")
        self.retry_after_s = retry_after_s


class OwnerUnreachable(JobError):
    """Whoever ordered cannot be spoken to any more: blocked the bot, deleted the chat."""

    code = "owner_unreachable"
    exit_code = 55

    def __init__(self, reason: str) -> None:
        super().__init__(f"The owner of this job cannot be reached ({reason}).")


class ExecutorAlreadyRunning(JobError):
    """Another process already works under this executor id."""

    code = "executor_already_running"
    exit_code = 53

    def __init__(self, executor_id: str) -> None:
        super().__init__(
            f"Another process already runs as '{executor_id}' on this database. Stop it first, "
            "or set jobs.executor to another name."
        )


# --------------------------------------------------------------------------- the store


class StoreError(BoltiError):
    """Something could not be kept or found again."""

    code = "store_failed"
    exit_code = 60


class ArtifactMissing(StoreError):
    """The stored bytes are gone, by age or by wish."""

    code = "artifact_missing"
    exit_code = 61

    def __init__(self, key: str) -> None:
        super().__init__(f"'{key}' is no longer stored. Send it again.")


class FileNotFetched(StoreError):
    """A file that somebody sent could not be fetched from where it lies."""

    code = "file_not_fetched"
    exit_code = 64

    def __init__(self, reason: str) -> None:
        super().__init__(f"The file could not be fetched ({reason}). Send it again.")


class DiskFull(StoreError):
    """The disk has no room for what was to be written."""

    code = "disk_full"
    retryable = True
    exit_code = 62

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The disk is full: {what} could not be written. Free some space and retry."
        )


class StoreUnavailable(StoreError):
    """The store or the database does not answer."""

    code = "store_unavailable"
    retryable = True
    exit_code = 63

    def __init__(self, reason: str) -> None:
        super().__init__(f"The store does not answer: {reason}.")


# --------------------------------------------------------------------------- over a pipe


def wire(error: BoltiError) -> dict[str, object]:
    """Turn an error into plain JSON values for the parent process."""
    return {"name": type(error).__name__, "text": str(error), "values": error.values()}


def revive(name: str, text: str, values: dict[str, str | int | float]) -> BoltiError:
    """Make the error again that a child process named; an unknown name is a ``RenderFailed``."""
    kind = _by_name(BoltiError).get(name, RenderFailed)
    error = kind.__new__(kind)
    error.args = (text,)
    for key, value in values.items():
        setattr(error, key, value)
    return error


def every_error() -> list[type[BoltiError]]:
    """List the classes of the tree, in the order in which they stand here."""
    return list(_by_name(BoltiError).values())


def _by_name(kind: type[BoltiError]) -> dict[str, type[BoltiError]]:
    found = {kind.__name__: kind}
    for child in kind.__subclasses__():
        found |= _by_name(child)
    return found
