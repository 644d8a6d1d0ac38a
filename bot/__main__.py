"""The command ``bolti-bot``: load the settings, build the services, run until told to stop.

Exit status: 0 after SIGTERM or Ctrl-C, 2 when the set-up is wrong (settings, token, a second bot
on the same token), else the exit code of the error. A second signal ends the process at once.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import TYPE_CHECKING

import click
from telegram.error import Conflict, InvalidToken

from bot.app import run
from bot.texts import load_texts
from pipeline import errors
from pipeline.logs import ended_by, set_up_logs
from pipeline.settings import Settings, load_settings
from pipeline.stopping import GRACE_S, heed_signals
from pipeline.version import named

if TYPE_CHECKING:
    from pipeline.bootstrap import ChildModules

WRONG_SETUP = 2

log = logging.getLogger("bot")


@click.command()
@click.version_option(named(), message="bolti-bot %(version)s")
def main() -> None:
    """Run the Telegram bot.

    It needs a token: set BOLTI_TELEGRAM__TOKEN. Every other setting has a default; `bolti
    settings` lists them.
    """
    sys.exit(_main())


def _main() -> int:
    try:
        settings = load_settings()
        settings.telegram.require_token()
    except errors.SettingsInvalid as e:
        click.echo(str(e), err=True)
        return e.exit_code
    set_up_logs(settings.log.level, settings.log.format, settings.secrets)
    try:
        asyncio.run(serve(settings))
    except InvalidToken:
        log.critical(
            "Telegram does not know this token. Check BOLTI_TELEGRAM__TOKEN; @BotFather shows it."
        )
        return WRONG_SETUP
    except Conflict:
        log.critical(
            "Another process takes the updates of this bot. Stop it first, or use another token."
        )
        return WRONG_SETUP
    except Exception as e:
        return ended_by(e)
    return 0


async def serve(settings: Settings, children: ChildModules | None = None) -> None:
    """Run until a signal comes; ``children`` replaces what the child processes run, in tests."""
    from pipeline.bootstrap import CHILDREN, open_services

    stop = asyncio.Event()
    # Uploads are waited for before the jobs are closed, and once more while they are.
    heed_signals(stop, GRACE_S + 2 * settings.telegram.drain_s)
    async with open_services(settings, children or CHILDREN) as services:
        await run(settings, services, load_texts(), stop)
    log.info("stopped")


if __name__ == "__main__":
    main()
