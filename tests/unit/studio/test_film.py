"""How a film is made of its parts, with an engine and a face mesh that obey the test."""

import wave
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline import errors
from pipeline.media.read import read_frames
from pipeline.portrait import Face, Landmarks, Pixels
from pipeline.settings import LatentSyncSettings
from pipeline.studio import StudioOrder, StudioProgress
from pipeline.studio.film import render_video
from pipeline.types import EngineChoice, EngineName, Motion, Note, Shape, Speech, Stage

RATE_HZ = 22050


class StillEngine:
    """Gives the same picture object again and again, or fails after some frames."""

    name = EngineName.WARP

    def __init__(
        self, *, fails_after: int | None = None, extra: int = 0, is_costly: bool = False
    ) -> None:
        self.fails_after, self.extra, self.is_costly = fails_after, extra, is_costly
        self.begun: list[int] = []

    def sync(
        self,
        picture: Pixels,
        face: Face,
        speech: Speech,
        fps: int,
        motion: Motion = Motion.OFF,
        *,
        first_frame: int = 0,
        on_note: Callable[[Note], None] | None = None,
    ) -> Iterator[Pixels]:
        """Yield the picture itself."""
        self.begun.append(first_frame)
        if on_note is not None:
            on_note(Note.LOWER_DETAIL)
        for number in range(first_frame, int(np.ceil(speech.duration_s * fps)) + self.extra):
            if number == self.fails_after:
                raise errors.NoSpeechFound
            yield picture


class OneFace:
    """Finds one large face, or none."""

    def __init__(self, faces: int = 1) -> None:
        self.faces = faces

    def find(self, picture: Pixels) -> Sequence[Face]:
        """Lay a mesh over the middle of the picture."""
        height, width = picture.shape[:2]
        points = np.random.default_rng(1).uniform(0.2, 0.8, (478, 3)) * (width, height, 0)
        return [Face(landmarks=points.astype(np.float32), score=0.9)] * self.faces

    def follow(self, picture: Pixels, near: Landmarks) -> Face | None:
        """Find it where it was."""
        return Face(landmarks=near, score=0.9)


