"""``bolti settings``: what is set, and where it comes from."""

from __future__ import annotations

import click

from pipeline.settings import load_with_sources
from pipeline.settings.listing import default_toml, effective


@click.command()
@click.option("--default", "default", is_flag=True, help="Write config/default.toml to stdout.")
def settings(default: bool) -> None:
    """List the settings in effect, each with its source."""
    if default:
        click.echo(default_toml(), nl=False)
        return
    for name, (value, source) in effective(load_with_sources()).items():
        click.echo(f"{name} = {value}  # {source}")
