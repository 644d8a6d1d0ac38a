"""A fake of the part of the services that examines videos: it says what the test says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import errors
from pipeline.safety.verdict import Finding, Verdict
from pipeline.types import Job

if TYPE_CHECKING:
    from tests.fakes import FakeJobs


class FakeVerifying:
    """Finds in every video what ``finding`` is, or raises it."""

    jobs: FakeJobs
    finding: Finding | errors.BoltiError = Finding(verdict=Verdict.UNKNOWN)

    async def verify(self, video: Path) -> Finding:
        """Say what the test says."""
        if isinstance(self.finding, errors.BoltiError):
            raise self.finding
        return self.finding

    async def job_of(self, finding: Finding) -> Job | None:
        """Find the job that the finding names."""
        return self.jobs.jobs.get(finding.job_id) if finding.job_id else None
