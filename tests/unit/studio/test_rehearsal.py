"""The rehearsal: one chunk of a sample portrait that speaks, by whatever engine there is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest

from pipeline import errors
from pipeline.lipsync import LipSyncEngine
from pipeline.media.read import read_wav
from pipeline.portrait import Face, FaceFollower, Landmarks, Pixels
from pipeline.settings import LatentSyncSettings
from pipeline.studio import WARM_UP, StudioWarmUp
from pipeline.studio.rehearsal import FRAMES, rehearse
from pipeline.studio.room import Studio
from pipeline.types import EngineName, Motion, Note, Speech
from tests.measure.drawn import drawn_face


class Mesh:
    """Sees these faces in every picture."""

    def __init__(self, *faces: Face) -> None:
        self.faces = faces

    def find(self, picture: Pixels) -> Sequence[Face]:
        return self.faces

    def follow(self, picture: Pixels, near: Landmarks) -> Face | None:
        return None


class Engine:
    """Gives the picture back as often as asked, less what it lacks."""

    is_costly = False

    def __init__(self, lacks: int = 0, name: EngineName = EngineName.LATENTSYNC) -> None:
        self.name, self.lacks = name, lacks
        self.loudness = 0.0
        self.films = 0
        self.tuned: list[LatentSyncSettings] = []

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
        self.films += 1
        self.loudness = float(np.abs(read_wav(speech.path).samples).mean())
        yield from [picture] * (math.ceil(speech.duration_s * fps) - self.lacks)

    def tune(self, settings: LatentSyncSettings) -> None:
        self.tuned.append(settings)


@pytest.mark.parametrize("fps", [24, 25, 30, 50])
def test_one_chunk_is_made_of_a_sound_that_is_heard(fps: int) -> None:
    engine = Engine()

    rehearse(engine, Mesh(drawn_face()[1]), 512, fps)

    assert engine.films == 1
    assert engine.loudness > 0.1


def test_an_engine_that_makes_too_little_does_not_work() -> None:
    with pytest.raises(errors.EngineUnavailable, match=f"{FRAMES - 1} frames"):
        rehearse(Engine(lacks=1), Mesh(drawn_face()[1]), 512, 25)


def test_a_mesh_that_sees_nobody_does_not_work() -> None:
    with pytest.raises(errors.EngineUnavailable, match="no face"):
        rehearse(Engine(), Mesh(), 512, 25)


def test_the_studio_rehearses_each_engine_and_keeps_it() -> None:
    made: list[Engine] = []

    def make(name: EngineName, settings: LatentSyncSettings, mesh: FaceFollower) -> LipSyncEngine:
        made.append(Engine(name=name))
        return made[-1]

    studio = Studio(make)
    quick, best = LatentSyncSettings(), LatentSyncSettings(step_caching=False)

    for settings in (quick, best):
        wish = StudioWarmUp(engines=tuple(EngineName), latentsync=settings, size_px=128, fps=25)
        assert studio.handle(WARM_UP.dump_python(wish, mode="json"), lambda _: None) == {}

    assert {engine.name for engine in made} == set(EngineName)
    assert [engine.films for engine in made] == [2, 2]
    assert [engine.tuned for engine in made] == [[best], [best]], "loaded once, tuned since"
