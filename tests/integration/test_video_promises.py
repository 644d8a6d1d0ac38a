"""The real video of a real face, looked at as a player and a viewer would."""

import asyncio
import math
from dataclasses import dataclass

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipeline.bootstrap import open_workshop
from pipeline.media.read import decode_speech, read_frames, read_wav
from pipeline.portrait import Pixels
from pipeline.render import MadeVideo, VideoOrder
from pipeline.safety import provenance
from pipeline.safety.certificate import load_trust
from pipeline.safety.label import FIRST_S, Label
from pipeline.safety.mark import read_mark
from pipeline.safety.provenance import Signature
from pipeline.safety.seal import mark_key
from pipeline.settings import Settings
from pipeline.types import EngineChoice, Motion, Progress, Stage, TextScript
from tests import faces, offline
from tests.agreed import CONSENT
from tests.measure.reencoded import found_in

WORDS = "Please bring my umbrella. Rain may come before evening."
FPS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """What the tests look at."""

    made: MadeVideo
    said: list[Progress]
    frames: list[Pixels]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """Film a few words, once for all tests here."""
    scratch = tmp_path_factory.mktemp("film")
    said: list[Progress] = []

    async def work() -> MadeVideo:
        settings = Settings(data_dir=scratch, speech=offline.SPEECH)
        async with open_workshop(settings, scratch=scratch) as workshop:
            portrait = scratch / "portrait.png"
            await workshop.portraits.check(faces.hopper(), portrait)
            order = VideoOrder(
                consent=CONSENT,
                portrait=portrait,
                script=TextScript(text=WORDS),
                voice_id=None,
                engine=EngineChoice.AUTO,
                motion=Motion.OFF,
                size_px=512,
                max_bytes=48_000_000,
                scratch=scratch,
            )
            return await workshop.maker.make(order, said.append)

    made = asyncio.run(work())
    return Film(made=made, said=said, frames=list(read_frames(made.video.path)))


def luma(frame: Pixels, size_px: tuple[int, int] | None = None) -> NDArray[np.float64]:
    """Take the brightness, of a smaller copy if asked."""
    image = Image.fromarray(frame).convert("L")
    if size_px is not None:
        image = image.resize(size_px, Image.Resampling.BILINEAR)
    return np.asarray(image).astype(np.float64)


def test_it_plays_inline_everywhere(film: Film) -> None:
    with av.open(str(film.made.video.path)) as file:
        video, audio = file.streams.video[0], file.streams.audio[0]
        assert (video.codec_context.name, video.codec_context.profile) == ("h264", "High")
        assert video.codec_context.pix_fmt == "yuv420p"
        assert video.width % 2 == video.height % 2 == 0
        assert max(video.width, video.height) == 512
        assert video.average_rate == FPS
        assert audio.codec_context.name == "aac"
        assert audio.codec_context.sample_rate == film.made.speech.sample_rate_hz == 22050
    content = film.made.video.path.read_bytes()
    assert 0 < content.find(b"moov") < content.find(b"mdat")
    assert len(content) < 2_000_000


def test_it_has_exactly_the_frames_of_the_speech(film: Film) -> None:
    wanted = math.ceil(film.made.speech.duration_s * FPS)

    assert film.made.video.frames == len(film.frames) == wanted


def test_its_sound_is_the_speech_and_nothing_is_late(film: Film) -> None:
    speech = read_wav(film.made.speech.path)

    heard = decode_speech(film.made.video.path.read_bytes())

    length = len(speech.samples)
    assert abs(len(heard.samples) - length) / 22050 <= 2 / FPS
    spoken = speech.samples.astype(np.float64)
    lags = range(-600, 601, 20)
    likeness = [
        np.corrcoef(spoken[1000 : length - 1000], heard.samples[1000 + lag : length - 1000 + lag])
        for lag in lags
    ]
    best = int(np.argmax([matrix[0, 1] for matrix in likeness]))
    assert abs(list(lags)[best]) <= 20
    assert likeness[best][0, 1] > 0.9


def test_the_label_is_seen_in_every_frame_at_256_px(film: Film) -> None:
    height, width = film.frames[0].shape[:2]
    small = (round(width / 2), round(height / 2))
    template = np.full((height, width, 3), 127, np.uint8)
    Label("AI-generated", width, height).onto(template, 9.0)
    letters = luma(template, small)[-24:-4, 4:90]

    likeness = [
        np.corrcoef(luma(frame, small)[-24:-4, 4:90].ravel(), letters.ravel())[0, 1]
        for frame in film.frames
    ]

    assert min(likeness) > 0.7


def test_it_is_signed_and_its_pictures_say_the_same(film: Film) -> None:
    settings = Settings(data_dir=film.made.video.path.parent).provenance_in_place

    signed = provenance.read(film.made.video.path, load_trust(settings))
    found = found_in(film.frames, mark_key(settings))

    assert signed.signature is Signature.OURS_INTACT
    assert signed.claim is not None
    assert found.is_ours
    assert found.mark == read_mark(signed.claim.mark_id)


def test_the_large_plate_stands_for_the_first_moment(film: Film) -> None:
    height, width = film.frames[0].shape[:2]
    bare, plate = (np.full((height, width, 3), 127, np.uint8) for _ in range(2))
    label = Label("AI-generated", width, height)
    label.onto(bare, 9.0)
    label.onto(plate, 0.0)
    covered = (plate != bare)[: height // 4].any(axis=2)

    changes = [
        np.abs(frame[: height // 4][covered].astype(int) - film.frames[-1][: height // 4][covered])
        for frame in film.frames
    ]

    until = round(FIRST_S * FPS)
    assert min(change.mean() for change in changes[:until]) > 15
    assert max(change.mean() for change in changes[until:]) < 6


def test_the_lips_move_and_the_edges_do_not(film: Film) -> None:
    stack = np.stack([luma(frame) for frame in film.frames[round(FIRST_S * FPS) :]])
    moved = stack.std(axis=0)
    height, width = moved.shape

    # Single blocks of the invisible mark are refined by the encoder; a flag that moved would move
    # in whole stripes, and by far more.
    flag = moved[:, : width // 8]
    assert np.percentile(flag, 99.9) < 4, "the flag behind her stands still"
    assert flag.max() < 10
    # The encoder refines what the plate had covered, for a moment.
    assert np.percentile(moved[: height // 8], 99) < 4
    assert moved.max() > 20, "the mouth opens"


def test_the_thumbnail_is_small_and_labelled(film: Film) -> None:
    with Image.open(film.made.video.thumbnail) as thumbnail:
        assert max(thumbnail.size) == 320
        assert thumbnail.format == "JPEG"


def test_the_cover_is_the_first_frame_as_large_as_the_video(film: Film) -> None:
    with Image.open(film.made.video.cover) as cover:
        shown = np.asarray(cover.convert("RGB"), dtype=np.int16)
    first = next(iter(read_frames(film.made.video.path))).astype(np.int16)

    assert shown.shape == first.shape
    assert np.abs(shown - first).mean() < 3


def test_progress_names_each_stage_and_reaches_the_end(film: Film) -> None:
    stages = list(dict.fromkeys(progress.stage for progress in film.said))

    assert stages == [Stage.SPEAKING, Stage.LOOKING, Stage.SYNCING]
    assert film.said[-1].fraction == 1.0
    assert set(film.made.timings_s) == set(stages)
    assert "latentsync" in film.made.engine_reason
