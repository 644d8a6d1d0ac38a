"""Questions wait for one answer and end in time; permissions hold for two people in one place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pipeline.store.database import Database
from pipeline.store.questions import Question, QuestionKind, Questions
from pipeline.types import JobId, Owner

ASHA, RAVI, HERE, THERE = (Owner(f"telegram:{n}") for n in (1, 2, -8, -9))
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
QUESTION = Question(
    id=JobId("tg-1"),
    kind=QuestionKind.PERMISSION,
    asked=RAVI,
    asker=ASHA,
    place=HERE,
    reply_to="the command",
    content="what is ordered",
    expires_at=NOW + timedelta(minutes=10),
)


async def test_a_question_survives_a_restart(database: Database) -> None:
    await Questions(database).put(QUESTION)
    await Questions(database).set_message(QUESTION.id, "7")

    again = Questions(database)

    assert await again.get(QUESTION.id) == replace(QUESTION, message_id="7")
    assert await again.at(HERE, "7") == replace(QUESTION, message_id="7")
    assert await again.at(THERE, "7") is None


async def test_only_what_is_over_is_over(database: Database) -> None:
    questions = Questions(database)
    await questions.put(QUESTION)

    assert await questions.expired(NOW) == []
    assert await questions.expired(QUESTION.expires_at) == [QUESTION]


async def test_an_answer_to_an_earlier_question_leaves_the_next_one_open(
    database: Database,
) -> None:
    questions = Questions(database)
    await questions.put(replace(QUESTION, kind=QuestionKind.CONSENT))
    await questions.put(QUESTION)

    assert not await questions.delete(QUESTION.id, QuestionKind.CONSENT)
    assert await questions.get(QUESTION.id) == QUESTION
    assert await questions.delete(QUESTION.id, QuestionKind.PERMISSION)
    assert await questions.get(QUESTION.id) is None


async def test_a_permission_holds_for_these_two_here_until_it_is_taken_back(
    database: Database,
) -> None:
    questions = Questions(database)
    await questions.grant(owner=RAVI, asker=ASHA, place=HERE)
    await questions.grant(owner=RAVI, asker=ASHA, place=HERE)

    assert await questions.is_granted(owner=RAVI, asker=ASHA, place=HERE)
    assert not await questions.is_granted(owner=RAVI, asker=ASHA, place=THERE)
    assert not await questions.is_granted(owner=ASHA, asker=RAVI, place=HERE)
    assert await questions.take_back(owner=RAVI, asker=ASHA, place=HERE)
    assert not await questions.is_granted(owner=RAVI, asker=ASHA, place=HERE)
