"""From what somebody asks for in a group to the order: the asker's consent, the owner's yes.

Each step that lacks its yes becomes a question: a row that carries the whole order and ends after
``access.ask_minutes``, and a message with buttons. The taps stand in ``handlers/permission.py``;
they come back here, and the next step is asked.

Where the next one goes: another thing to be asked is a kind of question, and a step in ``go_on``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, assert_never

from telegram import ForceReply, InlineKeyboardMarkup

from bot.access import check_quota
from bot.address import owner_of
from bot.context import BotContext
from bot.drafting.agreement import SHORT_VERSION, wording_html
from bot.drafting.drafts import Sender
from bot.groups.orders import order, refuse_note
from bot.groups.saying import Asked, Whose
from bot.menus.keyboards import agree_here_keyboard, attest_keyboard, permission_keyboard
from pipeline.store.questions import ANYBODY, Question, QuestionKind
from pipeline.types import Owner, Permission

if TYPE_CHECKING:
    from pipeline.bootstrap import Services


async def go_on(
    asked: Asked, sender: Sender, context: BotContext, *, permitted: bool = False
) -> None:
    """Order the video, or ask for the first yes that is missing.

    ``permitted``: whoever may say so has just allowed it. Raises ``BoltiError``.
    """
    services = context.services
    if asked.words is not None:
        services.check_script(asked.words)
    elif asked.voice is not None:
        refuse_note(context.bot, asked.voice, services.settings.speech)
    await check_quota(services, sender)
    consent = await services.consents.current(owner_of(sender.user_id))
    if consent is None:
        await _ask_for_consent(asked, sender, context)
    elif permitted or await _is_permitted(asked, sender, services):
        await order(asked, sender, consent, context)
    elif await _is_never(asked, sender, services):
        await context.say(sender.address, context.t("say.refused"), silent=True)
    else:
        await _ask_for_permission(asked, sender, context)


async def ask_for_words(asked: Asked, sender: Sender, context: BotContext) -> None:
    """Ask what the photo shall say."""
    hint = context.texts.plain(context.language, "say.hint")
    wanted = ForceReply(selective=True, input_field_placeholder=hint)
    question = _question(asked, sender, QuestionKind.WORDS, owner_of(sender.user_id), context)
    await _put(question, context.t("say.what"), wanted, context, sender)


def owner_in(asked: Asked) -> Owner:
    """Say whose the picture is."""
    return ANYBODY if asked.owner_id is None else owner_of(asked.owner_id)


async def _is_permitted(asked: Asked, sender: Sender, services: Services) -> bool:
    """Tell whether the one who asks may use what they point at, without another question."""
    match asked.whose:
        case Whose.OWN:
            return True
        case Whose.MEMBERS | Whose.NOBODY_KNOWS:
            return await services.community.questions.is_granted(
                owner=owner_in(asked),
                asker=owner_of(sender.user_id),
                place=owner_of(sender.address.chat_id),
            )
        case _:
            assert_never(asked.whose)


async def _is_never(asked: Asked, sender: Sender, services: Services) -> bool:
    standing = await services.handshakes.standing(
        subject=owner_in(asked), requester=owner_of(sender.user_id)
    )
    return standing is Permission.NEVER


async def _ask_for_consent(asked: Asked, sender: Sender, context: BotContext) -> None:
    """Show the asker what is agreed to before the first video; their tap goes on from here."""
    question = _question(asked, sender, QuestionKind.CONSENT, owner_of(sender.user_id), context)
    wording = context.services.consents.wording(context.language)
    target = f"{wording.version[:SHORT_VERSION]}.{question.id}"
    keyboard = agree_here_keyboard(context.texts, context.language, target)
    await _put(question, wording_html(context), keyboard, context, sender)


async def _ask_for_permission(asked: Asked, sender: Sender, context: BotContext) -> None:
    if asked.whose is Whose.NOBODY_KNOWS:
        me = owner_of(sender.user_id)
        question = _question(asked, sender, QuestionKind.ATTEST, me, context)
        keyboard = attest_keyboard(context.texts, context.language, question.id)
        await _put(question, context.t("say.attest"), keyboard, context, sender)
        return
    question = _question(asked, sender, QuestionKind.PERMISSION, owner_in(asked), context)
    language = context.texts.language(asked.owner_language or context.language)
    text = context.texts.html(
        language,
        "say.may_voice" if asked.voice else "say.may_photo",
        owner=asked.owner_name,
        owner_id=str(asked.owner_id),
        asker=asked.asker_name,
    )
    keyboard = permission_keyboard(context.texts, language, question.id)
    await _put(question, text, keyboard, context, sender, silent=False)


def _question(
    asked: Asked, sender: Sender, kind: QuestionKind, whom: Owner, context: BotContext
) -> Question:
    patience = timedelta(minutes=context.services.settings.access.ask_minutes)
    return Question(
        id=sender.order_id,
        kind=kind,
        asked=whom,
        asker=owner_of(sender.user_id),
        place=owner_of(sender.address.chat_id),
        reply_to=sender.address.pack(),
        content=asked.pack(),
        expires_at=datetime.now(UTC) + patience,
    )


async def _put(
    question: Question,
    text: str,
    keyboard: InlineKeyboardMarkup | ForceReply,
    context: BotContext,
    sender: Sender,
    *,
    silent: bool = True,
) -> None:
    """Ask; the row comes first, so that no tap finds it missing. Only another member is rung."""
    questions = context.services.community.questions
    await questions.put(question)
    shown = await context.say(sender.address, text, keyboard, silent=silent)
    await questions.set_message(question.id, str(shown.message_id))
