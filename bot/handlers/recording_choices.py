"""The buttons about a recording: whose voice, the words that were heard, its beginning, its noise.

A machine's words are shown first; they are spoken when their sender taps, or as their sender sends
them corrected, like any other words. Writing them down takes longer than a handler may: it goes on
as an errand, and the button that began it stays. Only the newest recording of the tapper's own
draft is ever touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from telegram import InlineKeyboardMarkup, Message
from telegram.error import BadRequest

from bot.context import BotApplication, BotContext
from bot.drafting.drafts import Sender, current_draft, keep_words
from bot.drafting.hearing import kept_sentence
from bot.drafting.ordering import answers, go_on
from bot.drafting.placing import is_repeat
from bot.drafting.said import drop_recording, keep_own_voice
from bot.drafting.sounds import sound_of
from bot.handlers.recordings import after_recording, take_recording
from bot.menus import taps
from bot.menus.keyboards import Action, draft_keyboard
from bot.menus.recordings import Choice, heard_keyboard, kept_keyboard, unpack, whose_keyboard
from bot.menus.taps import Tapped, sender_of_tap
from pipeline import errors
from pipeline.scratch import scratch_folder
from pipeline.store.drafts import Draft

SHOWN_CHARS = 3_000
"""Of what was heard; a message holds 4096 characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    """A tap about a recording: under which message of ours, and by whom."""

    tap: Tapped
    said: Message
    sender: Sender
    """Answers the recording."""
    context: BotContext

    async def toast(self, key: str) -> None:
        """Answer the tap in a few words."""
        await self.tap.answer(self.context.texts.plain(self.context.language, key))

    async def show(self, sentence: str, keyboard: InlineKeyboardMarkup | None = None) -> None:
        """Change the message under which the tap was; it may say so already, or be gone."""
        try:
            await self.context.bot.edit_message_text(
                sentence,
                chat_id=self.said.chat_id,
                message_id=self.said.message_id,
                reply_markup=keyboard,
            )
        except BadRequest as e:
            if not any(known in e.message.lower() for known in ("not modified", "not found")):
                raise


def register(app: BotApplication) -> None:
    """Add the buttons about recordings."""
    taps.register(app, {Action.RECORDING: on_tap})


async def on_tap(tap: Tapped, context: BotContext) -> None:
    """Do what the pressed button says; every tap is answered."""
    wish, said = unpack(tap.target), tap.message
    if wish is None or said is None:
        await tap.answer(context.texts.plain(context.language, "tap.old"))
        return
    sender = answers(sender_of_tap(tap, context), wish.message)
    chosen = _Chosen(tap=tap, said=said, sender=sender, context=context)
    if await is_repeat(context.services, sender):
        await tap.answer()
        return
    draft = await current_draft(context.services, sender)
    is_current = draft.recording is not None and draft.recording_message == wish.message
    if not is_current and wish.choice is not Choice.FIRST:
        await chosen.toast("tap.old")
        return
    match wish.choice:
        case Choice.OWN:
            await _on_own_voice(chosen, draft)
        case Choice.SPEAK:
            await _on_heard(chosen, draft)
        case Choice.WORDS:
            await _on_words(chosen, await drop_recording(context.services, draft))
        case Choice.VOICE:
            await _on_our_voice(chosen, draft)
        case Choice.FIRST:
            await _on_beginning(chosen)
        case Choice.CLEAN:
            await _on_noise(chosen)
        case _:
            assert_never(wish.choice)


async def _on_own_voice(chosen: _Chosen, draft: Draft) -> None:
    """Take the recording as it is."""
    context = chosen.context
    kept = await keep_own_voice(context.services, draft)
    await chosen.tap.answer()
    if kept.portrait is None:
        keyboard = kept_keyboard(context.texts, context.language, kept)
        await chosen.show(kept_sentence(kept, context), keyboard)
    else:
        await chosen.show(context.t("recording.own_chosen"))
        await go_on(chosen.sender, kept, context)


