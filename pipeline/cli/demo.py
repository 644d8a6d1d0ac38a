"""``bolti demo``: the sample script over a sample portrait, for the first look (`make demo`)."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.console import console
from pipeline.cli.render import FileOrder, make_video
from pipeline.cli.running import run
from pipeline.safety.consent import sample_consent
from pipeline.sample import PACKAGE, public_portrait
from pipeline.settings import load_settings

SAMPLE_SCRIPT = Path(__file__).resolve().parents[2] / "config" / "sample.txt"
VOICE = "embedded-en-in-f"


@click.command(hidden=True)
@click.option(
    "-o", "--into", type=click.Path(path_type=Path), default=Path("out"), help="A folder."
)
@click.option("--json", "as_json", is_flag=True, help="Progress and result as JSON lines.")
def demo(into: Path, as_json: bool) -> None:
    """Make demo.mp4 and demo.png, its contact sheet."""
    # The first look needs no network, whatever the settings say.
    settings = load_settings({"speech.chain": ("embedded",), "speech.voice": VOICE})
    into.mkdir(parents=True, exist_ok=True)
    order = FileOrder(
        photo=sample_portrait(),
        words=SAMPLE_SCRIPT.read_text(encoding="utf-8"),
        out=(into / "demo.mp4").absolute(),
        engine=settings.lipsync.engine,
        size_px=settings.lipsync.size_px,
        consent=sample_consent(),
    )
    with console(as_json=as_json) as shown:
        run(make_video(order, settings, shown))
        from pipeline.media.sheet import contact_sheet

        contact_sheet(order.out, into / "demo.png")
        shown.note(f"Twelve of its frames: {into / 'demo.png'}")


def sample_portrait() -> Path:
    """Find the portrait, or say how to get it."""
    photo = public_portrait()
    if photo is None:
        raise click.ClickException(f"The sample portrait comes with {PACKAGE}: install it.")
    return photo
