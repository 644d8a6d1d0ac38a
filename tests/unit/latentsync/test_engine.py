"""What `LatentSync.sync` promises, on small networks loaded from published-format files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from pipeline.latentsync import LatentSync, Recipe, Report
from pipeline.latentsync.align import Image, Matrix
from pipeline.latentsync.audio import Whisper, WhisperConfig
from pipeline.latentsync.errors import (
    AudioUnusable,
    PrecisionUnsupported,
    WeightsError,
)
from tests.unit.latentsync import published

QUICK = Recipe(steps=2, cached=False)
FACE = np.array([[[40.0, 40.0], [80.0, 40.0], [60.0, 62.0]]])


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> LatentSync:
    return LatentSync.load(published.write_all(tmp_path_factory.mktemp("weights")))


def photo(seed: int = 0) -> Image:
    coarse = np.random.default_rng(seed).integers(0, 255, (12, 14, 3))
    return np.kron(coarse, np.ones((12, 10, 1))).astype(np.uint8)


def matrix(model: LatentSync) -> Matrix:
    fitted: Matrix = model.matrices(FACE)[0]
    return fitted


def speech(seconds: float) -> NDArray[np.float32]:
    t = np.arange(int(16_000 * seconds)) / 16_000
    return (0.3 * np.sin(2 * np.pi * 190 * t) * np.sin(2 * np.pi * 3 * t)).astype(np.float32)


def take(frames: Iterator[Image]) -> list[Image]:
    return list(frames)


def test_a_still_speaks_for_as_long_as_the_sound(model: LatentSync) -> None:
    report = Report()

    frames = take(model.sync([photo()], [matrix(model)], speech(1.0), recipe=QUICK, report=report))

    assert len(frames) == report.frames == 27  # one second, and the published two frames more
    assert all(f.shape == (144, 140, 3) and f.dtype == np.uint8 for f in frames)
    assert (np.stack(frames) != photo()).any(axis=-1).mean() > 0.02
    assert report.generated == 27
    assert not report.notes


def test_points_between_pixels_move_the_alignment_only_if_they_are_not_rounded(
    model: LatentSync,
) -> None:
    shifted = FACE + 0.3

    assert np.array_equal(model.matrices(shifted), model.matrices(FACE))
    finer = model.matrices(shifted, rounded=False)
    back = finer[0, :, :2] @ np.array([0.3, 0.3]) + finer[0, :, 2]
    np.testing.assert_allclose(back, model.matrices(FACE)[0, :, 2], atol=1e-9)


def test_the_caller_may_fix_the_number_of_frames(model: LatentSync) -> None:
    assert (
        len(take(model.sync([photo()], [matrix(model)], speech(0.5), count=13, recipe=QUICK)))
        == 13
    )


def test_the_background_of_a_still_is_never_touched(model: LatentSync) -> None:
    frames = take(model.sync([photo()], [matrix(model)], speech(0.2), recipe=QUICK))

    for frame in frames:
        np.testing.assert_array_equal(frame[:20], photo()[:20])
        np.testing.assert_array_equal(frame[-20:], photo()[-20:])


def test_the_same_seed_gives_the_same_frames_and_another_seed_others(model: LatentSync) -> None:
    def run(seed: int) -> NDArray[np.uint8]:
        recipe = Recipe(steps=2, cached=False, seed=seed)
        return np.stack(take(model.sync([photo()], [matrix(model)], speech(0.2), recipe=recipe)))

    assert np.array_equal(run(1), run(1))
    assert not np.array_equal(run(1), run(2))


@pytest.mark.parametrize("sampled", [False, True])
def test_a_broken_job_goes_on_where_it_was(model: LatentSync, sampled: bool) -> None:
    recipe = Recipe(steps=2, cached=False, chunk_frames=4, sampled=sampled)
    faces = [photo(i) for i in range(3)]
    matrices = [matrix(model)] * 3
    whole = take(model.sync(faces, matrices, speech(0.5), recipe=recipe))

    rest = take(model.sync(faces, matrices, speech(0.5), recipe=recipe, first_frame=6))

    assert np.array_equal(np.stack(rest), np.stack(whole[6:]))


def test_chunks_side_by_side_give_the_same_frames(model: LatentSync) -> None:
    def run(stacked: int) -> NDArray[np.int64]:
        recipe = Recipe(steps=2, cached=True, chunk_frames=4, stacked=stacked)
        frames = model.sync([photo()], [matrix(model)], speech(0.5), recipe=recipe)
        return np.stack(take(frames)).astype(int)

    assert np.abs(run(3) - run(1)).max() <= 1


def test_two_devices_share_the_chunks_and_keep_their_order(model: LatentSync) -> None:
    two = LatentSync([*model.replicas, *model.replicas])
    recipe = Recipe(steps=2, cached=False, chunk_frames=4)

    alone = take(model.sync([photo()], [matrix(model)], speech(0.6), recipe=recipe))
    shared = take(two.sync([photo()], [matrix(model)], speech(0.6), recipe=recipe))

    assert np.array_equal(np.stack(alone), np.stack(shared))


def test_a_short_video_runs_to_and_fro(model: LatentSync) -> None:
    frames = [photo(i) for i in range(3)]
    none: list[Matrix | None] = [None] * 3

    spoken = take(model.sync(frames, none, speech(0.3), recipe=QUICK))

    order = [next(i for i in range(3) if np.array_equal(s, frames[i])) for s in spoken]
    assert order == [0, 1, 2, 2, 1, 0, 0, 1, 2]


def test_frames_without_a_face_pass_through_and_are_reported(model: LatentSync) -> None:
    frames = [photo(i) for i in range(12)]
    matrices: list[Matrix | None] = [matrix(model)] * 12
    matrices[5:8] = [None] * 3
    report = Report()

    spoken = take(model.sync(frames, matrices, speech(0.4), count=12, recipe=QUICK, report=report))

    same = [bool(np.array_equal(a, b)) for a, b in zip(spoken, frames, strict=True)]
    assert same == [5 <= i < 8 for i in range(12)]
    assert report.passed == [(5, 8)]


def test_silence_of_a_still_is_made_once(model: LatentSync) -> None:
    recipe = Recipe(steps=2, cached=False, chunk_frames=4)
    pause = np.zeros(16_000, np.float32)
    report = Report()

    frames = take(
        model.sync(
            [photo()],
            [matrix(model)],
            np.concatenate((speech(0.4), pause, speech(0.4))),
            recipe=recipe,
            report=report,
        )
    )

    assert report.repeated >= 12
    assert report.generated + report.repeated == len(frames) == report.frames
    assert np.array_equal(frames[16], frames[20])


def test_pure_silence_is_one_closed_mouth(model: LatentSync) -> None:
    report = Report()

    silent = np.zeros(32_000, np.float32)
    frames = take(model.sync([photo()], [matrix(model)], silent, recipe=QUICK, report=report))

    assert len(frames) == 52
    assert report.generated == 16 + 4  # one whole chunk, and the short last one


@pytest.mark.parametrize("pcm", [np.zeros(0, np.float32), np.zeros(100, np.float32)])
def test_sound_of_no_length_is_refused(model: LatentSync, pcm: NDArray[np.float32]) -> None:
    with pytest.raises(AudioUnusable):
        take(model.sync([photo()], [matrix(model)], pcm))


def test_pictures_of_a_wrong_kind_are_refused(model: LatentSync) -> None:
    gray = np.zeros((100, 100), np.uint8)

    with pytest.raises(ValueError, match=r"\(100, 100\)"):
        take(model.sync([gray], [matrix(model)], speech(0.2)))
    with pytest.raises(ValueError, match="1 frames with 0 matrices"):
        take(model.sync([photo()], [], speech(0.2)))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float64])
def test_precisions_that_do_not_serve_are_refused(tmp_path: Path, dtype: torch.dtype) -> None:
    found = published.write_all(tmp_path)

    with pytest.raises(PrecisionUnsupported):
        LatentSync.load(found, "cpu", dtype)


def test_a_whisper_of_another_width_is_refused(tmp_path: Path) -> None:
    found = published.write_all(tmp_path)
    dims = published.DIMS | {"n_audio_state": 192}
    small = Whisper(WhisperConfig.from_dims(dims)).state_dict()
    torch.save({"dims": dims, "model_state_dict": dict(small)}, found.whisper)

    with pytest.raises(WeightsError, match="192 wide"):
        LatentSync.load(found)


def test_closing_early_leaves_no_thread_behind(model: LatentSync) -> None:
    import threading

    frames = model.sync([photo()], [matrix(model)], speech(1.0), recipe=QUICK)
    next(frames)
    frames.close()  # type: ignore[attr-defined]

    assert not [t for t in threading.enumerate() if t.name.startswith("latentsync")]
