"""Small seeded networks in files of the published formats: same containers, same key names."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import torch
from diffusers import AutoencoderKL
from safetensors.torch import save_file
from torch import Tensor, nn

from pipeline.latentsync.audio import Whisper, WhisperConfig
from pipeline.latentsync.unet import UNet3D
from pipeline.latentsync.unet_config import UNetConfig
from pipeline.latentsync.weights import OLD_ATTENTION, Weights

RESOLUTION = 64
UNET = UNetConfig(widths=(32, 32, 32, 32), layers=1, groups=8, audio_width=48)
DIMS = {
    "n_mels": 80,
    "n_audio_ctx": 1500,
    "n_audio_state": 48,
    "n_audio_head": 6,
    "n_audio_layer": 1,
    "n_vocab": 99,
    "n_text_ctx": 8,
    "n_text_state": 48,
    "n_text_head": 6,
    "n_text_layer": 1,
}
VAE: dict[str, Any] = {
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "block_out_channels": (8, 8, 16, 16),
    "layers_per_block": 1,
    "latent_channels": 4,
    "norm_num_groups": 4,
}


def seeded(build: type[nn.Module], *args: object, **options: object) -> nn.Module:
    """Build a module whose values depend on nothing but the seed."""
    with torch.random.fork_rng():
        torch.manual_seed(11)
        return build(*args, **options)


def unet_state(config: UNetConfig = UNET) -> dict[str, Tensor]:
    return dict(seeded(UNet3D, config).state_dict())


def write_unet(path: Path, state: dict[str, Tensor] | None = None) -> Path:
    torch.save({"global_step": 7, "state_dict": unet_state() if state is None else state}, path)
    return path


def whisper_state() -> dict[str, Tensor]:
    """The encoder in half precision, and a decoder that nobody reads."""
    encoder = seeded(Whisper, WhisperConfig.from_dims(DIMS)).state_dict()
    return {k: v.half() for k, v in encoder.items()} | {"decoder.ln.weight": torch.ones(48)}


def write_whisper(path: Path, dims: dict[str, int] | None = None) -> Path:
    torch.save({"dims": DIMS if dims is None else dims, "model_state_dict": whisper_state()}, path)
    return path


def write_vae(path: Path) -> Path:
    """An autoencoder with the old names of its attention."""
    model = seeded(cast(type[nn.Module], AutoencoderKL), **VAE)
    old = {new: name for name, new in OLD_ATTENTION.items()}
    state = {}
    for key, value in model.state_dict().items():
        for new, name in old.items():
            key = key.replace(f".attentions.0.{new}.", f".attentions.0.{name}.")
        state[key] = value.contiguous()
    save_file(state, path)
    return path


def write_all(folder: Path) -> Weights:
    """Write all three, and describe them."""
    return Weights(
        unet=write_unet(folder / "latentsync_unet.pt"),
        whisper=write_whisper(folder / "tiny.pt"),
        vae=write_vae(folder / "vae.safetensors"),
        resolution=RESOLUTION,
        unet_config=UNET,
        vae_config=VAE,
    )
