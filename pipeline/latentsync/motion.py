"""The motion module: at each place of the picture, attention over the frames of the chunk.

Follows every layer of the down and up blocks. At most 24 frames, the length of the position table.
Parameter names are those of the published checkpoint. Space and sound are in `attention.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import cast

import torch
from torch import Tensor, nn

from pipeline.latentsync import ops
from pipeline.latentsync.attention import FeedForward, Projections


class PositionTable(nn.Module):
    """Hold the sinusoidal positions as the buffer `pe` (1 f c)."""

    pe: Tensor

    def __init__(self, width: int, max_frames: int) -> None:
        super().__init__()
        self.register_buffer("pe", sinusoids(width, max_frames))


def sinusoids(width: int, length: int) -> Tensor:
    """Tabulate positions (1 length width): even channels sine, odd cosine (Vaswani 2017)."""
    place = torch.arange(length, dtype=torch.float32)[:, None]
    rate = torch.exp(torch.arange(0, width, 2).float() * (-math.log(10_000.0) / width))
    table = torch.empty(1, length, width)
    table[0, :, 0::2] = torch.sin(place * rate)
    table[0, :, 1::2] = torch.cos(place * rate)
    return table


class TemporalAttention(Projections):
    """Attend over the frames of one place; positions are added before q, k and v."""

    def __init__(self, width: int, heads: int, max_frames: int) -> None:
        super().__init__(width, heads)
        self.pos_encoder = PositionTable(width, max_frames)

    def positions(self, frames: int) -> Tensor:
        """Return the first `frames` positions (f c)."""
        return self.pos_encoder.pe[0, :frames]

    def forward(self, x: Tensor, frames: int) -> Tensor:
        """Map (n s c), n = (b f), to (n s c)."""
        y = ops.temporal_attention(self.qkv(x), frames=frames, heads=self.heads)
        return self.answer(y)


class TemporalBlock(nn.Module):
    """Temporal attentions one after the other, then a feed-forward; each on a norm, each added."""

    def __init__(self, width: int, heads: int, attentions: int, max_frames: int) -> None:
        super().__init__()
        self.attention_blocks = nn.ModuleList(
            [TemporalAttention(width, heads, max_frames) for _ in range(attentions)]
        )
        self.norms = nn.ModuleList([nn.LayerNorm(width) for _ in range(attentions)])
        self.ff = FeedForward(width)
        self.ff_norm = nn.LayerNorm(width)

    def forward(self, x: Tensor, frames: int) -> Tensor:
        """Map (n s c) to (n s c)."""
        attentions = cast(Iterable[TemporalAttention], self.attention_blocks)
        norms = cast(Iterable[nn.LayerNorm], self.norms)
        y: Tensor | None = None
        for attention, norm in zip(attentions, norms, strict=True):
            x, y = ops.add_layer_norm(x, y, norm, positions=attention.positions(frames))
            y = attention(y, frames)
        x, y = ops.add_layer_norm(x, y, self.ff_norm, later=self.ff.bias())
        fed: Tensor = self.ff(x, y)
        return fed


class TemporalTransformer(nn.Module):
    """Wrap the temporal blocks: per-frame norm, projection in and out, residual."""

    def __init__(
        self, width: int, *, heads: int, blocks: int, attentions: int, max_frames: int, groups: int
    ) -> None:
        super().__init__()
        self.max_frames = max_frames
        self.norm = nn.GroupNorm(groups, width, eps=1e-6)
        self.proj_in = nn.Linear(width, width)
        self.transformer_blocks = nn.ModuleList(
            [TemporalBlock(width, heads, attentions, max_frames) for _ in range(blocks)]
        )
        self.proj_out = nn.Linear(width, width)

    def forward(self, x: Tensor, frames: int) -> Tensor:
        """Map (n h w c), n = (b f), to (n h w c)."""
        if frames > self.max_frames:
            raise ValueError(f"{frames} frames in one chunk; at most {self.max_frames} fit")
        n, h, w, c = x.shape
        y = self.proj_in(ops.group_norm(x, self.norm)).view(n, h * w, c)
        for block in self.transformer_blocks:
            y = block(y, frames)
        out: Tensor = self.proj_out(y)
        return x + out.view(n, h, w, c)


class MotionModule(nn.Module):
    """Give the temporal transformer the name that it has in the checkpoint."""

    def __init__(self, transformer: TemporalTransformer) -> None:
        super().__init__()
        self.temporal_transformer = transformer

    def forward(self, x: Tensor, frames: int) -> Tensor:
        """Map (n h w c), n = (b f), to (n h w c)."""
        y: Tensor = self.temporal_transformer(x, frames)
        return y
