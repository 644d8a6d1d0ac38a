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
