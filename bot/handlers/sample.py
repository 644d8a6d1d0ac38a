"""A first video with one tap: a sample portrait that comes along, and a sample sentence.

It goes the way of all orders: the agreement first, the same limits, the same label. Whoever has
begun something of their own keeps it. Of two taps one makes a video.
"""

from __future__ import annotations

import asyncio

from bot.address import owner_of
from bot.context import BotApplication, BotContext
from bot.drafting.drafts import (
    Sender,
    current_draft,
    is_ordered,
    keep_portrait,
    keep_words,
)
from bot.drafting.ordering import answers, go_on
from bot.drafting.portraying import show_picture
from bot.drafting.said import has_something_to_say, request_of, said_in
from bot.menus import taps
from bot.menus.keyboards import Action
from bot.menus.taps import Tapped, sender_of_tap
from pipeline.sample import public_portrait
from pipeline.scratch import scratch_folder
from pipeline.store.drafts import Draft


def register(app: BotApplication) -> None:
    """Add the button."""
    taps.register(app, {Action.SAMPLE: on_sample})


async def on_sample(tapped: Tapped, context: BotContext) -> None:
    """Make the sample, unless its person has begun something else."""
    services, sender = context.services, sender_of_tap(tapped, context)
    draft = await current_draft(services, sender)
    if await is_ordered(services, sender):  # this very tap, after a crash
        await tapped.answer()
    elif await services.jobs.of_owner(owner_of(tapped.user_id)):
        await tapped.answer(context.texts.plain(context.language, "after.underway"))
    elif draft.portrait is not None and said_in(draft) is not None:  # an agreement is missing
        await tapped.answer()
        await go_on(answers(sender, request_of(draft)), draft, context)
    elif draft.portrait_message is not None or has_something_to_say(draft):
        toast = context.texts.plain(context.language, "sample.begun")
        await tapped.answer(toast, show_alert=True)
    else:
        await tapped.answer()
        sender, draft = await _sampled(sender, context)
        await go_on(sender, draft, context, agreed=True)


async def _sampled(sender: Sender, context: BotContext) -> tuple[Sender, Draft]:
    """Show the sample and fill the draft with it; the video answers what was shown."""
    services, photo = context.services, public_portrait()
    assert photo is not None, "without a photo there is no button"
    words = context.texts.plain(context.language, "sample.words")
    caption = context.t("sample.taken", words=words)
    scratch = services.settings.scratch_dir
    async with scratch_folder(scratch, f"intake-{sender.update_id}") as folder:
        picture = folder / "portrait.png"
        verdict = await services.check_portrait(photo, picture)
        content = await asyncio.to_thread(photo.read_bytes)
        shown = await show_picture(sender, content, caption, None, context, silent=True)
        sender = sender.answering(shown.message_id)
        await keep_portrait(services, sender, picture, verdict)
    return sender, await keep_words(services, sender, words)
