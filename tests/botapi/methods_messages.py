"""The methods about messages: send text, edit, delete, react, answer a tap, show an action."""

from __future__ import annotations

from collections.abc import Mapping

from tests.botapi import limits
from tests.botapi.answers import Answer
from tests.botapi.formatting import formatted, units
from tests.botapi.journal import EventKind
from tests.botapi.posting import beyond, caption, edited, keyboard, post
from tests.botapi.reactions import REACTIONS, plain
from tests.botapi.schema import Json
from tests.botapi.state import State
from tests.botapi.wire import Ask, bad_request

CHAT_ACTIONS = {
    *("typing", "choose_sticker", "find_location"),
    *("record_video", "record_voice", "record_video_note"),
    *("upload_photo", "upload_video", "upload_voice", "upload_document", "upload_video_note"),
}
MEDIA = ("photo", "video", "animation", "audio", "voice", "document")


async def send_message(state: State, ask: Ask) -> Json:
    """Send a text."""
    return post(state, ask, _text(state, ask))


async def edit_message_text(state: State, ask: Ask) -> Json:
    """Change the text of a message of the bot; a keyboard that is not given again goes."""
    chat = state.writable_chat_of(ask)
    entry = chat.editable(ask.integer("message_id"))
    if "text" not in entry.message:
        raise bad_request("there is no text in the message to edit")
    return edited(
        state,
        chat,
        entry,
        {**_text(state, ask), **keyboard(state, ask)},
        ("text", "entities", "link_preview_options"),
    )


async def edit_message_caption(state: State, ask: Ask) -> Json:
    """Change the caption of a message of the bot."""
    chat = state.writable_chat_of(ask)
    entry = chat.editable(ask.integer("message_id"))
    if not any(kind in entry.message for kind in MEDIA):
        raise bad_request("there is no caption in the message to edit")
    fields = ("caption", "caption_entities", "show_caption_above_media")
    return edited(state, chat, entry, {**caption(state, ask), **keyboard(state, ask)}, fields)


async def edit_message_reply_markup(state: State, ask: Ask) -> Json:
    """Change or remove the keyboard of a message of the bot."""
    chat = state.writable_chat_of(ask)
    entry = chat.editable(ask.integer("message_id"))
    return edited(state, chat, entry, keyboard(state, ask), ())


async def delete_message(state: State, ask: Ask) -> bool:
    """Delete a message of the bot, or any message of a private chat."""
    chat = state.writable_chat_of(ask)
    entry = chat.visible(ask.integer("message_id"))
    if entry is None:
        raise bad_request("message to delete not found")
    if not entry.from_bot and chat.type != "private":
        raise bad_request("message can't be deleted")
    entry.is_deleted = True
    state.changed(chat, entry, EventKind.DELETED, state.bot["first_name"])
    return True


async def send_chat_action(state: State, ask: Ask) -> bool:
    """Show that the bot is busy."""
    chat = state.writable_chat_of(ask)
    action = ask.text("action")
    if action not in CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    state.journal.add(EventKind.ACTION, state.bot["first_name"], chat_id=chat.id, text=action)
    return True


async def set_message_reaction(state: State, ask: Ask) -> bool:
    """Put the bot's one reaction on a message, or take it away."""
    chat = state.writable_chat_of(ask)
    entry = chat.visible(ask.integer("message_id"))
    if entry is None:
        raise bad_request("message to react not found")
    given = ask.params.get("reaction") or []
    emoji = tuple(plain(str(r.get("emoji", ""))) for r in given)
    if not chat.allows_reactions and emoji:
        raise bad_request("REACTION_INVALID")
    if len(emoji) > 1:
        raise beyond(state, ask, f"{len(emoji)} reactions on one message", "REACTIONS_TOO_MANY")
    if not set(emoji) <= REACTIONS:
        raise bad_request("REACTION_INVALID")
    entry.reactions = emoji
    state.changed(chat, entry, EventKind.REACTED, state.bot["first_name"], text=" ".join(emoji))
    return True


async def answer_callback_query(state: State, ask: Ask) -> bool:
    """Answer a press once; the second time, or too late, is a 400."""
    tap = state.taps.get(ask.text("callback_query_id"))
    if tap is None or tap.is_old or tap.answer is not None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = ask.text("text")
    if units(text) > limits.CALLBACK_ANSWER_CHARS:
        raise beyond(state, ask, f"answer of {units(text)} characters", "MESSAGE_TOO_LONG")
    tap.answer = {"text": text, "show_alert": bool(ask.params.get("show_alert"))}
    who = state.bot["first_name"]
    state.journal.add(EventKind.ANSWERED, who, chat_id=tap.chat_id, text=text)
    return True


METHODS: Mapping[str, Answer] = {
    "sendMessage": send_message,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "sendChatAction": send_chat_action,
    "setMessageReaction": set_message_reaction,
    "answerCallbackQuery": answer_callback_query,
}


def _text(state: State, ask: Ask) -> Json:
    text, entities = formatted(ask, "text", "entities")
    if not text:
        raise bad_request("message text is empty")
    if units(text) > limits.TEXT_CHARS:
        raise beyond(state, ask, f"text of {units(text)} characters", "message is too long")
    preview = ask.params.get("link_preview_options")
    fields = {"text": text, "entities": entities, "link_preview_options": preview}
    return {name: value for name, value in fields.items() if value}
