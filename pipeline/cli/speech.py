"""``bolti say`` and ``bolti voices``: the speech without a face."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from pipeline import errors
from pipeline.cli.console import Console, console
from pipeline.cli.running import beside, out_file, put_in_place, run
from pipeline.settings import Settings, load_settings
from pipeline.types import Progress, Stage, Utterance, Voice, VoiceId


@click.command()
@click.argument("text")
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="*.wav")
@click.option("--voice", help="Who speaks; `bolti voices` lists them.")
@click.option("--json", "as_json", is_flag=True, help="Progress and result as JSON lines.")
def say(text: str, out: Path, voice: str | None, as_json: bool) -> None:
    """Speak TEXT into a WAV."""
    settings = load_settings()
    wav = out_file(out, ".wav")
    with console(as_json=as_json) as shown:
        run(_say(text, wav, VoiceId(voice) if voice else settings.speech.voice, settings, shown))


async def _say(
    text: str, out: Path, voice_id: VoiceId, settings: Settings, shown: Console
) -> None:
    from pipeline.bootstrap import open_workshop
    from pipeline.speech.text import check_script

    async with beside(out) as scratch, open_workshop(settings) as workshop:
        plan = check_script(text, settings.speech)
        shown.progress(Progress(stage=Stage.SPEAKING))
        voices = {voice.id: voice for voice in await workshop.speaker.voices()}
        if voice_id not in voices:
            raise errors.VoiceUnknown(voice_id)
        utterance = Utterance(text=plan.text, voice_id=voice_id)
        speech = await workshop.speaker.synthesize(utterance, scratch / "speech.wav")
        await put_in_place(speech.path, out)
    shown.result(
        {
            "out": str(out),
            "duration_s": speech.duration_s,
            "sample_rate_hz": speech.sample_rate_hz,
            "voice": speech.voice_id,
            "provider": speech.provider,
            "words": [asdict(word) for word in speech.words],
        },
        f"{out}: {speech.duration_s:.1f} s by {speech.voice_id} at {speech.sample_rate_hz} Hz.",
    )


@click.command()
@click.option("--locale", help="Only voices of this language: hi, hi-IN, en …")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per voice.")
def voices(locale: str | None, as_json: bool) -> None:
    """List who can speak."""
    settings = load_settings()
    found = [voice for voice in run(_voices(settings)) if _speaks(voice, locale)]
    if not found:
        raise click.UsageError(f"No voice speaks '{locale}'; `bolti voices` lists them all.")
    for voice in found:
        if as_json:
            click.echo(json.dumps(asdict(voice), ensure_ascii=False))
        else:
            default = "  (default)" if voice.id == settings.speech.voice else ""
            kind = f"{voice.gender}, {voice.quality}, {'online' if voice.online else 'offline'}"
            click.echo(f"{voice.id:<24} {voice.locale:<7} {kind:<24} {voice.label}{default}")


async def _voices(settings: Settings) -> list[Voice]:
    from pipeline.bootstrap import open_workshop

    async with open_workshop(settings) as workshop:
        return list(await workshop.speaker.voices())


def _speaks(voice: Voice, locale: str | None) -> bool:
    return locale is None or f"{voice.locale.lower()}-".startswith(f"{locale.lower()}-")
