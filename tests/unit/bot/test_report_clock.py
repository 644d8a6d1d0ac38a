"""The clocks of reports, and whoever comes late to one: nothing forgotten, nothing done twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.admin import report_clock
from pipeline.types import CopyKind
from tests.fakes import Refusal
from tests.unit.bot.conftest import Bot
from tests.unit.bot.finished import RESULT
from tests.unit.bot.test_reports import ADMIN, JOB, reported, with_a_video
from tests.unit.bot.updates import tap


@pytest.fixture
async def delivered(bot: Bot) -> Bot:
    return await with_a_video(bot)


def later(bot: Bot, **after: float) -> None:
    """Let time pass for the clocks of reports."""
    service = bot.services.reports
    now = datetime.now(UTC) + timedelta(**after)
    service._now = lambda: now


async def test_the_operators_are_reminded_before_the_time_is_over_and_when_it_is(
    delivered: Bot,
) -> None:
    down = await reported(delivered, "intimate")
    delivered.telegram.calls.clear()

    for minutes in (10, 80, 95, 110, 121, 130, 600):
        later(delivered, minutes=minutes)
        await report_clock.remind(delivered.app)

    soon, over = delivered.telegram.of("sendMessage")
    assert soon.values["chat_id"] == over.values["chat_id"] == ADMIN
    assert "nearly over" in soon.text
    assert "0 h 24 min left" in soon.text or "0 h 25 min left" in soon.text
    assert "late by 0 h 1 min" in over.text or "late by 0 h 2 min" in over.text
    assert over.buttons["Take down"] == down


async def test_status_tells_how_many_reports_wait_and_how_long(delivered: Bot) -> None:
    down = await reported(delivered, "intimate")
    look = "panel:refresh"  # the button under /status
    later(delivered, minutes=30)
    await delivered.hears(tap(60, look, user=ADMIN))
    later(delivered, hours=3)
    await delivered.hears(tap(61, look, user=ADMIN))
    await delivered.hears(tap(62, down, user=ADMIN), tap(63, look, user=ADMIN))

    edited = (call.text for call in delivered.telegram.of("editMessageText"))
    pages = [page for page in edited if "Line:" in page]
    assert "1 report waits for you: 1 h" in pages[0]
    assert "late by 1 h 0 min" in pages[1] or "late by 1 h 1 min" in pages[1]
    assert "for you" not in pages[2]


async def test_a_video_that_was_sent_again_goes_with_the_first(delivered: Bot) -> None:
    job = replace(delivered.services.jobs.jobs[JOB], result=RESULT)
    for wish in (8, 9):
        await delivered.delivery.deliver_copy(job, CopyKind.VIDEO, wish)
    button = await reported(delivered)

    await delivered.hears(tap(60, button, user=ADMIN))

    assert len(delivered.telegram.of("deleteMessage")) == 3
    assert delivered.telegram.toasts[-1] == "taken down, in the chat too"


async def test_whoever_comes_late_to_a_decision_reads_so_and_loses_the_buttons(
    delivered: Bot,
) -> None:
    down = await reported(delivered)
    dismiss = delivered.telegram.of("sendVideo")[-1].buttons["Dismiss"]

    await delivered.hears(tap(60, down, user=ADMIN), tap(61, dismiss, user=ADMIN))

    assert delivered.telegram.toasts[-1] == "Somebody has decided this report already."
    late = delivered.telegram.of("editMessageText", "editMessageCaption")[-1]
    assert "Somebody has decided this report already." in late.text
    assert late.buttons == {}


async def test_nobody_is_reminded_of_what_is_decided(delivered: Bot) -> None:
    down = await reported(delivered)
    await delivered.hears(tap(52, down, user=ADMIN))
    delivered.telegram.calls.clear()

    later(delivered, hours=3)
    await report_clock.remind(delivered.app)

    assert delivered.telegram.calls == []


async def test_a_reminder_that_reached_nobody_is_due_again(delivered: Bot) -> None:
    await reported(delivered)
    later(delivered, hours=3)
    delivered.telegram.fails(
        "sendMessage", Refusal(status=403, description="Forbidden: bot was blocked by the user")
    )
    await report_clock.remind(delivered.app)
    delivered.telegram.calls.clear()

    await report_clock.remind(delivered.app)
    await report_clock.remind(delivered.app)

    assert len(delivered.telegram.of("sendMessage")) == 1
