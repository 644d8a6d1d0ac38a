"""Where a job stands is told in round, honest numbers."""

from __future__ import annotations

import pytest

from bot.delivery.standing import status_sentence, time_left
from bot.menus.keyboards import job_keyboard
from bot.texts import Texts
from pipeline.line import Span, Standing
from pipeline.types import JobId, Progress, Stage

JOB = JobId("tg-000000000001")
WAITING = Progress(stage=Stage.WAITING)


@pytest.mark.parametrize(
    ("low_s", "high_s", "told"),
    [
        (3, 4, "about 10 s"),
        (21, 38, "about 40 s"),
        (40, 55, "about 1 minute"),
        (70, 80, "about 2 minutes"),
        (60, 290, "1 to 5 minutes"),
        (540, 600, "about 10 minutes"),
        (0, 0, "about 10 s"),
    ],
)
def test_a_time_is_one_number_where_that_is_honest(
    texts: Texts, low_s: float, high_s: float, told: str
) -> None:
    assert time_left(texts, "en", Span(low_s=low_s, high_s=high_s)) == told


def test_a_time_is_told_only_where_it_was_measured(texts: Texts) -> None:
    unmeasured = Standing(progress=WAITING, position=3)
    measured = Standing(progress=WAITING, position=3, eta=Span(low_s=90, high_s=100))

    assert status_sentence(texts, "en", JOB, unmeasured).endswith("is number 3 in line.")
    assert status_sentence(texts, "en", JOB, measured).endswith("in line. · about 2 minutes")


def test_a_paused_line_tells_no_time(texts: Texts) -> None:
    paused = Standing(progress=WAITING, position=1, is_paused=True, eta=Span(low_s=1, high_s=2))

    assert "being serviced" in status_sentence(texts, "en", JOB, paused)
    assert "about" not in status_sentence(texts, "en", JOB, paused)
    assert "बारी" in status_sentence(texts, "hi", JOB, paused)


def test_who_waits_for_an_engine_that_is_away_is_told_and_offered_the_quick_one(
    texts: Texts,
) -> None:
    stranded = Standing(progress=WAITING, position=1, is_stranded=True)

    told = status_sentence(texts, "en", JOB, stranded)
    offered = job_keyboard(texts, "en", JOB, is_stranded=True).inline_keyboard[0]

    assert "I've kept your request" in told
    assert "take a quick version now" in told
    assert [one.text for one in offered] == ["⚡ Quick version", "Cancel"]
