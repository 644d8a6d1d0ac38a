"""Pixels on their way from a device: begun now, waited for later.

The copy goes into pinned memory beside whatever the device does next. Everything that was asked of
the device before is done when `wait` returns, so a fault of the device shows there too.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


class Arrival:
    """Carry a uint8 tensor to the CPU without waiting for it."""

    def __init__(self, pixels: Tensor) -> None:
        self._event: torch.cuda.Event | None = None
        self._pixels = pixels
        if pixels.is_cuda:
            self._pixels = torch.empty(pixels.shape, dtype=pixels.dtype, pin_memory=True)
            self._pixels.copy_(pixels, non_blocking=True)
            self._event = torch.cuda.Event()  # type: ignore[no-untyped-call]
            self._event.record(torch.cuda.current_stream(pixels.device))

    def wait(self) -> NDArray[np.uint8]:
        """Return the pixels when they are here."""
        if self._event is not None:
            self._event.synchronize()
        arrived: NDArray[np.uint8] = self._pixels.numpy()
        return arrived
