"""Somebody may not use the bot, or not more of it today."""

from __future__ import annotations

from pipeline.errors.root import BoltiError


class AccessError(BoltiError):
    """Somebody may not have this."""

    code = "access_refused"
    exit_code = 90


class NotInvited(AccessError):
    """The bot is not open to everybody, and nobody let this person in."""

    code = "not_invited"
    exit_code = 91

    def __init__(self) -> None:
        super().__init__("This bot is not open to everybody. Ask whoever runs it to let you in.")


class Banned(AccessError):
    """An operator has shut this person or group out."""

    code = "banned"
    exit_code = 92

    def __init__(self) -> None:
        super().__init__("Whoever runs this bot has shut this account out.")


class InvitationUsedUp(AccessError):
    """The link was made for fewer people, or is too old, or was never made."""

    code = "invitation_used_up"
    exit_code = 93

    def __init__(self) -> None:
        super().__init__("This invitation is no longer good. Ask for a new link.")


class DailyLimitReached(AccessError):
    """A person has ordered as many videos today as one may."""

    code = "daily_limit"
    exit_code = 94

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} videos were ordered today, and more may be tomorrow.")
        self.limit = limit

    def values(self) -> dict[str, str | int | float]:
        """Give the limit."""
        return {"limit": self.limit}


class MemberDailyLimitReached(DailyLimitReached):
    """A member has ordered as many videos in a group today as its admins let one have."""

    code = "member_daily_limit"
    exit_code = 102


class GroupDailyLimitReached(DailyLimitReached):
    """A group has ordered as many videos today as one may."""

    code = "group_daily_limit"
    exit_code = 95


class GroupLineFull(AccessError):
    """A group has as many unfinished videos as one may have."""

    code = "group_line_full"
    exit_code = 96

    def __init__(self, limit: int) -> None:
        super().__init__(f"This group has {limit} videos in progress. Try again in a few minutes.")
        self.limit = limit

    def values(self) -> dict[str, str | int | float]:
        """Give the limit."""
        return {"limit": self.limit}


class GroupSwitchedOff(AccessError):
    """A group's admins have switched the bot off there."""

    code = "group_switched_off"
    exit_code = 97

    def __init__(self) -> None:
        super().__init__("The admins of this group have switched this off.")


class GroupAdminsOnly(AccessError):
    """A group's admins keep the bot to themselves."""

    code = "group_admins_only"
    exit_code = 98

    def __init__(self) -> None:
        super().__init__("In this group only its admins may do this.")


class GroupMute(AccessError):
    """The bot may not write in a group."""

    code = "group_mute"
    exit_code = 99

    def __init__(self) -> None:
        super().__init__("The admins of this group have not let the bot write there.")


class GroupTakesNoVideos(AccessError):
    """The bot may write in a group, and send no videos."""

    code = "group_takes_no_videos"
    exit_code = 100

    def __init__(self) -> None:
        super().__init__("The admins of this group have not let the bot send videos there.")


class AskedTooOften(AccessError):
    """A person has asked for costly things, other than videos, as often as one may in an hour."""

    code = "asked_too_often"
    exit_code = 101

    def __init__(self, minutes: int) -> None:
        super().__init__(f"That was asked for too often; ask again in {minutes} minutes.")
        self.minutes = minutes

    def values(self) -> dict[str, str | int | float]:
        """Give the minutes until it may be asked again."""
        return {"minutes": self.minutes}
