"""What Telegram would say about the people and groups of a test."""

from __future__ import annotations

from typing import Any

GIFTS = (
    "unlimited_gifts",
    "limited_gifts",
    "unique_gifts",
    "premium_subscription",
    "gifts_from_channels",
)
RIGHTS = ("can_send_messages", "can_send_videos", "can_send_photos")


def member(user_id: int, admins: set[int]) -> dict[str, Any]:
    """Say what somebody is in a group, as Telegram would."""
    user = {"id": user_id, "is_bot": False, "first_name": "A"}
    if user_id in admins:
        return {"status": "creator", "user": user, "is_anonymous": False}
    return {"status": "member", "user": user}


def group(chat_id: int, forbids: set[str]) -> dict[str, Any]:
    """Describe a group, and what its members may not do, as Telegram would."""
    return {
        "id": chat_id,
        "type": "supergroup",
        "title": "Club",
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(GIFTS, False),
        "permissions": {right: right not in forbids for right in RIGHTS},
    }
