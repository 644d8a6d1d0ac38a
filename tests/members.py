"""What Telegram would say about the people of a test."""

from __future__ import annotations

from typing import Any


def member(user_id: int, admins: set[int]) -> dict[str, Any]:
    """Say what somebody is in a group, as Telegram would."""
    user = {"id": user_id, "is_bot": False, "first_name": "A"}
    if user_id in admins:
        return {"status": "creator", "user": user, "is_anonymous": False}
    return {"status": "member", "user": user}
