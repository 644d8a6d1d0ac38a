"""``bolti --debug`` shows tracebacks and everything that is logged, and none of the words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import faces
from tests.e2e.test_cli import bolti

WORDS = "The marigold garland waits behind the third window."


@pytest.mark.parametrize(
    ("options", "status", "seen"), [((), 0, "DEBUG"), (("--voice", "nobody"), 32, "Traceback")]
)
def test_debug_output_holds_no_words(
    tmp_path: Path, options: tuple[str, ...], status: int, seen: str
) -> None:
    (tmp_path / "words.txt").write_text(WORDS)

    ended = bolti(
        tmp_path,
        *("--debug", "render", faces.hopper(), "--script", "words.txt", "-o", "o.mp4"),
        *("--size", "128", *options),
    )

    assert ended.returncode == status
    assert seen in ended.stderr
    assert "marigold" not in ended.stdout + ended.stderr
