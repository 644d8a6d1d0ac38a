"""The golden vectors, and networks filled from names (tests/data/latentsync/README.md)."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

DATA = Path(__file__).parents[1] / "data" / "latentsync"


def load_hashfill() -> ModuleType:
    """Import the procedure that lies beside the data."""
    spec = importlib.util.spec_from_file_location("hashfill", DATA / "hashfill.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


HASHFILL = load_hashfill()


def golden(name: str) -> Mapping[str, Any]:
    """Open one file of vectors."""
    with np.load(DATA / name, allow_pickle=False) as file:
        return {key: file[key] for key in file.files}


def drawn(salt: str, name: str, *shape: int) -> Tensor:
    """Draw the input of that name."""
    return torch.from_numpy(HASHFILL.data(name, tuple(int(n) for n in shape), salt))


def filled(module: nn.Module, salt: str, prefix: str = "") -> nn.Module:
    """Fill the tensors whose key begins with `prefix`, each from its key."""
    state = {k: v for k, v in module.state_dict().items() if k.startswith(prefix)}
    HASHFILL.fill_state_dict(state, salt)
    return module.eval()


def relative_error(value: object, expected: object) -> float:
    """Compare two arrays: L2 norm of the difference by L2 norm of the expected."""
    a, b = np.asarray(value, np.float64), np.asarray(expected, np.float64)
    assert a.shape == b.shape, f"shape {a.shape} instead of {b.shape}"
    return float(np.linalg.norm(a - b) / max(float(np.linalg.norm(b)), 1e-12))


def share_off_by_more_than_two(value: object, expected: object) -> float:
    """Compare two 8-bit pictures: the share of values that differ by more than 2."""
    a, b = np.asarray(value).astype(int), np.asarray(expected).astype(int)
    assert a.shape == b.shape, f"shape {a.shape} instead of {b.shape}"
    return float((np.abs(a - b) > 2).mean())


def picture(height: int, width: int, salt: str) -> NDArray[np.uint8]:
    """Draw the smooth test picture of that salt."""
    drawn_picture: NDArray[np.uint8] = HASHFILL.synth_img(height, width, salt)
    return drawn_picture
