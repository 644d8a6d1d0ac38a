"""A group that got another id keeps its rules, its limits, its questions and its permissions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline import errors
from pipeline.store.access import Standing
from pipeline.store.community import open_community
from pipeline.store.database import Database
from pipeline.store.groups import GroupRules
from pipeline.store.questions import Question, QuestionKind
from pipeline.store.quotas import Limits
from pipeline.types import JobId, Owner

OLD, NEW, ASHA, RAVI = (Owner(f"telegram:{n}") for n in (-5, -100_5, 1, 2))
NOW = datetime.now(UTC)


async def test_everything_follows_and_saying_it_twice_changes_nothing(database: Database) -> None:
    rows = open_community(database)
    rules = GroupRules(jobs_per_day=1)
    await rows.groups.set_rules(OLD, rules)
    await rows.access.set_standing(OLD, Standing.ALLOWED)
    await rows.questions.grant(owner=RAVI, asker=ASHA, place=OLD)
    await rows.questions.put(
        Question(
            id=JobId("tg-1"),
            kind=QuestionKind.PERMISSION,
            asked=RAVI,
            asker=ASHA,
            place=OLD,
            reply_to="",
            content="",
            message_id="7",
            expires_at=NOW + timedelta(minutes=10),
        )
    )
    limits = Limits(place_per_day=1)
    began = NOW - timedelta(hours=1)
    await rows.quotas.take(
        JobId("tg-1"), owner=ASHA, place=OLD, limits=limits, day_began_at=began, now=NOW
    )

    await rows.moves.rename(OLD, NEW)
    await rows.moves.rename(OLD, NEW)

    assert await rows.groups.rules(NEW) == rules
    assert await rows.groups.rules(OLD) == GroupRules()
    assert (await rows.access.entry(NEW)).standing is Standing.ALLOWED
    assert await rows.questions.is_granted(owner=RAVI, asker=ASHA, place=NEW)
    assert await rows.questions.at(NEW, "7") is not None
    with pytest.raises(errors.GroupDailyLimitReached):
        await rows.quotas.check(owner=RAVI, place=NEW, limits=limits, day_began_at=began, now=NOW)


async def test_what_was_decided_under_the_new_name_stays(database: Database) -> None:
    rows = open_community(database)
    await rows.groups.set_rules(OLD, GroupRules(jobs_per_day=1))
    await rows.groups.set_rules(NEW, GroupRules(jobs_per_day=2))

    await rows.moves.rename(OLD, NEW)

    assert (await rows.groups.rules(NEW)).jobs_per_day == 2
