"""``python -m tests.chaos --kills 300 --database postgresql``: the long form, with its table."""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
from pathlib import Path

import click

from tests import postgres
from tests.chaos.plan import Plan
from tests.chaos.run import run


@click.command()
@click.option("--kills", default=300, show_default=True)
@click.option(
    "--database",
    type=click.Choice(["sqlite", "postgresql"]),
    multiple=True,
    default=("sqlite", "postgresql"),
    show_default=True,
)
@click.option("--seed", default=1, show_default=True)
@click.option("--keep", type=click.Path(path_type=Path), help="Folder for logs and data.")
def main(kills: int, database: tuple[str, ...], seed: int, keep: Path | None) -> None:
    """Kill, and count what people got."""
    # Whoever is killed in mid-sentence leaves the stand-in a traceback.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    wrong = 0
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
    for kind in database:
        folder = Path(tempfile.mkdtemp(prefix=f"chaos-{kind}-", dir=keep))
        plan = Plan(folder=folder, kills=kills, seed=seed)
        if kind == "sqlite":
            report = asyncio.run(run(plan))
        else:
            with postgres.running() as server:
                on_server = Plan(
                    folder=folder, kills=kills, seed=seed, database=server.new_database()
                )
                report = asyncio.run(run(on_server, server))
        click.echo(report.table())
        click.echo(f"Logs: {folder}\n")
        wrong += len(report.wrong)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
