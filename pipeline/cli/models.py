"""``bolti models``: the weights of the GPU engine, and the model that writes recordings down.

What is here, bring it, check it. That second model stands in ``writer_model.py``.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from pipeline.cli import writer_model
from pipeline.cli.console import console
from pipeline.latentsync.releases import Release
from pipeline.lipsync import weights
from pipeline.lipsync.weights import State, Stock
from pipeline.settings import LatentSyncSettings, Settings, load_settings, switch_libraries
from pipeline.speech.whisper_release import NAME as WRITER

NAME = click.Choice([*(release.value for release in Release), WRITER])


@click.group()
def models() -> None:
    """List, fetch and check the weights of the GPU engine, and the model that hears words."""


@models.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per release.")
def list_models(as_json: bool) -> None:
    """List the releases, and which of them are here."""
    settings = load_settings()
    for release in Release:
        found = weights.stock(settings.latentsync_in_place, release)
        if as_json:
            click.echo(json.dumps(_values(found)))
        else:
            default = "  (default)" if release == settings.latentsync.release else ""
            click.echo(
                f"{release.value}  {found.resolution_px} px  {found.size_bytes / 1e9:.1f} GB  "
                f"{found.state.value:<12}  {found.folder}{default}"
            )
    written = writer_model.values(writer_model.folder_of(settings))
    if as_json:
        click.echo(json.dumps(written))
    else:
        click.echo(f"{WRITER:<14}  words   0.5 GB  {written['state']:<12}  {written['folder']}")


@models.command()
@click.argument("name", type=NAME, required=False)
@click.option(
    "--from",
    "mirror",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A folder that holds the files, for machines without network.",
)
@click.option("--half", is_flag=True, help="Keep the network in half precision too: quick starts.")
@click.option("--json", "as_json", is_flag=True, help="Progress and result as JSON lines.")
def pull(name: str | None, mirror: Path | None, half: bool, as_json: bool) -> None:
    """Fetch the files of a release, by default the one in the settings, and check them.

    A pull that was cut off goes on where it stopped.
    """
    switch_libraries()
    settings = load_settings()
    if name == WRITER:
        _pull_writer(settings, mirror, half=half, as_json=as_json)
        return
    release = Release(name or settings.latentsync.release)
    place = settings.latentsync_in_place
    with console(as_json=as_json) as shown:
        found = weights.pull(place, release, mirror=mirror, on_progress=shown.transfer)
        if half and not found.is_half:
            shown.note("Writing the network in half precision.")
            found = weights.halve(place, release)
        shown.result(_values(found), f"{release.value} is verified in {found.folder}.")


@models.command()
@click.argument("name", type=NAME, required=False)
@click.option("--json", "as_json", is_flag=True, help="Progress and result as JSON lines.")
def verify(name: str | None, as_json: bool) -> None:
    """Compare every byte of what is here with what was published."""
    settings = load_settings()
    place, writer = settings.latentsync_in_place, writer_model.folder_of(settings)
    chosen = [Release(name)] if name and name != WRITER else [] if name else _here(place)
    hears = name == WRITER or (name is None and writer_model.state_of(writer) is not State.ABSENT)
    if not chosen and not hears:
        raise click.UsageError(f"No release is in {place.weights}; `bolti models pull` fetches.")
    with console(as_json=as_json) as shown:
        for release in chosen:
            found = weights.verify(place, release, shown.transfer)
            shown.result(_values(found), f"{release.value} is verified in {found.folder}.")
        if hears:
            writer_model.verify(writer, shown.transfer)
            shown.result(writer_model.values(writer), f"{WRITER} is verified in {writer}.")


@models.command()
@click.argument("name", type=NAME, required=False)
def path(name: str | None) -> None:
    """Print the folder of a release, or of all; it may not be there yet."""
    settings = load_settings()
    place = settings.latentsync_in_place
    if name == WRITER:
        click.echo(writer_model.folder_of(settings))
    else:
        click.echo(weights.folder_of(place, Release(name)) if name else place.weights)


def _pull_writer(settings: Settings, mirror: Path | None, *, half: bool, as_json: bool) -> None:
    if half:
        raise click.UsageError(f"{WRITER} is as small as it gets; leave --half out.")
    folder = writer_model.folder_of(settings)
    with console(as_json=as_json) as shown:
        writer_model.pull(folder, mirror=mirror, on_progress=shown.transfer)
        shown.result(writer_model.values(folder), f"{WRITER} is verified in {folder}.")


def _here(place: LatentSyncSettings) -> list[Release]:
    found = [weights.stock(place, release) for release in Release]
    return [stock.release for stock in found if stock.state is not State.ABSENT]


def _values(found: Stock) -> dict[str, object]:
    return {
        "name": found.release.value,
        "state": found.state.value,
        "folder": str(found.folder),
        "size_bytes": found.size_bytes,
        "resolution_px": found.resolution_px,
        "half": found.is_half,
    }
