"""Who handles which button, and who may press it.

A handler is registered per ``Action`` and gets the tap already taken apart. Every tap is answered:
the last net answers those of buttons that no version of today wrote. Not known here: what a
button does.

Where the next one goes: an ``Action`` in ``bot/menus/keyboards.py`` and its handler, registered
by the file in ``bot/handlers/`` of its concern; a test holds that no action is without one.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass

from telegram import CallbackQuery, InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest, TelegramError
from telegram.ext import CallbackQueryHandler

from bot.address import Address, address_of, drafter, owner_of
from bot.context import BotApplication, BotContext, sender_of
from bot.drafting.drafts import Sender
from bot.menus.keyboards import Action, unpack
from pipeline import errors
from pipeline.types import Job, JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class Tapped:
    """A pressed button: what it is about, and who pressed it."""

    query: CallbackQuery
    update_id: int
    user_id: int
    target: str
    """The id of the job or draft, and whatever else its keyboard wrote behind it."""

    @property
    def message(self) -> Message | None:
        """The message under which the button stands; None once Telegram has forgotten it."""
        message = self.query.message
        return message if isinstance(message, Message) else None

    @property
    def answered_message_id(self) -> str | None:
        """The message that the button's message answers, where it answers one."""
        answered = None if self.message is None else self.message.reply_to_message
        return None if answered is None else str(answered.message_id)

    @property
    def is_only_button(self) -> bool:
        """Whether no other button stands under the message."""
        markup = None if self.message is None else self.message.reply_markup
        return markup is None or sum(len(row) for row in markup.inline_keyboard) == 1

    async def answer(self, toast: str | None = None, *, show_alert: bool = False) -> None:
        """Let the button go, and say a few words over the chat.

        Cosmetic: what the tap asks for is done also when Telegram does not take this, because it
        is away or the tap has waited for a bot that was killed.
        """
        try:
            await self.query.answer(toast, show_alert=show_alert)
        except TelegramError as e:
            log.info("update %d: the tap is not answered: %s", self.update_id, type(e).__name__)

    async def settles(self, sentence: str, keyboard: InlineKeyboardMarkup | None = None) -> None:
        """Let the button's message say what came of it, without buttons or with others.

        Cosmetic: a message that cannot be edited any more stays as it is.
        """
        edit = self.query.edit_message_text
        if self.message is not None and self.message.text is None:
            edit = self.query.edit_message_caption  # type: ignore[assignment]
        try:
            await edit(sentence, reply_markup=keyboard)
        except BadRequest as e:
            log.debug("the message of a button is not edited: %s", e)

    async def loses_buttons(self) -> None:
        """Take the buttons away from the message; cosmetic, as ``settles`` is."""
        try:
            await self.query.edit_message_reply_markup(None)
        except BadRequest as e:
            log.debug("the message of a button keeps it: %s", e)

    def address(self, language: str) -> Address:
        """Give the chat and topic of the button."""
        if self.message is not None:
            return address_of(self.message, language).asked_by(None)
        return Address(chat_id=self.user_id, language=language)


log = logging.getLogger(__name__)

TapHandler = Callable[[Tapped, BotContext], Awaitable[None]]


def register(app: BotApplication, handlers: Mapping[Action, TapHandler]) -> None:
    """Let each action be handled by its function."""
    for action, handle in handlers.items():
        app.add_handler(CallbackQueryHandler(_taken_apart(handle), pattern=rf"^{action}:."))


def register_last(app: BotApplication) -> None:
    """Answer the taps of buttons that are no longer known."""
    app.add_handler(CallbackQueryHandler(on_old_button))


async def on_old_button(update: Update, context: BotContext) -> None:
    """Say that the button is out of date."""
    assert update.callback_query is not None
    await update.callback_query.answer(context.texts.plain(context.language, "tap.old"))


def sender_of_tap(tapped: Tapped, context: BotContext) -> Sender:
    """Say who fills a draft by this tap; what it answers is not known yet."""
    return Sender(
        user_id=tapped.user_id,
        update_id=tapped.update_id,
        address=tapped.address(context.language),
    )


async def say_old(tapped: Tapped, context: BotContext) -> None:
    """Say that the button is out of date."""
    await tapped.answer(context.texts.plain(context.language, "tap.old"))


async def is_drafters(tapped: Tapped, draft_key: str, context: BotContext) -> bool:
    """Tell whether the draft is the tapper's; if not, the tap is answered here."""
    if drafter(draft_key) == tapped.user_id:
        return True
    await refuse(tapped, context)
    return False


async def owned_job(tapped: Tapped, job_id: JobId, context: BotContext) -> Job | None:
    """Give the tapper's job; if it is not theirs, or gone, the tap is answered here."""
    try:
        job = await context.services.jobs.get(job_id)
    except errors.JobNotFound:
        await tapped.answer(context.texts.plain(context.language, "tap.old"))
        return None
    if job.owner != owner_of(tapped.user_id):
        await refuse(tapped, context)
        return None
    return job


async def refuse(tapped: Tapped, context: BotContext) -> None:
    """Say that the button is somebody else's."""
    toast = context.texts.plain(context.language, "tap.not_yours")
    await tapped.answer(toast, show_alert=True)


def _taken_apart(
    handle: TapHandler,
) -> Callable[[Update, BotContext], Coroutine[object, object, None]]:
    async def on_tap(update: Update, context: BotContext) -> None:
        query = update.callback_query
        assert query is not None
        tap = unpack(query.data)
        if tap is None:  # empty data passes every pattern
            await on_old_button(update, context)
            return
        await handle(
            Tapped(
                query=query,
                update_id=update.update_id,
                user_id=sender_of(update).id,
                target=tap.target,
            ),
            context,
        )

    return on_tap
