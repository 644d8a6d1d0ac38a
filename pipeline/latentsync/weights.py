"""Load the three networks from their published files: strictly, memory-mapped, on their device.

Every key and shape is compared with the manifest of the network (`manifests/`, package data): the
published loader skips what does not fit, and mix-ups of versions give blurred mouths. Values must
be finite. `convert` writes the network once as fp16 safetensors for a fast start. How files are
read and checked: `checkpoints.py`. Which files there are: `releases.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import torch
from diffusers import AutoencoderKL
from safetensors.torch import save_file
from torch import Tensor, nn

from pipeline.latentsync.audio import Whisper, WhisperConfig
from pipeline.latentsync.checkpoints import (
    Shapes,
    check,
    fill,
    manifest,
    read_safetensors,
    read_torch,
    shapes_of,
    tensors,
)
from pipeline.latentsync.errors import WeightsError, WeightsUnreadable
from pipeline.latentsync.releases import (
    UNET_HALF_NAME,
    UNET_NAME,
    VAE_NAME,
    WHISPER_NAME,
    Release,
    resolution,
)
from pipeline.latentsync.unet import UNet3D
from pipeline.latentsync.unet_config import UNetConfig

SD_VAE: Mapping[str, Any] = {
    "in_channels": 3,
    "out_channels": 3,
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "block_out_channels": (128, 256, 512, 512),
    "layers_per_block": 2,
    "act_fn": "silu",
    "latent_channels": 4,
    "norm_num_groups": 32,
    "sample_size": 256,
}
"""The autoencoder of Stable Diffusion 1, in diffusers' words."""

OLD_ATTENTION = {"query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0"}
"""Names in older VAE files, and what they are called now."""

LARGEST_WHISPER = WhisperConfig(mels=128, context=1500, width=1280, heads=20, layers=32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Say where the files of one LatentSync are, and what they describe."""

    unet: Path
    whisper: Path
    vae: Path
    resolution: int
    unet_config: UNetConfig = field(default_factory=UNetConfig)
    vae_config: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, folder: Path, release: Release) -> Weights:
        """Find a release in its folder; the converted network is taken where there is one."""
        half = folder / UNET_HALF_NAME
        return cls(
            unet=half if half.is_file() else folder / UNET_NAME,
            whisper=folder / WHISPER_NAME,
            vae=folder / VAE_NAME,
            resolution=resolution(release),
        )


def load_unet(
    path: Path, config: UNetConfig, *, device: torch.device, dtype: torch.dtype
) -> UNet3D:
    """Load the denoising network from the published file or from its conversion."""
    state = read_unet(path)
    check(path, state, unet_shapes(config))
    with torch.device("meta"):
        unet = UNet3D(config)
    fill(unet, path, state, device=device, dtype=dtype)
    return unet


def read_unet(path: Path) -> dict[str, Tensor]:
    """Read the tensors of the network without copying them into memory."""
    if path.suffix == ".safetensors":
        return read_safetensors(path)
    content = read_torch(path)
    return tensors(path, content.get("state_dict"), "state_dict")


def load_whisper(path: Path, *, device: torch.device, dtype: torch.dtype) -> Whisper:
    """Load the encoder out of OpenAI's Whisper file."""
    content = read_torch(path)
    dims = content.get("dims")
    state = tensors(path, content.get("model_state_dict"), "model_state_dict")
    config = whisper_config(path, dims)
    with torch.device("meta"):
        whisper = Whisper(config)
    encoder = {key: value for key, value in state.items() if key.startswith("encoder.")}
    check(path, encoder, shapes_of(whisper))
    fill(whisper, path, encoder, device=device, dtype=dtype)
    return whisper


def whisper_config(path: Path, dims: object) -> WhisperConfig:
    """Read `dims`, refusing numbers that no Whisper has."""
    try:
        config = WhisperConfig.from_dims(cast(Mapping[str, int], dims))
    except (KeyError, TypeError) as e:
        raise WeightsUnreadable(path, "no Whisper file: its table 'dims' is missing") from e
    for name in ("mels", "context", "width", "heads", "layers"):
        value, largest = getattr(config, name), getattr(LARGEST_WHISPER, name)
        if not isinstance(value, int) or not 1 <= value <= largest:
            raise WeightsUnreadable(path, f"its {name} is {value!r}; up to {largest} is known")
    if config.width % config.heads or config.width % 2:
        raise WeightsUnreadable(path, f"width {config.width} does not fit {config.heads} heads")
    return config


def load_vae(
    path: Path,
    config: Mapping[str, Any] | None = None,
    *,
    device: torch.device,
    dtype: torch.dtype,
) -> AutoencoderKL:
    """Load the autoencoder from its safetensors file, with old or new attention names."""
    state = {new_name(key): value for key, value in read_safetensors(path).items()}
    with torch.device("meta"):
        vae = AutoencoderKL(**(config or SD_VAE))  # type: ignore[no-untyped-call]  # diffusers
    module = cast(nn.Module, vae)
    expected = shapes_of(module)
    state = {key: squeezed(value, expected.get(key)) for key, value in state.items()}
    check(path, state, expected)
    fill(module, path, state, device=device, dtype=dtype)
    return vae


def new_name(key: str) -> str:
    """Translate an old attention name of the VAE."""
    for old, new in OLD_ATTENTION.items():
        if f".attentions.0.{old}." in key:
            return key.replace(f".{old}.", f".{new}.")
    return key


def squeezed(value: Tensor, shape: tuple[int, ...] | None) -> Tensor:
    """Take a 1x1 convolution of an old file as the matrix that it is."""
    if shape is not None and tuple(value.shape) == (*shape, 1, 1):
        return value[..., 0, 0]
    return value


def convert(source: Path, target: Path, config: UNetConfig) -> None:
    """Write the network as fp16 safetensors, whole or not at all."""
    unet = load_unet(source, config, device=torch.device("cpu"), dtype=torch.float16)
    unfinished = target.with_suffix(".part")
    state = {key: value.contiguous() for key, value in unet.state_dict().items()}
    save_file(state, unfinished, metadata={"format": "pt", "source": source.name})
    unfinished.replace(target)


def unet_shapes(config: UNetConfig) -> Shapes:
    """List the keys and shapes of the network: the manifest for the published one."""
    if config == UNetConfig():
        return manifest("unet")
    with torch.device("meta"):
        return shapes_of(UNet3D(config))


def lay_out(module: object) -> None:
    """Store convolution weights channels-last, as the activations are."""
    for parameter in cast(nn.Module, module).parameters():
        if parameter.ndim == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)


def check_together(weights: Weights, unet: UNetConfig, whisper: WhisperConfig) -> None:
    """Raise WeightsError when the network does not listen to what this Whisper says."""
    if unet.audio_width != whisper.width:
        raise WeightsError(
            weights.whisper,
            f"this Whisper is {whisper.width} wide, the network listens to {unet.audio_width}.",
        )
