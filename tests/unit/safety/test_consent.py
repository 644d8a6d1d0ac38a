"""A consent counts for today's wording, for three months, until it is taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.texts import load_texts
from pipeline import errors
from pipeline.safety.consent import (
    GOOD_FOR,
    ConsentRows,
    Consents,
    Handshakes,
    Wording,
    load_wordings,
)
from pipeline.store.consent_file import ConsentFile
from pipeline.store.consents import CONSENTS, WORDINGS, ConsentTable, HandshakeTable
from pipeline.store.database import Database
from pipeline.types import Owner, Permission

ASHA, RAVI = Owner("telegram:1"), Owner("telegram:2")
ENGLISH = Wording(language="en", text="I am 18 or older.")
HINDI = Wording(language="hi", text="मेरी उम्र 18 साल या उससे ज़्यादा है।")


@dataclass
class Clock:
    now: datetime = field(default_factory=lambda: datetime(2026, 11, 25, 12, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'rows.db'}")
    await database.open()
    yield database
    await database.close()


@pytest.fixture(params=["table", "file"])
def rows(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> ConsentRows:
    return (
        ConsentTable(database) if request.param == "table" else ConsentFile(tmp_path / "c.jsonl")
    )


def consents(rows: ConsentRows, clock: Clock, *wordings: Wording) -> Consents:
    spoken = wordings or (ENGLISH, HINDI)
    return Consents(rows, {wording.language: wording for wording in spoken}, clock)


async def test_whoever_has_not_agreed_gets_no_consent_id(rows: ConsentRows) -> None:
    asked = consents(rows, Clock())

    assert await asked.current(ASHA) is None
    with pytest.raises(errors.ConsentMissing):
        await asked.require(ASHA)


async def test_an_agreement_counts_for_its_owner_only(rows: ConsentRows) -> None:
    asked = consents(rows, Clock())

    consent = await asked.agree(ASHA, ENGLISH.version)

    assert await asked.require(ASHA) == consent
    assert await asked.current(RAVI) is None


async def test_agreeing_twice_is_one_agreement(rows: ConsentRows) -> None:
    asked = consents(rows, Clock())

    assert await asked.agree(ASHA, HINDI.version) == await asked.agree(ASHA, HINDI.version)


async def test_it_is_asked_again_after_three_months(rows: ConsentRows) -> None:
    clock = Clock()
    asked = consents(rows, clock)
    first = await asked.agree(ASHA, ENGLISH.version)

    clock.now += GOOD_FOR - timedelta(seconds=1)
    assert await asked.current(ASHA) == first
    clock.now += timedelta(seconds=1)

    assert await asked.current(ASHA) is None
    assert await asked.agree(ASHA, ENGLISH.version) != first


async def test_it_is_asked_again_when_the_wording_changes(rows: ConsentRows) -> None:
    clock = Clock()
    await consents(rows, clock).agree(ASHA, ENGLISH.version)
    changed = Wording(language="en", text=ENGLISH.text + " Really.")

    assert await consents(rows, clock, changed, HINDI).current(ASHA) is None


async def test_another_language_of_the_same_wording_asks_nobody_again(rows: ConsentRows) -> None:
    asked = consents(rows, Clock())
    consent = await asked.agree(ASHA, HINDI.version)

    assert await asked.current(ASHA) == consent


@pytest.mark.parametrize("version", ["", "0", "an old one", ENGLISH.version[:7]])
async def test_nobody_agrees_to_a_wording_that_is_not_todays(
    rows: ConsentRows, version: str
) -> None:
    with pytest.raises(errors.WordingChanged):
        await consents(rows, Clock()).agree(ASHA, version)


async def test_taking_it_back_is_as_easy_as_giving_it(rows: ConsentRows) -> None:
    asked = consents(rows, Clock())
    await asked.agree(ASHA, ENGLISH.version)

    assert await asked.withdraw(ASHA)

    assert await asked.current(ASHA) is None
    assert not await asked.withdraw(ASHA)


async def test_who_agreed_to_which_wording_and_when_can_be_read_years_later(
    database: Database,
) -> None:
    clock = Clock()
    await consents(ConsentTable(database), clock).agree(ASHA, HINDI.version)

    def work(connection: sa.Connection) -> tuple[object, ...]:
        joined = sa.select(
            CONSENTS.c.owner, CONSENTS.c.language, CONSENTS.c.agreed_at, WORDINGS.c.text
        ).join(WORDINGS, WORDINGS.c.version == CONSENTS.c.wording)
        return tuple(connection.execute(joined).one())

    assert await database.read(work) == (ASHA, "hi", clock.now, HINDI.text)


async def test_the_person_in_a_photo_says_once_always_or_never(database: Database) -> None:
    hands = Handshakes(HandshakeTable(database), clock := Clock())

    async def says(answer: Permission) -> Permission | None:
        clock.now += timedelta(minutes=1)
        await hands.record(subject=ASHA, requester=RAVI, answer=answer, about="tg-1")
        return await hands.standing(subject=ASHA, requester=RAVI)

    assert await says(Permission.ONCE) is None
    assert await says(Permission.ALWAYS) is Permission.ALWAYS
    assert await says(Permission.ONCE) is Permission.ALWAYS
    assert await says(Permission.NEVER) is Permission.NEVER
    assert await hands.standing(subject=RAVI, requester=ASHA) is None


def test_there_is_a_wording_for_every_language_of_the_bot() -> None:
    wordings = load_wordings()

    assert set(wordings) == set(load_texts().languages)
    assert len({wording.version for wording in wordings.values()}) == len(wordings)
    for wording in wordings.values():
        assert 200 < len(wording.text) < 1500
        assert "18" in wording.text
        assert "AI" in wording.text
