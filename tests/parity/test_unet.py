"""The network equals the published one: small, with a tell-tale epsilon, and at full size."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import torch

from pipeline.latentsync import checkpoints
from pipeline.latentsync.unet import UNet3D
from pipeline.latentsync.unet_config import UNetConfig
from tests.bench.published_layout import PublishedLayout
from tests.parity import adapter
from tests.parity.vectors import drawn, filled, golden, relative_error

TOLERANCE = 2e-5


def error_of(case: str) -> float:
    vectors = golden(f"unet_{case}.npz")
    salt = str(vectors["salt"])
    unet = adapter.build_unet(json.loads(str(vectors["config"])))
    filled(unet, salt)
    if "scale_regex" in vectors:
        with torch.no_grad():
            for key, value in unet.state_dict().items():
                if re.search(str(vectors["scale_regex"]), key):
                    value.mul_(float(vectors["scale_factor"]))
    sample = drawn(salt, f"{case}/sample", *vectors["sample_shape"])
    audio = drawn(salt, f"{case}/audio", *vectors["audio_shape"])
    if bool(vectors.get("audio_first_half_zero", False)):
        audio[: len(audio) // 2] = 0

    with torch.no_grad():
        noise = adapter.unet_forward(unet, sample, int(vectors["timestep"]), audio)

    return relative_error(noise, vectors["output"])


@pytest.mark.parametrize("case", ["tiny_a", "tiny_b", "tiny_eps"])
def test_small_networks_equal_the_published_one(case: str) -> None:
    assert error_of(case) < TOLERANCE


@pytest.mark.slow
def test_the_full_network_equals_the_published_one() -> None:
    assert error_of("full256") < TOLERANCE


def test_the_full_network_has_exactly_the_published_keys_and_shapes() -> None:
    with torch.device("meta"):
        unet = UNet3D(UNetConfig())

    shapes = {key: tuple(value.shape) for key, value in unet.state_dict().items()}

    assert shapes == dict(checkpoints.manifest("unet"))


def test_frames_without_keys_hear_what_silence_says() -> None:
    vectors = golden("unet_tiny_b.npz")
    salt = str(vectors["salt"])
    unet = adapter.build_unet(json.loads(str(vectors["config"])))
    filled(unet, salt)
    sample = drawn(salt, "tiny_b/sample", *vectors["sample_shape"])
    audio = drawn(salt, "tiny_b/audio", *vectors["audio_shape"])
    audio[: len(audio) // 2] = 0

    with torch.no_grad():
        heard_zeros, _ = unet(sample, 21, unet.listen(audio))
        heard_nothing, _ = unet(sample, 21, unet.listen(audio[len(audio) // 2 :]))

    assert relative_error(heard_nothing, heard_zeros) < 2e-6


@pytest.mark.parametrize("attends_at_once", [True, False])
def test_guidance_equals_a_sample_that_stands_there_twice(attends_at_once: bool) -> None:
    config = UNetConfig(
        widths=(64, 64, 128, 128), groups=8, down_attention=(attends_at_once, True, True, False)
    )
    unet = UNet3D(config).requires_grad_(False)
    generator = torch.Generator().manual_seed(4)
    sample = torch.randn(1, 13, 3, 16, 16, generator=generator)
    keys = unet.listen(torch.randn(3, 50, 384, generator=generator))

    noise, deep = unet(sample, 21, keys, guided=True)
    shallow = unet.shallow(sample, 41, keys, deep, guided=True)

    twice = torch.cat((sample, sample))
    expected, expected_deep = unet(twice, 21, keys)
    assert relative_error(noise, expected) < 2e-6
    assert relative_error(shallow, unet.shallow(twice, 41, keys, expected_deep)) < 2e-6


def test_fused_projections_change_nothing_and_keep_the_published_keys() -> None:
    vectors = golden("unet_tiny_a.npz")
    salt = str(vectors["salt"])
    unet = adapter.build_unet(json.loads(str(vectors["config"])))
    filled(unet, salt)
    before = {key: value.clone() for key, value in unet.state_dict().items()}

    unet.fuse()

    assert all(torch.equal(before[key], value) for key, value in unet.state_dict().items())
    sample = drawn(salt, "tiny_a/sample", *vectors["sample_shape"])
    audio = drawn(salt, "tiny_a/audio", *vectors["audio_shape"])
    with torch.no_grad():
        noise = adapter.unet_forward(unet, sample, int(vectors["timestep"]), audio)
    assert relative_error(noise, vectors["output"]) < TOLERANCE


def test_a_chunk_of_more_frames_than_positions_is_refused() -> None:
    config = json.loads(str(golden("unet_tiny_a.npz")["config"]))
    unet = adapter.build_unet(config)

    with pytest.raises(ValueError, match="25 frames in one chunk; at most 24 fit"):
        unet(torch.zeros(1, 13, 25, 8, 8), 1, unet.listen(torch.zeros(25, 50, 384)))


def test_latents_of_odd_size_come_back_in_their_size() -> None:
    config = json.loads(str(golden("unet_tiny_a.npz")["config"]))
    unet = adapter.build_unet(config)

    with torch.no_grad():
        noise, _ = unet(torch.zeros(1, 13, 2, 12, 20), 1, unet.listen(torch.zeros(2, 50, 384)))

    assert noise.shape == (1, 4, 2, 12, 20)
    assert np.isfinite(noise.numpy()).all()


@pytest.mark.parametrize("guided", [False, True])
def test_a_second_forward_in_the_published_layout_agrees(guided: bool) -> None:
    vectors = golden("unet_tiny_b.npz")
    salt = str(vectors["salt"])
    unet = adapter.build_unet(json.loads(str(vectors["config"])))
    filled(unet, salt)
    plain = PublishedLayout(unet)
    sample = drawn(salt, "tiny_b/sample", *vectors["sample_shape"])[int(guided) :]
    audio = drawn(salt, "tiny_b/audio", *vectors["audio_shape"])[5 * guided :]

    with torch.no_grad():
        noise, deep = unet(sample, 21, unet.listen(audio), guided=guided)
        other_noise, other_deep = plain(sample, 21, plain.listen(audio), guided=guided)
        shallow = unet.shallow(sample, 41, unet.listen(audio), deep, guided=guided)
        heard = plain.listen(audio)
        other_shallow = plain.shallow(sample, 41, heard, other_deep, guided=guided)

    assert relative_error(noise, other_noise) < 1e-5
    assert relative_error(shallow, other_shallow) < 1e-5
