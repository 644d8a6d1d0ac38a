"""What the LatentSync engine does when memory runs out, a device breaks, or weights are wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pipeline import errors
from pipeline.latentsync import LatentSync
from pipeline.latentsync import errors as library
from pipeline.latentsync.releases import UNET_NAME, VAE_NAME, WHISPER_NAME, Release
from pipeline.lipsync.latentsync import STAY_SMALL, LatentSyncEngine, load_release
from pipeline.portrait import Pixels
from pipeline.types import Note, Speech
from tests import tiny_latentsync
from tests.measure import spoken
from tests.measure.drawn import drawn_face


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_latentsync.write_releases(tmp_path_factory.mktemp("weights"))


@pytest.fixture
def speech(tmp_path: Path) -> Speech:
    return spoken.speech(tmp_path / "speech.wav", spoken.phones("| p a m | b iː |"))


class Failing:
    """A loaded release that makes some frames, then raises."""

    def __init__(self, model: LatentSync, error: Exception, after: int) -> None:
        self.model, self.error, self.after = model, error, after

    def matrices(self, points: Any, **options: Any) -> Any:
        return self.model.matrices(points, **options)

    def sync(self, *args: Any, **options: Any) -> Iterator[Pixels]:
        for number, frame in enumerate(self.model.sync(*args, **options)):
            if number == self.after:
                raise self.error
            yield frame


class Loader:
    """Loads tiny releases; those in `failing` break after some frames."""

    def __init__(self, folder: Path, failing: dict[Release, Exception], after: int = 16) -> None:
        self.folder, self.failing, self.after = folder, failing, after
        self.loaded: list[Release] = []

    def __call__(self, release: Release) -> LatentSync:
        self.loaded.append(release)
        model = tiny_latentsync.load(self.folder, release)
        if release not in self.failing:
            return model
        failing: Any = Failing(model, self.failing[release], self.after)
        return failing  # type: ignore[no-any-return]


def engine_of(loader: Loader) -> LatentSyncEngine:
    return LatentSyncEngine(tiny_latentsync.settings_for(loader.folder), load=loader)


MEMORY = [library.MemoryExhausted("too much"), torch.OutOfMemoryError("CUDA out of memory.")]


@pytest.mark.parametrize("error", MEMORY)
def test_out_of_memory_goes_on_with_the_smaller_release_and_tells(
    weights: Path, speech: Speech, error: Exception
) -> None:
    loader = Loader(weights, {Release.V16: error})
    notes: list[Note] = []
    small = list(tiny_latentsync.engine(weights).sync(*drawn_face(), speech, 25))

    frames = list(engine_of(loader).sync(*drawn_face(), speech, 25, on_note=notes.append))

    assert len(frames) == len(small)
    np.testing.assert_array_equal(np.stack(frames[:16]), np.stack(small[:16]))
    assert any((a != b).any() for a, b in zip(frames[16:], small[16:], strict=True))
    assert notes == [Note.LOWER_DETAIL]
    assert loader.loaded == [Release.V16, Release.V15]


class Tight:
    """A loaded release that had to do less at once."""

    def __init__(self, model: LatentSync) -> None:
        self.model = model

    def matrices(self, points: Any, **options: Any) -> Any:
        return self.model.matrices(points, **options)

    def sync(self, *args: Any, **options: Any) -> Iterator[Pixels]:
        options["report"].step_down("out of memory: one chunk at a time")
        yield from self.model.sync(*args, **options)


def test_a_video_that_was_made_in_smaller_parts_says_so(weights: Path, speech: Speech) -> None:
    tight: Any = Tight(tiny_latentsync.load(weights, Release.V16))
    engine = LatentSyncEngine(tiny_latentsync.settings_for(weights), load=lambda _: tight)
    notes: list[Note] = []

    list(engine.sync(*drawn_face(), speech, 25, first_frame=30, on_note=notes.append))

    assert notes == [Note.SMALLER_PARTS]


def test_the_smaller_release_is_kept_for_a_while_then_the_larger_one_is_tried(
    weights: Path, speech: Speech
) -> None:
    loader = Loader(weights, {Release.V16: MEMORY[0]}, after=0)
    engine = engine_of(loader)
    for _ in range(1 + STAY_SMALL):
        list(engine.sync(*drawn_face(), speech, 25, first_frame=30))
    assert loader.loaded == [Release.V16, Release.V15]

    loader.failing.clear()
    notes: list[Note] = []
    list(engine.sync(*drawn_face(), speech, 25, first_frame=30, on_note=notes.append))

    assert loader.loaded == [Release.V16, Release.V15, Release.V16]
    assert notes == []


def test_without_a_smaller_release_it_is_said_what_may_help(
    tmp_path: Path, speech: Speech
) -> None:
    folder = tiny_latentsync.write_releases(tmp_path, Release.V16)
    engine = engine_of(Loader(folder, {Release.V16: MEMORY[0]}, after=0))

    with pytest.raises(errors.MemoryExhausted, match=r"bolti models pull latentsync-1\.5"):
        list(engine.sync(*drawn_face(), speech, 25))


def test_out_of_memory_with_both_releases_is_an_error_that_is_not_retried(
    weights: Path, speech: Speech
) -> None:
    loader = Loader(weights, dict.fromkeys(Release, MEMORY[1]), after=0)

    with pytest.raises(errors.MemoryExhausted) as caught:
        list(engine_of(loader).sync(*drawn_face(), speech, 25))

    assert not caught.value.retryable


@pytest.mark.parametrize(
    "error",
    [
        torch.AcceleratorError("CUDA error: an illegal memory access was encountered"),
        RuntimeError("CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling cublasGemmEx"),
        RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"),
    ],
)
def test_a_broken_device_is_told_from_everything_else(
    weights: Path, speech: Speech, error: Exception
) -> None:
    loader = Loader(weights, {Release.V16: error})

    with pytest.raises(errors.DeviceFault) as caught:
        list(engine_of(loader).sync(*drawn_face(), speech, 25))

    assert caught.value.retryable
    assert loader.loaded == [Release.V16]


def test_a_bug_stays_a_bug(weights: Path, speech: Speech) -> None:
    loader = Loader(weights, {Release.V16: RuntimeError("shape mismatch")})

    with pytest.raises(RuntimeError, match="shape mismatch"):
        list(engine_of(loader).sync(*drawn_face(), speech, 25))


class Hostile:
    """What an attacker pickles."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (print, ("run by the file",))


