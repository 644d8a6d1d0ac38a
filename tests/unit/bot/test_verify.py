"""/verify tells anybody whose a video is, and nobody whose wish it was."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from pipeline import errors
from pipeline.safety.verdict import Finding, Verdict
from pipeline.types import EngineName, Job, JobId, JobState, Owner
from tests.unit.bot.conftest import Bot
from tests.unit.bot.updates import ALICE, message, text

JOB = JobId("tg-000000000042")
INTACT = Finding(
    verdict=Verdict.INTACT, made_on=date(2026, 11, 22), engine=EngineName.WARP, job_id=JOB
)
VIDEO = {
    "file_id": "v",
    "file_unique_id": "v",
    "width": 512,
    "height": 512,
    "duration": 3,
    "file_size": 90_000,
}


def asked(update_id: int, video: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Answer a forwarded video with /verify."""
    sent = message(update_id - 1, video=video or VIDEO)["message"]
    return text(update_id, "/verify", reply_to_message=sent, **more)


@pytest.mark.parametrize(
    ("finding", "says"),
    [
        (INTACT, "I made this video on 22.11.2026"),
        (Finding(verdict=Verdict.ALTERED), "carries my mark, so it is AI-generated"),
        (Finding(verdict=Verdict.ALTERED, made_on=date(2026, 11, 22)), "my mark of 22.11.2026"),
        (Finding(verdict=Verdict.UNKNOWN), "That proves nothing"),
        (Finding(verdict=Verdict.UNKNOWN, signed_by_other=True), "Somebody else signed"),
    ],
)
async def test_the_answer_fits_the_finding(bot: Bot, finding: Finding, says: str) -> None:
    bot.services.finding = finding

    await bot.hears(asked(10))

    (answer,) = bot.telegram.texts
    assert says in answer
    assert str(JOB) not in answer
    assert list(bot.services.settings.scratch_dir.glob("*")) == [], "nothing is kept"


async def test_a_caption_asks_too_and_is_no_order(bot: Bot) -> None:
    bot.services.finding = INTACT

    await bot.hears(message(10, video=VIDEO, caption="/verify"))

    (answer,) = bot.telegram.texts
    assert "I made this video" in answer


@pytest.mark.parametrize("kind", ["animation", "video_note", "document"])
async def test_everything_that_moves_can_be_asked_about(bot: Bot, kind: str) -> None:
    bot.services.finding = INTACT
    content: dict[str, Any] = {kind: VIDEO | {"length": 240, "mime_type": "video/mp4"}}
    sent = message(9, **content)["message"]

    await bot.hears(text(10, "/verify", reply_to_message=sent))

    assert "I made this video" in bot.telegram.texts[0]


async def test_who_sends_no_video_is_told_how(bot: Bot) -> None:
    sent = message(9, text="hello")["message"]

    await bot.hears(text(10, "/verify"), text(11, "/verify", reply_to_message=sent))

    assert ["Answer a video with /verify" in said for said in bot.telegram.texts] == [True, True]
    assert bot.telegram.of("getFile") == []


async def test_a_large_video_is_refused_before_it_is_fetched(bot: Bot) -> None:
    await bot.hears(asked(10, VIDEO | {"file_size": 30_000_000}))

    assert "30.0 MB, the limit is 20 MB" in bot.telegram.texts[0]
    assert bot.telegram.of("getFile") == []


async def test_what_is_no_video_gets_one_kind_sentence(bot: Bot) -> None:
    bot.services.finding = errors.VideoUnreadable("it is damaged")

    await bot.hears(asked(10))

    assert bot.telegram.texts == ["I can't open this video. Please send it as MP4, MOV or WEBM."]


def make_operator(bot: Bot) -> None:
    """Make Alice an operator, and give the video a job of Bob's."""
    access = bot.services.settings.access.model_copy(update={"admins": (ALICE,)})
    bot.services.settings = bot.services.settings.model_copy(update={"access": access})
    bot.services.finding = INTACT
    bot.services.jobs.jobs[JOB] = Job(
        id=JOB,
        owner=Owner("telegram:502"),
        reply_to="{}",
        state=JobState.SUCCEEDED,
        created_at=datetime(2026, 11, 22, tzinfo=UTC),
    )


async def test_an_operator_learns_the_job_in_their_own_chat_only(bot: Bot) -> None:
    make_operator(bot)

    await bot.hears(asked(10), asked(12, chat=-100_500))

    private, group = bot.telegram.texts
    assert "telegram:502" in private
    assert str(JOB) in private
    assert "telegram:502" not in group
    assert str(JOB) not in group


async def test_nobody_else_learns_who_asked_for_it(bot: Bot) -> None:
    make_operator(bot)

    await bot.hears(asked(10, user=502))

    assert "502" not in bot.telegram.texts[0]


async def test_an_operator_is_told_when_the_row_is_gone(bot: Bot) -> None:
    make_operator(bot)
    bot.services.jobs.jobs.clear()

    await bot.hears(asked(10))

    assert "no longer kept" in bot.telegram.texts[0]
