"""Resnets, samplers, and the blocks of the U: in each layer resnet, then sound, then motion.

Activations are (n h w c) with n = (b f), the frame fastest. A resnet's norms share their
statistics over all frames of one batch item, so that the result of a chunk depends on its length:
never pad a chunk. Parameter names are those of the published checkpoint.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch.nn.functional as F
from torch import Tensor, nn

from pipeline.latentsync import ops
from pipeline.latentsync.attention import KeysValues


class Resnet(nn.Module):
    """Two convolutions with the time between them, and a shortcut."""

    def __init__(
        self, inputs: int, width: int, *, time_width: int, groups: int, eps: float
    ) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(groups, inputs, eps=eps)
        self.conv1 = nn.Conv2d(inputs, width, 3, padding=1)
        self.time_emb_proj = nn.Linear(time_width, width)
        self.norm2 = nn.GroupNorm(groups, width, eps=eps)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        self.conv_shortcut = nn.Conv2d(inputs, width, 1) if inputs != width else None

    def forward(self, x: Tensor, time: Tensor, frames: int) -> Tensor:
        """Map (n h w i) to (n h w c); `time` is SiLU(time embedding), (t)."""
        y = ops.group_norm(x, self.norm1, frames=frames, silu=True)
        y = ops.convolve(y, self.conv1, bias=False)
        shift = self.time_emb_proj(time) + self.conv1.bias  # (c)
        y = ops.group_norm(y, self.norm2, frames=frames, silu=True, shift=shift)
        y = ops.convolve(y, self.conv2, bias=False)
        shortcut = x if self.conv_shortcut is None else ops.pointwise(x, self.conv_shortcut)
        return ops.add_bias(y, shortcut, self.conv2.bias)


class Downsampler(nn.Module):
    """Halve the picture with a convolution of stride 2."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, stride=2, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Map (n h w c) to (n h/2 w/2 c)."""
        return ops.convolve(x, self.conv)


class Upsampler(nn.Module):
    """Enlarge the picture to the size of the skip that comes next, then convolve."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor, size: tuple[int, int]) -> Tensor:
        """Map (n h w c) to (n *size c)."""
        return ops.convolve(ops.upsample(x, size), self.conv)


class Block(nn.Module):
    """Hold the layers of one level: resnets, attentions (or none), motion modules (or none)."""

    def __init__(self, resnets: Sequence[Resnet]) -> None:
        super().__init__()
        self.resnets = nn.ModuleList(resnets)
        self.attentions: nn.ModuleList | None = None
        self.motion_modules: nn.ModuleList | None = None

    def layer(
        self,
        i: int,
        x: Tensor,
        time: Tensor,
        keys: Iterator[KeysValues],
        frames: int,
        *,
        guided: bool = False,
    ) -> Tensor:
        """Run layer i: resnet, transformer, motion module; `guided` doubles the batch inside."""
        x = self.resnets[i](x, time, frames)
        if self.attentions is not None:
            x = self.attentions[i](x, next(keys), guided=guided)
        elif guided:
            x = ops.twice(x)
        if self.motion_modules is not None:
            x = self.motion_modules[i](x, frames)
        return x


class DownBlock(Block):
    """Keep a skip after every layer and after the downsampler."""

    def __init__(self, resnets: Sequence[Resnet], downsampler: Downsampler | None) -> None:
        super().__init__(resnets)
        self.downsamplers = None if downsampler is None else nn.ModuleList([downsampler])

    def forward(
        self,
        x: Tensor,
        time: Tensor,
        keys: Iterator[KeysValues],
        frames: int,
        *,
        guided: bool = False,
    ) -> tuple[Tensor, list[Tensor]]:
        """Map (n h w i) to (n h' w' c) and its skips; `guided` doubles n in the first layer."""
        skips = []
        for i in range(len(self.resnets)):
            x = self.layer(i, x, time, keys, frames, guided=guided and i == 0)
            skips.append(x)
        if self.downsamplers is not None:
            x = self.downsamplers[0](x)
            skips.append(x)
        return x, skips


class MidBlock(Block):
    """Resnet, transformer, resnet; no motion."""

    def forward(self, x: Tensor, time: Tensor, keys: Iterator[KeysValues], frames: int) -> Tensor:
        """Map (n h w c) to (n h w c)."""
        x = self.resnets[0](x, time, frames)
        for attention, resnet in zip(self.attentions or (), self.resnets[1:], strict=True):
            x = resnet(attention(x, next(keys)), time, frames)
        return x


class UpBlock(Block):
    """Join a skip before every layer; the skips come off the end of the list."""

    def __init__(self, resnets: Sequence[Resnet], upsampler: Upsampler | None) -> None:
        super().__init__(resnets)
        self.upsamplers = None if upsampler is None else nn.ModuleList([upsampler])

    def forward(
        self,
        x: Tensor,
        skips: list[Tensor],
        time: Tensor,
        keys: Iterator[KeysValues],
        frames: int,
    ) -> tuple[Tensor, Tensor]:
        """Map (n h w i) to (n h' w' c); also what entered the last layer before its skip."""
        before_last = x
        for i in range(len(self.resnets)):
            before_last = x
            x = self.layer(i, ops.concat_channels(x, skips.pop()), time, keys, frames)
        if self.upsamplers is not None:
            _, h, w, _ = skips[-1].shape
            x = self.upsamplers[0](x, (h, w))
        return x, before_last


class TimeEmbedding(nn.Module):
    """Turn a sinusoid of the timestep into the vector that every resnet adds."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.linear_1 = nn.Linear(inputs, width)
        self.linear_2 = nn.Linear(width, width)

    def forward(self, sinusoid: Tensor) -> Tensor:
        """Map (i) to (t)."""
        y: Tensor = self.linear_2(F.silu(self.linear_1(sinusoid)))
        return y
