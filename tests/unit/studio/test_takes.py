"""A video as what stands before the camera, with an engine and a finder that obey the test."""

import wave
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline import errors
from pipeline.lipsync.filmed import source_frame
from pipeline.lipsync.warp import WarpEngine
from pipeline.media.footage import Footage, make_footage
from pipeline.media.read import read_frames
from pipeline.portrait import Face, Landmarks, Pixels
from pipeline.portrait.face_track import FaceTrack
from pipeline.portrait.pose import canonical_points
from pipeline.settings import FootageSettings, LatentSyncSettings
from pipeline.studio import StudioOrder, StudioProgress
from pipeline.studio.film import render_video
from pipeline.types import (
    EngineChoice,
    EngineName,
    Motion,
    Note,
    SourceKind,
    Speech,
    Stage,
    Stretch,
    Timing,
)
from tests.films import column, column_of, write_film

RATE_HZ = 16000


class FilmEngine(WarpEngine):
    """Gives the frames of a film back, red where the face is seen."""

    name = EngineName.LATENTSYNC

    def __init__(self) -> None:
        super().__init__()
        self.frames_given = 0
        self.begun: list[int] = []
        self.x_px: list[float] = []

    def sync_film(
        self,
        frames: Sequence[Pixels],
        track: FaceTrack,
        speech: Speech,
        fps: int,
        *,
        first_frame: int = 0,
        on_note: Callable[[Note], None] | None = None,
    ) -> Iterator[Pixels]:
        """Yield the frames to and fro."""
        self.frames_given = len(frames)
        self.begun.append(first_frame)
        for number in range(first_frame, int(np.ceil(speech.duration_s * fps))):
            source = source_frame(number, len(frames))
            landmarks = track.at(source)
            frame = frames[source]
            if landmarks is not None:
                self.x_px.append(float(landmarks[168, 0]))
                frame[-8:] = (200, 0, 0)
            yield frame


class Cast:
    """Sees two people by the number of the picture: the left one is larger."""

    def __init__(self, hidden: range = range(0)) -> None:
        self.hidden = hidden

    def find(self, picture: Pixels) -> Sequence[Face]:
        """Return both, or nobody."""
        if column_of(picture) in self.hidden:
            return []
        return [_face(at_px=30, e_px=12), _face(at_px=120, e_px=10)]

    def follow(self, picture: Pixels, near: Landmarks) -> Face | None:
        """Return the one on the same side, or nobody."""
        seen = [face for face in self.find(picture) if abs((face.landmarks - near)[168, 0]) < 20]
        return seen[0] if seen else None


def _face(*, at_px: float, e_px: float) -> Face:
    points = e_px * canonical_points() + np.array([at_px, 60, 0])
    return Face(landmarks=points.astype(np.float32), score=0.9)


