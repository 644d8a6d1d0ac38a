"""The network run plainly: eager torch over (b c f h w), every sound projected in every step.

The yardstick of the speed bench, and a second opinion on the arithmetic: it shares the parameters
of `UNet3D` and none of its forward. Stands where a `sampler.Network` stands.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from pipeline.latentsync.attention import KeysValues
from pipeline.latentsync.unet import UNet3D

Module = Any


class PublishedLayout:
    """Run a UNet3D in the layout of the published implementation."""

    def __init__(self, unet: UNet3D) -> None:
        self.unet: Module = unet

    def listen(self, audio: Tensor) -> list[KeysValues]:
        """Keep the tokens: they are projected at every step."""
        return [(audio, audio)]

    def __call__(
        self,
        sample: Tensor,
        timestep: Tensor | int,
        keys: Sequence[KeysValues],
        *,
        guided: bool = False,
    ) -> tuple[Tensor, Tensor]:
        """Return the noise and what enters the last layer."""
        sample = torch.cat((sample, sample)) if guided else sample
        audio, time = self.tokens(sample, keys), self.time(timestep, sample)
        x = inflated(sample, self.unet.conv_in)
        skips = [x]
        for block in self.unet.down_blocks:
            for i in range(len(block.resnets)):
                x = layer(block, i, x, time, audio)
                skips.append(x)
            for downsampler in block.downsamplers or ():
                x = inflated(x, downsampler.conv)
                skips.append(x)
        mid = self.unet.mid_block
        x = resnet(x, mid.resnets[0], time)
        x = resnet(transformer(x, mid.attentions[0], audio), mid.resnets[1], time)
        deep = x
        for block in self.unet.up_blocks:
            for i in range(len(block.resnets)):
                deep = x
                x = layer(block, i, torch.cat((x, skips.pop()), dim=1), time, audio)
            for upsampler in block.upsamplers or ():
                frames = x.shape[2]
                y = F.interpolate(fold(x), scale_factor=2.0, mode="nearest")
                x = inflated(unfold(y, frames), upsampler.conv)
        return self.head(x), deep

    def shallow(
        self,
        sample: Tensor,
        timestep: Tensor | int,
        keys: Sequence[KeysValues],
        deep: Tensor,
        *,
        guided: bool = False,
    ) -> Tensor:
        """Run the last layer only."""
        sample = torch.cat((sample, sample)) if guided else sample
        audio, time = self.tokens(sample, keys), self.time(timestep, sample)
        block = self.unet.up_blocks[-1]
        x = torch.cat((deep, inflated(sample, self.unet.conv_in)), dim=1)
        return self.head(layer(block, len(block.resnets) - 1, x, time, audio))

    def tokens(self, sample: Tensor, keys: Sequence[KeysValues]) -> Tensor:
        """Put the silence of the unconditional half before the sound."""
        audio = keys[0][0]
        missing = sample.shape[0] * sample.shape[2] - len(audio)
        return torch.cat((audio.new_zeros(missing, *audio.shape[1:]), audio))

    def time(self, timestep: Tensor | int, sample: Tensor) -> Tensor:
        """Embed the timestep for every batch item."""
        half = self.unet.config.widths[0] // 2
        place = torch.arange(half, dtype=torch.float32, device=sample.device)
        angle = timestep * torch.exp(place * (-math.log(10_000.0) / half))
        sinusoid = torch.cat((angle.cos(), angle.sin())).to(sample.dtype)
        embedded: Tensor = self.unet.time_embedding(sinusoid[None].expand(len(sample), -1))
        return embedded

    def head(self, x: Tensor) -> Tensor:
        """Normalise and convolve to the noise."""
        return inflated(F.silu(self.unet.conv_norm_out(x)), self.unet.conv_out)


def fold(x: Tensor) -> Tensor:
    """Lay (b c f h w) out as ((b f) c h w)."""
    return x.transpose(1, 2).flatten(0, 1)


def unfold(x: Tensor, frames: int) -> Tensor:
    """Lay ((b f) c h w) out as (b c f h w)."""
    return x.view(-1, frames, *x.shape[1:]).transpose(1, 2).contiguous()


def inflated(x: Tensor, conv: Module) -> Tensor:
    """Convolve each frame of (b c f h w)."""
    return unfold(conv(fold(x).contiguous()).contiguous(), x.shape[2])


def layer(block: Module, i: int, x: Tensor, time: Tensor, audio: Tensor) -> Tensor:
    """Run resnet, transformer and motion module i."""
    x = resnet(x, block.resnets[i], time)
    if block.attentions is not None:
        x = transformer(x, block.attentions[i], audio)
    if block.motion_modules is not None:
        x = motion(x, block.motion_modules[i].temporal_transformer)
    return x


def resnet(x: Tensor, block: Module, time: Tensor) -> Tensor:
    """Run one resnet on (b c f h w)."""
    y = inflated(F.silu(block.norm1(x)), block.conv1)
    y = y + block.time_emb_proj(F.silu(time))[:, :, None, None, None]
    y = inflated(F.silu(block.norm2(y)), block.conv2)
    return y + (x if block.conv_shortcut is None else inflated(x, block.conv_shortcut))


def attend(q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
    """Attend from (n s c) to (n t c)."""
    q, k, v = (
        z.view(len(z), z.shape[1], heads, -1).transpose(1, 2).contiguous() for z in (q, k, v)
    )
    y = F.scaled_dot_product_attention(q, k, v)
    return y.transpose(1, 2).flatten(2)


def feed_forward(x: Tensor, ff: Module) -> Tensor:
    """Run the gated feed-forward."""
    value, gate = ff.net[0].proj(x).chunk(2, dim=-1)
    out: Tensor = ff.net[2](value * F.gelu(gate))
    return out


def transformer(x: Tensor, outer: Module, audio: Tensor) -> Tensor:
    """Run one spatial transformer on (b c f h w)."""
    frames, (h, w) = x.shape[2], x.shape[3:]
    y = outer.proj_in(outer.norm(fold(x)))
    y = y.flatten(2).transpose(1, 2)  # ((b f) (h w) c)
    block = outer.transformer_blocks[0]
    own, other = block.attn1, block.attn2
    z = block.norm1(y)
    y = y + own.to_out[0](attend(own.to_q(z), own.to_k(z), own.to_v(z), own.heads))
    z = block.norm2(y)
    heard = attend(other.to_q(z), other.to_k(audio), other.to_v(audio), other.heads)
    y = y + other.to_out[0](heard)
    y = y + feed_forward(block.norm3(y), block.ff)
    y = y.transpose(1, 2).reshape(len(y), -1, h, w).contiguous()
    return x + unfold(outer.proj_out(y), frames)


def motion(x: Tensor, outer: Module) -> Tensor:
    """Run one motion module on (b c f h w)."""
    frames, (h, w) = x.shape[2], x.shape[3:]
    y = outer.norm(fold(x)).flatten(2).transpose(1, 2)
    y = outer.proj_in(y)  # ((b f) (h w) c)
    for block in outer.transformer_blocks:
        for attention, norm in zip(block.attention_blocks, block.norms, strict=True):
            n, s, c = y.shape
            z = norm(y).view(-1, frames, s, c).transpose(1, 2).reshape(-1, frames, c)
            z = z + attention.pos_encoder.pe[:, :frames]
            z = attend(attention.to_q(z), attention.to_k(z), attention.to_v(z), attention.heads)
            z = attention.to_out[0](z)
            y = y + z.view(-1, s, frames, c).transpose(1, 2).reshape(n, s, c)
        y = y + feed_forward(block.ff_norm(y), block.ff)
    y = outer.proj_out(y).transpose(1, 2).reshape(-1, y.shape[2], h, w).contiguous()
    return x + unfold(y, frames)
