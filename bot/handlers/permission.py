"""The taps on what is asked in groups: "I agree", "Allow once", "Always", "No", a face's number.

Only the tap of whoever is asked counts; for an anonymous admin or a channel, that of an admin of
the group. What was asked for goes on in ``bot/groups/asking.py``. A question is forgotten only
after what it led to is kept: a tap that a crash has cut off comes again, and orders nothing
twice.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from telegram import Bot, InlineKeyboardMarkup
from telegram.error import TelegramError

from bot.address import order_number, owner_of, unpack_address, user_id_of
from bot.context import BotApplication, BotContext
from bot.drafting.drafts import Sender
from bot.groups.asking import go_on
from bot.groups.members import speaks_for
from bot.groups.rights import say_or_whisper
from bot.groups.saying import unpack_asked
from bot.menus import taps
from bot.menus.keyboards import Action
from bot.menus.permissions import take_back_keyboard
from bot.menus.taps import Tapped
from bot.texts import Texts
from pipeline import errors
from pipeline.store.questions import ANYBODY, Question, QuestionKind
from pipeline.types import JobId, Owner, Permission

if TYPE_CHECKING:
    from pipeline.bootstrap import Services

REFUSABLE = (
    QuestionKind.PERMISSION,
    QuestionKind.ATTEST,
    QuestionKind.FACE,
    QuestionKind.CONSENT,
)
GONE_WITH_TIME = (QuestionKind.FACE, QuestionKind.HINT)
"""Whose message is deleted; the others say that it is too late."""

log = logging.getLogger(__name__)


def register(app: BotApplication) -> None:
    """Add the buttons."""
    taps.register(
        app,
        {
            Action.AGREE_HERE: on_agree,
            Action.ALLOW_ONCE: on_once,
            Action.ALLOW_ALWAYS: on_always,
            Action.ATTEST: on_attest,
            Action.FACE_HERE: on_face,
            Action.REFUSE: on_refuse,
            Action.TAKE_BACK: on_take_back,
        },
    )


async def on_agree(tapped: Tapped, context: BotContext) -> None:
    """Record the consent of whoever asked, and go on."""
    version, _, id = tapped.target.partition(".")
    if question := await _answered(tapped, JobId(id), context, QuestionKind.CONSENT):
        try:
            await context.services.consents.agree(question.asker, version)
        except errors.WordingChanged:
            log.info("%s: the wording has changed meanwhile", question.id)  # it is shown again
        await _carry_on(tapped, question, context, permitted=False)


async def on_once(tapped: Tapped, context: BotContext) -> None:
    """Order this one."""
    if question := await _permission(tapped, context):
        await _record(question, Permission.ONCE, context)
        await _carry_on(tapped, question, context)


async def on_always(tapped: Tapped, context: BotContext) -> None:
    """Order this one, and do not ask again for the same two people here."""
    if question := await _permission(tapped, context):
        await _record(question, Permission.ALWAYS, context)
        await context.services.community.questions.grant(
            owner=question.asked, asker=question.asker, place=question.place
        )
        await _carry_on(tapped, question, context, shown=_granted(question, context))


async def on_attest(tapped: Tapped, context: BotContext) -> None:
    """Take the asker's word for this and what follows here."""
    id = JobId(tapped.target)
    if question := await _answered(tapped, id, context, QuestionKind.ATTEST):
        await context.services.community.questions.grant(
            owner=ANYBODY, asker=question.asker, place=question.place
        )
        await _carry_on(tapped, question, context)


async def on_face(tapped: Tapped, context: BotContext) -> None:
    """Let the face with this number speak."""
    number, _, id = tapped.target.partition(".")
    if question := await _answered(tapped, JobId(id), context, QuestionKind.FACE):
        await _carry_on(tapped, question, context, number=int(number))


async def on_refuse(tapped: Tapped, context: BotContext) -> None:
    """Leave it. Whoever drops what they asked for themselves needs no line about it."""
    id = JobId(tapped.target)
    if question := await _answered(tapped, id, context, *REFUSABLE):
        is_own = question.kind in (QuestionKind.FACE, QuestionKind.CONSENT)
        await _show(tapped, question, None if is_own else Shown(context.t("say.refused")))
        await _forget(question, context)


