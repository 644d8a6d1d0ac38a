"""What all sending methods share: chat, reply, keyboard, caption, the new message."""

from __future__ import annotations

import time

from tests.botapi import limits
from tests.botapi.chats import Chat, Entry
from tests.botapi.formatting import formatted, units
from tests.botapi.journal import EventKind
from tests.botapi.schema import Json
from tests.botapi.state import State
from tests.botapi.wire import ApiError, Ask, bad_request

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
ACTIONS_OF_A_BUTTON = {
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
}


def post(state: State, ask: Ask, content: Json) -> Json:
    """Put a message of the bot into the chat that the request names, and give it back.

    Raises ``ApiError`` for a chat, a reply target or a keyboard that Telegram refuses.
    """
    chat = state.writable_chat_of(ask)
    chat.refuse(content)
    message = {**content, **_reply(chat, ask), **keyboard(state, ask)}
    if ask.params.get("protect_content"):
        message["has_protected_content"] = True
    thread = ask.integer("message_thread_id")
    if thread and chat.type == "supergroup":
        message.update(message_thread_id=thread, is_topic_message=True)
    silent = bool(ask.params.get("disable_notification"))
    entry = chat.add(state.bot, message, from_bot=True, silent=silent)
    state.changed(chat, entry, EventKind.SENT, state.bot["first_name"])
    return entry.message


def caption(state: State, ask: Ask) -> Json:
    """Read the caption of a request as the part of a message that shows it."""
    text, entities = formatted(ask, "caption", "caption_entities")
    if units(text) > limits.CAPTION_CHARS:
        raise beyond(state, ask, f"caption of {units(text)} characters", "caption is too long")
    part: Json = {"caption": text} if text else {}
    if entities:
        part["caption_entities"] = entities
    if ask.params.get("show_caption_above_media"):
        part["show_caption_above_media"] = True
    return part


def keyboard(state: State, ask: Ask) -> Json:
    """Read the inline keyboard of a request; other keyboards are no part of a message."""
    markup = ask.params.get("reply_markup")
    if not isinstance(markup, dict) or "inline_keyboard" not in markup:
        return {}
    rows = [row for row in markup["inline_keyboard"] if row]
    buttons = [button for row in rows for button in row]
    if len(buttons) > limits.INLINE_BUTTONS:
        raise beyond(state, ask, f"{len(buttons)} inline buttons", "reply markup is too long")
    for button in buttons:
        _check_button(state, ask, button)
    return {"reply_markup": {"inline_keyboard": rows}} if rows else {}


def beyond(state: State, ask: Ask, what: str, reason: str) -> ApiError:
    """Note that the bot went beyond a limit, and make the 400 that says so."""
    state.violations.append(f"{ask.method}: beyond a limit: {what}")
    return bad_request(reason)


def _check_button(state: State, ask: Ask, button: Json) -> None:
    if not str(button.get("text", "")).strip():
        raise bad_request("can't parse inline keyboard button: Text must be non-empty")
    if not ACTIONS_OF_A_BUTTON & button.keys():
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    callback = button.get("callback_data")
    size = len(str(callback).encode()) if callback is not None else 1
    if size > limits.CALLBACK_DATA_BYTES or size == 0:
        raise beyond(state, ask, f"callback_data of {size} bytes", "BUTTON_DATA_INVALID")


def _reply(chat: Chat, ask: Ask) -> Json:
    """Find the message replied to; without it the 400, or no reply where that is allowed."""
    given = ask.params.get("reply_parameters")
    if given is None and ask.params.get("reply_to_message_id"):
        given = {
            "message_id": ask.integer("reply_to_message_id"),
            "allow_sending_without_reply": ask.params.get("allow_sending_without_reply"),
        }
    if not isinstance(given, dict):
        return {}
    target = chat.visible(int(given["message_id"]))
    if target is not None:
        quoted = {k: v for k, v in target.message.items() if k != "reply_to_message"}
        return {"reply_to_message": quoted}
    if given.get("allow_sending_without_reply"):
        return {}
    raise bad_request("message to be replied not found")


def edited(state: State, chat: Chat, entry: Entry, new: Json, replaced: tuple[str, ...]) -> Json:
    """Replace the fields ``replaced`` and the keyboard of a message; nothing new is a 400."""
    fields = (*replaced, "reply_markup")
    before = dict(entry.message)
    if all(before.get(name) == new.get(name) for name in fields):
        raise bad_request(NOT_MODIFIED)
    for name in fields:
        entry.message.pop(name, None)
    entry.message.update(new, edit_date=int(time.time()))
    state.changed(chat, entry, EventKind.EDITED, state.bot["first_name"], before=before)
    return entry.message
