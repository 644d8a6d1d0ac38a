"""The autoencoder walked in the channels-last layout, with the operations of `ops.py`.

Takes the modules of diffusers' AutoencoderKL as they are and runs the same arithmetic: per-picture
group norms with SiLU, convolutions, one self-attention at the bottom. As fast on CUDA as a
compiled autoencoder, with nothing to compile. A test holds it to diffusers' own forward.
"""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F
from torch import Tensor

from pipeline.latentsync import ops

Module = Any
"""A module of diffusers, which carries no types for its parts."""


def encode(vae: Module, pictures: Tensor) -> Tensor:
    """Give mean and log variance of the posterior (n 8 h/8 w/8) of (n 3 h w)."""
    encoder = vae.encoder
    x = ops.convolve(channels_last(pictures), encoder.conv_in)  # (n h w c) from here on
    for block in encoder.down_blocks:
        for layer in block.resnets:
            x = resnet(x, layer)
        for downsampler in block.downsamplers or ():
            x = ops.convolve(F.pad(x, (0, 0, 0, 1, 0, 1)), downsampler.conv)
    x = ops.group_norm(middle(x, encoder.mid_block), encoder.conv_norm_out, silu=True)
    x = ops.convolve(x, encoder.conv_out)
    if vae.quant_conv is not None:
        x = ops.pointwise(x, vae.quant_conv)
    return x.permute(0, 3, 1, 2)


def decode(vae: Module, z: Tensor) -> Tensor:
    """Decode unscaled latents (n 4 h w) to pictures (n 3 8h 8w)."""
    decoder = vae.decoder
    x = channels_last(z)  # (n h w c) from here on
    if vae.post_quant_conv is not None:
        x = ops.pointwise(x, vae.post_quant_conv)
    x = middle(ops.convolve(x, decoder.conv_in), decoder.mid_block)
    for block in decoder.up_blocks:
        for layer in block.resnets:
            x = resnet(x, layer)
        for upsampler in block.upsamplers or ():
            _, h, w, _ = x.shape
            x = ops.convolve(ops.upsample(x, (2 * h, 2 * w)), upsampler.conv)
    x = ops.group_norm(x, decoder.conv_norm_out, silu=True)
    return ops.convolve(x, decoder.conv_out).permute(0, 3, 1, 2)


def channels_last(x: Tensor) -> Tensor:
    """Lay (n c h w) out as (n h w c)."""
    return x.permute(0, 2, 3, 1).contiguous()


def middle(x: Tensor, block: Module) -> Tensor:
    """Run the bottom block: resnet, attention, resnet."""
    x = resnet(x, block.resnets[0])
    for attention, layer in zip(block.attentions, block.resnets[1:], strict=True):
        x = resnet(x if attention is None else attend(x, attention), layer)
    return x


def resnet(x: Tensor, layer: Module) -> Tensor:
    """Map (n h w i) to (n h w c): norm, SiLU, convolution, twice; a shortcut."""
    y = ops.convolve(ops.group_norm(x, layer.norm1, silu=True), layer.conv1, bias=False)
    y = ops.group_norm(y, layer.norm2, silu=True, shift=layer.conv1.bias)
    y = ops.convolve(y, layer.conv2, bias=False)
    shortcut = x if layer.conv_shortcut is None else ops.pointwise(x, layer.conv_shortcut)
    return ops.add_bias(y, shortcut, layer.conv2.bias)


def attend(x: Tensor, attention: Module) -> Tensor:
    """Attend over the places of each picture, one head, (n h w c)."""
    n, h, w, c = x.shape
    y = ops.group_norm(x, attention.group_norm).view(n, 1, h * w, c)
    q, k, v = (
        F.linear(y, to.weight, to.bias) for to in (attention.to_q, attention.to_k, attention.to_v)
    )
    out: Tensor = attention.to_out[0](F.scaled_dot_product_attention(q, k, v))
    return x + out.view(n, h, w, c)
