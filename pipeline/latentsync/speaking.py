"""The work of one speech: from units of chunks to pictures, each unit on one device.

In running order: `together` groups the plan into units, `work` makes the pictures of a unit,
`speak` its faces. What is the same for all units is in `Job`. Threads are in `stream.py`, a
chunk's arithmetic in `chunks.py`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Generic, TypeVar

import torch
from torch import Tensor

from pipeline.latentsync import audio, chunks, sampler
from pipeline.latentsync.align import Image
from pipeline.latentsync.chunks import Chunk, Models, Recipe
from pipeline.latentsync.scene import Scene
from pipeline.latentsync.stream import Ladder

T = TypeVar("T")


class Once(Generic[T]):
    """Make a value when it is first asked for, by whichever thread; others wait."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.made: list[T] = []

    def get(self, make: Callable[[], T]) -> tuple[T, bool]:
        """Return the value, and whether this call made it."""
        with self.lock:
            is_new = not self.made
            if is_new:
                self.made.append(make())
            return self.made[0], is_new


@dataclass(slots=True, kw_only=True)
class Report:
    """Collect what happened during one `sync`, while it happens."""

    frames: int = 0
    """Frames that will come in all."""
    generated: int = 0
    """Frames whose mouth was generated."""
    repeated: int = 0
    """Silent frames of a still that took the closed mouth of another."""
    passed: list[tuple[int, int]] = field(default_factory=list)
    """Stretches start..stop without a face, passed through untouched."""
    notes: list[str] = field(default_factory=list)
    """What made it slower than it might be."""
    steps_down: int = 0
    """How often less was done at once from then on, to fit into memory."""

    def step_down(self, note: str) -> None:
        """Note that memory ran out, and what was given up."""
        self.notes.append(note)
        self.steps_down += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Hold what stays the same over one speech."""

    scene: Scene
    heard: Tensor
    fps: float
    recipe: Recipe
    report: Report
    quiet_chunk: Chunk | None
    """The silent chunk of a still whose faces serve all silent chunks."""
    quiet_faces: Once[Tensor] = field(default_factory=lambda: Once[Tensor]())


def closed_mouth(plan: Sequence[Chunk], recipe: Recipe) -> Chunk | None:
    """Choose the silent chunk whose faces serve all silent chunks of a still; None for one."""
    silent = [c for c in plan if c.quiet and len(c) == recipe.chunk_frames]
    return silent[0] if len(silent) > 1 else None


def repeats(chunk: Chunk, job: Job) -> bool:
    """Say whether the chunk shows the closed mouth that is made once."""
    return job.quiet_chunk is not None and chunk.quiet and len(chunk) == len(job.quiet_chunk)


def together(plan: Sequence[Chunk], job: Job) -> Iterator[list[Chunk]]:
    """Group neighbouring chunks of one kind and length that may run side by side."""
    unit: list[Chunk] = []
    for chunk in plan:
        alone = not chunk.has_face or repeats(chunk, job)
        fits = unit and len(unit) < job.recipe.stacked and len(unit[0]) == len(chunk)
        if unit and (alone or not fits):
            yield unit
            unit = []
        unit.append(chunk)
        if alone:
            yield unit
            unit = []
    if unit:
        yield unit


@torch.inference_mode()
def work(
    job: Job, models: Models, ladder: Ladder, unit: list[Chunk], pictures: list[Sequence[Image]]
) -> Iterator[Image]:
    """Make the faces of a unit on one device; whoever iterates the answer lays them over."""
    with models.active():
        return chain(*made(job, models, ladder, unit, pictures))


def made(
    job: Job, models: Models, ladder: Ladder, unit: list[Chunk], pictures: list[Sequence[Image]]
) -> list[Iterator[Image]]:
    """Make the faces of a unit, whatever its kind."""
    first = unit[0]
    if not first.has_face:
        job.report.passed.append((first.start, first.stop))
        return [iter(pictures[0])]
    if repeats(first, job):
        return [repeat(job, models, ladder, first, pictures[0])]
    shown = list(zip(unit, pictures, strict=True))
    faces = ladder.climb(shown, lambda part, slices: speak(job, models, part, slices))
    job.report.generated += sum(len(chunk) for chunk in unit)
    return [
        job.scene.paste(models, chunk, under, face)
        for (chunk, under), face in zip(shown, faces, strict=True)
    ]


def repeat(
    job: Job, models: Models, ladder: Ladder, chunk: Chunk, pictures: Sequence[Image]
) -> Iterator[Image]:
    """Show the closed mouth; the first to come makes it, from the same chunk in every run."""
    source = job.quiet_chunk or chunk

    def make() -> Tensor:
        shown = [(source, pictures)]
        faces = ladder.climb(shown, lambda part, slices: speak(job, models, part, slices))
        job.report.generated += len(source)
        return faces[0]

    faces, is_new = job.quiet_faces.get(make)
    job.report.repeated += 0 if is_new else len(chunk)
    return job.scene.paste(models, chunk, pictures, faces.to(models.device))


Shown = tuple[Chunk, Sequence[Image]]
"""A chunk and its pictures."""


def speak(job: Job, models: Models, part: Sequence[Shown], slices: int) -> list[Tensor]:
    """Generate the faces (f 3 r r) of chunks that lie side by side on the batch axis."""
    side = models.resolution // 8
    noise = sampler.initial_noise(
        side, side, seed=job.recipe.seed, device=models.device, dtype=models.dtype
    )
    unit, pictures = [chunk for chunk, _ in part], [shown for _, shown in part]
    said = torch.stack([audio.windows(job.heard, job.fps, c.start, c.stop) for c in unit])
    conditions = job.scene.conditions(models, unit, pictures, job.recipe, slices)
    return list(
        chunks.generate(
            models.unet,
            models.vae,
            conditions,
            said.to(models.device, models.dtype),
            noise,
            models.mask,
            job.recipe,
            slices=slices,
        )
    )
