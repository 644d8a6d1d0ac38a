"""A speech in chunks, from pixels to pixels, equals the published one."""

from __future__ import annotations

import json
from typing import Any, cast

import numpy as np
import torch
from diffusers import AutoencoderKL
from torch import Tensor, nn

from pipeline.latentsync import vae
from pipeline.latentsync.chunks import plan
from tests.parity import adapter
from tests.parity.vectors import drawn, filled, golden, picture, relative_error


def small_vae(config: dict[str, Any], salt: str) -> AutoencoderKL:
    built = AutoencoderKL(**config)  # type: ignore[no-untyped-call]  # diffusers
    filled(cast(nn.Module, built), salt)
    return built


def test_twenty_one_frames_in_two_chunks_equal_the_published_ones() -> None:
    vectors = golden("pipeline_chunk.npz")
    salt = str(vectors["salt"])
    n, r = int(vectors["n_frames"]), int(vectors["resolution"])
    unet = adapter.build_unet(json.loads(str(vectors["unet_config"])))
    filled(unet, salt)
    faces = np.stack([picture(r, r, f"{salt}-chunk{i}") for i in range(n)])

    def vae_noise(i: int, kind: str, shape: tuple[int, ...]) -> Tensor:
        return drawn(salt, f"chunk/vae_noise_{2 * i + (kind == 'ref')}", *shape)

    with torch.no_grad():
        pasted = adapter.chunked(
            small_vae(json.loads(str(vectors["vae_config"])), salt),
            unet,
            torch.from_numpy(faces).permute(0, 3, 1, 2),
            drawn(salt, "chunk/audio", n, 50, 384),
            drawn(salt, "chunk/noise", 1, 4, 1, r // 8, r // 8),
            vae_noise,
            int(vectors["steps"]),
            float(vectors["guidance"]),
            int(vectors["chunk"]),
            torch.from_numpy(vectors["mask_px"]),
        )

    generated = vectors["mask_px"][::4, ::4] < 0.5
    ours, expected = pasted[:, :, ::4, ::4].numpy(), vectors["pasted_sub"]
    assert relative_error(ours[:, :, generated], expected[:, :, generated]) < 5e-4
    assert relative_error(ours[:, :, ~generated], expected[:, :, ~generated]) < 1e-4


def test_the_walk_through_the_autoencoder_equals_its_own_forward() -> None:
    vectors = golden("pipeline_chunk.npz")
    config = json.loads(str(vectors["vae_config"])) | {"layers_per_block": 2}
    model = cast(Any, small_vae(config, "walk"))
    pixels, latents = drawn("walk", "p", 3, 3, 64, 64), drawn("walk", "z", 3, 4, 8, 8)

    with torch.no_grad():
        mean = model.encode(pixels).latent_dist.mean * vae.SCALING
        decoded = model.decode(latents / vae.SCALING).sample

        assert relative_error(vae.encode(model, pixels, None), mean) < 1e-5
        assert relative_error(vae.encode(model, pixels, None, slices=2), mean) < 1e-5
        assert relative_error(vae.decode(model, latents), decoded) < 1e-5
        assert relative_error(vae.decode(model, latents, slices=3), decoded) < 1e-5


def test_a_plan_keeps_chunks_whole_and_faceless_stretches_apart() -> None:
    faces = [True] * 20 + [False] * 3 + [True] * 2

    chunks = plan(faces, [False] * 25, 16)

    spans = [(c.start, c.stop, c.has_face) for c in chunks]
    assert spans == [(0, 16, True), (16, 20, True), (20, 23, False), (23, 25, True)]
