"""Every button is handled by somebody, and every tap is answered."""

from __future__ import annotations

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
