"""The network recorded as a CUDA graph: one launch per step instead of two thousand.

`RecordedUNet` stands where `UNet3D` stands. A shape seen in a second chunk is recorded, once for
the full step and once for the shallow one; other shapes (the last, shorter chunk) run as they are.
The sound of a chunk is copied into the recording when the chunk begins. One per device; the caller
sees to it that one thread at a time uses it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import torch
from torch import Tensor

from pipeline.latentsync.attention import KeysValues
from pipeline.latentsync.unet import UNet3D

MAX_RECORDINGS = 2
WARM_UPS = 2


class RecordedUNet:
    """Run a UNet3D on CUDA through recordings of it."""

    def __init__(self, unet: UNet3D) -> None:
        self.unet = unet
        self.recordings: dict[tuple[int, ...], Recording] = {}
        self.seen: Counter[tuple[int, ...]] = Counter()
        self.last_sound: Sequence[KeysValues] | None = None

    def listen(self, audio: Tensor) -> list[KeysValues]:
        """Make K and V of the sound for a new chunk."""
        return self.unet.listen(audio)

    def __call__(
        self, sample: Tensor, timestep: Tensor | int, keys: Sequence[KeysValues]
    ) -> tuple[Tensor, Tensor]:
        """Return the noise and the deep features; both are overwritten by the next call."""
        recording = self.recording(sample, keys)
        if recording is None:
            out: tuple[Tensor, Tensor] = self.unet(sample, timestep, keys)
            return out
        recording.take(sample, timestep, keys)
        recording.full.replay()
        return recording.noise, recording.deep

    def shallow(
        self, sample: Tensor, timestep: Tensor | int, keys: Sequence[KeysValues], deep: Tensor
    ) -> Tensor:
        """Return the noise from another step's deep features."""
        recording = self.recordings.get(shape_of(sample, keys))
        if recording is None or deep is not recording.deep:
            return self.unet.shallow(sample, timestep, keys, deep)
        recording.take(sample, timestep, keys)
        recording.shallow.replay()
        return recording.shallow_noise

    def recording(self, sample: Tensor, keys: Sequence[KeysValues]) -> Recording | None:
        """Find the recording for this shape; make it when the shape comes with a second sound."""
        shape = shape_of(sample, keys)
        if shape in self.recordings:
            return self.recordings[shape]
        self.seen[shape] += keys is not self.last_sound
        self.last_sound = keys
        if self.seen[shape] < 2:
            return None
        if len(self.recordings) >= MAX_RECORDINGS:
            del self.recordings[next(iter(self.recordings))]  # the oldest
        self.recordings[shape] = Recording(self.unet, sample, keys)
        return self.recordings[shape]

    def forget(self) -> None:
        """Give the memory of all recordings back."""
        self.recordings.clear()
        self.seen.clear()
        self.last_sound = None


def shape_of(sample: Tensor, keys: Sequence[KeysValues]) -> tuple[int, ...]:
    """Tell recordings apart: the sample's shape and how many frames hear something."""
    return (*sample.shape, len(keys[0][0]) if keys else 0)


class Recording:
    """Hold the graphs of one shape and the memory that they read and write."""

    def __init__(self, unet: UNet3D, sample: Tensor, keys: Sequence[KeysValues]) -> None:
        self.sample = sample.clone()
        self.timestep = torch.ones((), dtype=torch.float32, device=sample.device)
        self.keys = [(k.clone(), v.clone()) for k, v in keys]
        self.heard: Sequence[KeysValues] = ()
        side = torch.cuda.Stream(sample.device)  # type: ignore[no-untyped-call]
        side.wait_stream(torch.cuda.current_stream(sample.device))
        with torch.cuda.device(sample.device), torch.cuda.stream(side):
            for _ in range(WARM_UPS):
                _, deep = unet(self.sample, self.timestep, self.keys)
                unet.shallow(self.sample, self.timestep, self.keys, deep)
        torch.cuda.current_stream(sample.device).wait_stream(side)
        self.full, self.shallow = torch.cuda.CUDAGraph(), torch.cuda.CUDAGraph()
        with torch.cuda.device(sample.device):
            # thread_local: other threads may drive other GPUs meanwhile.
            with torch.cuda.graph(self.full, capture_error_mode="thread_local"):
                self.noise, self.deep = unet(self.sample, self.timestep, self.keys)
            with torch.cuda.graph(
                self.shallow, pool=self.full.pool(), capture_error_mode="thread_local"
            ):
                self.shallow_noise = unet.shallow(self.sample, self.timestep, self.keys, self.deep)

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
