"""Photos of every kind become plain RGB, and only pixels go on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline import errors
from pipeline.portrait.picture import read_clean, read_picture, save_picture
from pipeline.settings import PortraitSettings
from tests.unit.portrait.drawn import SCENE, corners, encoded, scene, written

LIMITS = PortraitSettings()

# --------------------------------------------------------------------------- what is taken


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_three_formats_are_read(tmp_path: Path, kind: str) -> None:
    pixels = read_picture(written(tmp_path, encoded(scene(), kind)), LIMITS)

    assert pixels.shape == (160, 240, 3)
    assert pixels.dtype == np.uint8
    assert pixels.flags.writeable
    assert corners(pixels) == SCENE


@pytest.mark.parametrize("name", ["photo.txt", "no-suffix", "evil.gif", "ünïcode 🙂.bmp"])
def test_the_name_of_the_file_says_nothing(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, encoded(scene(), "PNG"), name)

    assert corners(read_picture(path, LIMITS)) == SCENE


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_camera_note_about_up_is_followed(tmp_path: Path, orientation: int, kind: str) -> None:
    turns = [None, *(Image.Transpose(n) for n in (0, 3, 1, 5, 2, 6, 4))]
    undo = turns[orientation - 1]  # how the sensor lay, so that following the note shows SCENE
    stored = scene() if undo is None else scene().transpose(undo)
    exif = Image.Exif()
    exif[0x0112] = orientation

    pixels = read_picture(written(tmp_path, encoded(stored, kind, exif=exif)), LIMITS)

    assert pixels.shape == (160, 240, 3)
    assert corners(pixels) == SCENE


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0garbage", b"Exif\0\0II*\0\xff\xff\xff\xff", b"\xff" * 90]
)
def test_a_broken_note_is_no_reason_to_refuse(tmp_path: Path, exif: bytes) -> None:
    path = written(tmp_path, encoded(scene(), "JPEG", exif=exif))

    assert corners(read_picture(path, LIMITS)) == SCENE


@pytest.mark.parametrize("mode", ["CMYK", "L", "1", "P", "LA", "RGBA", "I;16"])
def test_every_colour_mode_becomes_rgb(tmp_path: Path, mode: str) -> None:
    grey = scene().convert("L")
    if mode == "I;16":
        image = Image.fromarray((np.asarray(grey).astype(np.uint16)) * 257)
        assert image.mode == mode
    else:
        image = scene().quantize(8) if mode == "P" else scene().convert(mode)
    content = encoded(image, "JPEG" if mode == "CMYK" else "PNG")

    pixels = read_picture(written(tmp_path, content), LIMITS)

    assert pixels.shape == (160, 240, 3)
    colour = np.array([200, 40, 40] if mode in ("CMYK", "P", "RGBA") else [88, 88, 88])
    if mode != "1":
        assert np.abs(pixels[8, 8] - colour).max() < 25
    assert not np.array_equal(pixels[8, 8], pixels[-8, -8])


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_turns_grey(tmp_path: Path, mode: str) -> None:
    image = scene().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 120, 80))
    path = written(tmp_path, encoded(image.convert(mode), "PNG"))

    pixels = read_picture(path, LIMITS)

    assert pixels[8, 8].tolist() == [200, 200, 200]
    assert pixels[-8, -8].tolist() != [200, 200, 200]


def test_a_phone_picture_with_a_second_one_inside_is_a_still(tmp_path: Path) -> None:
    depth = Image.new("L", (60, 40))
    content = encoded(scene(), "MPO", save_all=True, append_images=[depth])

    assert corners(read_picture(written(tmp_path, content), LIMITS)) == SCENE


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_large_photo_is_kept_at_2048_px(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path, encoded(scene(4000, 3000), kind))

    pixels = read_picture(path, LIMITS)

    assert pixels.shape == (1536, 2048, 3)
    assert corners(pixels) == SCENE


def test_the_file_of_the_user_stays_as_it_is(tmp_path: Path) -> None:
    content = encoded(scene(), "JPEG")
    path = written(tmp_path, content)

    read_picture(path, LIMITS)

    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


# --------------------------------------------------------------------------- what goes on


def test_only_pixels_go_on(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Nikon of Asha"
    exif.get_ifd(0x8825)[2] = (28.0, 36.0, 50.0)
    jpeg = encoded(scene(), "JPEG", exif=exif, comment=b"hidden", icc_profile=b"p" * 200)
    source = written(tmp_path, jpeg + b"PK\x03\x04../../evil.txt")
    clean = tmp_path / "clean.png"

    save_picture(read_picture(source, LIMITS), clean)

    content = clean.read_bytes()
    for secret in (b"Nikon", b"hidden", b"PK\x03\x04", b"ppp", b"eXIf", b"iCCP", b"tEXt"):
        assert secret not in content
    with Image.open(clean) as picture:
        assert (picture.format, picture.mode) == ("PNG", "RGB")
        assert not picture.getexif()


def test_what_is_saved_is_read_back_exactly(tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (150, 200, 3), np.uint8)

    save_picture(pixels, tmp_path / "clean.png")

    assert np.array_equal(read_clean(tmp_path / "clean.png"), pixels)
    assert [path.name for path in tmp_path.iterdir()] == ["clean.png"]


def test_a_picture_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    taken = tmp_path / "clean.png"
    taken.mkdir()

    with pytest.raises(OSError, match=r"clean\.png"):
        save_picture(np.zeros((128, 128, 3), np.uint8), taken)

    assert list(tmp_path.iterdir()) == [taken]


def test_limits_on_photos_do_not_count_for_our_own_clean_copy(tmp_path: Path) -> None:
    grain = np.random.default_rng(2).integers(0, 256, (2048, 2048, 3), np.uint8)
    clean = tmp_path / "clean.png"

    save_picture(grain, clean)

    assert clean.stat().st_size > LIMITS.max_bytes
    assert np.array_equal(read_clean(clean), grain)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"noise",
        encoded(scene(), "JPEG"),
        encoded(scene(), "PNG")[:300],
        encoded(scene(2050, 64), "PNG"),
    ],
    ids=["empty", "noise", "jpeg", "cut", "too wide"],
)
def test_what_is_no_clean_copy_is_not_read_as_one(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(errors.PictureUnreadable):
        read_clean(written(tmp_path, content))
