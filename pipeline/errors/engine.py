"""The video could not be made."""

from __future__ import annotations

from pipeline.errors.root import BoltiError


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


class PhotosOnly(EngineError):
    """The chosen engine takes a photo as the face, and was given a video."""

    code = "photos_only"
    exit_code = 49

    def __init__(self, engine: str, reason: str) -> None:
        super().__init__(
            f"The engine '{engine}' makes photos speak, not videos ({reason}). Send a photo, or "
            "take the engine 'latentsync'."
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
        super().__init__(
            f"The {name} process ended (status {status}) before it answered. Try again; if it "
            "keeps ending, `bolti doctor` looks for the cause."
        )
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


class ChildStuck(EngineError):
    """A child process said nothing for too long and was killed."""

    code = "child_stuck"
    retryable = True
    exit_code = 59

    def __init__(self, name: str, silence_s: float) -> None:
        super().__init__(f"The {name} process said nothing for {silence_s:.0f} s and was stopped.")


class WeightsUnusable(EngineError):
    """The files of a model are not what they should be."""

    code = "weights_unusable"
    exit_code = 45

    def __init__(self, reason: str) -> None:
        super().__init__(f"The weights cannot be used: {reason}")


class WeightsNotPulled(EngineError):
    """The files of a model did not come, or there is no room for them."""

    code = "weights_not_pulled"
    exit_code = 46

    def __init__(self, reason: str) -> None:
        super().__init__(f"The weights did not come: {reason}")


class MemoryExhausted(EngineError):
    """The device has too little memory, even for the smallest model that is here."""

    code = "memory_exhausted"
    exit_code = 47

    def __init__(self, advice: str) -> None:
        super().__init__(f"The device ran out of memory. {advice}")


class DeviceFault(EngineError):
    """A GPU broke down; nothing in its process can be trusted any more.

    The render child ends when it meets one, so that its parent starts a fresh one.
    """

    code = "device_fault"
    retryable = True
    exit_code = 48

    def __init__(self, reason: str) -> None:
        super().__init__(f"The device reported a fault ({reason}). Try again.")


class VideoNotSigned(EngineError):
    """The finished video could not be signed, so it is given to nobody."""

    code = "not_signed"
    exit_code = 57

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The video could not be signed ({reason}), so it was thrown away. `bolti provenance "
            "show` says who signs; `bolti provenance init --again` makes a new certificate."
        )
