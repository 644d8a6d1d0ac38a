"""Pixels to latents and back, with the autoencoder of Stable Diffusion (diffusers' AutoencoderKL).

Pictures are (n 3 h w) in [-1, 1], latents (n 4 h/8 w/8), scaled by 0.18215. An encoding is the
mode of the posterior, or a sample of it when noise is given. Both ways run in the walk of
`vae_walk.py`. Loading is in `weights.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import torch
from diffusers import AutoencoderKL
from torch import Tensor, nn

from pipeline.latentsync import vae_walk

SCALING = 0.18215
SHIFT = 0.0


def encode(
    vae: AutoencoderKL, pictures: Tensor, noise: Tensor | None, *, slices: int = 1
) -> Tensor:
    """Encode (n 3 h w) to scaled latents (n 4 h/8 w/8): the mode, or mean + std * noise."""
    moments = in_slices(lambda part: vae_walk.encode(vae, part), pictures, slices)
    mean, logvar = moments.chunk(2, dim=1)
    if noise is not None:
        std = torch.exp(0.5 * logvar.clamp(-30.0, 20.0))
        mean = mean + std * noise.to(mean)
    return (mean - SHIFT) * SCALING


def decode(vae: AutoencoderKL, latents: Tensor, *, slices: int = 1) -> Tensor:
    """Decode scaled latents (n 4 h w) to pictures (n 3 8h 8w)."""
    return in_slices(lambda part: vae_walk.decode(vae, part), latents / SCALING + SHIFT, slices)


def dtype_of(vae: AutoencoderKL) -> torch.dtype:
    """Return the dtype that the autoencoder computes in."""
    return next(cast(nn.Module, vae).parameters()).dtype


def in_slices(run: Callable[[Tensor], Tensor], x: Tensor, slices: int) -> Tensor:
    """Run a function over the batch in so many parts: the same result in less memory."""
    if slices <= 1 or len(x) <= 1:
        return run(x)
    return torch.cat([run(part) for part in x.chunk(slices)])
