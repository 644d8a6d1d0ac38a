"""Matrices, crops, paste-back and masks equal the published ones."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pipeline.latentsync import align, crop
from pipeline.latentsync.errors import FaceUnusable
from pipeline.latentsync.paste import Paste
from tests.parity import adapter
from tests.parity.vectors import golden, picture, share_off_by_more_than_two

CASES = [
    f"r{r}_{name}"
    for r in (256, 512)
    for name in ("frontal", "still_repeat", "rotated", "small_offset")
]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("smooth", "key"), [(True, "matrix_smooth"), (False, "matrix_nosmooth")])
def test_matrices_equal_the_published_ones(case: str, smooth: bool, key: str) -> None:
    vectors = golden("affine.npz")
    resolution = int(case[1:4])
    height, width = vectors["image"].shape[:2]
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]], float).T

    fitted = adapter.matrices(vectors[f"{case}_landmarks"], resolution, smooth)

    error_px = np.abs((fitted - vectors[f"{case}_{key}"]) @ corners).max()
    assert error_px < 0.02 * resolution / 256


@pytest.mark.parametrize("resolution", [256, 512])
def test_crop_square_and_paste_equal_the_published_ones(resolution: int) -> None:
    vectors = golden("affine.npz")
    name = f"r{resolution}"
    matrix = vectors[f"{name}_rotated_matrix_smooth"][0]
    every = np.s_[:] if resolution == 256 else np.s_[::4, ::4]
    sub = "" if resolution == 256 else "_sub"

    crop = adapter.align_crop(vectors["image"], matrix, resolution)
    square = adapter.to_square(crop, resolution)
    face = (1 - torch.from_numpy(square.astype(np.float32) / 127.5)).permute(2, 0, 1) * 0.9
    pasted = adapter.paste_back(vectors["image"], face, matrix, resolution)

    assert share_off_by_more_than_two(crop[every], vectors[f"{name}_crop{sub}"]) < 0.002
    assert share_off_by_more_than_two(square[every], vectors[f"{name}_square{sub}"]) < 0.002
    assert share_off_by_more_than_two(pasted, vectors[f"{name}_pasted"]) < 0.005


@pytest.mark.parametrize("resolution", [256, 512])
def test_the_soft_mask_equals_the_published_one(resolution: int) -> None:
    vectors = golden("affine.npz")
    height, width = vectors["image"].shape[:2]
    matrix = vectors[f"r{resolution}_rotated_matrix_smooth"][0]

    paste = Paste([matrix], resolution, (width, height), adapter.CPU)

    whole = np.zeros((height, width), np.float32)
    x0, y0, x1, y1 = paste.box
    whole[y0:y1, x0:x1] = paste.soft[0, 0].numpy()
    expected = vectors[f"r{resolution}_soft_mask_u16"] / 65535
    assert np.abs(whole[::2, ::2] - expected).max() < 1e-3


def test_nothing_outside_the_face_box_changes() -> None:
    vectors = golden("affine.npz")
    matrix = vectors["r256_rotated_matrix_smooth"][0]

    pasted = adapter.paste_back(vectors["image"], torch.ones(3, 256, 256), matrix, 256)

    changed = (pasted != vectors["image"]).any(axis=-1)
    assert 0.1 < changed.mean() < 0.4
    assert not changed[:40].any()
    assert not changed[:, :110].any()


@pytest.mark.parametrize(
    "landmarks",
    [
        [[10, 8], [60, 8], [35, 40]],  # at the left upper edge
        [[440, 330], [500, 335], [470, 370]],  # half outside
        [[900, 900], [950, 900], [925, 940]],  # wholly outside
        [[200, 200], [206, 200], [203, 204]],  # a face of a few pixels
    ],
)
def test_faces_at_the_edge_or_tiny_are_cropped_and_pasted(landmarks: list[list[int]]) -> None:
    image = picture(360, 480, "edge")
    matrix = align.matrices(np.array([landmarks], float), 256)[0]

    face = crop.faces([image], [matrix], 256, adapter.CPU)
    pasted = adapter.paste_back(image, face[0], matrix, 256)

    assert face.shape == (1, 3, 256, 256)
    assert pasted.shape == image.shape
    assert np.abs(pasted.astype(int) - image).mean() < 3


def test_a_chunk_at_once_is_cropped_and_pasted_like_its_frames_one_by_one() -> None:
    images = [picture(360, 480, f"frame {i}") for i in range(3)]
    where = np.array([[200, 150], [260, 155], [232, 190]], float)
    moved = [
        where,
        where * 0.9 + 20,
        where + np.array((150, 160)),
    ]  # the last one leaves the picture
    matrices = list(align.matrices(np.stack(moved), 256, rounded=False))
    faces = torch.rand(3, 3, 256, 256) * 2 - 1

    together = crop.faces(images, matrices, 256, adapter.CPU)
    paste = Paste(matrices, 256, (480, 360), adapter.CPU)
    x0, y0, x1, y1 = paste.box
    pasted = [image.copy() for image in images]
    boxes = paste(crop.cut(images, paste.box, adapter.CPU), faces)
    for image, pixels in zip(pasted, boxes, strict=True):
        image[y0:y1, x0:x1] = pixels.numpy()

    for i in range(3):
        alone = crop.faces([images[i]], [matrices[i]], 256, adapter.CPU)
        assert (together[i] - alone[0]).abs().max() <= 2 / 127.5
        apart = adapter.paste_back(images[i], faces[i], matrices[i], 256)
        assert np.abs(pasted[i].astype(int) - apart).max() <= 1


@pytest.mark.parametrize("landmarks", [[[5, 5], [5, 5], [5, 5]], [[np.nan, 0], [1, 1], [2, 2]]])
def test_points_that_give_no_alignment_are_refused(landmarks: list[list[float]]) -> None:
    with pytest.raises(FaceUnusable, match="frame 0"):
        align.matrices(np.array([landmarks], float), 256)


@pytest.mark.parametrize("resolution", [256, 512])
def test_the_mask_equals_the_published_one(resolution: int) -> None:
    vectors = golden("masking.npz")
    expected = vectors[f"r{resolution}_latent_mask"]

    mask, latent = adapter.mask(resolution), adapter.latent_mask(resolution)

    assert (np.abs(latent - expected) > 0.5).mean() < 0.003
    white = float(vectors[f"r{resolution}_mask_white_fraction"])
    assert abs(float(mask.mean()) - white) < 0.003


@pytest.mark.parametrize("resolution", [256, 512])
def test_masked_pixels_equal_the_published_ones(resolution: int) -> None:
    vectors = golden("masking.npz")
    seed = str(vectors[f"r{resolution}_faces_seed"])
    faces = [picture(resolution, resolution, f"{seed}{i}") for i in range(2)]

    pixels = crop.pixel_values(torch.from_numpy(np.stack(faces)).permute(0, 3, 1, 2))
    masked = pixels * torch.from_numpy(adapter.mask(resolution))

    expected = vectors[f"r{resolution}_pixel_values_sub"]
    np.testing.assert_allclose(pixels[:, :, ::16, ::16], expected, atol=1e-5)
    off = np.abs(masked[:, :, ::16, ::16].numpy() - vectors[f"r{resolution}_masked_sub"]) > 1e-3
    assert off.mean() < 0.015  # the outline is redrawn: IoU with the published picture 0.9966
