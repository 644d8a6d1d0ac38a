"""The denoising network of LatentSync 1.5 and 1.6: Stable Diffusion's U, over frames too.

`UNet3D` is built as a `UNetConfig` describes it. Runs in any floating dtype on any device; what is
fast on CUDA hides in `ops.py`. Published key names throughout: `state_dict()` equals the manifest.
It knows nothing of steps or chunks; those are in `sampler.py` and `chunks.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pipeline.latentsync import ops
from pipeline.latentsync.attention import KeysValues, Projections, SpatialTransformer
from pipeline.latentsync.blocks import (
    Block,
    DownBlock,
    Downsampler,
    MidBlock,
    Resnet,
    TimeEmbedding,
    UpBlock,
    Upsampler,
)
from pipeline.latentsync.motion import MotionModule, TemporalTransformer
from pipeline.latentsync.unet_config import UNetConfig


class UNet3D(nn.Module):
    """Predict the noise in (b 13 f h w), given the timestep and the sound of every frame."""

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.config = config
        widths, time_width = config.widths, 4 * config.widths[0]
        self.conv_in = nn.Conv2d(config.in_channels, widths[0], 3, padding=1)
        self.time_embedding = TimeEmbedding(widths[0], time_width)
        self.down_blocks = nn.ModuleList(down_blocks(config))
        self.mid_block = mid_block(config)
        self.up_blocks = nn.ModuleList(up_blocks(config))
        self.conv_norm_out = nn.GroupNorm(config.groups, widths[0], eps=config.eps)
        self.conv_out = nn.Conv2d(widths[0], config.out_channels, 3, padding=1)

    def listen(self, audio: Tensor) -> list[KeysValues]:
        """Make K and V of the sound (heard t a) for every transformer, in running order.

        They stay the same for all steps of a chunk. Leave the unconditional frames out: `forward`
        takes the frames that have no keys as hearing nothing, which is exact (no bias in K and V).
        """
        return [
            attention.keys(audio)
            for block in (*self.down_blocks, self.mid_block, *self.up_blocks)
            for attention in block.attentions or ()
        ]

    def forward(
        self,
        sample: Tensor,
        timestep: Tensor | int,
        keys: Sequence[KeysValues],
        *,
        guided: bool = False,
    ) -> tuple[Tensor, Tensor]:
        """Return the noise (b 4 f h w) and the deep features that `shallow` can start from.

        `sample` is (b 13 f h w): noisy latents, mask, masked latents, reference latents. `guided`
        gives the noise twice (2b 4 f h w), first without sound, as if the sample stood there
        twice; what does not depend on the sound is computed once.
        """
        frames = sample.shape[2]
        time = self.time(timestep, sample)
        queue = iter(keys)
        x = self.enter(sample)
        skips = [ops.twice(x) if guided else x]
        for level, block in enumerate(self.down_blocks):
            x, more = block(x, time, queue, frames, guided=guided and level == 0)
            skips += more
        x = self.mid_block(x, time, queue, frames)
        deep = x
        for block in self.up_blocks:
            x, deep = block(x, skips, time, queue, frames)
        return self.leave(x, frames), deep

    def shallow(
        self,
        sample: Tensor,
        timestep: Tensor | int,
        keys: Sequence[KeysValues],
        deep: Tensor,
        *,
        guided: bool = False,
    ) -> Tensor:
        """Predict the noise from another step's deep features: only the last layer runs anew.

        Step caching after DeepCache (Ma et al. 2023), branch 0.
        """
        frames = sample.shape[2]
        time = self.time(timestep, sample)
        last = cast(Block, self.up_blocks[-1])
        x = self.enter(sample)
        x = ops.concat_channels(deep, ops.twice(x) if guided else x)
        x = last.layer(len(last.resnets) - 1, x, time, iter(keys[-1:]), frames)
        return self.leave(x, frames)

    def time(self, timestep: Tensor | int, like: Tensor) -> Tensor:
        """Embed the timestep, and apply the SiLU that every resnet would apply: (t)."""
        half = self.config.widths[0] // 2
        place = torch.arange(half, dtype=torch.float32, device=like.device)
        angle = timestep * torch.exp(place * (-math.log(10_000.0) / half))
        sinusoid = torch.cat((angle.cos(), angle.sin())).to(like.dtype)  # cosine first
        return F.silu(self.time_embedding(sinusoid))

    def enter(self, sample: Tensor) -> Tensor:
        """Fold the frames and convolve: (b 13 f h w) to (n h w c)."""
        folded = sample.permute(0, 2, 3, 4, 1).flatten(0, 1).contiguous()
        return ops.convolve(folded, self.conv_in)

    def leave(self, x: Tensor, frames: int) -> Tensor:
        """Normalise, convolve, unfold: (n h w c) to (b 4 f h w)."""
        x = ops.group_norm(x, self.conv_norm_out, frames=frames, silu=True)
        x = ops.convolve(x, self.conv_out)
        n, h, w, c = x.shape
        return x.view(n // frames, frames, h, w, c).permute(0, 4, 1, 2, 3)

    def fuse(self) -> UNet3D:
        """Join q, k and v of every self-attention in memory. Call after the last `.to(...)`."""
        for module in self.modules():
            if isinstance(module, Projections):
                module.fuse()
        return self


def down_blocks(config: UNetConfig) -> Iterator[DownBlock]:
    """Build the way down; each level but the last ends in a downsampler."""
    inputs = config.widths[0]
    for level, width in enumerate(config.widths):
        last = level == len(config.widths) - 1
        block = DownBlock(
            [resnet(config, inputs if i == 0 else width, width) for i in range(config.layers)],
            None if last else Downsampler(width),
        )
        furnish(block, config, width, config.down_attention[level], config.motion_down, 2**level)
        yield block
        inputs = width


def mid_block(config: UNetConfig) -> MidBlock:
    """Build the bottom."""
    width = config.widths[-1]
    block = MidBlock([resnet(config, width, width) for _ in range(2)])
    block.attentions = nn.ModuleList([transformer(config, width)])
    return block


def up_blocks(config: UNetConfig) -> Iterator[UpBlock]:
    """Build the way up; each layer also takes one skip, as wide as where it was kept."""
    rising = config.widths[::-1]
    below = rising[0]
    for level, width in enumerate(rising):
        last = level == len(rising) - 1
        kept_before = rising[min(level + 1, len(rising) - 1)]
        resnets = []
        for i in range(config.layers + 1):
            skip = kept_before if i == config.layers else width
            resnets.append(resnet(config, (below if i == 0 else width) + skip, width))
        block = UpBlock(resnets, None if last else Upsampler(width))
        scale = 2 ** (len(rising) - 1 - level)
        furnish(block, config, width, config.up_attention[level], True, scale)
        yield block
        below = width


def furnish(
    block: Block, config: UNetConfig, width: int, attends: bool, moves: bool, scale: int
) -> None:
    """Give every layer of a block its transformer and its motion module, where it has them."""
    layers = range(len(block.resnets))
    if attends:
        block.attentions = nn.ModuleList([transformer(config, width) for _ in layers])
    if moves and scale in config.motion_levels:
        block.motion_modules = nn.ModuleList([motion(config, width) for _ in layers])


def resnet(config: UNetConfig, inputs: int, width: int) -> Resnet:
    """Build one resnet."""
    time_width = 4 * config.widths[0]
    return Resnet(inputs, width, time_width=time_width, groups=config.groups, eps=config.eps)


def transformer(config: UNetConfig, width: int) -> SpatialTransformer:
    """Build one spatial transformer."""
    return SpatialTransformer(width, config.heads, config.audio_width, config.groups)


def motion(config: UNetConfig, width: int) -> MotionModule:
    """Build one motion module."""
    return MotionModule(
        TemporalTransformer(
            width,
            heads=config.motion_heads,
            blocks=config.motion_blocks,
            attentions=config.motion_attentions,
            max_frames=config.max_frames,
            groups=config.groups,
        )
    )
