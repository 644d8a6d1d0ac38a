"""The last net under the handlers: one sentence to the user, the traceback to the log.

Handlers let errors of ``pipeline/errors.py`` rise; here each finds its sentence. A write that
failed because the store is away marks the update, so that it is tried again; so does an answer
that did not get out, or nobody would know what became of their photo, and a file whose reader
died, which may have been killed: handlers may run twice.
Whatever is not foreseen is a bug: logged with its traceback, answered with an apology that
carries an id.
"""

from __future__ import annotations

import html
import logging
import re
from contextlib import suppress

from telegram import CallbackQuery, Update
from telegram.constants import CallbackQueryLimit
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.address import Address, address_of, asker_id, order_id
from bot.context import BotApplication, BotContext
from bot.delivery.outbox import may_be_heard_later
from bot.groups.rights import say_or_whisper
from bot.patience import DEATHS
from bot.texts import short_id
from pipeline import errors, metrics

log = logging.getLogger(__name__)
UNHEARD_TRIES = 40
"""For half an hour an answer is tried that Telegram does not take; its chat waits meanwhile."""
TOO_OLD = "query is too old"
TAG = re.compile(r"<[^>]+>")


def register(app: BotApplication) -> None:
    """Put the net under every handler."""
    app.add_error_handler(on_error)


async def on_error(update: object, context: BotContext) -> None:
    """Answer whoever caused the error, and record it."""
    if not isinstance(update, Update):
        log.error("error outside an update", exc_info=context.error)
        return
    # The language that somebody chose; while the store is away, that of their Telegram will do.
    with suppress(errors.StoreUnavailable):
        await context.refresh_data()
    match context.error:
        case errors.StoreUnavailable() as error:
            context.app.unsettled.add(update.update_id)
            log.warning("update %d is not stored: %s", update.update_id, error)
        case errors.ChildDied() if _once_more(update, context, DEATHS):
            log.warning("update %d: its reader died, and another one is asked", update.update_id)
        case errors.BoltiError() as error:
            log.info("update %d: %s", update.update_id, error.code)
            metrics.REFUSALS.labels(code=error.code).inc()
            sentence = context.texts.error(context.language, error.code, error.values())
            await tell(update, context, sentence)
        case Forbidden():
            log.info("update %d: the user has blocked the bot", update.update_id)
        case BadRequest() as error if TOO_OLD in error.message.lower():
            log.info("update %d: the tap is too old to be answered", update.update_id)
        case (NetworkError() | RetryAfter()) as error if not isinstance(error, BadRequest):
            # What the handler wrote is stored; only the answer to it may be missing.
            log.warning("update %d: answer not sent: %s", update.update_id, type(error).__name__)
            _try_again(update, context, error)
        case error:
            incident = short_id(order_id(update.update_id))
            log.error("update %d, incident %s", update.update_id, incident, exc_info=error)
            with suppress(errors.StoreError):
                await context.services.community.incidents.note_fault(
                    incident, type(error).__name__
                )
            await tell(update, context, context.t("error.incident", id=incident))


async def tell(update: Update, context: BotContext, sentence: str) -> None:
    """Say it where the user is looking: as a toast after a tap, else as a reply."""
    try:
        if update.callback_query is not None:
            await _toast(update.callback_query, sentence, context)
        elif (message := update.message or update.edited_message) is not None:
            address = address_of(message, context.language)
            await say_or_whisper(context, address, asker_id(message), sentence)
    except TelegramError as e:
        log.warning("update %d: sentence not sent: %s", update.update_id, type(e).__name__)
        _try_again(update, context, e)


async def _toast(query: CallbackQuery, sentence: str, context: BotContext) -> None:
    """Say it over the chat; in a private one as a message, where the tap has waited too long."""
    plain = html.unescape(TAG.sub("", sentence))
    toast = plain[: CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH]
    try:
        await query.answer(toast, show_alert=True)
    except BadRequest as e:
        chat = None if query.message is None else query.message.chat
        if TOO_OLD not in e.message.lower() or chat is None or chat.type != chat.PRIVATE:
            raise
        await context.say(Address(chat_id=chat.id, language=context.language), sentence)


def _try_again(update: Update, context: BotContext, error: TelegramError) -> None:
    """Have an update handled once more whose answer did not get out, where that can help."""
    if may_be_heard_later(error) and not _once_more(update, context, UNHEARD_TRIES):
        log.error("update %d: nobody could be told what became of it", update.update_id)


def _once_more(update: Update, context: BotContext, most: int) -> bool:
    """Have an update handled again, unless that was done so often already."""
    context.app.retried[update.update_id] += 1
    if context.app.retried[update.update_id] > most:
        return False
    context.app.unsettled.add(update.update_id)
    return True
