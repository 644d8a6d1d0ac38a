"""For tests that are not about consent: people who have agreed already."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.safety.consent import Consents, load_wordings
from pipeline.store.consents import ConsentTable
from pipeline.store.database import Database
from pipeline.types import ConsentId, Owner

CONSENT = ConsentId("c-of-a-test")


async def let_agree(database_url: str, owners: Iterable[Owner]) -> None:
    """Let people agree to today's wording, in the database of a bot that is not started yet."""
    database = Database(database_url)
    await database.open()
    try:
        consents = Consents(ConsentTable(database), load_wordings())
        for owner in owners:
            await consents.agree(owner, consents.wording("en").version)
    finally:
        await database.close()
