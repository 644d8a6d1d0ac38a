"""Denoise one chunk, or several side by side: DDIM, guidance, step caching.

Free functions in running order: `timesteps`, `initial_noise`, `denoise` with `ddim_step` inside.
DDIM (Song et al. 2020, eta 0) over 1000 steps with scaled-linear betas and leading spacing;
classifier-free guidance (Ho and Salimans 2022); step caching after DeepCache (Ma et al. 2023).
Latents stay in float32 between the steps whatever the network runs in: that costs nothing, and the
error of the loop is the network's alone. It knows nothing of pixels; those are in `vae.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Protocol

import torch
from torch import Tensor

from pipeline.latentsync.attention import KeysValues

TRAIN_STEPS = 1000
CACHE_INTERVAL = 3


class Network(Protocol):
    """Predict noise: `UNet3D`, or a recording of it as a CUDA graph."""

    def listen(self, audio: Tensor) -> list[KeysValues]:
        """Make K and V of the sound for every transformer."""
        ...

    def __call__(
        self,
        sample: Tensor,
        timestep: Tensor | int,
        keys: Sequence[KeysValues],
        *,
        guided: bool = False,
    ) -> tuple[Tensor, Tensor]:
        """Return the noise and the deep features; `guided`: first without sound, then with it."""
        ...

    def shallow(
        self,
        sample: Tensor,
        timestep: Tensor | int,
        keys: Sequence[KeysValues],
        deep: Tensor,
        *,
        guided: bool = False,
    ) -> Tensor:
        """Return the noise from another step's deep features."""
        ...


def alphas_cumprod() -> Tensor:
    """Return the share of signal left at each of the 1000 training steps, float32 (t)."""
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, TRAIN_STEPS, dtype=torch.float32) ** 2
    return torch.cumprod(1.0 - betas, dim=0)


def timesteps(steps: int) -> list[int]:
    """List the training steps to visit, noisiest first: 20 steps are 951, 901, ... 1."""
    if not 1 <= steps <= TRAIN_STEPS:
        raise ValueError(f"{steps} steps; from 1 to {TRAIN_STEPS} can be taken")
    stride = TRAIN_STEPS // steps
    return [i * stride + 1 for i in reversed(range(steps))]


def initial_noise(
    height: int, width: int, *, seed: int, device: torch.device, dtype: torch.dtype
) -> Tensor:
    """Draw the one frame of noise (1 4 1 h w) that every frame of every chunk starts from.

    Drawn in `dtype` on `device`, so that on CUDA a seed means what it means to the published
    implementation; CUDA and the CPU give different numbers.
    """
    generator = torch.Generator(device=device).manual_seed(seed)
    return torch.randn(1, 4, 1, height, width, generator=generator, device=device, dtype=dtype)


def denoise(
    network: Network,
    noise: Tensor,
    mask: Tensor,
    masked: Tensor,
    reference: Tensor,
    audio: Tensor,
    *,
    steps: int,
    guidance: float,
    cached: bool,
) -> Iterator[Tensor]:
    """Yield the latents (b 4 f h w), float32, after each step.

    `noise` (1 4 1 h w); `mask` (b 1 f h w), 1 = keep; `masked` and `reference` latents
    (b 4 f h w); `audio` (b*f t a), frame fastest, in the dtype of the network. Guidance of 1 or
    less runs the network once per step, more runs it twice. `cached` reuses the deep features of
    every third step for the two after it.
    """
    b, _, f, _, _ = masked.shape
    guided = guidance > 1.0
    alphas = alphas_cumprod()
    stride = TRAIN_STEPS // steps
    latents = noise.float().expand(b, -1, f, -1, -1)
    keys = network.listen(audio)  # the unconditional half hears nothing and needs none
    known = torch.cat((mask, masked, reference), dim=1).to(audio.dtype)  # (b 9 f h w)
    deep: Tensor | None = None
    for k, t in enumerate(timesteps(steps)):
        sample = torch.cat((latents.to(known.dtype), known), dim=1)  # (b 13 f h w)
        if cached and deep is not None and k % CACHE_INTERVAL:
            predicted = network.shallow(sample, t, keys, deep, guided=guided)
        else:
            predicted, deep = network(sample, t, keys, guided=guided)
        predicted = guide(predicted.float(), guidance) if guided else predicted.float()
        latents = ddim_step(latents, predicted, alphas, t, t - stride)
        yield latents


def guide(predicted: Tensor, guidance: float) -> Tensor:
    """Move from the unconditional prediction past the conditional one: (2b ...) to (b ...)."""
    unconditional, conditional = predicted.chunk(2)
    return unconditional + guidance * (conditional - unconditional)


def ddim_step(latents: Tensor, noise: Tensor, alphas: Tensor, t: int, t_next: int) -> Tensor:
    """Step from t to t_next; past the end the signal is that of training step 0, not 1."""
    now = float(alphas[t])
    then = float(alphas[max(t_next, 0)])
    clean = (latents - math.sqrt(1.0 - now) * noise) / math.sqrt(now)
    return math.sqrt(then) * clean + math.sqrt(1.0 - then) * noise
