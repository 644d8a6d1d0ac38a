"""The network recorded as a CUDA graph: one launch per step instead of a thousand.

`RecordedUNet` stands where `UNet3D` stands. The first full step of a shape runs as it is, which
compiles and chooses all that is needed; the second is recorded, and the shallow step with it. The
sound of a chunk is copied into the recording when the chunk begins. One per device; the caller
sees to it that one thread at a time uses it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from pipeline.latentsync.attention import KeysValues
from pipeline.latentsync.unet import UNet3D

MAX_RECORDINGS = 4
"""Chunks side by side, what is left over of them, one chunk, and the short last one."""

Shape = tuple[int, ...]
PoolHandle = Any
"""What torch calls a pool of memory by."""
RECORDING = threading.Lock()
"""Emptying torch's cache concerns all devices, and fails while one of them records."""


class RecordedUNet:
    """Run a UNet3D on CUDA through recordings of it."""

    def __init__(self, unet: UNet3D) -> None:
        self.unet = unet
        self.recordings: dict[Shape, Recording] = {}
        self.too_large: set[Shape] = set()
        self.may_record = True
        self.warm = WarmShapes()
        self.pool: PoolHandle | None = None

    def listen(self, audio: Tensor) -> list[KeysValues]:
        """Make K and V of the sound for a new chunk."""
        return self.unet.listen(audio)

    def __call__(
        self,
        sample: Tensor,
        timestep: Tensor | int,
        keys: Sequence[KeysValues],
        *,
        guided: bool = False,
    ) -> tuple[Tensor, Tensor]:
        """Return the noise and the deep features; both are overwritten by the next call."""
        recording = self.recording(sample, keys, guided)
        if recording is None:
            out: tuple[Tensor, Tensor] = self.unet(sample, timestep, keys, guided=guided)
            return out
        recording.take(sample, timestep, keys)
        recording.full.replay()
        return recording.noise, recording.deep

    def shallow(
        self,
        sample: Tensor,
        timestep: Tensor | int,
        keys: Sequence[KeysValues],
        deep: Tensor,
        *,
        guided: bool = False,
    ) -> Tensor:
        """Return the noise from another step's deep features."""
        recording = self.recordings.get(shape_of(sample, keys, guided))
        if recording is None or deep is not recording.deep:
            return self.unet.shallow(sample, timestep, keys, deep, guided=guided)
        recording.take(sample, timestep, keys)
        recording.shallow.replay()
        return recording.shallow_noise

    def recording(
        self, sample: Tensor, keys: Sequence[KeysValues], guided: bool
    ) -> Recording | None:
        """Find the recording for this shape; make it when the shape has run once here."""
        shape = shape_of(sample, keys, guided)
        if shape in self.recordings:
            self.recordings[shape] = self.recordings.pop(shape)  # now the last one used
        elif shape in self.too_large or not self.may_record:
            return None
        elif shape not in self.warm.shapes:
            self.warm.shapes.add(shape)
            return None
        else:
            self.record(shape, sample, keys, guided)
        return self.recordings.get(shape)

    def record(
        self, shape: Shape, sample: Tensor, keys: Sequence[KeysValues], guided: bool
    ) -> None:
        """Record a shape; where that does not fit into memory, it goes on running as it is."""
        if len(self.recordings) >= MAX_RECORDINGS:
            del self.recordings[next(iter(self.recordings))]  # the one not used for longest
        # One thing runs at a time and nothing outlives its chunk, so all share their memory.
        self.pool = self.pool or torch.cuda.graph_pool_handle()
        try:
            with RECORDING:
                self.recordings[shape] = Recording(self.unet, sample, keys, guided, self.pool)
        except torch.OutOfMemoryError:
            self.too_large.add(shape)
            if not self.recordings:
                self.pool = None  # a pool that nothing uses any more cannot be used again

    def forget(self) -> None:
        """Give the memory of all recordings back."""
        self.recordings.clear()
        self.too_large.clear()
        self.warm = WarmShapes()
        self.pool = None


def empty_cache() -> None:
    """Give memory that torch keeps for later back to the devices."""
    with RECORDING:
        torch.cuda.empty_cache()


class WarmShapes(threading.local):
    """Remember which shapes this thread has run: its libraries are set up for them."""

    def __init__(self) -> None:
        self.shapes: set[Shape] = set()


def shape_of(sample: Tensor, keys: Sequence[KeysValues], guided: bool) -> Shape:
    """Tell recordings apart: the sample's shape, how many frames hear something, guidance."""
    return (*sample.shape, len(keys[0][0]) if keys else 0, int(guided))


class Recording:
    """Hold the graphs of one shape and the memory that they read and write."""

    def __init__(
        self,
        unet: UNet3D,
        sample: Tensor,
        keys: Sequence[KeysValues],
        guided: bool,
        pool: PoolHandle,
    ) -> None:
        self.sample = sample.clone()
        self.timestep = torch.ones((), dtype=torch.float32, device=sample.device)
        self.keys = [(k.clone(), v.clone()) for k, v in keys]
        self.heard: Sequence[KeysValues] = ()
        self.full, self.shallow = torch.cuda.CUDAGraph(), torch.cuda.CUDAGraph()
        with torch.cuda.device(sample.device):
            # A stream of this device: the one that torch would take is shared by all devices.
            stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
            # thread_local: other threads may drive other devices meanwhile.
            with torch.cuda.graph(self.full, pool, stream, "thread_local"):
                self.noise, self.deep = unet(self.sample, self.timestep, self.keys, guided=guided)
            with torch.cuda.graph(self.shallow, pool, stream, "thread_local"):
                self.shallow_noise = unet.shallow(
                    self.sample, self.timestep, self.keys, self.deep, guided=guided
                )

    def take(self, sample: Tensor, timestep: Tensor | int, keys: Sequence[KeysValues]) -> None:
        """Copy the inputs to where the graphs read them; the sound only when it is new."""
        self.sample.copy_(sample)
        self.timestep.fill_(timestep) if isinstance(timestep, int) else self.timestep.copy_(
            timestep
        )
        if keys is not self.heard:
            for (k, v), (new_k, new_v) in zip(self.keys, keys, strict=True):
                k.copy_(new_k)
                v.copy_(new_v)
            self.heard = keys
