"""No table that names somebody is forgotten when they ask for their data, or for its end."""

from __future__ import annotations

import importlib
import pkgutil
from datetime import UTC, datetime, timedelta

import pipeline.store
from pipeline.store.access import Access, Standing
from pipeline.store.database import METADATA, Database
from pipeline.store.drafts import Draft, Drafts
from pipeline.store.personal import ABOUT, PersonalRows
from pipeline.store.preferences import PreferenceRows
from pipeline.types import JobId, Owner

ASHA, RAVI = Owner("telegram:11"), Owner("telegram:111")
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
NAMING = {"owner", "who", "asker", "asked", "subject", "requester", "reporter", "by", "reply_to"}
OTHERS = {
    "audit": "keyed digests",
    "broadcasts": "what an operator did",
    "line": "what an operator did",
    "groups": "who may use the bot in a group: a rule, not a person",
}
"""Tables with such a column that hold nothing of a user."""


def test_every_table_that_can_name_a_person_is_known_to_the_rights() -> None:
    for module in pkgutil.iter_modules(pipeline.store.__path__):
        importlib.import_module(f"pipeline.store.{module.name}")
    naming = {t.name for t in METADATA.sorted_tables if NAMING & set(t.columns.keys())}

    assert naming - {table.name for table in ABOUT} - set(OTHERS) == set()
    assert set(OTHERS) <= naming


async def test_only_the_rows_of_the_person_go(database: Database) -> None:
    personal, drafts, preferences = (
        PersonalRows(database),
        Drafts(database),
        PreferenceRows(database),
    )
    for owner in (ASHA, RAVI):
        number = owner.removeprefix("telegram:")
        await drafts.put(Draft(key=f"-100:0:{number}", script="hello", updated_at=NOW))
        await preferences.change(owner, language="hi")

    assert set(await personal.of(ASHA)) == {"drafts", "preferences"}
    await personal.delete(ASHA, keep_jobs=(), uses_since=NOW)

    assert await personal.of(ASHA) == {}
    assert set(await personal.of(RAVI)) == {"drafts", "preferences"}


async def test_a_ban_outlives_forgetting(database: Database) -> None:
    access = Access(database)
    await access.set_standing(ASHA, Standing.BANNED)
    await access.set_standing(RAVI, Standing.ALLOWED)

    for owner in (ASHA, RAVI):
        await PersonalRows(database).delete(
            owner, keep_jobs=(JobId("tg-1"),), uses_since=NOW - timedelta(days=1)
        )

    assert (await access.entry(ASHA)).standing is Standing.BANNED
    assert (await access.entry(RAVI)).standing is Standing.ORDINARY
