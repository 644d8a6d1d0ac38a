"""The rules of a video, with a finder that the test tells what to see."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pipeline import errors
from pipeline.footage import FootageOrder, FootageVerdict
from pipeline.footage.check import check
from pipeline.media.footage import Footage
from pipeline.portrait import Face, Pixels
from pipeline.portrait.pose import canonical_points
from pipeline.settings import FootageSettings
from tests.films import column, column_of, write_film


class Numbered:
    """Sees so many faces in each picture by its number; each is 50 px from eye to eye."""

    def __init__(self, faces: Sequence[int], e_px: float = 50.0) -> None:
        self.faces, self.e_px = faces, e_px

    def find(self, picture: Pixels) -> Sequence[Face]:
        """Return the faces of this picture."""
        landmarks = np.asarray(self.e_px * canonical_points(), np.float32)
        return [Face(landmarks=landmarks, score=0.9)] * self.faces[column_of(picture)]


@pytest.fixture
def order(tmp_path: Path) -> FootageOrder:
    """Order a look at a video of 24 frames."""
    return FootageOrder(
        source=write_film(tmp_path / "a.mp4", map(column, range(24))),
        into=tmp_path / "kept.mp4",
        fps=25,
        size_px=1280,
        limits=FootageSettings(max_s=30),
    )


def test_a_usable_video_is_kept_and_described(order: FootageOrder) -> None:
    verdict = check(order, Numbered([1] * 12 + [2] * 6 + [0] * 6))

    assert verdict == FootageVerdict(
        width_px=160,
        height_px=128,
        duration_s=0.96,
        is_cut=False,
        faces=2,
        visible=0.75,
        eye_distance_px=pytest.approx(50, rel=0.01),  # type: ignore[arg-type]
    )
    with Footage(order.into) as footage:
        assert len(footage) == 24


def test_a_video_without_a_face_is_refused_and_nothing_is_kept(order: FootageOrder) -> None:
    with pytest.raises(errors.NoFaceInVideo):
        check(order, Numbered([0] * 24))

    assert not order.into.exists()


def test_a_face_of_too_few_pixels_is_refused_and_nothing_is_kept(order: FootageOrder) -> None:
    with pytest.raises(errors.FilmedFaceTooSmall, match="29 px from eye corner"):
        check(order, Numbered([1] * 24, e_px=29.0))

    assert not order.into.exists()
