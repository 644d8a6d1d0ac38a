"""Everybody may report a video; operators decide with one tap, and everybody concerned is told."""

from __future__ import annotations

from typing import Any

import pytest

from bot.address import order_id, owner_of
from bot.texts import short_id
from pipeline import errors
from pipeline.safety.reports import MOST_WAITING
from pipeline.store.access import Standing
from pipeline.types import ArtifactKey, Decision, JobId, JobState
from tests.fakes import Refusal
from tests.unit.bot.conftest import Bot
from tests.unit.bot.updates import ALICE, BOB, message, photo, tap, text

ADMIN = 900
JOB = JobId("tg-000000000001")


@pytest.fixture
async def delivered(bot: Bot) -> Bot:
    return await with_a_video(bot)


async def with_a_video(bot: Bot) -> Bot:
    """Give Alice a video, and let somebody decide complaints."""
    settings = bot.services.settings
    access = settings.access.model_copy(update={"admins": (ADMIN,)})
    bot.services.settings = settings.model_copy(update={"access": access})
    await bot.hears(photo(1, caption="Good morning."))
    await bot.services.outbox.open(JOB)
    await bot.services.outbox.claim(JOB)
    await bot.services.outbox.sent(JOB, "77", "F1", "unique-1")
    await bot.services.store.put_bytes(b"a video", ArtifactKey(f"jobs/{JOB}/out.mp4"))
    bot.telegram.calls.clear()
    return bot


def answering_video(update_id: int, words: str, *, unique: str, user: int = BOB) -> dict[str, Any]:
    video = {"file_id": "F9", "file_unique_id": unique, "width": 2, "height": 2, "duration": 1}
    shown = message(500, user=user, video=video)["message"]
    entities = [{"type": "bot_command", "offset": 0, "length": len(words.split()[0])}]
    return message(update_id, user=user, text=words, entities=entities, reply_to_message=shown)


async def reported(bot: Bot, kind: str = "intimate", user: int = BOB) -> str:
    """Report the video by its button; give the button that decides to take it down."""
    await bot.hears(tap(50, f"report:{JOB}", user=user), tap(51, f"kind:{kind}.{JOB}", user=user))
    alert = bot.telegram.of("sendVideo")[-1]
    assert alert.values["chat_id"] == ADMIN
    return alert.buttons["Take down"]


async def test_two_taps_report_a_video_and_the_operators_see_it_with_its_clock(
    delivered: Bot,
) -> None:
    await reported(delivered)

    asked = delivered.telegram.of("sendMessage")[0]
    assert list(asked.buttons)[:2] == ["Sexual or intimate", "It pretends to be somebody"]
    alert = delivered.telegram.of("sendVideo")[-1]
    assert "1 h 59 min left" in alert.text or "2 h 0 min left" in alert.text
    assert alert.values["video"] == "F1"
    assert "decide within 2 hours" in delivered.telegram.of("editMessageText")[-1].text


@pytest.mark.parametrize(("kind", "hours"), [("mine", "2"), ("order", "3"), ("other", "36")])
async def test_each_kind_has_its_clock(delivered: Bot, kind: str, hours: str) -> None:
    await reported(delivered, kind)

    assert f"within {hours} hours" in delivered.telegram.of("editMessageText")[-1].text


async def test_the_same_report_twice_tells_the_operators_once(delivered: Bot) -> None:
    await reported(delivered)
    await reported(delivered)

    assert len(delivered.telegram.of("sendVideo")) == 1


async def test_one_tap_takes_down_photo_and_video_and_tells_everybody(delivered: Bot) -> None:
    button = await reported(delivered)

    await delivered.hears(tap(60, button, user=ADMIN))

    deleted = delivered.telegram.of("deleteMessage")[-1].values
    assert (deleted["chat_id"], deleted["message_id"]) == (ALICE, 77)
    with pytest.raises(errors.ArtifactMissing):
        await delivered.services.store.read(ArtifactKey(f"jobs/{JOB}/out.mp4"))
    told = {call.values["chat_id"]: call.text for call in delivered.telegram.of("sendMessage")}
    assert "was taken down after a report" in told[ALICE]
    assert "the video was taken down" in told[BOB]
    await delivered.hears(photo(61, caption="Once more."))
    assert "somebody asked us not to" in delivered.telegram.texts[-1]
    assert len(delivered.services.jobs.jobs) == 1


async def test_the_same_face_in_an_open_draft_is_refused_too(delivered: Bot) -> None:
    await delivered.hears(tap(60, await reported(delivered), user=ADMIN))

    await delivered.hears(text(61, "The same face, new words."))

    assert "somebody asked us not to" in delivered.telegram.texts[-1]
    assert len(delivered.services.jobs.jobs) == 1


async def test_ban_shuts_the_person_out(delivered: Bot) -> None:
    await reported(delivered)
    ban = delivered.telegram.of("sendVideo")[-1].buttons["Take down and ban"]

    await delivered.hears(photo(55, caption="One more."))
    await delivered.hears(tap(60, ban, user=ADMIN))

    assert delivered.telegram.toasts[-1].endswith("; whoever ordered it is banned")
    assert delivered.services.jobs.jobs[order_id(55)].state is JobState.CANCELLED
    entry = await delivered.services.community.access.entry(owner_of(ALICE))
    assert entry.standing is Standing.BANNED


