"""``bolti verify``: is this video ours, and as we made it?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import assert_never

import click

from pipeline.cli.running import in_file, run
from pipeline.safety.verdict import FINDINGS, Finding, Verdict
from pipeline.settings import Settings, load_settings

NOT_OURS = 3
"""The exit status for a video that is not ours or was changed: scripts can ask."""


@click.command()
@click.argument("video", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def verify(video: Path, as_json: bool) -> int:
    """Say whether VIDEO was made here: signed and unchanged, changed since, or unknown.

    The status is 0 for signed and unchanged, 3 otherwise.
    """
    settings = load_settings()
    finding = run(_examine(in_file(video, "video"), settings))
    if as_json:
        click.echo(json.dumps(FINDINGS.dump_python(finding, mode="json")))
    else:
        click.echo(_sentence(finding))
    return 0 if finding.verdict is Verdict.INTACT else NOT_OURS


async def _examine(video: Path, settings: Settings) -> Finding:
    from pipeline.safety.desk import VerifyDesk
    from pipeline.settings import child_environment

    return await VerifyDesk(settings, child_environment()).examine(video)


def _sentence(finding: Finding) -> str:
    on = f" on {finding.made_on:%d %b %Y}" if finding.made_on else ""
    job = f" (job {finding.job_id})" if finding.job_id else ""
    match finding.verdict:
        case Verdict.INTACT:
            return f"Made here{on}{job}: signed, and unchanged since. It is AI-generated."
        case Verdict.ALTERED if finding.job_id or finding.mark_score is None:
            return f"It carries a signature made here{on}{job}, but was changed since."
        case Verdict.ALTERED:
            return f"Made here{on}, by its invisible mark, but changed since: no signature fits."
        case Verdict.UNKNOWN:
            other = "Somebody else signed it. " if finding.signed_by_other else ""
            return (
                f"{other}No signature or mark of ours. That proves nothing: many apps strip them, "
                "and a crop takes the mark away."
            )
        case _:
            assert_never(finding.verdict)
