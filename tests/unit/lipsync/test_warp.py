"""The CPU engine on a drawn face."""

import numpy as np
import pytest

from pipeline.lipsync.track import MouthTrack
from pipeline.lipsync.warp import TalkingFace
from pipeline.portrait import Pixels
from tests.measure.drawn import drawn_face


def state(gap: float = 0.0, width: float = 0.0, press: float = 0.0) -> MouthTrack:
    zero = np.zeros(1)
    return MouthTrack(
        gap=np.array([gap]),
        width=np.array([width]),
        up=zero,
        press=np.array([press]),
        rounding=zero,
        tongue=zero,
    )


def drawn(track: MouthTrack, **photo: float) -> tuple[Pixels, Pixels, TalkingFace]:
    picture, face = drawn_face(**photo)  # type: ignore[arg-type]
    talking = TalkingFace(picture, face)
    return picture, talking.draw(track, 0), talking


def test_closing_changes_a_closed_photo_little() -> None:
    photo, frame, _ = drawn(state())

    change = np.abs(frame.astype(int) - photo)
    assert np.percentile(change, 99.5) == 0
    assert (change.max(axis=2) > 8).mean() < 0.001


@pytest.mark.parametrize("gap", [0.0, 0.05, 0.2])
@pytest.mark.parametrize("photo_gap", [0.0, 0.15])
def test_pixels_outside_the_region_are_the_photos(gap: float, photo_gap: float) -> None:
    photo, frame, talking = drawn(state(gap, 0.05), gap_e=photo_gap)

    frame[talking.region.window] = photo[talking.region.window]
    assert (frame == photo).all()


def test_an_open_mouth_is_dark_inside_but_never_black() -> None:
    photo, frame, _ = drawn(state(0.18))

    changed = np.abs(frame.astype(int) - photo).max(axis=2) > 40
    assert changed.sum() > 100
    assert frame[changed].max(axis=1).min() > 15


def test_closing_an_open_photo_covers_its_inside() -> None:
    photo, frame, _ = drawn(state(), gap_e=0.15)

    dark = (40, 40, 40)
    assert (photo < dark).all(axis=2).sum() > 150
    assert (frame < dark).all(axis=2).sum() < 30


def test_a_wider_gap_opens_further() -> None:
    changes = []
    for gap in (0.03, 0.08, 0.16):
        photo, frame, _ = drawn(state(gap))
        changes.append((np.abs(frame.astype(int) - photo).max(axis=2) > 40).sum())

    assert changes == sorted(changes)
    assert changes[0] < changes[-1]


def test_a_face_at_the_edge_of_the_picture_can_speak() -> None:
    picture, face = drawn_face()
    bottom = int(face.landmarks[152, 1]) - 2
    talking = TalkingFace(picture[:bottom], face)

    assert talking.draw(state(0.15), 0).shape == (bottom, *picture.shape[1:])


def test_a_tilted_face_opens_along_its_own_axis() -> None:
    photo, frame, _ = drawn(state(0.18), roll_deg=90.0)

    rows, columns = np.nonzero(np.abs(frame.astype(int) - photo).max(axis=2) > 60)
    assert np.ptp(rows) > np.ptp(columns)
