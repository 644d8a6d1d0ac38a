"""What every handler gets: the services, the texts, the language of whoever wrote.

Typed, in place of PTB's dictionaries; nothing about a user is kept here, it would be lost with the
process. What a new handler needs comes in here as a property.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, cast

from telegram import InlineKeyboardMarkup, Message, Update, User
from telegram.ext import Application, CallbackContext, ExtBot

from bot.address import address_of
from bot.texts import FALLBACK_LANGUAGE, Texts, Value

if TYPE_CHECKING:
    from pipeline.bootstrap import Services

WORDS_PER_S = 2.5

Nothing = dict[Any, Any]


class BotApplication(
    Application[
        ExtBot[int],
        "BotContext",
        Nothing,
        Nothing,
        Nothing,
        None,
    ]
):
    """PTB's application with what its handlers need; ``bot.app.build`` fills it."""

    __slots__ = ("services", "texts", "unstored")

    services: Services
    texts: Texts
    unstored: set[int]
    """Updates whose writing failed: the intake does not confirm them, and they come again."""


class BotContext(CallbackContext[ExtBot[int], Nothing, Nothing, Nothing]):
    """The context of one update."""

    language: str = FALLBACK_LANGUAGE

    @classmethod
    def from_update(cls, update: object, application: Any) -> Self:
        """Build the context and choose the language of the person who caused the update."""
        context = super().from_update(update, application)
        if isinstance(update, Update) and update.effective_user is not None:
            code = update.effective_user.language_code
            context.language = context.app.texts.language(code)
        return context

    @property
    def app(self) -> BotApplication:
        """The application, by its own type."""
        return cast(BotApplication, self.application)

    @property
    def services(self) -> Services:
        """The pipeline's services."""
        return self.app.services

    @property
    def texts(self) -> Texts:
        """Every sentence."""
        return self.app.texts

    @property
    def script_limits(self) -> dict[str, int]:
        """How long a script may be: in seconds, and in words by a calm rate of speech."""
        max_s = int(self.services.settings.speech.max_s)
        return {"max_s": max_s, "max_words": max(1, round(max_s * WORDS_PER_S))}

    def t(self, key: str, /, **values: Value) -> str:
        """Give a sentence in the user's language, as HTML."""
        return self.texts.html(self.language, key, **values)

    async def reply(
        self,
        message: Message,
        sentence: str,
        keyboard: InlineKeyboardMarkup | None = None,
        *,
        silent: bool = False,
    ) -> None:
        """Answer a message with a sentence, where it was written."""
        address = address_of(message, self.language)
        await self.bot.send_message(
            address.chat_id,
            sentence,
            message_thread_id=address.thread_id,
            reply_parameters=address.reply_parameters,
            reply_markup=keyboard,
            disable_notification=silent,
        )


def message_of(update: Update) -> Message:
    """Take the message out of an update; the filters let nothing else through."""
    assert update.message is not None
    return update.message


def sender_of(update: Update) -> User:
    """Take the person out of an update of a private chat."""
    assert update.effective_user is not None
    return update.effective_user
