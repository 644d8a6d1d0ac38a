"""Settings of who may use the bot, and how much."""

from __future__ import annotations

from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from pipeline.settings.section import Section


class AccessSettings(Section):
    """Who may use the bot, and how much. Failed and cancelled videos are never counted."""

    mode: Literal["open", "allow_list", "invite"] = "open"
    """open: everybody. allow_list: who is listed here or let in by /allow. invite: those, and
    whoever opens a link that an admin made by /invite."""
    admins: tuple[int, ...] = ()
    """The operators, by Telegram's numeric user ids: the commands of admins, no daily limit."""
    allowed: tuple[int, ...] = ()
    """People and groups that may always use the bot, by numeric id; groups have negative ones."""
    jobs_per_day: int = Field(default=20, ge=0)
    """How many videos one person may order a day; 0: no limit. /quota changes it for one."""
    group_jobs_per_day: int = Field(default=50, ge=0)
    """How many videos one group may order a day; 0: no limit. /quota changes it for one."""
    group_open_jobs: int = Field(default=4, ge=1, le=100)
    """How many unfinished videos one group may have: one in the making, the others in line."""
    costly_per_hour: int = Field(default=20, ge=0)
    """How often one person may ask, within an hour, for /mydata, for /verify or for the words of a
    recording; 0: no limit."""
    ask_minutes: float = Field(default=10.0, gt=0, le=1440)
    """How long a member of a group has to answer whether their photo may speak."""
    time_zone: str = "Asia/Kolkata"
    """Where the day of these limits begins at midnight."""

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as e:
            raise ValueError("no such time zone; one is Asia/Kolkata") from e
        return name
