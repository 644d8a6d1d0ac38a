"""Settings become objects, here and nowhere else.

``open_workshop`` holds what makes one video of files: the command line needs no more.
``open_services`` adds what keeps and repeats: the records and the jobs. Both are context managers
that let go of every process and connection. Heavy modules are imported where they are needed.

Where the next one goes: a part that a door uses is a field of ``Services``, made here; a kind of
row is a field of ``Records``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import errors, speech
from pipeline.booth import Booth
from pipeline.child import Child
from pipeline.footage.desk import MODULE as FOOTAGE_MODULE
from pipeline.footage.desk import FootageDesk
from pipeline.jobs import QueueName
from pipeline.portrait.desk import MODULE as PORTRAIT_MODULE
from pipeline.portrait.desk import PortraitDesk
from pipeline.portrait.numbered import draw_faces, draw_sheet
from pipeline.records import Records, open_records
from pipeline.render import Renderer, VideoMaker
from pipeline.rights import Rights
from pipeline.safety.desk import VerifyDesk
from pipeline.safety.seal import Seal
from pipeline.safety.verdict import Finding
from pipeline.sealing import SHELF, sealer_of
from pipeline.settings import Settings, child_environment
from pipeline.speech import Synthesizer, samples
from pipeline.speech.desk import RecordingDesk
from pipeline.speech.text import ScriptPlan, beginning, check_script
from pipeline.speech.transcribing import create_transcriber
from pipeline.studio import STUDIO_MODULE, studio_child
from pipeline.types import (
    EngineChoice,
    Job,
    PortraitVerdict,
    RenderRequest,
    TextScript,
    Voice,
    VoiceId,
)
from pipeline.warmth import Warmth, kept_warm
from pipeline.worker import render_queues

if TYPE_CHECKING:
    from pipeline.jobs import Jobs
    from pipeline.still import Still


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildModules:
    """What the child processes run; a test of crashes has quicker ones."""

    studio: str = STUDIO_MODULE
    portrait: str = PORTRAIT_MODULE
    footage: str = FOOTAGE_MODULE


CHILDREN = ChildModules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What makes one video of files."""

    settings: Settings
    speaker: Synthesizer
    portraits: PortraitDesk
    footage: FootageDesk
    studio: Child
    sketcher: Child
    """A second studio, for previews beside a render; it starts when first asked."""
    recordings: RecordingDesk
    maker: VideoMaker


@dataclass(frozen=True, slots=True, kw_only=True)
class Services(Records):
    """Everything that a door or a worker uses."""

    settings: Settings
    jobs: Jobs
    rights: Rights
    renderer: Renderer
    warmth: Warmth
    """Whether the engine works, where this process renders."""
    portraits: PortraitDesk
    footage: FootageDesk
    speaker: Synthesizer
    recordings: RecordingDesk
    known_voices: Mapping[VoiceId, Voice]
    """Every voice that is described anywhere, offered just now or not."""
    sample_texts: Mapping[str, str]
    """What a voice says so that people can choose it, by locale."""
    render_queues: tuple[QueueName, ...]
    """What this process renders."""
    verifier: VerifyDesk

    async def check_portrait(
        self, source: Path, into: Path, face: int | None = None
    ) -> PortraitVerdict:
        """Look at a photo and write its clean picture to ``into``.

        ``face`` is the number of the face that must be able to speak; None takes the largest that
        can. Raises ``PortraitError``, ``NoSuchFace``, ``PhotoBlocked``.
        """
        verdict = await self.portraits.check(source, into, face)
        await self.blocks.refuse(into)
        return verdict

    async def check_film(
        self, source: Path, into: Path, scratch: Path, *, whole: bool = False
    ) -> Still:
        """Write the clearest picture of a video to ``into``; ``whole``: its footage is wanted too.

        Raises ``FootageError``, ``PortraitError``, ``PhotoBlocked``.
        """
        from pipeline.still import best_still  # PyAV comes with it, and only where it is needed

        lipsync = self.settings.lipsync if whole else None
        still = await best_still(source, into, scratch, self.footage, self.portraits, lipsync)
        await self.blocks.refuse(into)
        return still

    async def follows_films(self, choice: EngineChoice) -> bool:
        """Tell whether whoever renders such an order just now follows a face through a film."""
        from pipeline.lipsync import takes_films

        return takes_films(await self.jobs.lane_of(choice))

    async def verify(self, video: Path) -> Finding:
        """Say whose a stranger's video is. Raises a ``FootageError``."""
        return await self.verifier.examine(video)

    async def job_of(self, finding: Finding) -> Job | None:
        """Find the job that a video was made for, while its row is kept; for operators only."""
        return await self.verifier.job_of(finding, self.orders)

    async def speak_sample(self, voice: Voice, text: str, into: Path) -> None:
        """Let a voice say a sample into a voice note; see ``speech.samples``."""
        await samples.speak_sample(self.speaker, voice, text, into)

    def check_script(self, text: str, rate_pct: int = 0) -> ScriptPlan:
        """Say whether a text can be spoken, and how long it takes. Raises ``ScriptError``."""
        return check_script(text, self.settings.speech, rate_pct)

    def cut_script(self, text: str, rate_pct: int = 0) -> str:
        """Give as much of the beginning of a text as may be spoken."""
        return beginning(text, self.settings.speech, rate_pct)

    async def show_faces(self, picture: Path, verdict: PortraitVerdict) -> bytes:
        """Draw a checked photo with the numbers of the faces that can speak, as JPEG."""
        boxes = {number: verdict.faces[number - 1].box for number in verdict.choices}
        return await asyncio.to_thread(draw_faces, picture, boxes)

    async def show_sheet(self, pictures: Mapping[int, Path]) -> bytes:
        """Draw several checked photos side by side, with their numbers, as JPEG."""
        return await asyncio.to_thread(draw_sheet, pictures)