async def on_take_back(tapped: Tapped, context: BotContext) -> None:
    """Ask again from now on; for whoever said "always" only."""
    asker, _, owner_id = tapped.target.partition(":")
    texts, language = context.texts, context.language
    if owner_id != str(tapped.user_id):
        await tapped.answer(texts.plain(language, "tap.not_asked"), show_alert=True)
        return
    await context.services.community.questions.take_back(
        owner=owner_of(tapped.user_id),
        asker=Owner(f"telegram:{asker}"),
        place=owner_of(tapped.address(language).chat_id),
    )
    await tapped.answer(texts.plain(language, "say.taken_back"))
    await tapped.query.edit_message_text(context.t("say.taken_back"))


async def end_expired(bot: Bot, services: Services, texts: Texts) -> None:
    """Close the questions that nobody answered in time, and take the hints away."""
    questions = services.community.questions
    for question in await questions.expired(datetime.now(UTC)):
        await questions.delete(question.id, question.kind)
        if question.message_id is None:
            continue
        address, message_id = unpack_address(question.reply_to), int(question.message_id)
        try:
            if question.kind in GONE_WITH_TIME:
                await bot.delete_message(address.chat_id, message_id)
            else:
                text = texts.html(address.language, "say.expired")
                await bot.edit_message_text(text, chat_id=address.chat_id, message_id=message_id)
        except TelegramError as e:
            log.info("question %s not closed: %s", question.id, type(e).__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a question's message says."""

    text: str
    keyboard: InlineKeyboardMarkup | None = None


def _granted(question: Question, context: BotContext) -> Shown:
    pair = f"{user_id_of(question.asker)}:{user_id_of(question.asked)}"
    keyboard = take_back_keyboard(context.texts, context.language, pair)
    return Shown(context.t("say.granted"), keyboard)


async def _permission(tapped: Tapped, context: BotContext) -> Question | None:
    return await _answered(tapped, JobId(tapped.target), context, QuestionKind.PERMISSION)


async def _answered(
    tapped: Tapped, id: JobId, context: BotContext, *kinds: QuestionKind
) -> Question | None:
    """Give the question of these kinds that the tap answers; others are answered here.

    A second tap on the button of a question that has led to the next one answers neither.
    """
    question = await context.services.community.questions.get(id)
    texts, language = context.texts, context.language
    is_open = question is not None and question.kind in kinds
    if question is None or not is_open or question.expires_at <= datetime.now(UTC):
        await tapped.answer(texts.plain(language, "say.too_late"))
        return None
    chat_id = unpack_address(question.reply_to).chat_id
    if await speaks_for(context.bot, chat_id, tapped.user_id, question.asked):
        await tapped.answer()
        return question
    is_others = question.kind is QuestionKind.PERMISSION
    refusal = "tap.not_asked" if is_others else "tap.not_yours"
    await tapped.answer(texts.plain(language, refusal), show_alert=True)
    return None


async def _record(question: Question, answer: Permission, context: BotContext) -> None:
    await context.services.handshakes.record(
        subject=question.asked, requester=question.asker, answer=answer, about=question.id
    )


async def _go_on(
    question: Question, context: BotContext, *, permitted: bool, number: int | None = None
) -> None:
    """Go on with the order; what is wrong with it is said to whoever asked for it."""
    address = unpack_address(question.reply_to)
    asker_id = user_id_of(question.asker)
    assert asker_id is not None
    sender = Sender(user_id=asker_id, update_id=order_number(question.id), address=address)
    asked = replace(unpack_asked(question.content), number=number)
    try:
        await go_on(asked, sender, context, permitted=permitted)
    except errors.StoreUnavailable:
        raise  # the tap comes again
    except errors.BoltiError as e:
        log.info("%s is not ordered after all: %s", question.id, e.code)
        sentence = context.texts.error(address.language, e.code, e.values())
        await say_or_whisper(context, address, asker_id, sentence)


async def _carry_on(
    tapped: Tapped,
    question: Question,
    context: BotContext,
    *,
    permitted: bool = True,
    number: int | None = None,
    shown: Shown | None = None,
) -> None:
    """Take the buttons away at once, go on with the order, and only then forget the question."""
    await _show(tapped, question, shown)
    await _go_on(question, context, permitted=permitted, number=number)
    await _forget(question, context)


async def _show(tapped: Tapped, question: Question, shown: Shown | None) -> None:
    """Let the question's message go, or say what came of it."""
    try:
        if shown is None:
            await tapped.query.delete_message()
        else:
            await tapped.query.edit_message_text(shown.text, reply_markup=shown.keyboard)
    except TelegramError as e:
        log.info("question %s stays as it was: %s", question.id, type(e).__name__)


async def _forget(question: Question, context: BotContext) -> None:
    """Forget it; the next question about the same order has another kind, and stays."""
    await context.services.community.questions.delete(question.id, question.kind)
