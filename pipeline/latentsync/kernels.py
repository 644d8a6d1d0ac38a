"""Launch the Triton twins of the plain functions in `ops.py`, on CUDA.

Each function here gives what its namesake there gives, from the same layout: contiguous (n h w c)
or (n s c). Where a kernel cannot run, `obstacle` says why, and the plain functions run. Sums run
in float32 whatever the dtype. Nothing is autotuned, so that the first use of
a machine costs seconds; Triton keeps what it compiled in its own cache on disk. The device code is
in `triton_code.py`, imported only where Triton is installed.
"""

from __future__ import annotations

import importlib.util
from functools import cache

import torch
from torch import Tensor

HAS_TRITON = importlib.util.find_spec("triton") is not None

if HAS_TRITON:
    from pipeline.latentsync import triton_code

TILE_ROWS = 128
TILE_CHANNELS = 64
NORM_TILE = 2048
GATE_ROWS, GATE_CHANNELS = 4, 256
COPY_TILE = 2048
QUERY_ROWS = 64
"""Sizes of the blocks that one program takes: 8 to 64 values per thread."""
PROBE_FRAMES, PROBE_WIDTH = 16, 40


def usable(x: Tensor) -> bool:
    """Say whether the kernels can take this tensor."""
    return x.is_cuda and obstacle(x.device) is None


@cache
def obstacle(device: torch.device) -> str | None:
    """Try the most demanding kernel once on a CUDA device; say what prevents it, None for nothing.

    Triton compiles for few cards before compute capability 8.0, and needs a C compiler.
    """
    if not HAS_TRITON:
        return "Triton is not installed"
    try:
        with torch.cuda.device(device):
            qkv = torch.ones(PROBE_FRAMES, 1, 3 * PROBE_WIDTH, device=device, dtype=torch.float16)
            y = temporal_attention(qkv, PROBE_FRAMES, 1)  # ones, whatever they attend to
            if torch.allclose(y, torch.ones_like(y), atol=1e-2):
                return None
            return "its compiler gives wrong results for this device"
    except torch.OutOfMemoryError:
        raise
    except Exception as e:  # whatever compiler and driver raise, the plain operations still run
        return f"{type(e).__name__}: {(str(e).splitlines() or [''])[0][:160]}"


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
    lead: Tensor | None,
    later: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """Add two streams (n s c), normalise over c, add positions (f c) by frame: one pass.

    With `lead` (c), rows before those of y add that instead; `later` (c) joins the stream alone.
    """
    n, s, c = x.shape
    normed = torch.empty_like(x)
    stream = x if y is None else torch.empty_like(x)
    block = power_of_two(c)
    rows_each = max(1, NORM_TILE // block)
    triton_code.add_layer_norm[(-(-n * s // rows_each),)](
        x,
        x if y is None else y,
        weight if lead is None else lead,
        weight if later is None else later,
        stream,
        normed,
        weight,
        bias,
        weight if positions is None else positions,
        n * s,
        0 if y is None else (n - len(y)) * s,
        c,
        s,
        1 if positions is None else len(positions),
        eps,
        ADDS=y is not None,
        LEADS=y is not None and lead is not None,
        LATER=later is not None,
        PLACES=positions is not None,
        ROWS=rows_each,
        BLOCK=block,
        num_warps=4,
    )
    return stream, normed


def geglu(x: Tensor) -> Tensor:
    """Gate (... 2c) to (... c)."""
    c = x.shape[-1] // 2
    rows = x.numel() // (2 * c)
    y = x.new_empty(*x.shape[:-1], c)
    triton_code.geglu[(-(-rows // GATE_ROWS), -(-c // GATE_CHANNELS))](
        x, y, rows, c, ROWS=GATE_ROWS, BLOCK=GATE_CHANNELS
    )
    return y


def temporal_attention(qkv: Tensor, frames: int, heads: int) -> Tensor:
    """Attend over the frames at each place, reading (n s 3c) as it lies, to (n s c)."""
    n, s, c3 = qkv.shape
    c = c3 // 3
    d = c // heads
    y = qkv.new_empty(n, s, c)
    triton_code.temporal_attention[(n // frames * s * heads,)](
        qkv,
        y,
        frames,
        s,
        c,
        heads,
        d**-0.5,
        FRAMES=max(16, power_of_two(frames)),
        D=d,
        DEPTH=max(16, power_of_two(d)),
        num_warps=1 if d <= 64 else 2,
    )
    return y


def audio_attention(q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
    """Attend from (n s c) to the few tokens (n t c) of each frame, to (n s c)."""
    n, s, c = q.shape
    d = c // heads
    y = torch.empty_like(q)
    triton_code.audio_attention[(-(-s // QUERY_ROWS) * heads, n)](
        q,
        k,
        v,
        y,
        s,
        k.shape[1],
        c,
        heads,
        d**-0.5,
        ROWS=QUERY_ROWS,
        TOKENS=max(16, power_of_two(k.shape[1])),
        D=d,
        DEPTH=max(16, power_of_two(d)),
        num_warps=4 if d <= 128 else 8,
    )
    return y


def add_bias(x: Tensor, residual: Tensor | None, bias: Tensor) -> Tensor:
    """Return x + residual + bias for (n h w c) and (c); without a residual, in the memory of x."""
    c = x.shape[-1]
    rows = x.numel() // c
    y = x if residual is None else torch.empty_like(x)
    grid, block = rows_by_channels(rows, c)
    triton_code.add_bias[grid](
        x,
        x if residual is None else residual,
        bias,
        y,
        rows,
        c,
        ADDS=residual is not None,
        **block,
    )
    return y


def upsample(x: Tensor, size: tuple[int, int]) -> Tensor:
    """Enlarge (n h w c) to `size` by repeating the nearest pixel."""
    n, h, w, c = x.shape
    y = x.new_empty(n, *size, c)
    rows = n * size[0] * size[1]
    grid, block = rows_by_channels(rows, c)
    triton_code.upsample[grid](x, y, rows, h, w, *size, c, **block)
    return y


def rows_by_channels(rows: int, c: int) -> tuple[tuple[int, int], dict[str, int]]:
    """Divide a matrix (rows c) among programs: the grid, and the block that each takes."""
    channels = min(TILE_CHANNELS, power_of_two(c))
    each = COPY_TILE // channels
    return (-(-rows // each), -(-c // channels)), {"ROWS": each, "CHANNELS": channels}
