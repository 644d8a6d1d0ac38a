"""The few operations that are worth a kernel: the plain torch form of each, and which one runs.

Activations are channels-last everywhere: pictures (n h w c), tokens (n s c), with n = (b f), the
frame fastest. Each function here is the definition; `kernels.py` holds a Triton twin that runs
instead on CUDA. A test holds the twins together. This file knows nothing of the networks.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pipeline.latentsync import kernels

CHANNEL_STEP = 8
"""Tensor cores take channels by eights: three more of zeros make 13 four times as fast."""


def group_norm(
    x: Tensor,
    norm: nn.GroupNorm,
    *,
    frames: int = 1,
    silu: bool = False,
    shift: Tensor | None = None,
) -> Tensor:
    """Normalise groups of channels of (n h w c), with statistics shared by `frames` pictures.

    `shift` (c) is added before (bias of the convolution before, time embedding), SiLU after.
    """
    if kernels.usable(x):
        return kernels.group_norm(
            x, norm.weight, norm.bias, norm.num_groups, norm.eps, frames, silu, shift
        )
    return group_norm_plain(x, norm, frames=frames, silu=silu, shift=shift)


def group_norm_plain(
    x: Tensor,
    norm: nn.GroupNorm,
    *,
    frames: int = 1,
    silu: bool = False,
    shift: Tensor | None = None,
) -> Tensor:
    """Define `group_norm`."""
    n, h, w, c = x.shape
    if shift is not None:
        x = x + shift
    # Sharing statistics over frames is the group norm of one picture `frames` times as tall.
    tall = x.reshape(n // frames, frames * h, w, c).permute(0, 3, 1, 2)  # (b c (f h) w)
    y = F.group_norm(tall, norm.num_groups, norm.weight, norm.bias, norm.eps)
    y = y.permute(0, 2, 3, 1).reshape(n, h, w, c)
    return F.silu(y) if silu else y


def add_layer_norm(
    x: Tensor,
    y: Tensor | None,
    norm: nn.LayerNorm,
    *,
    positions: Tensor | None = None,
    lead: Tensor | None = None,
    later: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Return the residual stream x + y and its layer norm over c, both (n s c).

    `positions` (f c) are added to the norm by frame; row n belongs to frame n % f. With `lead` (c)
    y may hold only the last rows of n; the first ones add `lead` instead. `later` (c) is added to
    the stream and not to the norm: the bias of a product that `add_product` will add.
    """
    if kernels.usable(x):
        gain, base = norm.weight, norm.bias
        return kernels.add_layer_norm(x, y, gain, base, norm.eps, positions, lead, later)
    return add_layer_norm_plain(x, y, norm, positions=positions, lead=lead, later=later)