@asynccontextmanager
async def open_workshop(
    settings: Settings,
    *,
    keep: Path | None = None,
    children: ChildModules = CHILDREN,
    scratch: Path | None = None,
) -> AsyncIterator[Workshop]:
    """Make the parts; their processes start when first asked, and end with the block.

    ``keep`` is a folder for speech that may be used again; None keeps nothing. In ``scratch``
    strangers' files are shown and the studio works; None: in the data folder.
    """
    environment, scratch = child_environment(), scratch or settings.scratch_dir
    async with AsyncExitStack() as stack:
        studio = studio_child("studio", settings, environment, scratch, children.studio)
        stack.push_async_callback(studio.close)
        sketcher = studio_child("sketcher", settings, environment, scratch, children.studio)
        stack.push_async_callback(sketcher.close)
        portraits = PortraitDesk(
            settings.portrait, Booth("portrait", children.portrait, environment, scratch)
        )
        stack.push_async_callback(portraits.close)
        footage = FootageDesk(
            settings.footage, Booth("footage", children.footage, environment, scratch)
        )
        stack.push_async_callback(footage.close)
        speaker = speech.create(
            settings.speech, environment, keep, sealer_of(settings.store, SHELF)
        )
        stack.push_async_callback(speaker.close)
        transcriber = create_transcriber(settings, environment, scratch)
        recordings = RecordingDesk(settings.speech_in_place, transcriber, _hears_a_voice)
        stack.push_async_callback(recordings.close)
        yield Workshop(
            settings=settings,
            speaker=speaker,
            portraits=portraits,
            footage=footage,
            studio=studio,
            sketcher=sketcher,
            recordings=recordings,
            maker=VideoMaker(speaker, studio, settings),
        )


def _hears_a_voice(wav: Path) -> bool:
    """Ask whoever moves the lips to recordings whether there is a voice to follow."""
    from pipeline.lipsync.voicing import voicing_of
    from pipeline.media.read import read_wav

    sound = read_wav(wav)
    return voicing_of(sound.samples, sound.sample_rate_hz).is_speech


def _speech_length(settings: Settings, request: RenderRequest) -> float | None:
    """Estimate how long the speech of a request will be, in seconds."""
    if not isinstance(request.script, TextScript):
        return request.script.duration_s
    try:
        return check_script(request.script.text, settings.speech, request.rate_pct).duration_s
    except errors.ScriptError:
        return None  # its render will say what is wrong with it


@asynccontextmanager
async def open_services(
    settings: Settings, children: ChildModules = CHILDREN
) -> AsyncIterator[Services]:
    """Make everything, and prune by age beside it.

    ``jobs`` is not launched: its caller says what it listens to.
    """
    from pipeline.jobs import Jobs
    from pipeline.prune import keep_pruning
    from pipeline.vitals import keep_writing

    keep = settings.speech_dir
    async with (
        open_workshop(settings, keep=keep, children=children) as workshop,
        open_records(settings) as records,
    ):
        queues = render_queues(settings)
        renderer = Renderer(
            workshop.speaker,
            workshop.studio,
            records.store,
            settings,
            lambda: jobs.is_stopping,
            # Who serves both engines makes a preview beside the video.
            sketcher=workshop.sketcher if len(queues) > 1 else workshop.studio,
            write_down=workshop.recordings.transcriber,
            lips_follow_words=QueueName.RENDERS_LATENTSYNC not in queues,
        )
        jobs = Jobs(
            settings=settings,
            books=records.books,
            store=records.store,
            render=renderer.render,
            measure=lambda request: _speech_length(settings, request),
        )
        await Seal(settings.provenance_in_place).open()  # said at start, not in somebody\'s chat
        stop = asyncio.Event()
        pruning = asyncio.create_task(keep_pruning(settings, records, stop))
        writing = (
            [asyncio.create_task(keep_writing(settings, records.community.vitals, stop))]
            if queues
            else []
        )
        try:
            async with kept_warm(workshop.studio, queues, settings) as warmth:
                yield Services(
                    **{field.name: getattr(records, field.name) for field in fields(records)},
                    settings=settings,
                    jobs=jobs,
                    rights=Rights(records, settings),
                    renderer=renderer,
                    warmth=warmth,
                    portraits=workshop.portraits,
                    footage=workshop.footage,
                    speaker=workshop.speaker,
                    recordings=workshop.recordings,
                    known_voices=speech.known_voices(settings.speech),
                    sample_texts=samples.sample_texts(),
                    render_queues=queues,
                    verifier=VerifyDesk(settings, child_environment()),
                )
        finally:
            stop.set()
            await jobs.close()
            await asyncio.gather(pruning, *writing)