def real(folder: Path) -> LatentSyncEngine:
    """The engine with the loader of the product: files must be the published networks."""
    return LatentSyncEngine(tiny_latentsync.settings_for(folder))


def test_a_network_of_other_sizes_is_refused_by_name(weights: Path, speech: Speech) -> None:
    with pytest.raises(errors.WeightsUnusable, match=r"latentsync_unet\.pt: .* instead of"):
        list(real(weights).sync(*drawn_face(), speech, 25))


@pytest.mark.parametrize("kept", [0, 100, 0.9])
def test_a_truncated_network_is_refused(tmp_path: Path, speech: Speech, kept: float) -> None:
    folder = tiny_latentsync.write_releases(tmp_path, Release.V16)
    path = folder / "latentsync-1.6" / UNET_NAME
    with path.open("r+b") as file:
        file.truncate(int(kept * path.stat().st_size) if 0 < kept < 1 else int(kept))

    with pytest.raises(errors.WeightsUnusable, match="Pull it again"):
        list(real(folder).sync(*drawn_face(), speech, 25))


def test_a_hostile_network_is_not_run(
    tmp_path: Path, speech: Speech, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tiny_latentsync.write_releases(tmp_path, Release.V16)
    torch.save({"state_dict": Hostile()}, folder / "latentsync-1.6" / UNET_NAME)

    with pytest.raises(errors.WeightsUnusable):
        list(real(folder).sync(*drawn_face(), speech, 25))

    assert "run by the file" not in capsys.readouterr().out


@pytest.mark.parametrize("name", [UNET_NAME, WHISPER_NAME, VAE_NAME])
def test_a_missing_file_says_what_to_pull(tmp_path: Path, speech: Speech, name: str) -> None:
    folder = tiny_latentsync.write_releases(tmp_path, Release.V16)
    (folder / "latentsync-1.6" / name).unlink()

    with pytest.raises(errors.EngineUnavailable, match=r"bolti models pull latentsync-1\.6"):
        list(real(folder).sync(*drawn_face(), speech, 25))


def test_a_gpu_that_is_not_there_is_named(weights: Path) -> None:
    settings = tiny_latentsync.settings_for(weights).model_copy(update={"devices": ("cuda:97",)})

    with pytest.raises(errors.EngineUnavailable, match="cuda:97"):
        load_release(settings, Release.V16)
