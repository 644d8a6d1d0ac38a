"""``bolti doctor``: what is there, what is missing, what to do about it."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from pathlib import Path

import click

from pipeline.cli.running import run
from pipeline.doctor import examine
from pipeline.settings import Loaded, load_with_sources
from pipeline.settings.listing import effective
from pipeline.types import Finding, Health

MARKS = {Health.OK: "ok     ", Health.NOTE: "note   ", Health.MISSING: "MISSING"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def doctor(as_json: bool) -> int:
    """Say what is there, what is missing and what to do.

    The status is 1 if no render is possible.
    """
    loaded = load_with_sources()
    findings = run(_examine(loaded))
    values = effective(loaded)
    if as_json:
        shown = {
            name: {"value": value, "source": source} for name, (value, source) in values.items()
        }
        click.echo(json.dumps({"findings": [asdict(f) for f in findings], "settings": shown}))
    else:
        _print(findings, loaded)
    return int(any(finding.health is Health.MISSING for finding in findings))


async def _examine(loaded: Loaded) -> list[Finding]:
    from pipeline.bootstrap import open_workshop

    with tempfile.TemporaryDirectory(prefix="bolti-") as folder:
        async with open_workshop(loaded.settings, scratch=Path(folder)) as workshop:
            return await examine(
                loaded.settings, workshop.portraits, workshop.speaker, Path(folder)
            )


def _print(findings: list[Finding], loaded: Loaded) -> None:
    for finding in findings:
        click.echo(f"{MARKS[finding.health]}  {finding.name:<9} {finding.detail}")
        if finding.advice:
            click.echo(f"                    -> {finding.advice}")
    click.echo("\nSettings in effect:")
    for name, (value, source) in effective(loaded).items():
        click.echo(f"  {name:<34} {value:<28} {source}")
    missing = [finding.name for finding in findings if finding.health is Health.MISSING]
    verdict = (
        f"No render is possible: see {', '.join(missing)}." if missing else "Ready to render."
    )
    click.echo(f"\n{verdict}")
