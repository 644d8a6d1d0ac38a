"""The methods about the bot itself and its chats: who it is, updates, commands, members."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.botapi import limits
from tests.botapi.answers import Answer
from tests.botapi.posting import beyond
from tests.botapi.schema import Json
from tests.botapi.state import State
from tests.botapi.wire import Ask, bad_request

COMMAND = re.compile(r"[a-z0-9_]{1,32}")
RIGHTS = ("can_send_messages", "can_send_photos", "can_send_videos", "can_send_video_notes")
NO_GIFTS = {
    "unlimited_gifts": False,
    "limited_gifts": False,
    "unique_gifts": False,
    "premium_subscription": False,
    "gifts_from_channels": False,
}


async def get_me(state: State, ask: Ask) -> Json:
    """Say who the bot is."""
    return {
        **state.bot,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def get_updates(state: State, ask: Ask) -> list[Json]:
    """Hand out what waits, or wait for it."""
    return await state.updates.poll(
        offset=ask.integer("offset"),
        limit=ask.integer("limit", limits.UPDATES_PER_CALL),
        timeout_s=ask.integer("timeout"),
        allowed=ask.params.get("allowed_updates"),
        is_gone=ask.is_gone,
    )


async def set_webhook(state: State, ask: Ask) -> bool:
    """Note a webhook: getUpdates is refused from now on. ``postman.py`` delivers to it."""
    url = ask.text("url")
    if url and not url.startswith("https://"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    state.updates.set_webhook(
        url, ask.text("secret_token"), allowed=ask.params.get("allowed_updates")
    )
    return _drop_if_asked(state, ask)


async def delete_webhook(state: State, ask: Ask) -> bool:
    """Forget the webhook."""
    state.updates.set_webhook("", "", allowed=None)
    return _drop_if_asked(state, ask)


async def get_webhook_info(state: State, ask: Ask) -> Json:
    """Tell about the webhook."""
    return {
        "url": state.updates.webhook_url,
        "has_custom_certificate": False,
        "pending_update_count": len(state.updates.pending),
    }


async def set_my_commands(state: State, ask: Ask) -> bool:
    """Set the commands of one scope and language."""
    commands = ask.params["commands"]
    if len(commands) > limits.COMMANDS:
        raise beyond(state, ask, f"{len(commands)} commands", "BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not COMMAND.fullmatch(command["command"]):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    state.commands[_scope(state, ask)] = list(commands)
    return True


async def get_my_commands(state: State, ask: Ask) -> list[Json]:
    """Tell the commands of one scope and language."""
    return state.commands.get(_scope(state, ask), [])


async def delete_my_commands(state: State, ask: Ask) -> bool:
    """Forget the commands of one scope and language."""
    state.commands.pop(_scope(state, ask), None)
    return True


async def get_chat(state: State, ask: Ask) -> Json:
    """Tell about a chat; of a group, what its members may do."""
    chat = state.chat_of(ask)
    rights = {right: right not in chat.forbids for right in RIGHTS}
    return {
        **chat.wire,
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": NO_GIFTS,
        **({} if chat.type == "private" else {"permissions": rights}),
    }


async def get_chat_member(state: State, ask: Ask) -> Json:
    """Tell what somebody is in a chat."""
    chat = state.chat_of(ask)
    user = chat.members.get(ask.integer("user_id"))
    if user is None:
        raise bad_request("user not found")
    return {"status": "creator" if user["id"] in chat.admins else "member", "user": user} | (
        {"is_anonymous": False} if user["id"] in chat.admins else {}
    )


async def leave_chat(state: State, ask: Ask) -> bool:
    """Leave a group or a channel."""
    chat = state.chat_of(ask)
    if chat.type == "private":
        raise bad_request("chat member status can't be changed in private chats")
    chat.members.pop(state.bot["id"], None)
    return True


METHODS: Mapping[str, Answer] = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "leaveChat": leave_chat,
}


def _scope(state: State, ask: Ask) -> tuple[str, str]:
    scope: Any = ask.params.get("scope") or {"type": "default"}
    if "chat_id" in scope and int(scope["chat_id"]) not in state.chats:
        raise bad_request("chat not found")
    return json.dumps(scope, sort_keys=True), ask.text("language_code")


def _drop_if_asked(state: State, ask: Ask) -> bool:
    if ask.params.get("drop_pending_updates"):
        state.updates.drop_pending()
    return True
