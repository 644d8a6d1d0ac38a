"""An empty database of rows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

# Each file of rows brings its table.
from pipeline.store import (
    access,
    audit,
    blocks,
    consents,
    drafts,
    history,
    line,
    order_table,
    outbox,
    paces,
    preferences,
    quotas,
    workers,
)
from pipeline.store.database import Database

TABLES = (
    audit.AUDIT,
    blocks.BLOCKED,
    consents.CONSENTS,
    drafts.DRAFTS,
    preferences.PREFERENCES,
    access.ENTRIES,
    quotas.USES,
    order_table.ORDERS,
    outbox.OUTBOX,
    history.HISTORY,
    line.LINE,
    paces.PACES,
    workers.WORKERS,
)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'folder' / 'rows.db'}")
    await database.open()
    yield database
    await database.close()
