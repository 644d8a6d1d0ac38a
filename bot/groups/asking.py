"""From what somebody asks for in a group to the order: the asker's consent, the owner's yes.

Each step that lacks its yes becomes a question with buttons (``bot/groups/questions.py``). The
taps stand in ``handlers/permission.py``; they come back here, and the next step is asked.

Where the next one goes: another thing to be asked is a kind of question, and a step in ``go_on``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from telegram import ForceReply

from bot.access import check_quota
from bot.address import owner_of
from bot.context import BotContext
from bot.drafting.agreement import SHORT_VERSION, wording_html
from bot.drafting.drafts import Sender
from bot.drafting.filming import SentFilm
from bot.groups.orders import order, refuse_note
from bot.groups.questions import ask
from bot.groups.saying import Asked, Whose
from bot.menus.permissions import agree_here_keyboard, attest_keyboard, permission_keyboard
from pipeline.store.questions import ANYBODY, QuestionKind
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
    await context.app.rights.check(context.bot, sender.address.chat_id)
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
    me = owner_of(sender.user_id)
    await ask(asked, sender, QuestionKind.WORDS, me, context.t("say.what"), wanted, context)


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
    wording = context.services.consents.wording(context.language)
    version = wording.version[:SHORT_VERSION]
    keyboard = agree_here_keyboard(context.texts, context.language, version, sender.order_id)
    me = owner_of(sender.user_id)
    await ask(asked, sender, QuestionKind.CONSENT, me, wording_html(context), keyboard, context)


async def _ask_for_permission(asked: Asked, sender: Sender, context: BotContext) -> None:
    """Ask whoever sent it; where nobody knows who that is, the asker gives their own word."""
    texts, is_film = context.texts, isinstance(asked.face, SentFilm)
    if asked.whose is Whose.NOBODY_KNOWS:
        language = sender.address.language
        text = texts.html(language, "say.attest_film" if is_film else "say.attest")
        keyboard = attest_keyboard(texts, language, sender.order_id)
        me = owner_of(sender.user_id)
        await ask(asked, sender, QuestionKind.ATTEST, me, text, keyboard, context)
        return
    language = texts.language(asked.owner_language or context.language)
    picture = "say.may_film" if is_film else "say.may_photo"
    text = texts.html(
        language,
        "say.may_voice" if asked.voice else picture,
        owner=asked.owner_name,
        owner_id=str(asked.owner_id),
        asker=asked.asker_name,
    )
    keyboard = permission_keyboard(texts, language, sender.order_id)
    kind, whom = QuestionKind.PERMISSION, owner_in(asked)
    await ask(asked, sender, kind, whom, text, keyboard, context, silent=False)
