"""Scheduler, loop and step caching equal the published ones."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest
import torch

from pipeline.latentsync import sampler
from pipeline.latentsync.unet import UNet3D
from tests.parity import adapter
from tests.parity.vectors import HASHFILL, drawn, filled, golden, relative_error


@cache
def unet_of(config: str, salt: str) -> UNet3D:
    unet = adapter.build_unet(json.loads(config))
    filled(unet, salt)
    return unet


@pytest.mark.parametrize(
    ("file", "prefix", "cached", "key"),
    [
        ("ddim_tiny_loop.npz", "tiny_loop", False, "latents_per_step"),
        ("deepcache_loop.npz", "dc", False, "latents_plain"),
        ("deepcache_loop.npz", "dc", True, "latents_deepcache"),
    ],
)
def test_every_step_of_the_loop_equals_the_published_one(
    file: str, prefix: str, cached: bool, key: str
) -> None:
    vectors = golden(file)
    salt = str(vectors["salt"])
    f, h, w = (int(vectors[name]) for name in ("frames", "height", "width"))
    drawn_mask = torch.from_numpy(HASHFILL.raw(f"{prefix}/mask", (1, 1, f, h, w), salt))

    with torch.no_grad():
        steps = adapter.denoise(
            unet_of(str(vectors["config"]), salt),
            drawn(salt, f"{prefix}/noise", 1, 4, 1, h, w),
            (drawn_mask > 0).float(),
            drawn(salt, f"{prefix}/masked_latents", 1, 4, f, h, w),
            drawn(salt, f"{prefix}/ref_latents", 1, 4, f, h, w),
            drawn(salt, f"{prefix}/audio", f, 50, 384),
            int(vectors["steps"]),
            float(vectors["guidance"]),
            cached,
        )

    assert len(steps) == len(vectors[key])
    for step, expected in zip(steps, vectors[key], strict=True):
        assert relative_error(step, expected) < 2e-4


def test_timesteps_and_signal_levels_equal_the_published_ones() -> None:
    vectors = golden("scheduler.npz")

    np.testing.assert_allclose(sampler.alphas_cumprod(), vectors["alphas_cumprod"], rtol=1e-6)
    for key in (key for key in vectors if key.startswith("timesteps_")):
        assert sampler.timesteps(int(key.removeprefix("timesteps_"))) == list(vectors[key])


def test_twenty_scheduler_steps_equal_the_published_ones() -> None:
    vectors = golden("scheduler.npz")
    alphas = sampler.alphas_cumprod()
    latents = drawn("golden-v1", "sched/sample", 2, 4, 3, 4, 4)

    for t, expected in zip(sampler.timesteps(20), vectors["step20_outputs"], strict=True):
        noise = drawn("golden-v1", f"sched/eps{t}", 2, 4, 3, 4, 4)
        latents = sampler.ddim_step(latents, noise, alphas, t, t - 50)
        assert relative_error(latents, expected) < 1e-5


def test_chunks_side_by_side_equal_chunks_one_by_one() -> None:
    vectors = golden("deepcache_loop.npz")
    unet = unet_of(str(vectors["config"]), str(vectors["salt"]))
    noise = drawn("stack", "noise", 1, 4, 1, 16, 16)
    mask = torch.ones(2, 1, 3, 16, 16)
    masked, reference = drawn("stack", "m", 2, 4, 3, 16, 16), drawn("stack", "r", 2, 4, 3, 16, 16)
    audio = drawn("stack", "audio", 6, 50, 384)

    with torch.no_grad():
        both = adapter.denoise(unet, noise, mask, masked, reference, audio, 4, 1.5, True)[-1]
        for i in range(2):
            rows, sound = slice(i, i + 1), slice(3 * i, 3 * i + 3)
            alone = adapter.denoise(
                unet, noise, mask[rows], masked[rows], reference[rows], audio[sound], 4, 1.5, True
            )[-1]
            assert relative_error(both[rows], alone) < 1e-5


@pytest.mark.parametrize("steps", [0, -1, 1001])
def test_impossible_step_counts_are_refused(steps: int) -> None:
    with pytest.raises(ValueError, match=str(steps)):
        sampler.timesteps(steps)
