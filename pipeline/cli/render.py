"""``bolti render``: a photo or a video, and words, become a video."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

import click

from pipeline.cli.consent import agreed
from pipeline.cli.console import Console, console
from pipeline.cli.running import beside, in_file, out_file, put_in_place, run, text_of
from pipeline.cli.sources import kind_of, look, require_engine
from pipeline.cli.speech import kept_speech, other_voice
from pipeline.settings import Settings, load_settings
from pipeline.types import ConsentId, EngineChoice, Motion, Progress, SourceKind, Stage, VoiceId

FILE = click.Path(path_type=Path)
SIZE_LIMITS_PX = (128, 1024)
LONGER, ROOM_S = 2.0, 5.0
"""How much more of a video is read than the words are thought to need: the estimate may be off."""
MAX_BYTES = 2_000_000_000
"""A file on one's own disk may be larger than what a chat takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOrder:
    """A video to make of files, as it was asked for."""

    photo: Path
    words: str | Path
    """A text, or the recording."""
    out: Path
    voice_id: VoiceId | None = None
    engine: EngineChoice
    size_px: int
    consent: ConsentId
    motion: Motion | None = None
    """None: as the settings say."""
    srt: bool = False
    """Write subtitles beside the video."""
    said: str | None = None
    """What a recording says, where that is known."""
    face: int | None = None
    """Which of several faces speaks, counted from the largest; None is the largest."""


@click.command()
@click.argument("photo", type=FILE)
@click.argument("text", required=False)
@click.option("--script", type=FILE, help="A text file with the words.")
@click.option("--audio", type=FILE, help="A recording that drives the lips as it is.")
@click.option("--words", type=FILE, help="A text file with what --audio says: better lips.")
@click.option("-o", "--out", type=FILE, required=True, help="The video to write, *.mp4.")
@click.option("--voice", help="Who speaks; `bolti voices` lists them.")
@click.option(
    "--engine", type=click.Choice([e.value for e in EngineChoice]), help="What moves the lips."
)
@click.option(
    "--motion", type=click.Choice([m.value for m in Motion]), help="Blinks, sways and nods."
)
@click.option("--size", type=int, help="Longer side in pixels: even, 128 to 1024.")
@click.option("--face", type=click.IntRange(min=1), help="Which face speaks; 1 is the largest.")
@click.option("--preview", is_flag=True, help="Quick and small.")
@click.option("--srt", is_flag=True, help="Write subtitles beside the video, *.srt.")
@click.option("--i-have-consent", is_flag=True, help="I agree to the terms that are asked for.")
@click.option("--json", "as_json", is_flag=True, help="Progress and result as JSON lines.")
def render(
    photo: Path,
    text: str | None,
    script: Path | None,
    audio: Path | None,
    words: Path | None,
    out: Path,
    voice: str | None,
    engine: str | None,
    motion: str | None,
    size: int | None,
    face: int | None,
    preview: bool,
    srt: bool,
    i_have_consent: bool,
    as_json: bool,
) -> None:
    """Make PHOTO speak TEXT. A video may stand for the photo where the engine takes videos.

    Instead of TEXT, --script names a file with the words, or --audio a recording.
    """
    settings = load_settings()
    if preview and (size or engine):
        raise click.UsageError("--preview has its own size and engine; leave those out.")
    if audio and srt and not words:
        raise click.UsageError("The words of a recording are not known; add --words FILE.")
    if words and not audio:
        raise click.UsageError("--words says what a recording says; give --audio too.")
    if audio and voice:
        raise click.UsageError("--audio speaks with its own voice; leave --voice out.")
    lipsync = settings.lipsync
    source = in_file(photo, "photo")
    if motion and kind_of(source) is SourceKind.FOOTAGE:
        raise click.UsageError("--motion moves a photo; a video moves by itself. Leave it out.")
    order = FileOrder(
        photo=source,
        words=_words(text, script, audio),
        out=out_file(out, ".mp4"),
        voice_id=VoiceId(voice) if voice else None,
        engine=EngineChoice.WARP if preview else EngineChoice(engine or lipsync.engine),
        size_px=lipsync.preview_size_px if preview else _size_px(size, source, settings),
        motion=Motion(motion) if motion else None,
        srt=srt,
        said=text_of(words) if words else None,
        face=face,
        consent=run(agreed(settings, by_flag=i_have_consent, may_ask=not as_json)),
    )
    with console(as_json=as_json) as shown:
        run(make_video(order, settings, shown))


