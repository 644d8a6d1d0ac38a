"""The skin around an eye, grown over the eye: what a lid looks like that nobody has seen.

Knows pixels and what of them is hidden; knows no landmark and no time.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.lipsync.mouth_axes import Plane
from pipeline.portrait import Pixels

Paint = NDArray[np.float32]
"""(h, w, 3) RGB."""

OUTLIER, STRANGER = 22.0, 110.0
"""Grey levels from the smooth skin at which a pixel counts half: for its gradient; for its hue."""
ROUNDS = 4
FINEST_E = (0.03, 0.06, 0.12, 0.5)
"""Widths at which colour is gathered, the nearest skin first."""
ENOUGH = 0.10
LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def skin_gradient(photo: Paint, hidden: NDArray[np.bool_], e_px: float) -> Paint:
    """Fit one gradient of colour to what is visible, robustly."""
    height, width = hidden.shape
    rows, columns = np.mgrid[0:height, 0:width] / e_px
    terms = np.stack([np.ones_like(rows), rows, columns], axis=-1).reshape(-1, 3)
    colours = photo.reshape(-1, 3).astype(np.float64)
    visible = (~hidden).reshape(-1).astype(np.float64)
    known = colours[visible > 0] if visible.any() else colours
    fitted = np.broadcast_to(np.median(known, axis=0), colours.shape)
    for _ in range(ROUNDS):
        off = np.linalg.norm(colours - fitted, axis=1)
        weighted = terms * (visible / (1.0 + (off / OUTLIER) ** 2))[:, None]
        normal = weighted.T @ terms + 1e-3 * np.eye(3)
        fitted = terms @ np.linalg.solve(normal, weighted.T @ colours)
    return np.clip(fitted, 0, 255).reshape(photo.shape).astype(np.float32)


def grown_skin(photo: Paint, trust: Plane, gradient: Paint, e_px: float) -> Paint:
    """Gather the colours nearby over what is hidden; where none are near, from farther away.

    ``trust`` is 0 where nothing is seen or what is seen is no skin, 1 on skin.
    """
    off = np.linalg.norm(photo - gradient, axis=2) / STRANGER
    weight = (trust / (1 + off**4)).astype(np.float32)
    grown = np.zeros_like(photo)
    left = np.ones(photo.shape[:2], np.float32)
    for width_e in FINEST_E:
        sigma = max(0.6, width_e * e_px)
        mass = cv2.GaussianBlur(weight, (0, 0), sigma)
        mean = cv2.GaussianBlur(photo * weight[..., None], (0, 0), sigma)
        taken = left * np.clip(mass / ENOUGH, 0, 1)
        grown += (taken / np.maximum(mass, 1e-6))[..., None] * mean
        left = left - taken
    seamless = np.asarray(grown + left[..., None] * gradient, np.float32)
    return np.asarray(cv2.GaussianBlur(seamless, (0, 0), max(0.6, 0.02 * e_px)), np.float32)


def grain(patch: Pixels, shape: tuple[int, ...], e_px: float) -> Paint:
    """Return the texture of a patch of skin over a box of this shape, without its lines.

    Random phases: B. Galerne, Y. Gousseau, J.-M. Morel, "Random phase textures: theory and
    synthesis", IEEE Transactions on Image Processing 2011.
    """
    skin = patch.astype(np.float32)
    fine = skin - cv2.GaussianBlur(skin, (0, 0), max(0.8, 0.02 * e_px))
    usual = 1.5 * float(np.median(np.abs(fine))) + 0.1
    calm = np.clip(fine, -2 * usual, 2 * usual)
    # Fades to its edges, else those would stand in the texture as lines.
    calm *= np.outer(*(np.hanning(n + 2)[1:-1] for n in calm.shape[:2]))[..., None]
    size = (max(shape[0], calm.shape[0]), max(shape[1], calm.shape[1]))
    spectrum = np.fft.rfft2(calm - calm.mean(axis=(0, 1)), s=size, axes=(0, 1))
    noise = np.random.default_rng(0).standard_normal(size)
    phases = np.fft.rfft2(noise)
    spectrum *= (phases / np.maximum(np.abs(phases), 1e-9))[..., None]
    texture = np.fft.irfft2(spectrum, s=size, axes=(0, 1))
    texture *= 0.45 * usual / max(float(texture.std()), 1e-6)
    return np.asarray(texture[: shape[0], : shape[1]], np.float32)
