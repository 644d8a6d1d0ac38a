"""The command ``bolti``: the pipeline without Telegram.

One file per command or pair of commands; ``console`` shows progress, ``running`` runs the
asynchronous part and ends cleanly. Starting it is light: what a command needs is imported inside.

Where the next one goes: a function with ``@click.command()`` in a file here, its name in
``COMMANDS``.
"""

from __future__ import annotations

import importlib
import json
import logging
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

import click

from pipeline import errors

CANCELLED = 130
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

COMMANDS = {
    "render": "pipeline.cli.render",
    "say": "pipeline.cli.speech",
    "voices": "pipeline.cli.speech",
    "transcribe": "pipeline.cli.speech",
    "models": "pipeline.cli.models",
    "doctor": "pipeline.cli.doctor",
    "settings": "pipeline.cli.settings",
    "worker": "pipeline.cli.service",
    "prune": "pipeline.cli.service",
    "backup": "pipeline.cli.backup",
    "restore": "pipeline.cli.backup",
    "verify": "pipeline.cli.verify",
    "provenance": "pipeline.cli.provenance",
    "audit": "pipeline.cli.audit",
    "demo": "pipeline.cli.demo",
}
"""Each command and the module that is imported when it is asked for."""


class Commands(click.Group):
    """Imports a command when it is named, so that ``bolti --version`` waits for none of them."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Name the commands, in the order of ``COMMANDS``."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import one command."""
        if name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(COMMANDS[name]), name)
        assert isinstance(command, click.Command)
        return command


def _version(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from pipeline.version import named

        click.echo(f"bolti {named()}")
        context.exit()


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show tracebacks and everything that is logged.")
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Tell the version.",
)
def bolti(debug: bool) -> None:
    """Make a photo speak."""
    level = logging.DEBUG if debug else logging.CRITICAL
    logging.basicConfig(level=level, stream=sys.stderr, format=LOG_FORMAT)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command; every error becomes one sentence and an exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = bolti.main(given, prog_name="bolti", standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except click.exceptions.NoArgsIsHelpError as e:
        click.echo(e.format_message())
        sys.exit(2)
    except click.UsageError as e:
        where = e.ctx.command_path if e.ctx else "bolti"
        _end(given, e, f"{e.format_message()} ({where} --help tells more.)", "usage", e.exit_code)
    except click.ClickException as e:
        _end(given, e, e.format_message(), "file", e.exit_code)
    except (click.Abort, KeyboardInterrupt) as e:
        _end(given, e, "Cancelled.", "cancelled", CANCELLED)
    except errors.BoltiError as e:
        _end(given, e, str(e), e.code, e.exit_code)
    except Exception as e:
        text = f"Internal error: {type(e).__name__}. Run with `bolti --debug …` to see where."
        _end(given, e, text, "internal", errors.BUG)


def _end(
    given: Sequence[str], error: BaseException, sentence: str, code: str, status: int
) -> NoReturn:
    if "--debug" in given:
        traceback.print_exception(error)
    if "--json" in given:
        click.echo(json.dumps({"error": {"code": code, "text": sentence, "status": status}}))
    click.echo(f"bolti: {sentence}", err=True)
    sys.exit(status)
