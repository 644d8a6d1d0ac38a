"""What people do in a chat, as the updates that Telegram would send."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

ALICE = 501
BOB = 502
FILM = {"file_id": "a", "file_unique_id": "a", "duration": 3}
Json = dict[str, Any]


def now() -> int:
    """Give the time as Telegram writes it."""
    return int(datetime.now(UTC).timestamp())


def message(update_id: int, *, user: int = ALICE, chat: int | None = None, **content: Any) -> Json:
    """Make an update with a message; its message id is the update's id."""
    chat_id = user if chat is None else chat
    kind = {"type": "private", "first_name": "A"} if chat_id > 0 else {"type": "supergroup"}
    return {
        "update_id": update_id,
        "message": {
            "message_id": update_id,
            "date": now(),
            "chat": {"id": chat_id, **kind},
            "from": _person(user),
            **content,
        },
    }


def text(update_id: int, words: str, **more: Any) -> Json:
    """Send words."""
    entities = (
        [{"type": "bot_command", "offset": 0, "length": len(words.split()[0])}]
        if words.startswith("/")
        else []
    )
    return message(update_id, text=words, entities=entities, **more)


def photo(update_id: int, *, size_bytes: int = 50_000, **more: Any) -> Json:
    """Send a photo; the last size is the largest."""
    sizes = [
        {"file_id": "small", "file_unique_id": "s", "width": 90, "height": 120, "file_size": 900},
        {
            "file_id": f"large-{update_id}",
            "file_unique_id": "l",
            "width": 960,
            "height": 1280,
            "file_size": size_bytes,
        },
    ]
    return message(update_id, photo=sizes, **more)


def sticker(
    update_id: int, *, is_animated: bool = False, is_video: bool = False, **more: Any
) -> Json:
    """Send a sticker; ``is_animated`` is a drawing that moves, ``is_video`` a film."""
    held = {
        "file_id": f"sticker-{update_id}",
        "file_unique_id": "t",
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": is_animated,
        "is_video": is_video,
    }
    return message(update_id, sticker=held, **more)


def film(update_id: int, **more: Any) -> Json:
    """Send a video."""
    return message(update_id, video={**FILM, "width": 9, "height": 9, "file_size": 900}, **more)


def round_film(update_id: int, **more: Any) -> Json:
    """Send a round video."""
    return message(update_id, video_note={**FILM, "length": 240}, **more)


def edited(update_id: int, message_id: int, words: str, *, user: int = ALICE) -> Json:
    """Change the words of a message that was sent before."""
    new = message(message_id, user=user, text=words, edit_date=now())
    return {"update_id": update_id, "edited_message": new["message"]}


def document(update_id: int, mime_type: str, *, size_bytes: int = 50_000, **more: Any) -> Json:
    """Send a file as it is."""
    held = {
        "file_id": f"file-{update_id}",
        "file_unique_id": "d",
        "mime_type": mime_type,
        "file_size": size_bytes,
    }
    return message(update_id, document=held, **more)


def voice(update_id: int, *, seconds: int = 8, size_bytes: int = 30_000, **more: Any) -> Json:
    """Send a voice note."""
    return message(update_id, voice=sound(update_id, seconds, size_bytes), **more)


def sound(update_id: int, seconds: int = 8, size_bytes: int = 30_000) -> Json:
    """Describe a file that can be heard."""
    return {
        "file_id": f"sound-{update_id}",
        "file_unique_id": "v",
        "duration": seconds,
        "file_size": size_bytes,
    }


def blocked(update_id: int, *, user: int = ALICE) -> Json:
    """Block the bot in the private chat."""
    bot = {"id": 123456789, "is_bot": True, "first_name": "Bolti"}
    return {
        "update_id": update_id,
        "my_chat_member": {
            "chat": {"id": user, "type": "private", "first_name": "A"},
            "from": _person(user),
            "date": now(),
            "old_chat_member": {"status": "member", "user": bot},
            "new_chat_member": {"status": "kicked", "user": bot, "until_date": 0},
        },
    }


def tap(
    update_id: int,
    data: str,
    *,
    user: int = ALICE,
    on: int = 1001,
    answering: Json | None = None,
) -> Json:
    """Press a button under a message of the bot; ``answering`` is what that replied to."""
    quoted = {"reply_to_message": answering["message"]} if answering else {}
    return {
        "update_id": update_id,
        "callback_query": {
            "id": str(update_id),
            "from": _person(user),
            "chat_instance": "1",
            "data": data,
            "message": {
                "message_id": on,
                "date": now(),
                "chat": {"id": user, "type": "private", "first_name": "A"},
                "text": "…",
                **quoted,
            },
        },
    }


def _person(user: int) -> Json:
    return {"id": user, "is_bot": False, "first_name": "A", "language_code": "en"}
