"""The public face: load the networks once, then turn pictures and speech into speaking frames.

`LatentSync.load(weights, device, dtype)` and `.sync(...)`. Reads no file but the weights, writes
none, draws no progress: whoever iterates the frames encodes them and counts them. Faces come in as
matrices (`.matrices` makes them from three points each); finding the points is not done here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from pipeline.latentsync import align, audio, chunks, kernels, weights
from pipeline.latentsync.align import Image, Matrix
from pipeline.latentsync.chunks import Models, Recipe
from pipeline.latentsync.errors import PrecisionUnsupported
from pipeline.latentsync.graph import RecordedUNet
from pipeline.latentsync.mask import keep_mask
from pipeline.latentsync.scene import Moving, Scene, Still
from pipeline.latentsync.silence import quiet_frames
from pipeline.latentsync.speaking import Job, Report, closed_mouth, together, work
from pipeline.latentsync.stream import Ladder, in_order
from pipeline.latentsync.weights import Weights

HALF_CAPABILITY = (7, 0)
"""From Volta on CUDA computes in fp16; the published code takes T4 and V100 for too old."""

Devices = str | torch.device | Sequence[str | torch.device]


class LatentSync:
    """Hold the networks on one or several devices."""

    def __init__(self, replicas: Sequence[Models]) -> None:
        self.replicas = tuple(replicas)
        self.resolution = self.replicas[0].resolution

    @classmethod
    def load(
        cls, found: Weights, device: Devices = "cpu", dtype: torch.dtype | None = None
    ) -> LatentSync:
        """Load the networks on a device, or on each of several, between which chunks are shared.

        `dtype` None takes fp16 where CUDA has it and fp32 elsewhere; no other is supported. Raise
        WeightsError for files that are not what they should be, PrecisionUnsupported for a dtype.
        """
        several = [device] if isinstance(device, str | torch.device) else list(device)
        return cls([replica(found, torch.device(one), dtype) for one in several])

    def matrices(
        self, landmarks: NDArray[np.float64], *, smooth: bool = True, rounded: bool = True
    ) -> Matrix:
        """Fit left brow, right brow and nose of each frame (n 3 2), in pixels: (n 2 3).

        `rounded` takes whole pixels, as published; finer points, as of a moved still, need not be.
        """
        return align.matrices(landmarks, self.resolution, smooth=smooth, rounded=rounded)

    def sync(
        self,
        frames: Sequence[Image],
        matrices: Sequence[Matrix | None],
        speech: NDArray[np.float32],
        *,
        fps: float = 25.0,
        count: int | None = None,
        recipe: Recipe | None = None,
        first_frame: int = 0,
        report: Report | None = None,
    ) -> Iterator[Image]:
        """Yield RGB frames (h w 3) uint8 that say the speech (mono, 16 kHz, in [-1, 1]).

        One picture is a still; several are a video, run to and fro while the speech lasts, each
        with its matrix, or None where it has no face: then it passes through untouched. `count`
        frames come, by default the published number (up to 0.08 s more than the speech lasts).
        `first_frame` takes a broken job up again: frames before it are not made. Chunks stream, so
        memory does not grow with the speech, save 0.4 MB per second for its features. Raise
        AudioUnusable, FaceUnusable, MemoryExhausted, or ValueError for pictures of a wrong kind.
        """
        if not frames or len(frames) != len(matrices):
            raise ValueError(f"{len(frames)} frames with {len(matrices)} matrices")
        recipe, report = recipe or Recipe(), report or Report()
        scene = self.scene(frames, matrices)
        heard = audio.features(self.replicas[0].whisper, speech)
        report.frames = audio.frame_count(len(heard), fps) if count is None else count
        report.notes += [f"slower, without Triton: {why}" for why in self.obstacles()]
        faces = [scene.face_at(i) for i in range(report.frames)]
        quiet = quiet_frames(speech, report.frames, fps)
        plan = chunks.plan(faces, quiet.tolist(), recipe.chunk_frames)
        job = Job(
            scene=scene,
            heard=heard,
            fps=fps,
            recipe=recipe,
            report=report,
            quiet_chunk=closed_mouth(plan, recipe) if scene.is_still else None,
        )
        units = list(together([c for c in plan if c.stop > first_frame], job))
        workers = [(replica, ladder(replica, recipe, report)) for replica in self.replicas]
        at = units[0][0].start if units else 0
        made_units = in_order(
            units,
            workers,
            lambda unit: [scene.pictures(chunk) for chunk in unit],
            lambda worker, unit, pictures: work(job, *worker, unit, pictures),
        )
        for made in made_units:
            for picture in made:
                if at >= first_frame:
                    yield picture
                at += 1

    def obstacles(self) -> set[str]:
        """Say what prevents the fast kernels on CUDA devices."""
        devices = [replica.device for replica in self.replicas if replica.device.type == "cuda"]
        return {why for why in map(kernels.obstacle, devices) if why is not None}

    def scene(self, frames: Sequence[Image], matrices: Sequence[Matrix | None]) -> Scene:
        """Choose how the pictures are handled."""
        only = matrices[0]
        if len(frames) == 1 and only is not None:
            return Still(frames[0], only, self.resolution)
        return Moving(frames, matrices, self.resolution)


def ladder(replica: Models, recipe: Recipe, report: Report) -> Ladder:
    """Begin at the top: whatever an earlier speech had to give up is tried again."""
    replica.record(True)
    return Ladder(recipe.stacked, report.step_down, replica.free)


def replica(found: Weights, device: torch.device, dtype: torch.dtype | None) -> Models:
    """Load the three networks on one device, laid out for speed."""
    chosen = precision(device, dtype)
    unet = weights.load_unet(found.unet, found.unet_config, device=device, dtype=chosen)
    # Features are computed once per speech: float32 costs nothing and loses nothing.
    whisper = weights.load_whisper(found.whisper, device=device, dtype=torch.float32)
    weights.check_together(found, found.unet_config, whisper.config)
    vae = weights.load_vae(found.vae, found.vae_config, device=device, dtype=chosen)
    weights.lay_out(unet)
    weights.lay_out(vae)
    unet.fuse()
    return Models(
        unet=RecordedUNet(unet) if device.type == "cuda" else unet,
        vae=vae,
        whisper=whisper,
        mask=torch.from_numpy(keep_mask(found.resolution)).to(device),
        resolution=found.resolution,
        device=device,
        dtype=chosen,
    )


def precision(device: torch.device, dtype: torch.dtype | None) -> torch.dtype:
    """Choose or check the dtype: fp16 is for CUDA only, bf16 for nobody (8 times the error)."""
    has_half = (
        device.type == "cuda" and torch.cuda.get_device_capability(device) >= HALF_CAPABILITY
    )
    if dtype is None:
        return torch.float16 if has_half else torch.float32
    if dtype is torch.float32 or (dtype is torch.float16 and has_half):
        return dtype
    raise PrecisionUnsupported(f"{dtype} on {device}: take float32, or float16 on CUDA.")