async def _on_heard(chosen: _Chosen, draft: Draft) -> None:
    """Take the words that were heard instead of the recording."""
    if draft.heard is None:
        await chosen.toast("tap.old")
        return
    chosen.context.services.check_script(draft.heard)
    await _on_words(chosen, await keep_words(chosen.context.services, chosen.sender, draft.heard))


async def _on_words(chosen: _Chosen, draft: Draft) -> None:
    """Go on with the words of a draft that has no recording any more."""
    context = chosen.context
    await chosen.tap.answer()
    if draft.portrait is None:
        keyboard = draft_keyboard(context.texts, context.language, draft.key)
        await chosen.show(context.t("words.good"), keyboard)
    else:
        await chosen.show(context.t("recording.words_chosen", voice=context.voice_name))
        await go_on(chosen.sender, draft, context)


async def _on_our_voice(chosen: _Chosen, draft: Draft) -> None:
    """Begin to write down what is said; the answer comes in the same message."""
    context = chosen.context
    reason, errands = context.services.recordings.no_words_because, context.app.errands
    if reason is not None:
        raise errors.TranscriberUnavailable(reason)
    is_begun = errands.is_running(draft.key)
    if not is_begun:
        context.count_costly(chosen.sender.user_id)
    await chosen.toast("recording.listening")
    if not is_begun:
        await chosen.show(context.t("recording.listening"), _whose(draft, context))
        errands.start(draft.key, _write_down(chosen, draft))


async def _write_down(chosen: _Chosen, draft: Draft) -> None:
    """Hear the recording, keep its words beside it, and ask whether they may be spoken."""
    context, services = chosen.context, chosen.context.services
    assert draft.recording is not None
    scratch = services.settings.scratch_dir
    try:
        async with scratch_folder(scratch, f"hear-{chosen.sender.update_id}") as folder:
            wav = await services.store.fetch(draft.recording, folder / "speech.wav")
            heard = (await services.recordings.transcribe(wav)).text
    except errors.BoltiError as e:
        sentence = context.texts.error(context.language, e.code, e.values())
        await chosen.show(sentence, _whose(draft, context))
        return
    if not await services.drafts.note_heard(draft.key, draft.recording, heard):
        await chosen.show(context.t("recording.passed"))
        return
    shown = heard if len(heard) <= SHOWN_CHARS else f"{heard[:SHOWN_CHARS]}…"
    keyboard = heard_keyboard(context.texts, context.language, draft)
    question = context.t("recording.heard", words=shown, voice=context.voice_name)
    await chosen.show(question, keyboard)


async def _on_beginning(chosen: _Chosen) -> None:
    """Take the beginning of a recording that is too long."""
    note = chosen.said.reply_to_message
    if note is None or sound_of(note) is None:
        await chosen.toast("tap.old")
        return
    draft = await take_recording(note, chosen.sender, chosen.context, cut=True)
    await chosen.tap.answer()
    if draft is not None:
        await chosen.show(chosen.context.t("recording.beginning"))
        await after_recording(chosen.sender, draft, chosen.context)


async def _on_noise(chosen: _Chosen) -> None:
    """Take noise out of a recording that waits for its photo."""
    note, context = chosen.said.reply_to_message, chosen.context
    if note is None or sound_of(note) is None:
        await chosen.toast("tap.old")
        return
    draft = await take_recording(note, chosen.sender, context, cut=True, clean=True)
    assert draft is not None
    kept = await keep_own_voice(context.services, draft)
    await chosen.toast("recording.cleaned")
    sentence = f"{kept_sentence(kept, context)}\n{context.t('recording.cleaned')}"
    keyboard = kept_keyboard(context.texts, context.language, kept, cleaned=True)
    await chosen.show(sentence, keyboard)


def _whose(draft: Draft, context: BotContext) -> InlineKeyboardMarkup:
    return whose_keyboard(context.texts, context.language, draft, context.voice_name)
