"""``bolti say``, ``bolti voices``, ``bolti transcribe``: the speech without a face."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

import click

from pipeline.cli.console import Console, console
from pipeline.cli.running import beside, in_file, out_file, put_in_place, run
from pipeline.settings import Settings, child_environment, load_settings
from pipeline.types import Progress, Speech, Stage, Utterance, Voice, VoiceChange, VoiceId

if TYPE_CHECKING:
    from pipeline.speech.transcribing import Transcript


@click.command()
@click.argument("text")
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="*.wav")
@click.option("--voice", help="Who speaks; `bolti voices` lists them.")
@click.option(
    "--provider", type=click.Choice(["edge", "openai", "embedded"]), help="Ask this one only."
)
@click.option("--json", "as_json", is_flag=True, help="Progress and result as JSON lines.")
def say(text: str, out: Path, voice: str | None, provider: str | None, as_json: bool) -> None:
    """Speak TEXT into a WAV."""
    settings = load_settings({"speech.chain": (provider,) if provider else None})
    wav = out_file(out, ".wav")
    with console(as_json=as_json) as shown:
        run(_say(text, wav, VoiceId(voice) if voice else None, settings, shown))


async def _say(
    text: str, out: Path, voice_id: VoiceId | None, settings: Settings, shown: Console
) -> None:
    from pipeline.bootstrap import open_workshop
    from pipeline.speech.text import check_script

    keep = kept_speech(settings)
    async with beside(out) as scratch, open_workshop(settings, keep=keep) as workshop:
        plan = check_script(text, settings.speech)
        shown.progress(Progress(stage=Stage.SPEAKING))
        voices = await workshop.speaker.voices()
        utterance = Utterance(text=plan.text, voice_id=voice_id or _default(voices, settings))
        speech = await workshop.speaker.synthesize(utterance, scratch / "speech.wav")
        await put_in_place(speech.path, out)
    if change := other_voice(speech):
        shown.note(change)
    shown.result(
        {
            "out": str(out),
            "duration_s": speech.duration_s,
            "sample_rate_hz": speech.sample_rate_hz,
            "voice": speech.voice_id,
            "requested_voice": speech.requested_voice_id,
            "voice_change": speech.voice_change,
            "provider": speech.provider,
            "from_cache": speech.from_cache,
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
            where = "online" if voice.online else "offline"
            kind = f"{voice.provider}, {voice.gender}, {voice.quality}, {where}"
            click.echo(f"{voice.id:<28} {voice.locale:<6} {kind:<34} {voice.label}{default}")


@click.command()
@click.argument("recording", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def transcribe(recording: Path, as_json: bool) -> None:
    """Write down what is said in RECORDING (needs the extra `transcribe`)."""
    settings = load_settings()
    heard = run(_transcribe(in_file(recording, "recording"), settings))
    click.echo(json.dumps(asdict(heard), ensure_ascii=False) if as_json else heard.text)


async def _transcribe(recording: Path, settings: Settings) -> Transcript:
    from pipeline.speech.recorded import recorded_speech
    from pipeline.speech.transcribing import create_transcriber

    async with beside(Path.cwd() / "speech.wav") as scratch:
        transcriber = create_transcriber(settings, child_environment(), scratch)
        try:
            speech = await recorded_speech(recording, scratch / "speech.wav", settings.speech)
            return await transcriber.transcribe(speech.path)
        finally:
            await transcriber.close()


async def _voices(settings: Settings) -> list[Voice]:
    from pipeline.bootstrap import open_workshop

    async with open_workshop(settings, keep=kept_speech(settings)) as workshop:
        return list(await workshop.speaker.voices())


def other_voice(speech: Speech) -> str | None:
    """Say that another voice spoke than was asked for, and why."""
    asked, spoke = speech.requested_voice_id, speech.voice_id
    match speech.voice_change:
        case None:
            return None
        case VoiceChange.UNAVAILABLE:
            return f"{asked} is not available just now; {spoke} spoke."
        case VoiceChange.WRITING:
            return f"{asked} does not read this writing; {spoke} spoke."
        case _:
            assert_never(speech.voice_change)


def kept_speech(settings: Settings) -> Path | None:
    """Give the folder of speech that is used again, where a bot or worker has one already."""
    return settings.speech_dir if settings.data_dir.is_dir() else None


def _default(voices: Sequence[Voice], settings: Settings) -> VoiceId:
    """Choose who speaks: the default voice, or one like it when its provider is left out."""
    ids = [voice.id for voice in voices]
    if settings.speech.voice in ids or len(settings.speech.chain) > 1 or not ids:
        return settings.speech.voice
    return next((voice.id for voice in voices if voice.locale == "en-IN"), ids[0])


def _speaks(voice: Voice, locale: str | None) -> bool:
    return locale is None or f"{voice.locale.lower()}-".startswith(f"{locale.lower()}-")
