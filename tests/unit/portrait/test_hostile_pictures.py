"""What is no photo is refused with its reason; nothing is decoded beyond the limits."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline import errors
from pipeline.portrait.picture import read_picture
from pipeline.settings import PortraitSettings
from tests.unit.portrait.drawn import chunk, encoded, png_header, scene, written

LIMITS = PortraitSettings()


def hostile() -> dict[str, bytes]:
    whole = {kind: encoded(scene(), kind) for kind in ("JPEG", "PNG", "WEBP")}
    noise = np.random.default_rng(7).integers(0, 256, 5000, np.uint8).tobytes()
    cut = {
        f"{kind} cut at {share}": content[: int(len(content) * share)]
        for kind, content in whole.items()
        for share in (0.01, 0.1, 0.3, 0.6, 0.9)
    }
    return cut | {
        "empty": b"",
        "random": noise,
        "a JPEG's first bytes, then noise": b"\xff\xd8\xff\xe0" + noise,
        "a PNG's first bytes, then noise": b"\x89PNG\r\n\x1a\n" + noise,
        "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 200 200\n%%EndComments\nshowpage\n",
        "SVG": b"<svg xmlns='http://www.w3.org/2000/svg' width='200' height='200'/>",
        "GIF": encoded(scene(), "GIF"),
        "BMP": encoded(scene(), "BMP"),
        "TIFF": encoded(scene(), "TIFF"),
        "PNG of nothing": png_header(200, 200),
        "PNG of no size": png_header(0, 200),
    }


@pytest.mark.parametrize(("name", "content"), hostile().items(), ids=lambda v: str(v)[:24])
def test_what_is_no_photo_is_refused_kindly(tmp_path: Path, name: str, content: bytes) -> None:
    path = written(tmp_path, content)

    with pytest.raises(errors.PictureUnreadable, match="Send a JPEG, PNG or WEBP"):
        read_picture(path, LIMITS)

    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"GIF89a" + bytes(50), "it is a GIF"),
        (b"\0\0\0\x20ftypheic" + bytes(50), "it is a HEIC photo"),
        (b"\0\0\0\x20ftypisom" + bytes(50), "it is a video"),
        (b"%PDF-1.7" + bytes(50), "it is a PDF"),
        (b"hello", "it is no picture"),
        (b"", "it is empty"),
    ],
)
def test_a_known_other_format_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(errors.PictureUnreadable, match=reason):
        read_picture(written(tmp_path, content), LIMITS)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.PictureUnreadable, match="no such file"):
        read_picture(tmp_path / "gone.jpg", LIMITS)
    with pytest.raises(errors.PictureUnreadable, match="not a file"):
        read_picture(tmp_path, LIMITS)


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_a_moving_picture_is_refused(tmp_path: Path, kind: str) -> None:
    other = scene().transpose(Image.Transpose.ROTATE_180)
    content = encoded(scene(), kind, save_all=True, append_images=[other], duration=100)

    with pytest.raises(errors.PictureAnimated):
        read_picture(written(tmp_path, content), LIMITS)


@pytest.mark.parametrize(
    ("width_px", "height_px", "says"),
    [
        (100_000, 100, "100000 x 100 pixels; the limit is 8000 pixels a side"),
        (5_001, 5_000, "25.005 megapixels; the limit is 25 megapixels"),
        (7_999, 7_999, "more than twice 25 megapixels"),
        (13_000, 13_000, "more than twice 25 megapixels"),
    ],
)
def test_a_bomb_is_refused_by_its_header(
    tmp_path: Path, width_px: int, height_px: int, says: str
) -> None:
    # There is nothing behind the header: had it been decoded, it would be called damaged.
    path = written(tmp_path, png_header(width_px, height_px))

    with pytest.raises(errors.PictureTooLarge, match=says):
        read_picture(path, LIMITS)


def test_a_large_file_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = written(tmp_path, b"")
    with path.open("r+b") as file:
        file.truncate(10_000_001)

    with pytest.raises(errors.PictureTooLarge, match=r"10\.0 MB; the limit is 10 MB") as refused:
        read_picture(path, LIMITS)
    assert refused.value.limit_mb == 10


def test_a_tiny_picture_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, encoded(scene(400, 127), "PNG"))

    with pytest.raises(errors.PictureTooSmall, match="400 x 127 pixels"):
        read_picture(path, LIMITS)


def test_hidden_text_that_unpacks_to_much_is_refused(tmp_path: Path) -> None:
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(100_000_000), 9))
    png = encoded(scene(), "PNG")

    with pytest.raises(errors.PictureUnreadable):
        read_picture(written(tmp_path, png[:33] + text + png[33:]), LIMITS)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    kind=st.sampled_from(["JPEG", "PNG", "WEBP"]),
    bites=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=8)), max_size=6),
)
def test_a_damaged_file_gives_pixels_or_a_portrait_error(
    tmp_path: Path, kind: str, bites: list[tuple[float, bytes]]
) -> None:
    content = bytearray(encoded(scene(130, 130), kind))
    for place, bite in bites:
        at = int(place * len(content))
        content[at : at + len(bite)] = bite

    try:
        pixels = read_picture(written(tmp_path, bytes(content)), LIMITS)
    except errors.PortraitError:
        return

    assert pixels.ndim == 3
    assert pixels.shape[2] == 3
