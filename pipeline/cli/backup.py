"""``bolti backup`` and ``bolti restore``: a copy of the database, and the way back."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import click

from pipeline import errors
from pipeline.cli.running import run
from pipeline.settings import Settings, load_settings

POSTGRESQL = (
    "This database is PostgreSQL, which has tools of its own:\n"
    '  pg_dump --format=custom --file=bolti.dump "$BOLTI_JOBS__DATABASE"\n'
    "and, with bot and workers stopped:\n"
    '  pg_restore --clean --if-exists --dbname="$BOLTI_JOBS__DATABASE" bolti.dump'
)


@click.command()
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help="A folder.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def backup(into: Path | None, as_json: bool) -> None:
    """Copy the SQLite database, while the bot works, and check the copy.

    The bot does this every hour by itself (store.backups). Photos and videos are not in it.
    """
    settings = load_settings()
    made = run(_backup(settings, _database(settings), into or settings.backup_dir))
    if as_json:
        click.echo(json.dumps({"file": str(made), "bytes": made.stat().st_size}))
        return
    click.echo(f"{made} ({made.stat().st_size / 1e6:.1f} MB, checked)")


async def _backup(settings: Settings, database: Path, into: Path) -> Path:
    from pipeline.records import open_records
    from pipeline.store.backups import Backups

    async with open_records(settings):  # so that there is a database, and one of this version
        return await Backups(database, into).make(datetime.now(UTC))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> None:
    """Put a backup in the place of the SQLite database; what was there is kept aside.

    Stop the bot and every worker first. What was open in the backup goes on at their next start.
    """
    from pipeline.jobs.liveness import nobody_at_work
    from pipeline.store import backups

    settings = load_settings()
    database = _database(settings)
    with nobody_at_work(database):
        former = backups.restore(file, database, settings.backup_dir, datetime.now(UTC))
        click.echo(f"{database} is {file.name} now.")
        if former is None:
            return
        click.echo(f"What was there lies in {former} for a week.")
        again = run(_forget_again(settings, database, former))
    if again:
        click.echo(f"Forgotten again, as they had asked since that backup: {again}.")


async def _forget_again(settings: Settings, database: Path, former: Path) -> int:
    from pipeline.records import open_records
    from pipeline.rights import Rights
    from pipeline.store.audit import AuditTable
    from pipeline.store.backups import check
    from pipeline.store.database import Database

    try:
        await asyncio.to_thread(check, former)
    except errors.BackupUnusable:
        click.echo("It cannot be read: nobody can tell who had everything forgotten since.")
        return 0
    now, before = (Database(f"sqlite:///{path}") for path in (database, former))
    try:
        async with open_records(settings) as records:
            trails = (AuditTable(now).walk(), AuditTable(before).walk())
            return await Rights(records, settings).forget_again(*trails)
    finally:
        await now.close()
        await before.close()


def _database(settings: Settings) -> Path:
    from pipeline.store.database import Database

    file = Database(settings.database_url).file
    if file is None:
        raise click.ClickException(POSTGRESQL)
    return file