@pytest.fixture
def order(tmp_path: Path) -> StudioOrder:
    """Order a film of 1.23 s over a grey picture."""
    with wave.open(str(tmp_path / "speech.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(bytes(2 * round(1.23 * RATE_HZ)))
    Image.new("RGB", (300, 400), (120, 120, 120)).save(tmp_path / "portrait.png")
    speech = Speech(
        path=tmp_path / "speech.wav",
        duration_s=1.2300001,
        sample_rate_hz=RATE_HZ,
        provider="test",
        voice_id=None,
    )
    return StudioOrder(
        portrait=tmp_path / "portrait.png",
        speech=speech,
        into=tmp_path / "out.mp4",
        thumbnail=tmp_path / "thumb.jpg",
        cover=tmp_path / "cover.jpg",
        engine=EngineChoice.WARP,
        motion=Motion.SUBTLE,
        size_px=256,
        fps=25,
        max_bytes=48_000_000,
        label="AI-generated",
        language="en",
        mark_key="00" * 32,
        mark_id=0xDEADBEEF,
        latentsync=LatentSyncSettings(),
    )


def test_a_film_tells_what_it_is(order: StudioOrder) -> None:
    video = render_video(order, StillEngine(), OneFace(), lambda progress: None)

    assert (video.width_px, video.height_px) == (192, 256)
    assert video.frames == 31
    assert video.duration_s == pytest.approx(1.24)
    assert video.size_bytes == order.into.stat().st_size
    assert video.made_by is EngineName.WARP
    for still in (order.thumbnail, order.cover):
        with Image.open(still) as opened:
            assert opened.size == (192, 256)


def test_an_engine_that_repeats_its_picture_is_labelled_once_per_frame(
    order: StudioOrder,
) -> None:
    render_video(order, StillEngine(), OneFace(), lambda progress: None)

    frames = list(read_frames(order.into))
    corner = [frame[-30:, :100].astype(int) for frame in frames]
    assert all(part.max() > 190 for part in corner), "the letters are in every frame"
    assert all(part.min() > 50 for part in corner), "a box blended twice would be darker"
    np.testing.assert_allclose(corner[0].mean(), corner[-1].mean(), atol=2)


def test_progress_goes_from_looking_to_the_end_and_is_paced(order: StudioOrder) -> None:
    said: list[StudioProgress] = []

    render_video(order, StillEngine(), OneFace(), said.append)

    assert said[0] == StudioProgress(stage=Stage.LOOKING)
    assert said[-1] == StudioProgress(stage=Stage.SYNCING, fraction=1.0)
    fractions = [progress.fraction for progress in said[1:] if progress.fraction is not None]
    assert fractions == sorted(fractions)
    assert len(fractions) < 20, "31 frames in a moment are not 31 messages"


@pytest.mark.parametrize("extra", [-1, 1])
def test_an_engine_that_cannot_count_makes_no_film(order: StudioOrder, extra: int) -> None:
    with pytest.raises(errors.RenderFailed, match="31 were expected"):
        render_video(order, StillEngine(extra=extra), OneFace(), lambda progress: None)

    assert not order.into.exists()


def test_an_engine_that_fails_in_the_middle_leaves_no_film(order: StudioOrder) -> None:
    with pytest.raises(errors.NoSpeechFound):
        render_video(order, StillEngine(fails_after=9), OneFace(), lambda progress: None)

    assert not order.into.exists()
    assert [path.name for path in order.into.parent.glob(".*")] == []


def test_no_face_is_told_before_anything_is_made(order: StudioOrder) -> None:
    with pytest.raises(errors.NoFaceFound):
        render_video(order, StillEngine(), OneFace(0), lambda progress: None)

    assert not order.into.exists()
    assert not order.thumbnail.exists()


def test_what_the_engine_notes_is_told(order: StudioOrder) -> None:
    notes: list[Note] = []

    render_video(order, StillEngine(), OneFace(), lambda progress: None, notes.append)

    assert notes == [Note.LOWER_DETAIL]


def test_a_costly_engine_goes_on_where_a_killed_film_was(order: StudioOrder) -> None:
    order = replace(order, journal=order.into.parent / "journal")
    first, second = StillEngine(is_costly=True, fails_after=20), StillEngine(is_costly=True)
    with pytest.raises(errors.NoSpeechFound):
        render_video(order, first, OneFace(), lambda progress: None)

    video = render_video(order, second, OneFace(), lambda progress: None)

    assert (first.begun, second.begun) == ([0], [16])
    assert video.frames == len(list(read_frames(order.into))) == 31


@pytest.mark.parametrize("is_costly", [True, False])
def test_only_a_costly_engine_keeps_frames(order: StudioOrder, is_costly: bool) -> None:
    journal = order.into.parent / "journal"

    render_video(
        replace(order, journal=journal),
        StillEngine(is_costly=is_costly),
        OneFace(),
        lambda progress: None,
    )

    assert journal.exists() is is_costly


def test_another_speech_is_another_film(order: StudioOrder) -> None:
    order = replace(order, journal=order.into.parent / "journal")
    render_video(order, StillEngine(is_costly=True), OneFace(), lambda progress: None)
    sound = bytearray(order.speech.path.read_bytes())
    sound[-2] = 1
    order.speech.path.write_bytes(bytes(sound))
    engine = StillEngine(is_costly=True)

    render_video(order, engine, OneFace(), lambda progress: None)

    assert engine.begun == [0]


@pytest.mark.parametrize(
    ("shape", "size"),
    [(Shape.SQUARE, (192, 192)), (Shape.TALL, (192, 342)), (Shape.ROUND, (192, 192))],
)
def test_a_film_of_every_shape_is_labelled_where_everybody_sees_it(
    order: StudioOrder, shape: Shape, size: tuple[int, int]
) -> None:
    video = render_video(
        replace(order, shape=shape), StillEngine(), OneFace(), lambda progress: None
    )

    frames = list(read_frames(order.into))
    middle = frames[-1][size[1] // 2 :, size[0] // 6 : size[0] // 2]
    assert (video.width_px, video.height_px) == size
    assert middle.max() > 190, "the letters of the label"


def test_captions_that_cannot_be_written_are_told(order: StudioOrder) -> None:
    notes: list[Note] = []

    render_video(
        replace(order, captions="Good morning."),
        StillEngine(),
        OneFace(),
        lambda progress: None,
        notes.append,
    )

    assert Note.NO_CAPTIONS in notes
