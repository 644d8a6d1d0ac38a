"""What is kept, opened together: the artifact store, and every kind of row on one database.

Needs no engine and no voice: for commands that only look after what is stored, and part of what
``bootstrap`` makes. What a row means stands in its own file in ``store``.

Where the next one goes: another kind of row is a field here, made in ``open_records``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline import store
from pipeline.sealing import ROWS, sealer_of
from pipeline.settings import Settings
from pipeline.store import ArtifactStore

if TYPE_CHECKING:
    from pipeline.jobs import Books
    from pipeline.safety.audit import Audit
    from pipeline.safety.blocks import Blocks
    from pipeline.safety.consent import Consents, Handshakes
    from pipeline.safety.reports import Reports
    from pipeline.store.backups import Backups
    from pipeline.store.community import Community
    from pipeline.store.database import Database
    from pipeline.store.drafts import Drafts
    from pipeline.store.inbox import Inbox
    from pipeline.store.old_rows import OldRows
    from pipeline.store.orders import Orders
    from pipeline.store.outbox import Outbox
    from pipeline.store.personal import PersonalRows
    from pipeline.store.pieces import Pieces
    from pipeline.store.preferences import PreferenceRows
    from pipeline.store.samples import Samples


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """What is kept: bytes and rows."""

    store: ArtifactStore
    inbox: Inbox
    drafts: Drafts
    pieces: Pieces
    outbox: Outbox
    orders: Orders
    old_rows: OldRows
    database_size: Callable[[], Awaitable[int]]
    """How many bytes all rows take."""
    backups: Backups | None
    """Copies of the database; None where it has tools of its own for that."""
    preferences: PreferenceRows
    samples: Samples
    community: Community
    books: Books
    audit: Audit
    blocks: Blocks
    reports: Reports
    personal: PersonalRows
    consents: Consents
    handshakes: Handshakes


@asynccontextmanager
async def open_records(settings: Settings) -> AsyncIterator[Records]:
    """Open store and database, making what is absent.

    Raises ``StoreUnavailable``, ``DatabaseNotUtf8``.
    """
    from pipeline.safety.audit import Audit
    from pipeline.safety.blocks import Blocks
    from pipeline.safety.consent import Consents, Handshakes, load_wordings
    from pipeline.safety.reports import Reports
    from pipeline.store.audit import AuditTable
    from pipeline.store.backups import Backups
    from pipeline.store.blocks import BlockTable
    from pipeline.store.community import open_community
    from pipeline.store.consents import ConsentTable, HandshakeTable
    from pipeline.store.database import Database
    from pipeline.store.drafts import Drafts
    from pipeline.store.inbox import Inbox
    from pipeline.store.old_rows import OldRows
    from pipeline.store.orders import Orders
    from pipeline.store.outbox import Outbox
    from pipeline.store.personal import PersonalRows
    from pipeline.store.pieces import Pieces
    from pipeline.store.preferences import PreferenceRows
    from pipeline.store.reports import ReportTable
    from pipeline.store.samples import Samples

    artifacts = await asyncio.to_thread(store.create, settings)
    database = Database(settings.database_url, sealer_of(settings.store, ROWS))
    key = await asyncio.to_thread(audit_key, settings)
    audit = Audit(AuditTable(database), key)
    wordings = await asyncio.to_thread(load_wordings)
    books = books_on(database)  # its tables are made when the database is opened
    try:
        await database.open()
        yield Records(
            store=artifacts,
            inbox=Inbox(database),
            drafts=Drafts(database),
            pieces=Pieces(database),
            outbox=Outbox(database),
            orders=Orders(database),
            old_rows=OldRows(database),
            database_size=database.size_bytes,
            backups=Backups(database.file, settings.backup_dir) if database.file else None,
            preferences=PreferenceRows(database),
            samples=Samples(database),
            community=open_community(database),
            books=books,
            audit=audit,
            blocks=Blocks(BlockTable(database), audit),
            personal=PersonalRows(database),
            reports=Reports(ReportTable(database), audit),
            consents=Consents(ConsentTable(database), wordings, audit=audit),
            handshakes=Handshakes(HandshakeTable(database)),
        )
    finally:
        await database.close()


def audit_key(settings: Settings) -> bytes:
    """Give the key of the audit trail. Blocking; raises ``SettingsInvalid``."""
    from pipeline.safety.keys import secret_key

    path = settings.data_dir.resolve() / "keys" / "audit.key"
    return secret_key(settings.privacy.audit_key, path, "audit")


def books_on(database: Database) -> Books:
    """Give the rows of the jobs on a database, which is opened afterwards."""
    from pipeline.jobs import Books
    from pipeline.store.history import History
    from pipeline.store.line import Line
    from pipeline.store.orders import Orders
    from pipeline.store.paces import Paces
    from pipeline.store.workers import Workers

    return Books(
        orders=Orders(database),
        line=Line(database),
        paces=Paces(database),
        workers=Workers(database),
        history=History(database),
    )
