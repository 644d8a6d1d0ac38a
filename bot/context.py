"""What every handler gets: the services, the texts, the language of whoever wrote.

Typed, in place of PTB's dictionaries; nothing about a user is kept here, it would be lost with the
process. What a new handler needs comes in here as a property.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self, cast

from telegram import ForceReply, InlineKeyboardMarkup, Message, Update, User
from telegram.ext import Application, CallbackContext, ExtBot

from bot.address import Address, address_of, owner_of
from bot.costly import Costly
from bot.errands import Errands
from bot.texts import FALLBACK_LANGUAGE, Texts, Value
from bot.updates.turns import Turns
from bot.voice_names import full_name
from pipeline.store.preferences import Preferences
from pipeline.types import Voice, VoiceId

if TYPE_CHECKING:
    from bot.groups.rights import GroupRights
    from bot.updates.gathering import Gathering
    from pipeline.bootstrap import Services

WORDS_PER_S = 2.5
BELATED = timedelta(hours=6)
"""Whoever wrote so long ago may have changed their mind."""

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

    __slots__ = (
        "costly",
        "errands",
        "gathering",
        "keeping",
        "retried",
        "rights",
        "services",
        "started_at",
        "texts",
        "turns",
        "unsettled",
        "voices",
    )

    services: Services
    started_at: datetime
    texts: Texts
    turns: Turns
    gathering: Gathering
    costly: Costly
    errands: Errands
    rights: GroupRights
    voices: Mapping[VoiceId, Voice]
    """Every voice that is described anywhere, offered just now or not."""
    keeping: dict[int, asyncio.Event]
    """Updates that are worked on; set is what says that all of one is stored."""
    retried: Counter[int]
    """How often each was tried again whose answer Telegram did not take, or whose reader died."""
    unsettled: set[int]
    """Updates that are tried again: their writing failed, or what they led to was not heard."""

    async def process_update(self, update: object) -> None:
        """Handle an update in its chat's turn."""
        chat = update.effective_chat if isinstance(update, Update) else None
        if chat is None:
            await super().process_update(update)
            return
        async with self.turns.of(chat.id):
            await super().process_update(update)


class BotContext(CallbackContext[ExtBot[int], Nothing, Nothing, Nothing]):
    """The context of one update, or of a timer that has run out."""

    language: str = FALLBACK_LANGUAGE
    update_id: int | None = None
    sent_at: datetime | None = None
    """When the message was written, or changed, that caused this; None for a tap."""
    preferences: Preferences = Preferences()
    """What the person who caused the update chose, once ``refresh_data`` has looked."""

    @classmethod
    def from_update(cls, update: object, application: Any) -> Self:
        """Build the context and choose the language of the person who caused the update."""
        context = super().from_update(update, application)
        if isinstance(update, Update):
            context.update_id = update.update_id
            context.sent_at = _sent_at(update)
        if isinstance(update, Update) and update.effective_user is not None:
            context.speak(update.effective_user.language_code)
        return context

    def speak(self, code: str | None) -> None:
        """Speak the language of this IETF code, as far as it is spoken here."""
        self.language = self.texts.language(code)

    async def refresh_data(self) -> None:
        """Read what the person prefers; PTB calls this before the first handler.

        Raises ``StoreUnavailable``.
        """
        if self._user_id is None:
            return
        self.preferences = await self.services.preferences.get(owner_of(self._user_id))
        if self.preferences.voice not in self.app.voices:  # nobody knows it any more
            self.preferences = replace(self.preferences, voice=None)
        if self.preferences.language is not None:
            self.language = self.texts.language(self.preferences.language)

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
    def is_belated(self) -> bool:
        """Whether the message has waited for so long that its person is asked again."""
        return self.sent_at is not None and self.sent_at < datetime.now(UTC) - BELATED

    @property
    def script_limits(self) -> dict[str, int]:
        """How long a script may be: in seconds, and in words by a calm rate of speech."""
        max_s = int(self.services.settings.speech.max_s)
        return {"max_s": max_s, "max_words": max(1, round(max_s * WORDS_PER_S))}

    @property
    def voice_id(self) -> VoiceId:
        """Whose voice speaks for the person: the one they chose, or everybody's."""
        return self.preferences.voice or self.services.settings.speech.voice

    @property
    def voice_label(self) -> str:
        """The name of that voice with its language: ``Neerja (Indian English, woman)``."""
        return self.label_of(self.voice_id)

    @property
    def voice_name(self) -> str:
        """The same without what stands in brackets: ``Neerja``."""
        return self.voice_label.partition(" (")[0]

    def count_costly(self, person_id: int) -> None:
        """Count what takes a machine long and is no video. Raises ``AskedTooOften``."""
        if person_id not in self.services.settings.access.admins:
            self.app.costly.take(person_id)

    def kept(self) -> None:
        """Say that all that the update brought is stored; nothing but words may follow.

        It makes room for others then, while those words wait for their turn: thirty messages a
        second are all that a bot may send.
        """
        if self.update_id is not None and (keeping := self.app.keeping.get(self.update_id)):
            keeping.set()

    def label_of(self, voice_id: VoiceId | None) -> str:
        """Give the name of a voice with its language; None is everybody's."""
        wanted = voice_id or self.services.settings.speech.voice
        voice = self.app.voices.get(wanted)
        return wanted if voice is None else full_name(voice, self.texts, self.language)

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
    ) -> Message:
        """Answer a message with a sentence, where it was written."""
        address = address_of(message, self.language)
        return await self.say(address, sentence, keyboard, silent=silent)

    async def say(
        self,
        address: Address,
        sentence: str,
        keyboard: InlineKeyboardMarkup | ForceReply | None = None,
        *,
        silent: bool = False,
    ) -> Message:
        """Say a sentence at an address, as an answer where it names a message."""
        return await self.bot.send_message(
            address.chat_id,
            sentence,
            message_thread_id=address.thread_id,
            reply_parameters=address.reply_parameters,
            reply_markup=keyboard,
            disable_notification=silent,
        )


def _sent_at(update: Update) -> datetime | None:
    if update.edited_message is not None:
        return update.edited_message.edit_date
    return None if update.message is None else update.message.date


def message_of(update: Update) -> Message:
    """Take the message out of an update; the filters let nothing else through."""
    assert update.message is not None
    return update.message


def sender_of(update: Update) -> User:
    """Take the person out of an update of a private chat."""
    assert update.effective_user is not None
    return update.effective_user
