"""Every button is handled by somebody, and every tap is answered."""

from __future__ import annotations

import logging

import pytest
from telegram.ext import CallbackQueryHandler

from bot.menus.keyboards import Action
from tests.unit.bot.conftest import Bot
from tests.unit.bot.updates import tap


@pytest.mark.parametrize("action", Action)
def test_every_action_has_its_handler(bot: Bot, action: Action) -> None:
    handlers = [h for h in bot.app.handlers[0] if isinstance(h, CallbackQueryHandler)]

    patterns = [str(h.pattern.pattern) for h in handlers if h.pattern is not None]  # type: ignore[union-attr]

    assert patterns.count(f"^{action}:.") == 1


@pytest.mark.parametrize(
    "data", ["", "nothing", "cancel:", "of-old:tg-1", "cancel:tg-000000000009"]
)
async def test_a_button_that_means_nothing_any_more_is_answered(bot: Bot, data: str) -> None:
    await bot.hears(tap(1, data))

    assert bot.telegram.toasts == ["This button is out of date. See /status."]


FORGED = (
    *("x", "0", "-1", "m", "tg-000000000009", "no.tg-000000000009", "other.", ".", ":", "..", " "),
    *("u7", "u7.x", "u7.x.y", "u7.1", "u7.99999999999999999999", "u7.1.99999999999999", "7.u7.1"),
    *(
        "../../x",
        "x/y",
        "1/x",
        "rate_pct/x",
        "rate_pct/999",
        "rate_pct/\u00b2",
        "\u0663/x",
        "0/0/0",
        "%s{0}",
        "<b>",
        "\0",
        "\u202e",
        "d7:x",
        "rate.x",
        "on.x",
    ),
    *("is_on:\u00b2", "per_day:99999999999999999999", "9" * 40, "other.m9" + "9" * 30, "a" * 40),
)


@pytest.mark.parametrize("action", Action)
async def test_a_forged_button_is_answered_and_changes_nothing(
    bot: Bot, action: Action, caplog: pytest.LogCaptureFixture
) -> None:
    """A client of one's own can press buttons that were never shown."""
    caplog.set_level(logging.ERROR)
    targets = [t for t in FORGED if len(f"{action}:{t}".encode(errors="replace")) <= 64]

    for number, target in enumerate(targets):
        await bot.hears(tap(100 + number, f"{action}:{target}"))

    assert [record.getMessage() for record in caplog.records] == []
    assert len(bot.telegram.of("answerCallbackQuery")) >= len(targets)
    assert await bot.services.reports.undecided() == []
