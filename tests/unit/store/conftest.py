"""An empty database of rows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

# Each file of rows brings its table.
from pipeline.store import access, drafts, orders, outbox, preferences, quotas
from pipeline.store.database import Database

TABLES = (
    drafts.DRAFTS,
    orders.ORDERS,
    outbox.OUTBOX,
    preferences.PREFERENCES,
    access.ENTRIES,
    quotas.USES,
)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'folder' / 'rows.db'}")
    await database.open()
    yield database
    await database.close()
