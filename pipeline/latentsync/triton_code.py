# mypy: ignore-errors
# (Triton compiles these functions itself; to a type checker they are not Python.)
"""The device code behind `kernels.py`, in Triton.

Rows are places of a picture, channels lie side by side. Offsets that may pass 2^31 are int64.
"""

from __future__ import annotations

import triton
import triton.language as tl

PLAIN = ("rows", "led", "tiles", "size", "spatial", "frames", "tokens", "from_h", "from_w")
"""Numbers whose divisibility speeds nothing up: chunks of other lengths compile nothing anew."""


def kernel(function):
    """Compile a function without regard to the numbers in PLAIN."""
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    return triton.jit(function, do_not_specialize=[name for name in names if name in PLAIN])


@kernel
def tile_moments(
    x, mean, m2, rows, c, tiles, ROWS: tl.constexpr, CHANNELS: tl.constexpr
):  # fmt: skip
    """Write mean and sum of squared deviations of each channel of each tile of rows."""
    tile, item, block = tl.program_id(0), tl.program_id(1), tl.program_id(2)
    row = tile * ROWS + tl.arange(0, ROWS)
    channel = block * CHANNELS + tl.arange(0, CHANNELS)
    inside = (row < rows)[:, None] & (channel < c)[None, :]
    at = (item.to(tl.int64) * rows + row)[:, None] * c + channel[None, :]
    value = tl.load(x + at, mask=inside, other=0.0).to(tl.float32)
    count = tl.minimum(ROWS, rows - tile * ROWS).to(tl.float32)
    centre = tl.sum(value, axis=0) / count
    off = tl.where(inside, value - centre[None, :], 0.0)
    out = (item * tiles + tile) * c + channel
    tl.store(mean + out, centre, mask=channel < c)
    tl.store(m2 + out, tl.sum(off * off, axis=0), mask=channel < c)


@kernel
def group_affine(
    mean, m2, shift, weight, bias, scale, offset, rows, size, c, tiles, width, eps,
    HAS_SHIFT: tl.constexpr, ROWS: tl.constexpr, TILES: tl.constexpr, WIDTH: tl.constexpr,
):  # fmt: skip
    """Join the tiles of one group into scale and offset of its channels."""
    item, group = tl.program_id(0), tl.program_id(1)
    place = tl.arange(0, WIDTH)
    member = place < width
    channel = group * width + place
    moved = tl.zeros((WIDTH,), tl.float32)
    if HAS_SHIFT:
        moved = tl.load(shift + channel, mask=member, other=0.0).to(tl.float32)
    total = tl.zeros((WIDTH,), tl.float32)
    for first in range(0, tiles, TILES):
        tile = first + tl.arange(0, TILES)
        inside = (tile < tiles)[:, None] & member[None, :]
        at = (item * tiles + tile)[:, None] * c + channel[None, :]
        count = tl.minimum(ROWS, rows - tile * ROWS).to(tl.float32)
        centre = tl.load(mean + at, mask=inside, other=0.0) + moved[None, :]
        total += tl.sum(tl.where(inside, centre * count[:, None], 0.0), axis=0)
    middle = tl.sum(tl.where(member, total, 0.0), axis=0) / size
    spread = tl.zeros((WIDTH,), tl.float32)
    for first in range(0, tiles, TILES):
        tile = first + tl.arange(0, TILES)
        inside = (tile < tiles)[:, None] & member[None, :]
        at = (item * tiles + tile)[:, None] * c + channel[None, :]
        count = tl.minimum(ROWS, rows - tile * ROWS).to(tl.float32)
        off = tl.load(mean + at, mask=inside, other=0.0) + moved[None, :] - middle
        within = tl.load(m2 + at, mask=inside, other=0.0)
        spread += tl.sum(tl.where(inside, within + off * off * count[:, None], 0.0), axis=0)
    variance = tl.sum(tl.where(member, spread, 0.0), axis=0) / size
    gain = tl.load(weight + channel, mask=member, other=0.0).to(tl.float32)
    base = tl.load(bias + channel, mask=member, other=0.0).to(tl.float32)
    a = gain / tl.sqrt(variance + eps)
    tl.store(scale + item * c + channel, a, mask=member)
    tl.store(offset + item * c + channel, base + (moved - middle) * a, mask=member)


