"""The buttons of a draft: which of several faces speaks, and "yes, make it"."""

from __future__ import annotations

from telegram.error import BadRequest

from bot.context import BotApplication, BotContext
from bot.drafting.drafts import choose_face, current_draft, picture_key
from bot.drafting.ordering import answers, go_on
from bot.drafting.placing import is_repeat
from bot.drafting.said import request_of, said_in
from bot.menus import taps
from bot.menus.keyboards import Action, faces_keyboard, number_in
from bot.menus.taps import Tapped, is_drafters, sender_of_tap


def register(app: BotApplication) -> None:
    """Add the buttons."""
    taps.register(app, {Action.FACE: on_face, Action.MAKE: on_make})


async def on_face(tapped: Tapped, context: BotContext) -> None:
    """Let the face with this number speak."""
    number, _, rest = tapped.target.partition("/")
    photo, _, key = rest.partition("/")
    if not await is_drafters(tapped, key, context):
        return
    sender = sender_of_tap(tapped, context)
    if await is_repeat(context.services, sender):
        return
    draft = await current_draft(context.services, sender)
    choices = (draft.face_choices or "").split(",")
    if number not in choices or draft.portrait != picture_key(key, number_in(photo) or 0):
        await tapped.answer(context.texts.plain(context.language, "tap.old"))
        return
    await tapped.answer()
    draft = await choose_face(context.services, draft, int(number))
    keyboard = faces_keyboard(context.texts, context.language, key, int(photo), map(int, choices))
    try:
        await tapped.query.edit_message_caption(
            context.t("face.chosen", number=number), reply_markup=keyboard
        )
    except BadRequest as e:  # the same face a second time
        if "not modified" not in e.message.lower():
            raise
    await go_on(answers(sender, request_of(draft)), draft, context)


async def on_make(tapped: Tapped, context: BotContext) -> None:
    """Make the video of the draft as it is now."""
    if not await is_drafters(tapped, tapped.target, context):
        return
    sender = sender_of_tap(tapped, context)
    if await is_repeat(context.services, sender):
        return
    draft = await current_draft(context.services, sender)
    if draft.portrait is None or said_in(draft) is None:
        await tapped.answer(context.texts.plain(context.language, "tap.old"))
        return
    await tapped.answer()
    await go_on(answers(sender, request_of(draft)), draft, context, agreed=True)
