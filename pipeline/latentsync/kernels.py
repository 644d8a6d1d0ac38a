"""Launch the Triton twins of the plain functions in `ops.py`, on CUDA.

Each function here gives what its namesake there gives, from the same layout: contiguous (n h w c)
or (n s c). Sums run in float32 whatever the dtype. Nothing is autotuned, so that the first use of
a machine costs seconds; Triton keeps what it compiled in its own cache on disk. The device code is
in `triton_code.py`, imported only where Triton is installed.
"""

from __future__ import annotations

import importlib.util

import torch
from torch import Tensor

HAS_TRITON = importlib.util.find_spec("triton") is not None

if HAS_TRITON:
    from pipeline.latentsync import triton_code

TILE_ROWS = 128
TILE_CHANNELS = 64


def usable(x: Tensor) -> bool:
    """Say whether the kernels can take this tensor."""
    return HAS_TRITON and x.is_cuda


def power_of_two(n: int) -> int:
    """Round up to a power of two."""
    return 1 << max(n - 1, 0).bit_length()


def group_norm(
    x: Tensor,
    weight: Tensor,
    bias: Tensor,
    groups: int,
    eps: float,
    frames: int,
    silu: bool,
    shift: Tensor | None,
) -> Tensor:
    """Normalise groups of (n h w c) over `frames` pictures: three passes, any size.

    Means and squared deviations per tile and channel; their sum per group (Chan et al. 1983),
    turned into one scale and offset per channel; then one pass that applies them.
    """
    n, h, w, c = x.shape
    items, rows = n // frames, frames * h * w
    tiles = -(-rows // TILE_ROWS)
    blocks = -(-c // TILE_CHANNELS)
    mean, m2 = (torch.empty(items, tiles, c, dtype=torch.float32, device=x.device) for _ in "ab")
    triton_code.tile_moments[(tiles, items, blocks)](
        x, mean, m2, rows, c, tiles, ROWS=TILE_ROWS, CHANNELS=TILE_CHANNELS
    )
    scale, offset = (torch.empty(items, c, dtype=torch.float32, device=x.device) for _ in "ab")
    width = c // groups
    triton_code.group_affine[(items, groups)](
        mean,
        m2,
        x if shift is None else shift,
        weight,
        bias,
        scale,
        offset,
        rows,
        float(rows * width),
        c,
        tiles,
        width,
        eps,
        HAS_SHIFT=shift is not None,
        ROWS=TILE_ROWS,
        TILES=min(power_of_two(tiles), 64),
        WIDTH=power_of_two(width),
    )
    y = torch.empty_like(x)
    triton_code.apply_affine[(tiles, items, blocks)](
        x, scale, offset, y, rows, c, SILU=silu, ROWS=TILE_ROWS, CHANNELS=TILE_CHANNELS
    )
    return y


def add_layer_norm(
    x: Tensor,
    y: Tensor | None,
    weight: Tensor,
    bias: Tensor,
    eps: float,
    positions: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """Add two streams (n s c), normalise over c, add positions (f c) by frame: one pass."""
    n, s, c = x.shape
    normed = torch.empty_like(x)
    stream = x if y is None else torch.empty_like(x)
    block = power_of_two(c)
    triton_code.add_layer_norm[(n * s,)](
        x,
        x if y is None else y,
        stream,
        normed,
        weight,
        bias,
        weight if positions is None else positions,
        c,
        s,
        1 if positions is None else len(positions),
        eps,
        ADDS=y is not None,
        PLACES=positions is not None,
        BLOCK=block,
        num_warps=2 if block <= 512 else 4,
    )
    return stream, normed


def geglu(x: Tensor) -> Tensor:
    """Gate (... 2c) to (... c)."""
    c = x.shape[-1] // 2
    rows = x.numel() // (2 * c)
    y = x.new_empty(*x.shape[:-1], c)
    block = 1024 if c % 1024 == 0 else 256
    triton_code.geglu[(rows, -(-c // block))](x, y, c, BLOCK=block)
    return y


def temporal_attention(qkv: Tensor, frames: int, heads: int) -> Tensor:
    """Attend over the frames at each place, reading (n s 3c) as it lies, to (n s c)."""
    n, s, c3 = qkv.shape
    c = c3 // 3
    d = c // heads
    y = qkv.new_empty(n, s, c)
    triton_code.temporal_attention[(n // frames * s, heads)](
        qkv,
        y,
        frames,
        s,
        c,
        d,
        d**-0.5,
        FRAMES=max(16, power_of_two(frames)),
        DEPTH=max(16, power_of_two(d)),
        num_warps=1 if d <= 64 else 2,
    )
    return y


def add_bias(x: Tensor, residual: Tensor, bias: Tensor) -> Tensor:
    """Return x + residual + bias in one pass, for (n h w c) and (c)."""
    c = x.shape[-1]
    y = torch.empty_like(x)
    size = x.numel()
    triton_code.add_bias[(-(-size // 1024),)](x, residual, bias, y, size, c, BLOCK=1024)
    return y
