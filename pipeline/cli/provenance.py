"""``bolti provenance``: who signs the videos, and a certificate of one's own making."""

from __future__ import annotations

import json
from pathlib import Path

import click

from pipeline.settings import ProvenanceSettings, load_settings


@click.group()
def provenance() -> None:
    """Say who signs every video, or make a certificate for it."""


@provenance.command()
@click.option("--again", is_flag=True, help="Make a new one in place of the one that is there.")
def init(again: bool) -> None:
    """Make a certificate chain to sign videos with.

    Rendering does this by itself where there is none. Keep a copy of the folder: whoever has it
    can sign as you, and without it older videos are unknown to `bolti verify`.
    """
    from pipeline.safety.certificate import ensure_chain, replace_chain
    from pipeline.safety.seal import mark_key

    settings = load_settings().provenance_in_place
    if settings.certificate:
        raise click.UsageError(
            "provenance.certificate is set: videos are signed with that one, and need no other."
        )
    folder = Path(settings.folder)
    try:
        if again:
            replace_chain(folder)
        made = again or ensure_chain(folder)
    except OSError as e:
        raise click.ClickException(f"{folder} cannot be written: {e.strerror}.") from e
    mark_key(settings)
    click.echo("Made a certificate." if made else "There is a certificate already.")
    _show(settings)


@provenance.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(as_json: bool) -> None:
    """Say who signs, until when, and where the certificate lies."""
    from pipeline.safety.certificate import describe, load_credentials

    settings = load_settings().provenance_in_place
    if as_json:
        found = describe(settings)
        values = found and {
            "name": found.name,
            "ends_at": found.ends_at.isoformat(),
            "file": str(found.file),
            "is_self_made": found.is_self_made,
        }
        click.echo(json.dumps({"signer": values}))
        return
    _show(settings)
    if describe(settings) is not None:
        load_credentials(settings)  # says what is wrong with it


def _show(settings: ProvenanceSettings) -> None:
    from pipeline.safety.certificate import describe

    signer = describe(settings)
    if signer is None:
        click.echo("No certificate yet: the first video makes one, or `bolti provenance init`.")
        return
    kind = "made here: others see an unknown issuer" if signer.is_self_made else "yours"
    click.echo(f"Signs: {signer.name} ({kind})\nUntil: {signer.ends_at:%d %b %Y}")
    click.echo(f"Where: {signer.file}")
