"""The buttons under /status of admins: the page looked at again, the line held and opened.

What each means stands in ``bot/menus/panel.py``; the same by commands in ``jobs.py``.
"""

from __future__ import annotations

from typing import assert_never

from bot.address import owner_of
from bot.admin import record
from bot.admin.status import whole_page
from bot.context import BotApplication, BotContext
from bot.menus import taps
from bot.menus.keyboards import Action
from bot.menus.panel import Press, sure_keyboard
from bot.menus.taps import Tapped


def register(app: BotApplication) -> None:
    """Add the buttons."""
    taps.register(app, {Action.PANEL: on_press})


async def on_press(tapped: Tapped, context: BotContext) -> None:
    """Do what the button says; nobody but an admin may."""
    if tapped.user_id not in context.services.settings.access.admins:
        await taps.refuse(tapped, context)
        return
    if tapped.target not in Press.__members__.values():
        await taps.say_old(tapped, context)
        return
    press, texts = Press(tapped.target), context.texts
    match press:
        case Press.PAUSE:
            keyboard = sure_keyboard(texts, context.language, Press.REALLY_PAUSE)
        case Press.DRAIN:
            keyboard = sure_keyboard(texts, context.language, Press.REALLY_DRAIN)
        case Press.REFRESH | Press.RESUME | Press.REALLY_PAUSE | Press.REALLY_DRAIN:
            await _set_line(tapped, press, context)
            await tapped.answer()
            await tapped.settles(*await whole_page(tapped.user_id, context))
            return
        case _:
            assert_never(press)
    await tapped.answer()
    await tapped.query.edit_message_reply_markup(keyboard)


async def _set_line(tapped: Tapped, press: Press, context: BotContext) -> None:
    by, jobs = owner_of(tapped.user_id), context.services.jobs
    change = {
        Press.RESUME: jobs.resume,
        Press.REALLY_PAUSE: jobs.pause,
        Press.REALLY_DRAIN: jobs.drain,
    }.get(press)
    if change is not None:
        await record(by, context, press.value.removesuffix("!"))
        await change(by=by)
