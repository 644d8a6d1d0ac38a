"""The spatial transformer: self-attention over the picture, attention to the sound, feed-forward.

One per resnet in the blocks that have attention. Parameter names are those of the published
checkpoint. The K and V of the sound do not change during a chunk: `AudioAttention.keys` makes them
once. Frames of the unconditional half have no keys at all: their K and V would be exact zeros (no
bias), so that the attention's answer is the bias of its output layer. Motion is in `motion.py`.
"""

from __future__ import annotations

from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pipeline.latentsync import ops

KeysValues = tuple[Tensor, Tensor]
"""K and V of one audio attention, each (heard tokens c); the frames that hear come last."""


class Projections(nn.Module):
    """Hold the projections of one self-attention; q, k and v run as one matrix product."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.to_q = nn.Linear(width, width, bias=False)
        self.to_k = nn.Linear(width, width, bias=False)
        self.to_v = nn.Linear(width, width, bias=False)
        self.to_out = nn.ModuleList([nn.Linear(width, width)])
        self.fused: Tensor | None = None

    @torch.no_grad()
    def fuse(self) -> None:
        """Lay q, k and v one behind the other in memory. Call after the last `.to(...)`."""
        parts = (self.to_q, self.to_k, self.to_v)
        self.fused = torch.cat([part.weight for part in parts])
        for part, rows in zip(parts, self.fused.chunk(3), strict=True):
            part.weight.data = rows

    def qkv(self, x: Tensor) -> Tensor:
        """Project (n s c) to (n s 3c)."""
        weight = self.fused
        if weight is None:
            weight = torch.cat([self.to_q.weight, self.to_k.weight, self.to_v.weight])
        return F.linear(x, weight)

    def answer(self, y: Tensor) -> Tensor:
        """Project what the heads found, (n s c)."""
        out = cast(nn.Linear, self.to_out[0])
        return F.linear(y, out.weight, out.bias)


class SelfAttention(Projections):
    """Let every place of a frame look at every other."""

    def forward(self, x: Tensor) -> Tensor:
        """Attend over s: (n s c) to (n s c)."""
        n, s, c = x.shape
        qkv = self.qkv(x).view(n, s, 3, self.heads, c // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)  # 3 (n heads s d)
        y = F.scaled_dot_product_attention(q, k, v)
        y = y.transpose(1, 2).reshape(n, s, c)
        return self.answer(y)


class AudioAttention(nn.Module):
    """Let every place of a frame look at the 50 sound tokens of that frame."""

    def __init__(self, width: int, heads: int, audio_width: int) -> None:
        super().__init__()
        self.heads = heads
        self.to_q = nn.Linear(width, width, bias=False)
        self.to_k = nn.Linear(audio_width, width, bias=False)
        self.to_v = nn.Linear(audio_width, width, bias=False)
        self.to_out = nn.ModuleList([nn.Linear(width, width)])

    def keys(self, audio: Tensor) -> KeysValues:
        """Project the sound (heard t a) to K and V, once per chunk."""
        return self.to_k(audio), self.to_v(audio)

    def silence(self) -> Tensor:
        """Return what a frame that hears nothing gets at every place (c): the output's bias."""
        return cast(nn.Linear, self.to_out[0]).bias

    def forward(self, x: Tensor, keys: KeysValues) -> Tensor:
        """Attend from the last frames of (n s c), which hear something: (heard s c)."""
        q = self.to_q(x[len(x) - len(keys[0]) :])
        y = ops.audio_attention(q, *keys, heads=self.heads)
        out = cast(nn.Linear, self.to_out[0])
        return F.linear(y, out.weight, out.bias)


class Gate(nn.Module):
    """Widen to 4c, each value gated by the exact (erf) GELU of another."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.proj = nn.Linear(width, 8 * width)

    def forward(self, x: Tensor) -> Tensor:
        """Map (n s c) to (n s 4c)."""
        return ops.geglu(self.proj(x))


class FeedForward(nn.Module):
    """Widen through the gate and come back."""

    def __init__(self, width: int) -> None:
        super().__init__()
        # Index 1 is the dropout of the published network; it has no parameters.
        self.net = nn.Sequential(Gate(width), nn.Identity(), nn.Linear(4 * width, width))

    def bias(self) -> Tensor:
        """Return what `forward` leaves out (c): its caller has put it into the stream before."""
        return cast(nn.Linear, self.net[2]).bias

    def forward(self, stream: Tensor, x: Tensor) -> Tensor:
        """Add to the stream (n s c) what (n s c) comes to, less the bias; in the same memory."""
        return ops.add_product(stream, self.net[0](x), cast(nn.Linear, self.net[2]).weight)


class TransformerBlock(nn.Module):
    """Self-attention, attention to the sound, feed-forward; each on a layer norm, each added."""

    def __init__(self, width: int, heads: int, audio_width: int) -> None:
        super().__init__()
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(width) for _ in range(3))
        self.attn1 = SelfAttention(width, heads)
        self.attn2 = AudioAttention(width, heads, audio_width)
        self.ff = FeedForward(width)

    def forward(self, x: Tensor, keys: KeysValues, *, guided: bool = False) -> Tensor:
        """Map (n s c) to (n s c), or to (2n s c) if `guided`: from here on half hears nothing."""
        x, y = ops.add_layer_norm(x, None, self.norm1)
        y = self.attn1(y)
        if guided:
            x, y = ops.twice(x), ops.twice(y)
        x, y = ops.add_layer_norm(x, y, self.norm2)
        y = self.attn2(y, keys)
        silence, later = self.attn2.silence(), self.ff.bias()
        x, y = ops.add_layer_norm(x, y, self.norm3, lead=silence, later=later)
        fed: Tensor = self.ff(x, y)
        return fed


class SpatialTransformer(nn.Module):
    """Wrap one transformer block: per-frame norm, projection in and out, residual."""

    def __init__(self, width: int, heads: int, audio_width: int, groups: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(groups, width, eps=1e-6)
        self.proj_in = nn.Conv2d(width, width, 1)
        self.transformer_blocks = nn.ModuleList([TransformerBlock(width, heads, audio_width)])
        self.proj_out = nn.Conv2d(width, width, 1)

    def keys(self, audio: Tensor) -> KeysValues:
        """Make K and V of the sound (heard t a) for `forward`."""
        return cast(TransformerBlock, self.transformer_blocks[0]).attn2.keys(audio)

    def forward(self, x: Tensor, keys: KeysValues, *, guided: bool = False) -> Tensor:
        """Map (n h w c) to (n h w c), or to (2n h w c) if `guided`: the half without sound first.

        Until sound comes in both halves are the same, and are computed once.
        """
        n, h, w, c = x.shape
        y = ops.pointwise(ops.group_norm(x, self.norm), self.proj_in)
        y = self.transformer_blocks[0](y.view(n, h * w, c), keys, guided=guided)
        if guided:
            x = ops.twice(x)
        return x + ops.pointwise(y, self.proj_out).view(x.shape)