@pytest.fixture
def order(tmp_path: Path) -> StudioOrder:
    """Order a film of 2 s over a video of 40 frames."""
    with wave.open(str(tmp_path / "speech.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(bytes(2 * 2 * RATE_HZ))
    source = write_film(tmp_path / "a.mp4", map(column, range(40)))
    limits = FootageSettings()
    make_footage(source, tmp_path / "footage.mp4", limits, fps=25, size_px=640)
    return StudioOrder(
        portrait=tmp_path / "footage.mp4",
        speech=Speech(
            path=tmp_path / "speech.wav",
            duration_s=2.0,
            sample_rate_hz=RATE_HZ,
            provider="test",
            voice_id=None,
        ),
        into=tmp_path / "out.mp4",
        thumbnail=tmp_path / "thumb.jpg",
        cover=tmp_path / "cover.jpg",
        engine=EngineChoice.LATENTSYNC,
        motion=Motion.OFF,
        size_px=512,
        fps=25,
        max_bytes=48_000_000,
        label="AI",
        language="en",
        mark_key="00" * 32,
        mark_id=0xDEADBEEF,
        latentsync=LatentSyncSettings(),
        source=SourceKind.FOOTAGE,
    )


def test_a_video_is_filmed_at_its_own_size_and_runs_backwards_at_its_end(
    order: StudioOrder,
) -> None:
    video = render_video(order, FilmEngine(), Cast(), lambda progress: None)

    assert (video.width_px, video.height_px, video.frames) == (160, 128, 50)
    assert video.untouched == ()
    shown = [column_of(frame[20:80]) for frame in read_frames(order.into)]
    assert shown[38:44] == [38, 39, 39, 38, 37, 36]


def test_where_nobody_is_seen_is_told_in_seconds_of_the_video(order: StudioOrder) -> None:
    video = render_video(order, FilmEngine(), Cast(range(20, 40)), lambda progress: None)

    assert video.untouched == (Stretch(start_s=0.8, end_s=2.0),)
    red = [frame[-3:, :, 0].mean() > 120 for frame in read_frames(order.into)]
    assert red == [True] * 20 + [False] * 30


def test_only_what_is_shown_is_looked_at(order: StudioOrder) -> None:
    short = replace(order, speech=replace(order.speech, path=_silence(order.into, 0.4)))
    engine = FilmEngine()

    video = render_video(short, engine, Cast(range(12, 40)), lambda progress: None)

    assert (video.frames, engine.frames_given, video.untouched) == (10, 10, ())


def _silence(beside: Path, seconds: float) -> Path:
    path = beside.with_name("short.wav")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(bytes(2 * round(seconds * RATE_HZ)))
    return path


@pytest.mark.parametrize(("face", "at_px"), [(1, 30.0), (2, 120.0)])
def test_the_chosen_face_is_the_one_that_speaks(
    order: StudioOrder, face: int, at_px: float
) -> None:
    engine = FilmEngine()

    render_video(replace(order, face=face), engine, Cast(), lambda progress: None)

    assert set(np.round(engine.x_px)) == {at_px}


def test_a_face_that_is_not_there_is_told(order: StudioOrder) -> None:
    with pytest.raises(errors.NoSuchFace, match="Face 3 was asked for, and 2"):
        render_video(replace(order, face=3), FilmEngine(), Cast(), lambda progress: None)

    assert not order.into.exists()


def test_a_video_without_a_face_makes_no_film(order: StudioOrder) -> None:
    with pytest.raises(errors.NoFaceInVideo):
        render_video(order, FilmEngine(), Cast(range(40)), lambda progress: None)

    assert not order.into.exists()


def test_an_engine_for_photos_refuses_a_video(order: StudioOrder) -> None:
    with pytest.raises(errors.PhotosOnly, match="'warp' makes photos speak, not videos"):
        render_video(order, WarpEngine(), Cast(), lambda progress: None)


@pytest.fixture
def of_a_still(order: StudioOrder) -> StudioOrder:
    """Order the same film, with its picture 30 to stand in for it."""
    with Footage(order.portrait) as footage:
        still = order.portrait.with_name("still.png")
        Image.fromarray(footage[30]).save(still)
    return replace(
        order, portrait=still, film=order.portrait, still_at=30, source=SourceKind.PHOTO
    )


@pytest.mark.parametrize(("face", "at_px"), [(1, 30.0), (2, 120.0)])
def test_the_face_that_was_chosen_in_the_still_speaks_in_the_film(
    of_a_still: StudioOrder, face: int, at_px: float
) -> None:
    engine, notes = FilmEngine(), list[Note]()

    video = render_video(
        replace(of_a_still, face=face), engine, Cast(), lambda progress: None, notes.append
    )

    assert (video.frames, video.made_by, notes) == (50, EngineName.LATENTSYNC, [])
    assert set(np.round(engine.x_px)) == {at_px}


def test_the_still_may_lie_behind_the_end_of_the_speech(of_a_still: StudioOrder) -> None:
    short = replace(of_a_still.speech, path=_silence(of_a_still.into, 0.4))
    engine = FilmEngine()

    video = render_video(replace(of_a_still, speech=short), engine, Cast(), lambda progress: None)

    assert (video.frames, engine.frames_given) == (10, 31)
    assert [column_of(frame[20:80]) for frame in read_frames(of_a_still.into)] == [*range(10)]


@pytest.mark.parametrize(
    "engine", [WarpEngine(), FilmEngine()], ids=["for photos", "nobody there"]
)
def test_where_the_face_of_a_film_cannot_be_followed_its_still_speaks_and_it_is_noted(
    of_a_still: StudioOrder, engine: WarpEngine
) -> None:
    notes = list[Note]()
    said = replace(of_a_still.speech, phones=(Timing(start_s=0.0, end_s=2.0, text="a"),))
    nobody_at_ten = replace(of_a_still, still_at=10, speech=said)

    video = render_video(
        nobody_at_ten, engine, Cast(range(10, 11)), lambda progress: None, notes.append
    )

    assert notes == [Note.STILL_SPOKE]
    assert video.frames == 50


def test_damaged_footage_is_told(order: StudioOrder) -> None:
    order.portrait.write_bytes(order.portrait.read_bytes()[:300])

    with pytest.raises(errors.VideoUnreadable):
        render_video(order, FilmEngine(), Cast(), lambda progress: None)


def test_progress_goes_from_looking_to_syncing(order: StudioOrder) -> None:
    said: list[StudioProgress] = []

    render_video(order, FilmEngine(), Cast(), said.append)

    stages = [progress.stage for progress in said]
    assert stages == sorted(stages, key=[Stage.LOOKING, Stage.SYNCING].index)
    assert said[-1] == StudioProgress(stage=Stage.SYNCING, fraction=1.0)


def test_a_broken_film_goes_on_where_it_was(order: StudioOrder, tmp_path: Path) -> None:
    kept = replace(order, journal=tmp_path / "journal")
    engine = FilmEngine()
    engine.is_costly = True

    render_video(kept, engine, Cast(), lambda progress: None)
    render_video(kept, engine, Cast(), lambda progress: None)
    render_video(replace(kept, face=2), engine, Cast(), lambda progress: None)

    assert engine.begun == [0, 50, 0], "another face is another film"