async def test_a_dismissed_report_leaves_the_video_and_the_reporter_is_told(
    delivered: Bot,
) -> None:
    await reported(delivered)
    dismiss = delivered.telegram.of("sendVideo")[-1].buttons["Dismiss"]

    await delivered.hears(tap(60, dismiss, user=ADMIN))

    assert delivered.telegram.of("deleteMessage") == []
    assert "found nothing against the /terms" in delivered.telegram.texts[-1]


async def test_only_operators_decide(delivered: Bot) -> None:
    button = await reported(delivered)

    await delivered.hears(tap(60, button, user=BOB), text(61, "/reports", user=BOB))

    assert delivered.telegram.of("deleteMessage") == []
    assert delivered.telegram.texts[-1] == "I don't know this command. See /help."


async def test_what_telegram_does_not_delete_is_said(delivered: Bot) -> None:
    button = await reported(delivered)
    delivered.telegram.fails(
        "deleteMessage", Refusal(status=400, description="Bad Request: message can't be deleted")
    )

    await delivered.hears(tap(60, button, user=ADMIN))

    assert "Telegram did not delete it" in delivered.telegram.toasts[-1]


@pytest.mark.parametrize("how", ["forwarded", "number"])
async def test_report_as_a_command_finds_the_video(delivered: Bot, how: str) -> None:
    if how == "forwarded":
        await delivered.hears(answering_video(50, "/report", unique="unique-1"))
    else:
        await delivered.hears(text(50, f"/report {short_id(JOB)}", user=BOB))

    (kind, *_) = delivered.telegram.of("sendMessage")[-1].buttons.values()
    assert kind == f"kind:intimate.{JOB}"


async def test_a_video_that_nobody_knows_reaches_the_operators_as_a_copy(delivered: Bot) -> None:
    await delivered.hears(answering_video(50, "/report", unique="a stranger's"))
    (kind, *_) = delivered.telegram.of("sendMessage")[-1].buttons.values()

    await delivered.hears(tap(51, kind, user=BOB))

    copied = delivered.telegram.of("copyMessage")[-1].values
    assert (copied["chat_id"], copied["message_id"]) == (ADMIN, 500)
    assert list(delivered.telegram.of("sendMessage")[-1].buttons) == ["Dismiss"]


async def test_report_alone_says_how(delivered: Bot) -> None:
    await delivered.hears(text(50, "/report", user=BOB))

    assert "Reply to the video with /report" in delivered.telegram.texts[-1]


async def test_a_person_keeps_their_photo_out(delivered: Bot) -> None:
    shown = photo(70, user=BOB)["message"]
    command = text(71, "/optout", user=BOB)
    command["message"]["reply_to_message"] = shown

    await delivered.hears(command)
    await delivered.hears(photo(72, caption="Say this."))

    assert "Done. This photo can't be used here any more" in delivered.telegram.texts[-2]
    assert "somebody asked us not to" in delivered.telegram.texts[-1]


async def test_optout_alone_says_no_to_everybody_in_groups(delivered: Bot) -> None:
    await delivered.hears(text(50, "/optout", user=BOB))

    standing = await delivered.services.handshakes.standing(
        subject=owner_of(BOB), requester=owner_of(ALICE)
    )
    assert standing == "never"
    assert "Nobody can make a photo" in delivered.telegram.texts[-1]


async def test_reports_lists_what_waits_and_marks_what_is_late(delivered: Bot) -> None:
    await reported(delivered)
    service = delivered.services.reports
    now = service._now()
    service._now = lambda: now.replace(year=now.year + 1)

    await delivered.hears(text(60, "/reports", user=ADMIN))

    assert "late by" in delivered.telegram.texts[-1]


async def test_a_flood_of_reports_reaches_nobody(delivered: Bot) -> None:
    """Ten may wait for an answer; what comes beyond buries nobody else's."""
    for number in range(1, MOST_WAITING + 3):
        await delivered.hears(tap(100 + number, f"kind:other.m{number}", user=BOB))
    sent_before = len(delivered.telegram.of("sendMessage"))
    await reported(delivered, user=ALICE)

    waiting = await delivered.services.reports.undecided()
    assert [report.reporter for report in waiting].count(owner_of(BOB)) == MOST_WAITING
    assert sent_before == MOST_WAITING, "one to the operators for each"
    assert any("10 reports of yours are waiting" in toast for toast in delivered.telegram.toasts)
    assert owner_of(ALICE) in {report.reporter for report in waiting}


async def test_a_report_button_whose_order_is_gone_reports_the_message(delivered: Bot) -> None:
    await delivered.hears(tap(50, "report:tg-000000000999", user=BOB, on=500))

    asked = delivered.telegram.of("sendMessage")[-1]
    assert "kind:other.m500" in asked.buttons.values()


async def test_what_is_dismissed_is_not_taken_down_by_a_late_tap(delivered: Bot) -> None:
    down = await reported(delivered)
    id = down.partition(".")[2]
    await delivered.hears(tap(52, f"decide:no.{id}", user=ADMIN), tap(53, down, user=ADMIN))

    assert delivered.telegram.toasts[-1] == "Somebody has decided this report already."
    report = await delivered.services.reports.find(id)
    assert report is not None
    assert report.decision is Decision.DISMISSED
    assert await delivered.services.store.read(ArtifactKey(f"jobs/{JOB}/out.mp4")) == b"a video"
