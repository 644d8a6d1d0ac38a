"""Mel, Whisper features and windows equal the published ones; seams are where we differ."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch

from pipeline.latentsync import audio, checkpoints
from pipeline.latentsync.errors import AudioUnusable
from tests.parity import adapter
from tests.parity.vectors import filled, golden, relative_error

TINY = {"n_mels": 80, "n_audio_ctx": 1500, "n_audio_state": 384, "n_audio_head": 6}


def whisper(layers: int = 4, salt: str = "golden-v1") -> audio.Whisper:
    built = adapter.build_whisper({**TINY, "n_audio_layer": layers})
    filled(built, salt, "encoder.")
    return built


def test_mel_and_features_equal_the_published_ones() -> None:
    vectors = golden("whisper_3p0s.npz")
    pcm = vectors["pcm16"].astype(np.float32) / 32768

    heard = adapter.audio_features(whisper(), pcm)

    assert relative_error(adapter.mel(pcm), vectors["mel"]) < 1e-5
    assert relative_error(heard, vectors["features"]) < 1e-4
    windows = adapter.windows(heard, 25)
    assert len(windows) == int(vectors["n_chunks"]) == 77
    assert relative_error(windows[vectors["chunk_index"]], vectors["chunk_sel"]) < 1e-4


def test_the_encoder_has_exactly_the_published_keys() -> None:
    manifest = checkpoints.manifest("whisper_tiny").items()
    published = {key: shape for key, shape in manifest if key.startswith("encoder.")}

    ours = {
        k: tuple(v.shape) for k, v in audio.Whisper(audio.WhisperConfig()).state_dict().items()
    }

    assert ours == published


def tags() -> list[str]:
    return [key[:-2] for key in golden("window_rows.npz") if key.endswith("_n")]


@pytest.mark.parametrize("tag", tags())
def test_each_frame_hears_the_published_rows(tag: str) -> None:
    vectors = golden("window_rows.npz")
    count, rows = int(vectors[f"{tag}_n"]), vectors[f"{tag}_rows"]
    length = int(tag.split("_")[0][1:])
    fps = int(tag.split("fps")[1]) if "fps" in tag else 25
    numbered = torch.arange(length).float().view(length, 1, 1).repeat(1, 5, 1)

    taken = adapter.windows(numbered, fps).reshape(-1, 50)[:, ::5].int().numpy()

    assert len(taken) == count == audio.frame_count(length, fps)
    shown = taken if len(rows) == count else np.concatenate((taken[:5], taken[-8:]))
    np.testing.assert_array_equal(shown, rows)


def test_windows_of_a_part_are_a_part_of_the_windows() -> None:
    heard = torch.randn(90, 5, 4, generator=torch.Generator().manual_seed(1))

    whole, part = audio.windows(heard, 25.0), audio.windows(heard, 25.0, 16, 32)

    assert torch.equal(whole[16:32], part)


def test_overlapping_segments_leave_no_seam_and_the_same_length() -> None:
    model = whisper(layers=1)
    rng = np.random.default_rng(5)
    pcm = (0.1 * rng.standard_normal(16_000 * 33)).astype(np.float32)

    cut, overlapped = audio.features(model, pcm, overlap=0), audio.features(model, pcm)

    assert overlapped.shape == cut.shape == (33 * 50, 2, 384)
    assert torch.equal(cut[: 1500 - 200], overlapped[: 1500 - 200])
    # At the cut the positions jump from the table's end to its start; the fade spreads that.
    jump = (cut[1500, 0] - cut[1499, 0]).norm()
    steps = (overlapped[1250:1550, 0].diff(dim=0)).norm(dim=-1)
    assert steps.max() < jump


def test_segments_cover_the_clip_without_a_gap() -> None:
    for n, overlap in ((1, 0), (3000, 400), (3001, 400), (9000, 0), (9001, 400)):
        spans = list(audio.segments(n, overlap))
        assert spans[0][0] == 0
        assert spans[-1][1] == n
        for (_, stop), (start, _) in pairwise(spans):
            assert stop - start == overlap


@pytest.mark.parametrize(
    "pcm",
    [
        np.zeros(0, np.float32),
        np.zeros(319, np.float32),
        np.zeros((2, 16_000), np.float32),
        np.full(16_000, np.nan, np.float32),
    ],
)
def test_sound_that_cannot_be_analysed_is_refused(pcm: np.ndarray) -> None:
    with pytest.raises(AudioUnusable):
        audio.mel(pcm)


def test_pure_silence_has_finite_features() -> None:
    heard = audio.features(whisper(layers=1), np.zeros(16_000, np.float32))

    assert heard.shape == (50, 2, 384)
    assert torch.isfinite(heard).all()
