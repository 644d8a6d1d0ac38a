"""What is seen: a still, for which everything but the mouth is made once, or moving frames.

A scene gives the network its conditions for a chunk, and lays the faces that come back over the
pictures. Both kinds take any number of devices. Frames that are asked for past the last one run
backwards, then forwards again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from pipeline.latentsync import chunks, crop
from pipeline.latentsync.align import Box, Image, Matrix
from pipeline.latentsync.arrival import Arrival
from pipeline.latentsync.chunks import Chunk, Conditions, Models, Recipe
from pipeline.latentsync.errors import FaceUnusable
from pipeline.latentsync.paste import Paste


class Scene(Protocol):
    """Give conditions, take faces."""

    is_still: bool

    def face_at(self, frame: int) -> bool:
        """Say whether output frame `frame` has a face to speak with."""
        ...

    def pictures(self, chunk: Chunk) -> Sequence[Image]:
        """Give the untouched pictures of a chunk, on the CPU, while the device does another."""
        ...

    def conditions(
        self,
        models: Models,
        unit: Sequence[Chunk],
        pictures: Sequence[Sequence[Image]],
        recipe: Recipe,
        slices: int,
    ) -> Conditions:
        """Encode what the network may see of so many chunks side by side."""
        ...

    def paste(
        self, models: Models, chunk: Chunk, pictures: Sequence[Image], faces: Tensor
    ) -> Iterator[Image]:
        """Lay faces (f 3 r r) over the pictures of the chunk.

        What the device does is begun at once and waited for while the pictures are iterated, so
        that the device goes on to the next chunk meanwhile.
        """
        ...


class Still:
    """One picture: aligned, encoded and measured once per device."""

    is_still = True

    def __init__(self, picture: Image, matrix: Matrix, resolution: int) -> None:
        self.background = checked(picture)
        self.matrix = matrix
        self.resolution = resolution
        self.pixels = crop.faces([picture], [matrix], resolution, torch.device("cpu"))
        self.encoded: dict[torch.device, Conditions] = {}
        self.pastes: dict[torch.device, tuple[Paste, Tensor]] = {}

    def face_at(self, frame: int) -> bool:
        """Every frame has the face."""
        del frame
        return True

    def pictures(self, chunk: Chunk) -> Sequence[Image]:
        """Every frame is the picture."""
        return [self.background] * len(chunk)

    def conditions(
        self,
        models: Models,
        unit: Sequence[Chunk],
        pictures: Sequence[Sequence[Image]],
        recipe: Recipe,
        slices: int,
    ) -> Conditions:
        """Encode once; the same latents serve every frame of every chunk.

        Deviates from the published implementation, which draws encoding noise per frame.
        """
        del unit, pictures, slices
        if models.device not in self.encoded:
            pixels = self.pixels[None].to(models.device)
            noise = encoding_noise(models, recipe, pictures=1, start=0)
            self.encoded[models.device] = chunks.condition(models.vae, pixels, models.mask, noise)
        return self.encoded[models.device]

    def paste(
        self, models: Models, chunk: Chunk, pictures: Sequence[Image], faces: Tensor
    ) -> Iterator[Image]:
        """Paste inside the face box; no other pixel is touched."""
        del chunk
        paste, under = self.paste_on(models.device)
        return with_boxes(pictures, paste.box, Arrival(paste(under, faces)))

    def paste_on(self, device: torch.device) -> tuple[Paste, Tensor]:
        """Make grid, soft mask and the pixels underneath, once per device."""
        if device not in self.pastes:
            paste = Paste([self.matrix], self.resolution, size_of(self.background), device)
            self.pastes[device] = paste, crop.cut([self.background], paste.box, device)
        return self.pastes[device]


class Moving:
    """Frames with a matrix each, or None where no face is seen."""

    is_still = False

    def __init__(
        self, frames: Sequence[Image], matrices: Sequence[Matrix | None], resolution: int
    ) -> None:
        self.frames = frames
        self.matrices = matrices
        self.resolution = resolution

    def source(self, frame: int) -> int:
        """Choose the source frame: forward, backward, forward; the ends stand twice at a turn."""
        n = len(self.frames)
        at = frame % (2 * n)
        return at if at < n else 2 * n - 1 - at

    def face_at(self, frame: int) -> bool:
        """Say whether the source frame has a matrix."""
        return self.matrices[self.source(frame)] is not None

    def pictures(self, chunk: Chunk) -> Sequence[Image]:
        """Give the source frames."""
        return [checked(self.frames[self.source(i)]) for i in range(chunk.start, chunk.stop)]

    def matrices_of(self, chunk: Chunk) -> list[Matrix]:
        """Give the matrices of a chunk that has a face."""
        return [self.matrix(i) for i in range(chunk.start, chunk.stop)]

    def matrix(self, frame: int) -> Matrix:
        """Give the matrix of a frame that has a face."""
        matrix = self.matrices[self.source(frame)]
        if matrix is None:
            raise FaceUnusable(f"frame {frame} has no face")
        return matrix

    def conditions(
        self,
        models: Models,
        unit: Sequence[Chunk],
        pictures: Sequence[Sequence[Image]],
        recipe: Recipe,
        slices: int,
    ) -> Conditions:
        """Align and encode every frame of the chunks."""
        pixels = [
            crop.faces(shown, self.matrices_of(chunk), self.resolution, models.device)
            for chunk, shown in zip(unit, pictures, strict=True)
        ]
        noise = None
        if recipe.sampled:
            pairs = (
                encoding_noise(models, recipe, pictures=len(chunk), start=chunk.start)
                for chunk in unit
            )
            drawn = [pair for pair in pairs if pair is not None]
            noise = torch.cat([a for a, _ in drawn]), torch.cat([b for _, b in drawn])
        return chunks.condition(models.vae, torch.stack(pixels), models.mask, noise, slices=slices)

    def paste(
        self, models: Models, chunk: Chunk, pictures: Sequence[Image], faces: Tensor
    ) -> Iterator[Image]:
        """Paste each face into its own place."""
        size = size_of(pictures[0])
        paste = Paste(self.matrices_of(chunk), self.resolution, size, models.device)
        under = crop.cut(pictures, paste.box, models.device)
        return with_boxes(pictures, paste.box, Arrival(paste(under, faces)))


def with_boxes(pictures: Sequence[Image], box: Box, arrival: Arrival) -> Iterator[Image]:
    """Yield the pictures with new pixels in a box, when these have arrived."""
    x0, y0, x1, y1 = box
    for picture, pixels in zip(pictures, arrival.wait(), strict=True):
        shown = picture.copy()
        shown[y0:y1, x0:x1] = pixels
        yield shown


def size_of(picture: Image) -> tuple[int, int]:
    """Return width and height."""
    return picture.shape[1], picture.shape[0]


def checked(picture: Image) -> Image:
    """Return the picture if it is RGB, 8 bits per value."""
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:
        raise ValueError(f"a picture of {picture.shape} {picture.dtype}; (h w 3) uint8 is needed")
    return picture


def encoding_noise(
    models: Models, recipe: Recipe, *, pictures: int, start: int
) -> tuple[Tensor, Tensor] | None:
    """Draw the noise of sampled encodings; None for the mode."""
    if not recipe.sampled:
        return None
    side = models.resolution // 8
    return chunks.encoding_noise(
        (pictures, 4, side, side),
        seed=recipe.seed,
        start=start,
        device=models.device,
        dtype=models.dtype,
    )