def add_layer_norm_plain(
    x: Tensor,
    y: Tensor | None,
    norm: nn.LayerNorm,
    *,
    positions: Tensor | None = None,
    lead: Tensor | None = None,
    later: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Define `add_layer_norm`."""
    if y is not None and lead is not None:
        y = torch.cat((lead.expand(len(x) - len(y), *x.shape[1:]), y))
    stream = x if y is None else x + y
    normed = layer_norm_plain(stream, norm, positions)
    return stream if later is None else stream + later, normed


def layer_norm_plain(x: Tensor, norm: nn.LayerNorm, positions: Tensor | None = None) -> Tensor:
    """Normalise (n s c) over c and add the position of each row's frame."""
    y = F.layer_norm(x, norm.normalized_shape, norm.weight, norm.bias, norm.eps)
    if positions is None:
        return y
    n, s, c = x.shape
    f = len(positions)
    return (y.view(n // f, f, s, c) + positions[:, None]).view(n, s, c)


def geglu(x: Tensor) -> Tensor:
    """Gate the first half of (... 2c) with the exact GELU of the second, to (... c)."""
    return kernels.geglu(x) if kernels.usable(x) else geglu_plain(x)


def geglu_plain(x: Tensor) -> Tensor:
    """Define `geglu`."""
    value, gate = x.chunk(2, dim=-1)
    return value * F.gelu(gate)


def add_product(x: Tensor, y: Tensor, weight: Tensor) -> Tensor:
    """Return x + y @ weight.T for (... c), (... k) and (c k), in the memory of x.

    The product adds to what it finds there: the sum costs no pass of its own.
    """
    flat = x.view(-1, x.shape[-1])
    flat.addmm_(y.reshape(-1, y.shape[-1]), weight.t())
    return x


def temporal_attention(qkv: Tensor, *, frames: int, heads: int) -> Tensor:
    """Attend over the frames at each place: (n s 3c) with n = (b f) to (n s c)."""
    if kernels.usable(qkv):
        return kernels.temporal_attention(qkv, frames, heads)
    return temporal_attention_plain(qkv, frames=frames, heads=heads)


def temporal_attention_plain(qkv: Tensor, *, frames: int, heads: int) -> Tensor:
    """Define `temporal_attention`."""
    n, s, c3 = qkv.shape
    b, c = n // frames, c3 // 3
    split = qkv.view(b, frames, s, 3, heads, c // heads).permute(3, 0, 2, 4, 1, 5)
    q, k, v = split.reshape(3, b * s, heads, frames, c // heads)  # 3 ((b s) heads f d)
    y = F.scaled_dot_product_attention(q, k, v).view(b, s, heads, frames, c // heads)
    return y.permute(0, 3, 1, 2, 4).reshape(n, s, c)


def audio_attention(q: Tensor, k: Tensor, v: Tensor, *, heads: int) -> Tensor:
    """Attend from every place (n s c) to the tokens of its frame, k and v (n t c), to (n s c).

    cuDNN and the flash kernels are made for many keys; here there are 50.
    """
    if kernels.usable(q):
        return kernels.audio_attention(q, k, v, heads)
    return audio_attention_plain(q, k, v, heads=heads)


def audio_attention_plain(q: Tensor, k: Tensor, v: Tensor, *, heads: int) -> Tensor:
    """Define `audio_attention`."""
    n, s, c = q.shape
    q, k, v = (x.view(n, -1, heads, c // heads).transpose(1, 2) for x in (q, k, v))
    return F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, s, c)


def add_bias(x: Tensor, residual: Tensor | None, bias: Tensor | None) -> Tensor:
    """Return x + residual + bias, for (n h w c) and (c); x itself may be overwritten."""
    if bias is None:
        return x if residual is None else x + residual
    if kernels.usable(x):
        return kernels.add_bias(x, residual, bias)
    return x + bias if residual is None else x + residual + bias


def convolve(x: Tensor, conv: nn.Conv2d, *, bias: bool = True) -> Tensor:
    """Convolve (n h w c) with a published (o i kh kw) weight; `bias=False` leaves it for later."""
    weight, missing = conv.weight, -x.shape[-1] % CHANNEL_STEP
    if missing and x.is_cuda:
        x = F.pad(x, (0, missing))
        weight = F.pad(weight, (0, 0, 0, 0, 0, missing))
        weight = weight.contiguous(memory_format=torch.channels_last)
    apart = bias and kernels.usable(x)  # cuDNN would add it in a slow pass of torch's
    nchw = x.permute(0, 3, 1, 2)  # a channels_last view, no copy
    y = F.conv2d(
        nchw, weight, conv.bias if bias and not apart else None, conv.stride, conv.padding
    )
    y = y.permute(0, 2, 3, 1).contiguous()
    return add_bias(y, None, conv.bias) if apart else y


def pointwise(x: Tensor, conv: nn.Conv2d) -> Tensor:
    """Apply a 1x1 convolution to (... c): a matrix product in this layout."""
    return F.linear(x, conv.weight.flatten(1), conv.bias)


def upsample(x: Tensor, size: tuple[int, int]) -> Tensor:
    """Enlarge (n h w c) to `size` by repeating the nearest pixel."""
    return kernels.upsample(x, size) if kernels.usable(x) else upsample_plain(x, size)


def upsample_plain(x: Tensor, size: tuple[int, int]) -> Tensor:
    """Define `upsample`."""
    y = F.interpolate(x.permute(0, 3, 1, 2), size=size, mode="nearest")
    return y.permute(0, 2, 3, 1).contiguous()


def twice(x: Tensor) -> Tensor:
    """Repeat the batch: (n ...) to (2n ...)."""
    return torch.cat((x, x))


def concat_channels(x: Tensor, skip: Tensor) -> Tensor:
    """Join (n h w c) and (n h w d) to (n h w c+d)."""
    return torch.cat((x, skip), dim=-1)
