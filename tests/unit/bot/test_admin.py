"""Admins: what they see and may do; nobody else learns that there is such a thing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.address import order_id, owner_of
from bot.commands import ADMIN_COMMANDS
from bot.texts import short_id
from pipeline import errors
from pipeline.line import LineMode, WorkerCard
from pipeline.safety.audit import Audit
from pipeline.settings import Settings
from pipeline.settings.access import AccessSettings
from pipeline.store.access import Entry, Standing
from pipeline.store.vitals import Vitals
from pipeline.types import AuditRow, EngineName, JobState
from pipeline.version import named
from tests.unit.bot.conftest import Bot
from tests.unit.bot.updates import ALICE, BOB, photo, tap, text

UNKNOWN = "I don't know this command. See /help."


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"access": AccessSettings(admins=(ALICE,))})


async def ordered_by_bob(bot: Bot) -> str:
    """Let Bob order one video, and give its short name."""
    await bot.hears(photo(1, user=BOB), text(2, "Good morning.", user=BOB))
    bot.telegram.calls.clear()
    return short_id(order_id(2))


class NoRows:
    """A trail whose database is away."""

    async def append(self, make: Callable[[int, str], AuditRow]) -> AuditRow:
        raise errors.StoreUnavailable("away")

    def walk(self) -> AsyncIterator[AuditRow]:
        raise errors.StoreUnavailable("away")


async def acts(bot: Bot) -> list[str]:
    return [r.facts async for r in bot.services.audit._rows.walk() if r.event == "admin act"]


@pytest.mark.parametrize("command", ADMIN_COMMANDS)
async def test_for_everybody_else_there_is_no_such_command(bot: Bot, command: str) -> None:
    await bot.hears(text(1, f"/{command} {ALICE} 5", user=BOB))

    assert bot.telegram.texts == [UNKNOWN]
    assert await bot.services.community.access.entry(owner_of(ALICE)) == Entry()
    assert bot.services.jobs.line is LineMode.OPEN


async def test_in_groups_admins_have_no_commands(bot: Bot) -> None:
    await bot.hears(text(1, "/pause", chat=-1001))

    assert bot.services.jobs.line is LineMode.OPEN


async def test_status_shows_one_page_to_an_admin_only(bot: Bot) -> None:
    now = datetime.now(UTC)
    bot.services.jobs.cards = [
        WorkerCard(
            executor="gpu-1", lanes=(EngineName.WARP,), since=now, seen_at=now, is_alive=True
        ),
        WorkerCard(
            executor="gpu-2",
            lanes=(EngineName.WARP,),
            since=now,
            seen_at=now - timedelta(minutes=5),
            is_alive=False,
        ),
    ]
    vitals = Vitals(disk_free_bytes=42_000_000_000, commit="f" * 40)
    await bot.services.community.vitals.write("gpu-1", vitals)
    await ordered_by_bob(bot)

    await bot.hears(text(3, "/status"), text(4, "/status", user=BOB))

    page, own = bot.telegram.texts
    for line in (
        "Line: open",
        "0 in the making, 1 waiting",
        f"<b>Bolti {named()}</b>, up for",
        "🖥 gpu-1: warp, idle · 0.8 s per second of speech · 42 GB free · "
        "runs another version: ffffffffff",
        "⚠️ gpu-2: warp, not seen for 5 minutes",
        "warp: 0.5 s per second of speech (last 7)",
        "MB, no backup known",
        "24 h: no videos yet",
    ):
        assert line in page
    assert "Line:" not in own


async def test_the_page_is_looked_at_again_and_holds_and_opens_the_line(bot: Bot) -> None:
    await bot.hears(text(1, "/status"))
    held = bot.telegram.of("sendMessage")[-1].buttons
    assert list(held) == ["🔄 Refresh", "⏸ Pause", "Drain"]

    modes = []
    for update, label in enumerate(("⏸ Pause", "⏸ Yes, pause", "▶️ Resume"), start=2):
        shown = bot.telegram.of("sendMessage", "editMessageText", "editMessageReplyMarkup")[-1]
        await bot.hears(tap(update, shown.buttons[label]))
        modes.append(bot.services.jobs.line)

    assert modes == [LineMode.OPEN, LineMode.PAUSED, LineMode.OPEN], "it is asked once more"
    pages = [call.text for call in bot.telegram.of("editMessageText")]
    assert ["Line: <b>paused</b>" in page for page in pages] == [True, False]
    assert ["pause" in f for f in await acts(bot)] == [True, False]


async def test_the_buttons_of_the_page_are_the_admins_alone(bot: Bot) -> None:
    await bot.hears(tap(1, "panel:pause!", user=BOB), tap(2, "panel:resume", user=BOB))

    assert bot.services.jobs.line is LineMode.OPEN
    assert await acts(bot) == []


async def test_an_order_is_found_by_its_short_name_and_shows_no_words(bot: Bot) -> None:
    name = await ordered_by_bob(bot)

    await bot.hears(text(3, "/jobs"), text(4, f"/job {name.lower()}"), text(5, "/job ZZZZ"))

    listed, shown, missing = bot.telegram.texts
    assert f"<b>{name}</b> waits" in listed
    assert "accepted" in shown
    assert "Good morning" not in shown
    assert missing == "There is no order ZZZZ of the last 30 days."


async def test_an_order_is_stopped_and_made_anew_by_the_buttons_of_its_page(bot: Bot) -> None:
    name, id = await ordered_by_bob(bot), order_id(2)

    await bot.hears(text(3, f"/job {name}"))
    await bot.hears(tap(4, bot.telegram.of("sendMessage")[-1].buttons["Cancel"]))
    assert bot.services.jobs.jobs[id].state is JobState.CANCELLED
    await bot.hears(text(5, f"/job {id}"))
    again = bot.telegram.of("sendMessage")[-1].buttons["🔁 Try again"]
    await bot.hears(tap(6, again, user=BOB), tap(7, again))

    assert bot.services.jobs.jobs[id].state is JobState.QUEUED
    assert bot.telegram.toasts[-2:] == [
        "Only the person who asked can use these buttons.",
        f"{name} is made anew.",
    ]
    assert [f.count('"cancel"') + 2 * f.count('"retry"') for f in await acts(bot)] == [1, 2]


async def test_in_hindi_an_order_and_the_page_are_told_without_english_words(bot: Bot) -> None:
    name = await ordered_by_bob(bot)
    await bot.services.preferences.change(owner_of(ALICE), language="hi")

    await bot.hears(text(3, f"/job {name}"))

    assert "लिया गया" in bot.telegram.texts[-1]
    assert "accepted" not in bot.telegram.texts[-1]


async def test_an_admin_cancels_and_has_it_made_anew(bot: Bot) -> None:
    name = await ordered_by_bob(bot)

    await bot.hears(text(3, f"/cancel {name}"))
    assert bot.services.jobs.jobs[order_id(2)].state is JobState.CANCELLED
    await bot.hears(text(4, f"/retry {order_id(2)}"), text(5, f"/retry {name}"))

    assert bot.services.jobs.jobs[order_id(2)].state is JobState.QUEUED
    assert bot.telegram.texts[1:] == [
        f"{name} is made anew.",
        f"{name} is not failed or cancelled, so there is nothing to make anew.",
    ]


async def test_cancel_without_an_id_is_about_ones_own(bot: Bot) -> None:
    await ordered_by_bob(bot)

    await bot.hears(text(3, "/cancel"))

    assert bot.telegram.texts == ["There is nothing to cancel."]


async def test_the_line_is_held_and_opened(bot: Bot) -> None:
    seen = []
    for update, command in enumerate(("pause", "drain", "resume"), start=1):
        await bot.hears(text(update, f"/{command}"))
        seen.append(bot.services.jobs.line)

    assert seen == [LineMode.PAUSED, LineMode.DRAINING, LineMode.OPEN]


async def test_a_ban_cancels_what_is_in_the_making(bot: Bot) -> None:
    await ordered_by_bob(bot)

    await bot.hears(text(3, f"/ban {BOB}"), text(4, "Hello.", user=BOB), text(5, f"/unban {BOB}"))

    assert bot.services.jobs.jobs[order_id(2)].state is JobState.CANCELLED
    banned, cancelled, refused, back = bot.telegram.texts
    assert banned.startswith(f"<b>{BOB} is banned.</b>")
    assert banned.endswith(f"Before: as everybody. To take it back: <code>/unban {BOB}</code>")
    assert cancelled == "1 video of theirs is cancelled."
    assert refused.startswith("I can't make videos for you any more.")
    assert back.endswith(f"Before: banned. To take it back: <code>/ban {BOB}</code>")
    entry = await bot.services.community.access.entry(owner_of(BOB))
    assert entry.standing is Standing.ORDINARY


async def test_admins_cannot_ban_themselves(bot: Bot) -> None:
    await bot.hears(text(1, f"/ban {ALICE}"))

    assert bot.telegram.texts == ["You can't ban yourself."]


@pytest.mark.parametrize("words", ["", "asha", "@asha", "5 five", "²"])
async def test_a_wrong_id_is_explained(bot: Bot, words: str) -> None:
    await bot.hears(text(1, f"/quota {words}"), text(2, "/ban x"))

    assert bot.telegram.texts[0].startswith("Write <code>/quota ID 5</code>")
    assert bot.telegram.texts[1].startswith("Name a person or a group by the numeric id")


async def test_a_quota_tells_old_and_new(bot: Bot) -> None:
    await bot.hears(text(1, f"/quota {BOB} 5"), text(2, f"/quota {BOB} -"))

    assert bot.telegram.texts == [
        f"{BOB}, videos a day: as everybody → <b>5</b>\n"
        f"It counts from now on. To take it back: <code>/quota {BOB} -</code>",
        f"{BOB}, videos a day: 5 → <b>as everybody</b>\n"
        f"It counts from now on. To take it back: <code>/quota {BOB} 5</code>",
    ]


async def test_what_was_so_before_is_not_said_to_have_changed(bot: Bot) -> None:
    group = -1001
    await bot.hears(text(1, f"/allow {group}"), text(2, f"/allow {group}"))
    await bot.hears(text(3, f"/quota {group} 5"), text(4, f"/quota {group} 5"))

    assert bot.telegram.texts[0].endswith(f"To take it back: <code>/unban {group}</code>")
    assert bot.telegram.texts[1].startswith(f"<b>{group} is let in</b>")
    assert bot.telegram.texts[1].endswith("It was so before; nothing has changed.")
    assert bot.telegram.texts[3].endswith("<b>5</b>, as before. Nothing has changed.")


async def test_an_invitation_is_a_link_that_works(bot: Bot) -> None:
    await bot.hears(text(1, "/invite 3 2"), text(2, "/invite many"))

    link = bot.telegram.texts[0].splitlines()[0]
    assert link.startswith("https://t.me/bolti_test_bot?start=i_")
    assert bot.telegram.texts[1].startswith("Write <code>/invite</code>")


async def test_nothing_is_done_that_the_trail_does_not_take(bot: Bot) -> None:
    bot.services.audit = Audit(NoRows(), b"a key of a test")

    await bot.hears(text(1, f"/ban {BOB}"), text(2, f"/quota {BOB} 5"), text(3, "/invite"))

    assert await bot.services.community.access.entry(owner_of(BOB)) == Entry()
    assert not any("start=i_" in said for said in bot.telegram.texts)


async def test_every_act_is_in_the_trail(bot: Bot) -> None:
    name = await ordered_by_bob(bot)

    await bot.hears(
        text(3, "/pause"),
        text(4, f"/cancel {name}"),
        text(5, f"/ban {BOB}"),
        text(6, f"/quota {BOB} 5"),
        text(7, "/invite"),
    )

    found = await acts(bot)
    for act in ("pause", "cancel", "banned", "quota", "invite"):
        assert any(f'"act":"{act}"' in facts for facts in found), act
    assert str(BOB) not in "".join(found)
    await bot.services.audit.verify()


async def test_what_nobody_foresaw_is_listed_by_the_id_that_its_user_read(bot: Bot) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    bot.services.look = broken  # type: ignore[assignment]
    await bot.hears(photo(1, user=BOB), text(2, "/errors"))

    incident = short_id(order_id(1))
    assert incident in bot.telegram.texts[0]
    assert f"{incident}: ZeroDivisionError" in bot.telegram.texts[1]
