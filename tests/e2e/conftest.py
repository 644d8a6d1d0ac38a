"""The Bot API stand-in and the real bot as a process (``tests/botapi/README.md``)."""

from tests.botapi.fixtures import bot_nursery, bot_process, launch_bot, server

__all__ = ["bot_nursery", "bot_process", "launch_bot", "server"]
