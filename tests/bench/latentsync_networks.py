"""LatentSync with seeded random weights, and one chunk of inputs, for benches.

Every matrix has unit gain, so that activations neither die nor overflow in half precision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from diffusers import AutoencoderKL
from torch import Tensor, nn

from pipeline.latentsync import weights
from pipeline.latentsync.audio import Whisper, WhisperConfig
from pipeline.latentsync.chunks import Conditions, Models
from pipeline.latentsync.graph import RecordedUNet
from pipeline.latentsync.mask import keep_mask
from pipeline.latentsync.unet import UNet3D
from pipeline.latentsync.unet_config import UNetConfig

FRAMES = 16
PUBLISHED = UNetConfig()


@dataclass(frozen=True, slots=True)
class Inputs:
    """Hold one chunk's inputs, in float32."""

    noise: Tensor
    conditions: Conditions
    audio: Tensor
    mask: Tensor


def random_fill(module: nn.Module, seed: int) -> nn.Module:
    """Give every matrix unit gain and every norm a gain near one."""
    device = next(module.parameters()).device
    generator = torch.Generator(device=device).manual_seed(seed)
    for name, value in module.named_parameters():
        if value.ndim >= 2:
            value.normal_(0.0, float(np.prod(value.shape[1:])) ** -0.5, generator=generator)
        elif name.endswith("weight"):
            value.normal_(1.0, 0.05, generator=generator)
        else:
            value.normal_(0.0, 0.02, generator=generator)
    return module.requires_grad_(False).eval()


def random_unet(device: torch.device, config: UNetConfig, dtype: torch.dtype) -> UNet3D:
    """Build the network as published: weights contiguous."""
    with device:
        unet = UNet3D(config)
    return cast(UNet3D, random_fill(unet, 1).to(dtype))


def random_models(
    size: int,
    device: torch.device,
    config: UNetConfig = PUBLISHED,
    dtype: torch.dtype = torch.float16,
) -> Models:
    """Build all networks as `LatentSync.load` leaves them."""
    unet = random_unet(device, config, dtype)
    with device:
        whisper = cast(Whisper, random_fill(Whisper(WhisperConfig()), 2))
        coder: Any = AutoencoderKL(**weights.SD_VAE)  # type: ignore[no-untyped-call]
    random_fill(coder, 3).to(dtype)
    weights.lay_out(unet)
    weights.lay_out(coder)
    return Models(
        unet=RecordedUNet(unet.fuse()) if device.type == "cuda" else unet.fuse(),
        vae=coder,
        whisper=whisper,
        mask=torch.from_numpy(keep_mask(size)).to(device),
        resolution=size,
        device=device,
        dtype=dtype,
    )


def random_inputs(models: Models) -> Inputs:
    """Draw one chunk of a still."""
    generator = torch.Generator(device=models.device).manual_seed(4)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, device=models.device)

    side = models.resolution // 8
    return Inputs(
        noise=draw(1, 4, 1, side, side),
        conditions=Conditions(
            pixels=draw(1, 1, 3, models.resolution, models.resolution).tanh(),
            masked=draw(1, 4, 1, side, side),
            reference=draw(1, 4, 1, side, side),
        ),
        audio=draw(1, FRAMES, 50, 384),
        mask=torch.from_numpy(keep_mask(models.resolution)).to(models.device),
    )
