"""The library behind the interface of the parity script: one thin function per part.

All tensors are float32 on the CPU, pictures uint8 RGB (h w 3). The networks come unfilled; whoever
calls fills them by key name (`hashfill.py` beside the vectors).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch
from diffusers import AutoencoderKL
from numpy.typing import NDArray
from torch import Tensor

from pipeline.latentsync import align, audio, chunks, sampler
from pipeline.latentsync import mask as masks
from pipeline.latentsync.unet import UNet3D, UNetConfig


def build_unet(config: Mapping[str, object]) -> UNet3D:
    return UNet3D(UNetConfig.from_published(config))


def unet_forward(m: UNet3D, sample: Tensor, t: int, audio_tokens: Tensor) -> Tensor:
    noise: Tensor = m(sample, t, m.listen(audio_tokens))[0]
    return noise


def denoise(
    m: UNet3D,
    noise: Tensor,
    mask: Tensor,
    masked_lat: Tensor,
    ref_lat: Tensor,
    audio_tokens: Tensor,
    steps: int,
    guidance: float,
    deepcache: bool,
) -> list[Tensor]:
    return list(
        sampler.denoise(
            m,
            noise,
            mask,
            masked_lat,
            ref_lat,
            audio_tokens,
            steps=steps,
            guidance=guidance,
            cached=deepcache,
        )
    )


def build_whisper(dims: Mapping[str, int]) -> audio.Whisper:
    return audio.Whisper(audio.WhisperConfig.from_dims(dims))


def mel(pcm: NDArray[np.float32]) -> Tensor:
    return audio.mel(pcm)


def audio_features(m: audio.Whisper, pcm: NDArray[np.float32]) -> Tensor:
    return audio.features(m, pcm, overlap=0)


def windows(feats: Tensor, fps: float) -> Tensor:
    return audio.windows(feats, fps)


def matrices(landmarks: NDArray[np.float64], resolution: int, smooth: bool) -> NDArray[np.float64]:
    return align.matrices(landmarks, resolution, smooth=smooth)


def align_crop(
    image: NDArray[np.uint8], matrix: NDArray[np.float64], resolution: int
) -> NDArray[np.uint8]:
    return align.align_crop(image, matrix, resolution)


def to_square(crop: NDArray[np.uint8], resolution: int) -> NDArray[np.uint8]:
    return align.to_square(crop, resolution)


def paste_back(
    image: NDArray[np.uint8], face: Tensor, matrix: NDArray[np.float64], resolution: int
) -> NDArray[np.uint8]:
    return align.paste_back(image, face, matrix, resolution)


def mask(resolution: int) -> NDArray[np.float32]:
    return masks.keep_mask(resolution)


def latent_mask(resolution: int) -> NDArray[np.float32]:
    return masks.latent_mask(masks.keep_mask(resolution))


def chunked(
    vae: AutoencoderKL,
    unet: UNet3D,
    faces: Tensor,
    audio_tokens: Tensor,
    noise: Tensor,
    vae_noise: Callable[[int, str, tuple[int, ...]], Tensor],
    steps: int,
    guidance: float,
    chunk: int,
    mask_px: Tensor,
) -> Tensor:
    n, _, r, _ = faces.shape
    recipe = chunks.Recipe(steps=steps, guidance=guidance, cached=False, chunk_frames=chunk)
    pixels = faces.float() / 127.5 - 1.0
    pasted = []
    for i, part in enumerate(chunks.plan([True] * n, [False] * n, chunk)):
        shape = (len(part), 4, r // 8, r // 8)
        conditions = chunks.condition(
            vae,
            pixels[None, part.start : part.stop],
            mask_px,
            (vae_noise(i, "masked", shape), vae_noise(i, "ref", shape)),
        )
        said = audio_tokens[None, part.start : part.stop]
        pasted.append(chunks.generate(unet, vae, conditions, said, noise, mask_px, recipe)[0])
    return torch.cat(pasted)
