"""A pytest plugin for python-telegram-bot's own tests: its bots talk to the stand-in.

Runs in an environment of its own, where nothing of ours is installed. The value of every base URL
is replaced, not its default: PTB's classes pass their defaults on explicitly.
"""

from __future__ import annotations

import os
from typing import Any

import telegram

API_URL = os.environ["STAND_IN_URL"]  # noqa: TID251  this process has no settings of ours
_first_init = telegram.Bot.__init__


def _init(self: telegram.Bot, token: str, *args: Any, **kwargs: Any) -> None:
    """Make a bot that knows only the stand-in, whatever it was told."""
    kwargs.update(base_url=f"{API_URL}/bot", base_file_url=f"{API_URL}/file/bot")
    _first_init(self, token, *args[2:], **kwargs)


telegram.Bot.__init__ = _init  # type: ignore[method-assign]