async def make_video(order: FileOrder, settings: Settings, shown: Console) -> None:
    """Make the video beside its place, then put it there."""
    from pipeline.bootstrap import open_workshop
    from pipeline.render import Recording, VideoOrder
    from pipeline.safety.seal import signer_file
    from pipeline.speech.known_words import said_text
    from pipeline.speech.subtitles import srt
    from pipeline.speech.text import check_script
    from pipeline.types import TextScript

    begun_s = time.monotonic()
    signed_before = signer_file(settings.provenance_in_place).is_file()
    await require_engine(kind_of(order.photo), order.engine, settings)
    keep = kept_speech(settings)
    async with (
        beside(order.out) as scratch,
        open_workshop(settings, scratch=scratch, keep=keep) as workshop,
    ):
        words, most_s = order.words, None
        if isinstance(words, str):
            # Said before the photo is looked at.
            most_s = LONGER * check_script(words, settings.speech).duration_s + ROOM_S
        shown.progress(Progress(stage=Stage.LOOKING))
        await workshop.studio.start()  # it loads while the photo is looked at
        source = await look(
            order.photo,
            workshop,
            scratch,
            face=order.face,
            size_px=order.size_px,
            most_s=most_s,
            shown=shown,
        )
        made = await workshop.maker.make(
            VideoOrder(
                portrait=source.path,
                script=TextScript(text=words)
                if isinstance(words, str)
                else Recording(path=words, words=order.said),
                voice_id=order.voice_id,
                engine=order.engine,
                motion=order.motion,
                size_px=order.size_px,
                max_bytes=MAX_BYTES,
                consent=order.consent,
                scratch=scratch,
                source=source.kind,
                face=source.face,
            ),
            shown.progress,
        )
        said = words if isinstance(words, str) else order.said
        if order.srt and said and made.speech.words:
            subtitles = scratch / "out.srt"
            spoken = said_text(said, settings.speech)
            await asyncio.to_thread(subtitles.write_text, srt(made.speech.words, spoken), "utf-8")
            await put_in_place(subtitles, order.out.with_suffix(".srt"))
        await put_in_place(made.video.path, order.out)
    if not signed_before:
        shown.note(
            "Made a certificate that signs your videos; `bolti provenance show` tells of it."
        )
    if order.said and not made.speech.phones:
        shown.note("The words do not fit the recording; its sound alone moves the lips.")
    if change := other_voice(made.speech):
        shown.note(change)
    video = made.video
    took_s = time.monotonic() - begun_s
    for part in video.untouched:
        shown.note(f"No face from {part.start_s:.1f} to {part.end_s:.1f} s: left as it was.")
    shown.result(
        {
            "out": str(order.out),
            "width_px": video.width_px,
            "height_px": video.height_px,
            "duration_s": video.duration_s,
            "frames": video.frames,
            "size_bytes": video.size_bytes,
            "engine": video.made_by.value,
            "engine_reason": made.engine_reason,
            "voice": made.speech.voice_id,
            "requested_voice": made.speech.requested_voice_id,
            "voice_change": made.speech.voice_change,
            "untouched_s": [[part.start_s, part.end_s] for part in video.untouched],
            "notes": [note.value for note in made.notes],
            "timings_s": {stage.value: seconds for stage, seconds in made.timings_s.items()},
            "took_s": round(took_s, 2),
        },
        f"{order.out}: {video.duration_s:.1f} s, {video.width_px} x {video.height_px}, "
        f"{video.size_bytes / 1e6:.1f} MB, made in {took_s:.1f} s by {video.made_by.value} "
        f"({made.engine_reason}).",
    )


def _words(text: str | None, script: Path | None, audio: Path | None) -> str | Path:
    given = [words for words in (text, script, audio) if words is not None]
    if len(given) > 1:
        raise click.UsageError("Give one of TEXT, --script and --audio, not several.")
    if text is not None:
        return text
    if script is not None:
        return text_of(script)
    if audio is not None:
        return in_file(audio, "recording")
    raise click.UsageError("Say what to speak: a TEXT, --script FILE or --audio FILE.")


def _size_px(size: int | None, source: Path, settings: Settings) -> int:
    if size is None:
        is_photo = kind_of(source) is SourceKind.PHOTO
        return settings.lipsync.size_px if is_photo else settings.footage.size_px
    least, most = SIZE_LIMITS_PX
    if size % 2 or not least <= size <= most:
        raise click.UsageError(
            f"--size {size}: take an even number of pixels from {least} to {most}."
        )
    return size
