"""One chunk from pixels to pixels, and how a speech is cut into chunks.

In running order: `plan` cuts the frames; `condition` encodes what the network may see; `generate`
denoises, decodes and puts the kept pixels back. Chunks share the noise and nothing else: they may
be stacked, spread over GPUs, or taken up again after a crash. Frames of one chunk belong together
(16, the last fewer; never padded). Threads, memory and order are in `stream.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import groupby

import torch
from diffusers import AutoencoderKL
from torch import Tensor

from pipeline.latentsync import sampler, vae
from pipeline.latentsync.audio import Whisper
from pipeline.latentsync.graph import RecordedUNet, empty_cache

CHUNK_FRAMES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Say how frames are made; the defaults are the published ones, plus step caching."""

    steps: int = 20
    guidance: float = 1.5
    seed: int = 1247
    cached: bool = True
    """Reuse deep features between steps: 2.3 to 2.5 times as fast, slightly other pictures."""
    sampled: bool = False
    """Sample the encodings as the published implementation does, instead of taking the mode."""
    chunk_frames: int = CHUNK_FRAMES
    stacked: int = 1
    """How many whole chunks run side by side on the batch axis: exact, faster, more memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """Hold the networks of one device."""

    unet: sampler.Network
    vae: AutoencoderKL
    whisper: Whisper
    mask: Tensor
    """1 = keep, (r r) float32, on the device."""
    resolution: int
    device: torch.device
    dtype: torch.dtype

    def active(self) -> AbstractContextManager[object]:
        """Make the device current: kernels start on the current device of their thread."""
        return torch.cuda.device(self.device) if self.device.type == "cuda" else nullcontext()

    def record(self, allowed: bool) -> None:
        """Allow or forbid recordings of the network: they are fast and take memory."""
        if isinstance(self.unet, RecordedUNet):
            self.unet.may_record = allowed

    def free(self, may_record: bool = True) -> None:
        """Give back memory that only speed needs."""
        self.record(may_record)
        if isinstance(self.unet, RecordedUNet):
            self.unet.forget()
        if self.device.type == "cuda":
            empty_cache()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Name frames start..stop (excluded) that are made together."""

    start: int
    stop: int
    has_face: bool = True
    quiet: bool = False

    def __len__(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Hold what the network sees of the original: latents (b 4 f h w), pixels (b f 3 r r).

    `f` may be 1 where all frames of the chunk are the same picture.
    """

    pixels: Tensor
    masked: Tensor
    reference: Tensor


def plan(faces: Sequence[bool], quiet: Sequence[bool], chunk_frames: int) -> list[Chunk]:
    """Cut the frames into chunks; frames without a face form chunks of their own."""
    chunks, at = [], 0
    for has_face, run in groupby(faces):
        end = at + len(list(run))
        while at < end:
            stop = min(at + chunk_frames, end)
            chunks.append(Chunk(start=at, stop=stop, has_face=has_face, quiet=all(quiet[at:stop])))
            at = stop
    return chunks


def condition(
    encoder: AutoencoderKL,
    pixels: Tensor,
    mask: Tensor,
    noise: tuple[Tensor, Tensor] | None = None,
    *,
    slices: int = 1,
) -> Conditions:
    """Encode the pixels (b f 3 r r) in [-1, 1] with and without what the mask (r r) hides.

    `noise` for the masked and the reference encodings, each (b*f 4 h w), samples them; None
    takes the mode.
    """
    b, f = pixels.shape[:2]
    flat = pixels.flatten(0, 1)
    dtype = vae.dtype_of(encoder)
    for_masked, for_reference = noise or (None, None)
    masked = vae.encode(encoder, (flat * mask).to(dtype), for_masked, slices=slices)
    reference = vae.encode(encoder, flat.to(dtype), for_reference, slices=slices)
    return Conditions(
        pixels=pixels,
        masked=masked.view(b, f, *masked.shape[1:]).transpose(1, 2),
        reference=reference.view(b, f, *reference.shape[1:]).transpose(1, 2),
    )


def generate(
    network: sampler.Network,
    decoder: AutoencoderKL,
    conditions: Conditions,
    audio: Tensor,
    noise: Tensor,
    mask: Tensor,
    recipe: Recipe,
    *,
    slices: int = 1,
) -> Tensor:
    """Make the faces (b f 3 r r), float32 in about [-1, 1], that say the sound (b f t a).

    `noise` (1 4 1 h w); `mask` (r r), 1 = keep, in float32: its every eighth pixel masks latents.
    """
    b, f = audio.shape[:2]
    latents = run(network, conditions, audio, noise, mask, recipe)
    flat = latents.transpose(1, 2).flatten(0, 1)  # (b*f 4 h w)
    dtype = vae.dtype_of(decoder)
    decoded = vae.decode(decoder, flat.to(dtype), slices=slices).float()
    faces: Tensor = decoded.reshape(b, f, *decoded.shape[1:])
    return faces * (1.0 - mask) + conditions.pixels * mask


def run(
    network: sampler.Network,
    conditions: Conditions,
    audio: Tensor,
    noise: Tensor,
    mask: Tensor,
    recipe: Recipe,
) -> Tensor:
    """Denoise to the last latents (b 4 f h w), float32."""
    b, f = audio.shape[:2]
    latent_mask = mask[None, None, None, ::8, ::8].expand(b, 1, f, -1, -1)
    last = noise
    for latents in sampler.denoise(
        network,
        noise,
        latent_mask.to(audio.dtype),
        conditions.masked.expand(b, -1, f, -1, -1).to(audio.dtype),
        conditions.reference.expand(b, -1, f, -1, -1).to(audio.dtype),
        audio.flatten(0, 1),
        steps=recipe.steps,
        guidance=recipe.guidance,
        cached=recipe.cached,
    ):
        last = latents
    return last


def encoding_noise(
    shape: tuple[int, ...], *, seed: int, start: int, device: torch.device, dtype: torch.dtype
) -> tuple[Tensor, Tensor]:
    """Draw noise for masked and reference encodings (n 4 h w), by seed and first frame.

    A chunk draws its own, so that it comes out the same wherever and whenever it is made.
    """
    generator = torch.Generator(device=device).manual_seed(seed * 1_000_003 + start + 1)
    masked = torch.randn(shape, generator=generator, device=device, dtype=dtype)
    return masked, torch.randn(shape, generator=generator, device=device, dtype=dtype)
