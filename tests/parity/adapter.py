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

from pipeline.latentsync import align, audio, chunks, crop, sampler
from pipeline.latentsync import mask as masks
from pipeline.latentsync.paste import Paste
from pipeline.latentsync.unet import UNet3D
from pipeline.latentsync.unet_config import UNetConfig

CPU = torch.device("cpu")


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
    return as_picture(crop.align_crops([image], [matrix], resolution, CPU))


def to_square(crop_px: NDArray[np.uint8], resolution: int) -> NDArray[np.uint8]:
    canvas = torch.from_numpy(crop_px).permute(2, 0, 1)[None].float()
    return as_picture(crop.to_squares(canvas, resolution))


def paste_back(
    image: NDArray[np.uint8], face: Tensor, matrix: NDArray[np.float64], resolution: int
) -> NDArray[np.uint8]:
    paste = Paste([matrix], resolution, (image.shape[1], image.shape[0]), CPU)
    x0, y0, x1, y1 = paste.box
    out = image.copy()
    out[y0:y1, x0:x1] = paste(crop.cut([image], paste.box, CPU), face[None])[0].numpy()
    return out


def as_picture(pixels: Tensor) -> NDArray[np.uint8]:
    picture: NDArray[np.uint8] = pixels[0].to(torch.uint8).permute(1, 2, 0).numpy()
    return picture


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
