"""``bolti render`` with a video where the photo stands."""

import json
from pathlib import Path

import pytest

from tests.e2e.test_cli import bolti, files
from tests.films import blank, speaker, write_film

LATENTSYNC = ("--engine", "latentsync")


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    """Make a folder of videos, good and bad."""
    write_film(tmp_path / "good.mp4", map(speaker, range(15)))
    write_film(tmp_path / "nobody.webm", map(blank, range(15)), codec="libvpx")
    write_film(tmp_path / "codec.mkv", map(speaker, range(5)), codec="ffv1")
    write_film(tmp_path / "tiny.mp4", (speaker(n)[:64, :64] for n in range(5)))
    (tmp_path / "words.mp4").write_text("hello")
    (tmp_path / "cut.mov").write_bytes((tmp_path / "good.mp4").read_bytes()[:700])
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "status", "answer"),
    [
        (["good.mp4", "--engine", "warp"], 49, "'warp' makes photos speak, not videos"),
        (["good.mp4", "--preview"], 49, "makes photos speak"),
        (["good.mp4"], 49, "latentsync cannot run here"),
        (["good.mp4", *LATENTSYNC], 41, "bolti models pull"),
        (["nobody.webm", *LATENTSYNC], 74, "No face was found in the video"),
        (["codec.mkv", *LATENTSYNC], 71, "its codec ffv1 is not taken"),
        (["tiny.mp4", *LATENTSYNC], 73, "64 x 64 pixels"),
        (["words.mp4", *LATENTSYNC], 71, "cannot be opened as a video"),
        (["cut.mov", *LATENTSYNC], 71, "damaged"),
        (["good.mp4", *LATENTSYNC, "--face", "0"], 2, "'--face'"),
        (["good.mp4", *LATENTSYNC, "--motion", "lively"], 2, "a video moves by itself"),
    ],
)
def test_each_mistake_with_a_video_gets_one_sentence_and_a_status_and_leaves_nothing(
    videos: Path, arguments: list[str], status: int, answer: str
) -> None:
    before = files(videos)
    name, *rest = arguments

    ended = bolti(videos, "render", name, "Good morning.", "-o", "o.mp4", *rest)

    said = ended.stderr.splitlines()
    assert ended.returncode == status, ended.stderr
    assert answer in said[-1]
    assert "Traceback" not in ended.stderr
    assert [name for name in files(videos) if name != "data"] == before


def test_a_video_is_refused_before_any_work_where_no_engine_takes_it(videos: Path) -> None:
    ended = bolti(videos, "render", "good.mp4", "Hello.", "-o", "o.mp4", "--json")

    (line,) = ended.stdout.splitlines()
    assert json.loads(line)["error"]["code"] == "photos_only"


def test_a_video_above_the_limit_of_bytes_is_refused(videos: Path) -> None:
    ended = bolti(
        videos,
        *("render", "good.mp4", "Hello.", "-o", "o.mp4", *LATENTSYNC),
        settings=[("BOLTI_FOOTAGE__MAX_BYTES", "2000")],
    )

    assert ended.returncode == 72
    assert "the limit is 0.002 MB" in ended.stderr


def test_the_second_face_of_a_photo_can_be_chosen_but_not_the_third(tmp_path: Path) -> None:
    from PIL import Image

    from tests import faces

    near, far = (faces.pixels(faces.hopper(), height_px) for height_px in (500, 350))
    wall = faces.on_a_wall(near, far, width_px=1000, height_px=560)
    Image.fromarray(wall).save(tmp_path / "two.jpg")
    arguments = ("render", "two.jpg", "Hi.", "-o", "out.mp4", "--size", "128", "--face")

    second, third = bolti(tmp_path, *arguments, "2"), bolti(tmp_path, *arguments, "3")

    assert second.returncode == 0, second.stderr
    assert "largest one speaks" not in second.stderr
    assert third.returncode == 76
    assert "Face 3 was asked for, and 2 can be seen." in third.stderr