@kernel
def apply_affine(
    x, scale, offset, y, rows, c,
    SILU: tl.constexpr, ROWS: tl.constexpr, CHANNELS: tl.constexpr,
):  # fmt: skip
    """Scale and offset each channel, then SiLU."""
    tile, item, block = tl.program_id(0), tl.program_id(1), tl.program_id(2)
    row = tile * ROWS + tl.arange(0, ROWS)
    channel = block * CHANNELS + tl.arange(0, CHANNELS)
    known = channel < c
    inside = (row < rows)[:, None] & known[None, :]
    at = (item.to(tl.int64) * rows + row)[:, None] * c + channel[None, :]
    a = tl.load(scale + item * c + channel, mask=known, other=0.0)
    b = tl.load(offset + item * c + channel, mask=known, other=0.0)
    value = tl.load(x + at, mask=inside, other=0.0).to(tl.float32) * a[None, :] + b[None, :]
    if SILU:
        value = value / (1.0 + tl.exp(-value))
    tl.store(y + at, value.to(y.dtype.element_ty), mask=inside)


@kernel
def add_layer_norm(
    x, y, lead, later, stream, normed, weight, bias, positions,
    rows, led, c, spatial, frames, eps,
    ADDS: tl.constexpr, LEADS: tl.constexpr, LATER: tl.constexpr, PLACES: tl.constexpr,
    ROWS: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    """Add, keep the sum with what comes later, normalise it, add its frame's position."""
    row = tl.program_id(0) * ROWS + tl.arange(0, ROWS)
    channel = tl.arange(0, BLOCK)
    known = (channel < c)[None, :]
    inside = (row < rows)[:, None] & known
    at = row.to(tl.int64)[:, None] * c + channel[None, :]
    value = tl.load(x + at, mask=inside, other=0.0).to(tl.float32)
    if ADDS:
        if LEADS:
            same = tl.load(lead + channel, mask=channel < c, other=0.0).to(tl.float32)
            own = (row >= led)[:, None]
            at_y = (row - led).to(tl.int64)[:, None] * c + channel[None, :]
            added = tl.load(y + at_y, mask=inside & own, other=0.0).to(tl.float32)
            value += tl.where(own, added, same[None, :])
        else:
            value += tl.load(y + at, mask=inside, other=0.0).to(tl.float32)
        kept = value
        if LATER:
            kept += tl.load(later + channel, mask=channel < c, other=0.0).to(tl.float32)[None, :]
        tl.store(stream + at, kept.to(stream.dtype.element_ty), mask=inside)
        value = tl.where(known, value, 0.0)
    centre = tl.sum(value, axis=1) / c
    off = tl.where(known, value - centre[:, None], 0.0)
    variance = tl.sum(off * off, axis=1) / c
    gain = tl.load(weight + channel, mask=channel < c, other=0.0).to(tl.float32)
    base = tl.load(bias + channel, mask=channel < c, other=0.0).to(tl.float32)
    value = off / tl.sqrt(variance + eps)[:, None] * gain[None, :] + base[None, :]
    if PLACES:
        frame = (row // spatial) % frames
        at_place = frame[:, None] * c + channel[None, :]
        value += tl.load(positions + at_place, mask=inside, other=0.0).to(tl.float32)
    tl.store(normed + at, value.to(normed.dtype.element_ty), mask=inside)


@kernel
def geglu(x, y, rows, c, ROWS: tl.constexpr, BLOCK: tl.constexpr):
    """Multiply the first half of each row by the exact GELU of the second."""
    row = tl.program_id(0) * ROWS + tl.arange(0, ROWS)
    channel = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    inside = (row < rows)[:, None] & (channel < c)[None, :]
    at = row.to(tl.int64)[:, None] * (2 * c) + channel[None, :]
    value = tl.load(x + at, mask=inside, other=0.0).to(tl.float32)
    gate = tl.load(x + at + c, mask=inside, other=0.0).to(tl.float32)
    gate = 0.5 * gate * (1.0 + tl.erf(gate * 0.7071067811865476))
    to = row.to(tl.int64)[:, None] * c + channel[None, :]
    tl.store(y + to, (value * gate).to(y.dtype.element_ty), mask=inside)


@kernel
def temporal_attention(
    qkv, y, frames, spatial, c, heads, scale,
    FRAMES: tl.constexpr, D: tl.constexpr, DEPTH: tl.constexpr,
):  # fmt: skip
    """Attend over the frames of one place and one head; the heads of a place run together.

    D is known when compiling, so that the compiler sees that rows of a head can be read 16 bytes
    at a time.
    """
    place, head = tl.program_id(0) // heads, tl.program_id(0) % heads
    frame, depth = tl.arange(0, FRAMES), tl.arange(0, DEPTH)
    inside = (frame < frames)[:, None] & (depth < D)[None, :]
    row = ((place // spatial) * frames + frame).to(tl.int64) * spatial + place % spatial
    channel = head * D + depth
    at = row[:, None] * (3 * c) + channel[None, :]
    q = tl.load(qkv + at, mask=inside, other=0.0)
    k = tl.load(qkv + at + c, mask=inside, other=0.0)
    v = tl.load(qkv + at + 2 * c, mask=inside, other=0.0)
    score = tl.dot(q, tl.trans(k), input_precision="ieee") * scale
    score = tl.where((frame < frames)[None, :], score, float("-inf"))
    share = tl.exp(score - tl.max(score, axis=1)[:, None])
    share = share / tl.sum(share, axis=1)[:, None]
    out = tl.dot(share.to(v.dtype), v, input_precision="ieee")
    to = row[:, None] * c + channel[None, :]
    tl.store(y + to, out.to(y.dtype.element_ty), mask=inside)


@kernel
def audio_attention(
    q, k, v, y, spatial, tokens, c, heads, scale,
    ROWS: tl.constexpr, TOKENS: tl.constexpr, D: tl.constexpr, DEPTH: tl.constexpr,
):  # fmt: skip
    """Attend from some places of one frame, in one head, to all its tokens of sound."""
    block, head, frame = tl.program_id(0) // heads, tl.program_id(0) % heads, tl.program_id(1)
    place, token = block * ROWS + tl.arange(0, ROWS), tl.arange(0, TOKENS)
    depth = tl.arange(0, DEPTH)
    channel = (head * D + depth)[None, :]
    inside = (place < spatial)[:, None] & (depth < D)[None, :]
    heard = (token < tokens)[:, None] & (depth < D)[None, :]
    at = (frame.to(tl.int64) * spatial + place)[:, None] * c + channel
    at_sound = (frame * tokens + token)[:, None] * c + channel
    asked = tl.load(q + at, mask=inside, other=0.0)
    key = tl.load(k + at_sound, mask=heard, other=0.0)
    score = tl.dot(asked, tl.trans(key), input_precision="ieee") * scale
    score = tl.where((token < tokens)[None, :], score, float("-inf"))
    share = tl.exp(score - tl.max(score, axis=1)[:, None])
    share = share / tl.sum(share, axis=1)[:, None]
    value = tl.load(v + at_sound, mask=heard, other=0.0)
    out = tl.dot(share.to(value.dtype), value, input_precision="ieee")
    tl.store(y + at, out.to(y.dtype.element_ty), mask=inside)


@kernel
def add_bias(
    x, residual, bias, y, rows, c,
    ADDS: tl.constexpr, ROWS: tl.constexpr, CHANNELS: tl.constexpr,
):  # fmt: skip
    """Add a bias per channel, and another tensor."""
    row = tl.program_id(0) * ROWS + tl.arange(0, ROWS)
    channel = tl.program_id(1) * CHANNELS + tl.arange(0, CHANNELS)
    known = channel < c
    inside = (row < rows)[:, None] & known[None, :]
    at = row.to(tl.int64)[:, None] * c + channel[None, :]
    value = tl.load(x + at, mask=inside, other=0.0).to(tl.float32)
    if ADDS:
        value += tl.load(residual + at, mask=inside, other=0.0).to(tl.float32)
    value += tl.load(bias + channel, mask=known, other=0.0).to(tl.float32)[None, :]
    tl.store(y + at, value.to(y.dtype.element_ty), mask=inside)


@kernel
def upsample(
    x, y, rows, from_h, from_w, to_h, to_w, c, ROWS: tl.constexpr, CHANNELS: tl.constexpr
):  # fmt: skip
    """Copy to each row of y the nearest row of x."""
    row = tl.program_id(0) * ROWS + tl.arange(0, ROWS)
    channel = tl.program_id(1) * CHANNELS + tl.arange(0, CHANNELS)
    inside = (row < rows)[:, None] & (channel < c)[None, :]
    line = row // to_w
    at_h, at_w = line % to_h * from_h // to_h, row % to_w * from_w // to_w
    source = (line // to_h * from_h + at_h) * from_w + at_w
    value = tl.load(x + source.to(tl.int64)[:, None] * c + channel[None, :], mask=inside)
    tl.store(y + row.to(tl.int64)[:, None] * c + channel[None, :], value, mask=inside)
