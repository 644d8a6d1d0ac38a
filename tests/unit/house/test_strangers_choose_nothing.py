"""No path, program, decoder or release is chosen by whoever sends a file."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import av

ROOT = Path(__file__).parents[3]
HOLES_CLOSED = {"libavcodec": (62, 28, 102), "libavformat": (62, 12, 102)}
"""FFmpeg 8.1.2: CVE-2026-8461 (a write beyond the heap) and CVE-2026-40962 are closed."""


def sources() -> Iterator[tuple[Path, str]]:
    for folder in ("bot", "pipeline"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8")


def test_ffmpeg_has_no_hole_that_we_know() -> None:
    for name, least in HOLES_CLOSED.items():
        assert av.library_versions[name] >= least, name


def test_no_other_decoder_reads_videos() -> None:
    """OpenCV carries an FFmpeg of its own, older than ours."""
    assert [path for path, text in sources() if "VideoCapture" in text] == []


def test_no_file_name_of_a_stranger_is_used() -> None:
    read = re.compile(r"\.file_name\b")

    assert [path for path, text in sources() if read.search(text)] == []


def test_no_shell_is_ever_asked() -> None:
    asked = ("shell=True", "os.system", "os.popen", "create_subprocess_shell", "subprocess_shell")

    assert [path for path, text in sources() if any(way in text for way in asked)] == []


def test_only_children_and_ffmpeg_are_started() -> None:
    """Every process has its limits where it is started: three files do."""
    ways = {"create_subprocess_exec", "subprocess_exec", "Popen", "execv"}
    starting = set()
    for path, text in sources():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Attribute) and node.attr in ways:
                starting.add(str(path))

    assert starting == {
        "pipeline/child.py",
        "pipeline/confine.py",
        "pipeline/media/runner.py",
    }


def test_no_secret_and_nobodys_data_get_into_the_repository_or_the_image() -> None:
    kept_out = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    let_in = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()

    assert {".env", "data/", "config/local.toml"} <= set(kept_out)
    assert let_in[0] == "*", "everything is kept out of the image that is not named"
    assert not {"!.env", "!data", "!data/"} & set(let_in)
