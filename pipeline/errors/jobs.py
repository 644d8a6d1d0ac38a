"""A job cannot do what was asked of it."""

from __future__ import annotations

from pipeline.errors.root import BoltiError


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


class LineFull(JobError):
    """So many jobs stand in line that one more would wait too long."""

    code = "line_full"
    exit_code = 57

    def __init__(self, waiting: int) -> None:
        super().__init__(f"{waiting} videos are in line already. Try again in a while.")
        self.waiting = waiting

    def values(self) -> dict[str, str | int | float]:
        """Give how many are in line."""
        return {"waiting": self.waiting}


class IntakeClosed(JobError):
    """An operator lets no new jobs in; what was accepted is still made."""

    code = "intake_closed"
    exit_code = 58

    def __init__(self) -> None:
        super().__init__("No new videos are taken for a while. Try again later.")


class UnderMaintenance(IntakeClosed):
    """An operator lets no new jobs in, and says in their own words why or how long."""

    code = "under_maintenance"
    exit_code = 56

    def __init__(self, note: str) -> None:
        JobError.__init__(self, "No new videos are taken: there is maintenance. Try again later.")
        self.note = note

    def values(self) -> dict[str, str | int | float]:
        """Give the operator's words."""
        return {"note": self.note}


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
