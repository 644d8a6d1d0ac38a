"""Something may not be done, to protect the person in the picture."""

from __future__ import annotations

from pipeline.errors.root import BoltiError


class SafetyError(BoltiError):
    """Something may not be done, to protect the person in the picture."""

    code = "not_allowed"
    exit_code = 80


class AuditBroken(SafetyError):
    """A row of the audit trail was changed, removed, added or swapped."""

    code = "audit_broken"
    exit_code = 83

    def __init__(self, row: int) -> None:
        super().__init__(
            f"The audit trail does not hold at row {row}: that row, or the one before it, was "
            "changed or removed. Compare it with a backup."
        )
        self.row = row


class ConsentMissing(SafetyError):
    """Who asks for a video has not agreed to today's wording, or not lately."""

    code = "consent_missing"
    exit_code = 81

    def __init__(self) -> None:
        super().__init__(
            "Before the first video you must agree to how it may be used. Run this in a "
            "terminal to read and agree, or pass --i-have-consent."
        )


class PhotoBlocked(SafetyError):
    """The operators, or the person in it, do not want this photo to speak."""

    code = "photo_blocked"
    exit_code = 84

    def __init__(self) -> None:
        super().__init__("This photo may not be used. Please take another one.")


class TooManyReports(SafetyError):
    """Somebody has so many complaints waiting that another would only bury them."""

    code = "too_many_reports"
    exit_code = 85

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"{limit} of your reports wait for the operators. Please wait for their answer."
        )
        self.limit = limit

    def values(self) -> dict[str, str | int | float]:
        """Give the limit."""
        return {"limit": self.limit}


class WordingChanged(SafetyError):
    """The wording that somebody agrees to is not today's any more."""

    code = "wording_changed"
    exit_code = 82

    def __init__(self) -> None:
        super().__init__("The wording has changed. Read it again.")
