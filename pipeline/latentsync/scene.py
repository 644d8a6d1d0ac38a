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
from numpy.typing import NDArray
from torch import Tensor

from pipeline.latentsync import align, chunks
from pipeline.latentsync.chunks import Chunk, Conditions, Models, Recipe
from pipeline.latentsync.errors import FaceUnusable

Image = NDArray[np.uint8]
Matrix = NDArray[np.float64]


class Scene(Protocol):
    """Give conditions, take faces."""

    is_still: bool

    def face_at(self, frame: int) -> bool:
        """Say whether output frame `frame` has a face to speak with."""
        ...

    def picture(self, frame: int) -> Image:
        """Give the untouched picture of output frame `frame`."""
        ...

    def conditions(
        self, models: Models, unit: Sequence[Chunk], recipe: Recipe, slices: int
    ) -> Conditions:
        """Encode what the network may see of so many chunks side by side."""
        ...

    def paste(self, models: Models, chunk: Chunk, faces: Tensor) -> Iterator[Image]:
        """Lay faces (f 3 r r) over the pictures of the chunk.

        What the device does is done at once; pictures are put together while they are iterated,
        so that the device can begin the next chunk.
        """
        ...


class Still:
    """One picture: aligned, encoded and measured once per device."""

    is_still = True

    def __init__(self, picture: Image, matrix: Matrix, resolution: int) -> None:
        self.background = checked(picture)
        self.matrix = matrix
        self.resolution = resolution
        square = align.to_square(align.align_crop(picture, matrix, resolution), resolution)
        self.pixels = align.pixel_values([square])  # (1 3 r r)
        self.encoded: dict[torch.device, Conditions] = {}
        self.pastes: dict[torch.device, tuple[align.Paste, Tensor]] = {}

    def face_at(self, frame: int) -> bool:
        """Every frame has the face."""
        del frame
        return True

    def picture(self, frame: int) -> Image:
        """Every frame is the picture."""
        del frame
        return self.background

    def conditions(
        self, models: Models, unit: Sequence[Chunk], recipe: Recipe, slices: int
    ) -> Conditions:
        """Encode once; the same latents serve every frame of every chunk.

        Deviates from the published implementation, which draws encoding noise per frame.
        """
        del unit, slices
        if models.device not in self.encoded:
            pixels = self.pixels[None].to(models.device)
            noise = encoding_noise(models, recipe, pictures=1, start=0)
            self.encoded[models.device] = chunks.condition(models.vae, pixels, models.mask, noise)
        return self.encoded[models.device]

    def paste(self, models: Models, chunk: Chunk, faces: Tensor) -> Iterator[Image]:
        """Paste inside the face box; no other pixel is touched."""
        del chunk
        paste, under = self.paste_on(models.device)
        boxes: NDArray[np.uint8] = paste(under, faces).cpu().numpy()
        return (self.with_box(paste.box, box) for box in boxes)

    def with_box(self, box: tuple[int, int, int, int], pixels: Image) -> Image:
        """Return the picture with new pixels in a box."""
        x0, y0, x1, y1 = box
        picture = self.background.copy()
        picture[y0:y1, x0:x1] = pixels
        return picture

    def paste_on(self, device: torch.device) -> tuple[align.Paste, Tensor]:
        """Make grid, soft mask and the pixels underneath, once per device."""
        if device not in self.pastes:
            height, width = self.background.shape[:2]
            paste = align.Paste(self.matrix, self.resolution, (width, height), device)
            x0, y0, x1, y1 = paste.box
            under = torch.from_numpy(self.background[y0:y1, x0:x1].copy())[None].to(device)
            self.pastes[device] = paste, under
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

    def picture(self, frame: int) -> Image:
        """Give the source frame."""
        return self.frames[self.source(frame)]

    def matrix(self, frame: int) -> Matrix:
        """Give the matrix of a frame that has a face."""
        matrix = self.matrices[self.source(frame)]
        if matrix is None:
            raise FaceUnusable(f"frame {frame} has no face")
        return matrix

    def conditions(
        self, models: Models, unit: Sequence[Chunk], recipe: Recipe, slices: int
    ) -> Conditions:
        """Align and encode every frame of the chunks."""
        rows, noises = [], []
        for chunk in unit:
            squares = [
                align.to_square(
                    align.align_crop(checked(self.picture(i)), self.matrix(i), self.resolution),
                    self.resolution,
                )
                for i in range(chunk.start, chunk.stop)
            ]
            rows.append(align.pixel_values(squares))
            noises.append(encoding_noise(models, recipe, pictures=len(chunk), start=chunk.start))
        noise = None
        if recipe.sampled:
            drawn = [pair for pair in noises if pair is not None]
            noise = torch.cat([a for a, _ in drawn]), torch.cat([b for _, b in drawn])
        pixels = torch.stack(rows).to(models.device)
        return chunks.condition(models.vae, pixels, models.mask, noise, slices=slices)

    def paste(self, models: Models, chunk: Chunk, faces: Tensor) -> Iterator[Image]:
        """Paste each face into its own place, on the CPU."""
        del models
        places = zip(range(chunk.start, chunk.stop), faces.cpu(), strict=True)
        return (
            align.paste_back(self.picture(i), face, self.matrix(i), self.resolution)
            for i, face in places
        )


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
