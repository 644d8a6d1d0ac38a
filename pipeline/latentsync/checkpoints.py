"""Read files of tensors without trusting them, and compare them with the network asked for.

Nothing in a file is run; nothing is copied before it is checked; every key and shape must be the
expected one. What a wrong file looks like is guessed, so that a mix-up of versions has a name. It
knows no network; those are loaded in `weights.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from pipeline.latentsync.errors import (
    WeightsMismatch,
    WeightsMissing,
    WeightsNotFinite,
    WeightsUnreadable,
)

Shapes = Mapping[str, tuple[int, ...]]


def read_torch(path: Path) -> Mapping[str, object]:
    """Read a torch.save file, memory-mapped, refusing everything but tensors and plain values."""
    if not path.is_file():
        raise WeightsMissing(path)
    try:
        content = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except Exception as e:  # a broken or hostile file can make the unpickler raise anything
        raise WeightsUnreadable(path, first_line(e)) from e
    if not isinstance(content, dict):
        raise WeightsUnreadable(path, f"it holds a {type(content).__name__}, not a table")
    return content


def read_safetensors(path: Path) -> dict[str, Tensor]:
    """Read a safetensors file, memory-mapped."""
    if not path.is_file():
        raise WeightsMissing(path)
    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError, KeyError) as e:
        raise WeightsUnreadable(path, first_line(e)) from e


def first_line(error: Exception) -> str:
    """Shorten a loader's message, which may run over many lines."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:160]


def tensors(path: Path, state: object, name: str) -> dict[str, Tensor]:
    """Return `state` if it is a table of tensors by name."""
    if not isinstance(state, dict):
        raise WeightsUnreadable(path, f"it has no table '{name}'")
    for key, value in state.items():
        if not isinstance(key, str) or not isinstance(value, Tensor):
            raise WeightsUnreadable(path, f"its entry {str(key)[:60]!r} is no tensor")
    return state


def check(path: Path, state: Mapping[str, Tensor], expected: Shapes) -> None:
    """Compare every key and shape; raise WeightsMismatch with the first wrong ones."""
    missing = [key for key in expected if key not in state]
    unexpected = [key for key in state if key not in expected]
    misshapen = [
        f"{key} {tuple(state[key].shape)} instead of {shape}"
        for key, shape in expected.items()
        if key in state and tuple(state[key].shape) != tuple(shape)
    ]
    if missing or unexpected or misshapen:
        raise WeightsMismatch(
            path,
            missing=missing,
            unexpected=unexpected,
            misshapen=misshapen,
            looks_like=looks_like(state),
        )


def looks_like(state: Mapping[str, Tensor]) -> str:
    """Guess which network the tensors belong to."""
    keys = tuple(state)
    moving = [key for key in keys if "motion_modules" in key]
    sound = [value for key, value in state.items() if key.endswith("attn2.to_k.weight")]
    if any(key.startswith("module.") for key in keys):
        return "a network saved while training on several GPUs (its keys begin with 'module.')"
    if any("audio_cross_attn" in key for key in keys):
        return "LatentSync 1.0, which has no motion modules; take 1.5 or 1.6"
    if any(key.startswith("decoder.mid_block") for key in keys):
        return "a Stable Diffusion VAE"
    if any(key.startswith("encoder.blocks") for key in keys):
        return "a Whisper"
    if sound and sound[0].shape[-1] == 768 and moving:
        return "a LatentSync that listens through Whisper small"
    if moving and not any(key.startswith("down_blocks") for key in moving):
        return "LatentSync trained by the efficient recipe (no motion modules on the way down)"
    if moving:
        return "LatentSync 1.5 or 1.6 of other sizes, or a part of it"
    if any(key.startswith("down_blocks") for key in keys):
        return "a Stable Diffusion network without motion modules (LatentSync 1.0?)"
    return "no network known here"


def fill(
    module: nn.Module,
    path: Path,
    state: Mapping[str, Tensor],
    *,
    device: torch.device,
    dtype: torch.dtype,
) -> None:
    """Put checked tensors into a network without storage, on its device, and set it to work."""
    placed = {}
    for key, value in state.items():
        if not value.is_floating_point():
            raise WeightsUnreadable(path, f"{key} is of type {value.dtype}")
        placed[key] = value.to(device, dtype)
        if not bool(torch.isfinite(placed[key]).all()):
            raise WeightsNotFinite(path, key)
    module.load_state_dict(placed, strict=True, assign=True)
    module.eval().requires_grad_(False)


def shapes_of(module: nn.Module) -> Shapes:
    """List the keys and shapes that a network has."""
    return {key: tuple(value.shape) for key, value in module.state_dict().items()}


@cache
def manifest(name: str) -> Shapes:
    """Read a manifest of the package: `unet`, `vae` or `whisper_tiny`."""
    text = resources.files("pipeline.latentsync").joinpath(f"manifests/{name}.json").read_text()
    table = json.loads(text)
    entries: Iterable[tuple[str, list[int]]] = table.get("state_dict", table).items()
    return {key: tuple(shape) for key, shape in entries}
