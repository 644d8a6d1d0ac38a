"""What Telegram said of a sending is written down, whatever the database does meanwhile."""

from __future__ import annotations

from dataclasses import replace

from pipeline import errors
from pipeline.store.outbox import Outbox, OutboxState
from pipeline.types import Failure, JobId, Owner
from tests.unit.bot.conftest import Bot
from tests.unit.bot.finished import JOB, STATUS, finished_job


class AwayAfterwards(Outbox):
    """An outbox whose database goes away while something is being sent, and comes back."""

    is_away = True

    async def sent(
        self,
        job_id: JobId,
        message_id: str,
        file_id: str | None,
        file_unique_id: str | None = None,
    ) -> None:
        """Fail once."""
        if self.is_away:
            self.is_away = False
            raise errors.StoreUnavailable("restarting")
        await super().sent(job_id, message_id, file_id, file_unique_id)


async def test_what_is_known_of_a_sending_outlives_a_restart_of_the_database(bot: Bot) -> None:
    bot.services.outbox = AwayAfterwards(bot.services.database)
    job = await finished_job(bot)

    await bot.delivery.deliver(job, STATUS)

    assert await state_of(bot, JOB) is OutboxState.SENT
    assert len(bot.telegram.of("sendVideo")) == 1
    assert len(bot.telegram.of("deleteMessage")) == 1, "nothing is asked of its person"


async def test_a_record_that_fails_makes_no_failure_of_a_video_that_arrived(bot: Bot) -> None:
    job = await finished_job(bot)
    odd = replace(job, owner=Owner("telegram:1"), id=JobId("tg-1 (not an id)"))
    await bot.services.outbox.open(odd.id)

    await bot.delivery.deliver(odd, STATUS)  # the audit trail takes no such name

    assert await state_of(bot, odd.id) is OutboxState.SENT


async def test_a_video_that_arrived_is_never_called_a_failure(bot: Bot) -> None:
    job = await finished_job(bot)
    await bot.delivery.deliver(job, STATUS)
    bot.telegram.calls.clear()

    failure = Failure(code="internal", detail="after the sending", retryable=False)
    await bot.delivery.fail(job, STATUS, failure)

    assert bot.telegram.texts == []
    assert len(bot.telegram.of("deleteMessage")) == 1


async def state_of(bot: Bot, job_id: JobId) -> OutboxState:
    row = await bot.services.outbox.get(job_id)
    assert row is not None
    return row.state
