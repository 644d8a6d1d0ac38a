"""The house rules that a machine can check."""

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WALL_LINES = 300
BANNED_NAMES = re.compile(r"(^|_)(utils?|helpers?|common|misc|manager|base|stuff)(_|$)")


def sources(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def test_no_source_file_is_longer_than_the_wall() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources("bot", "pipeline", "tests")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > WALL_LINES
    }

    assert not long


def test_no_module_is_called_by_a_word_that_says_only_that_it_assists() -> None:
    assert not [p for p in sources("bot", "pipeline", "tests") if BANNED_NAMES.search(p.stem)]


def test_no_config_folder_holds_code() -> None:
    assert not sources("config")


@pytest.mark.parametrize("door", ["bot.__main__", "pipeline.cli"])
def test_starting_a_door_imports_nothing_heavy(door: str) -> None:
    heavy = ("torch", "diffusers", "mediapipe", "cv2", "av", "matplotlib")
    question = f"import sys, {door}; print([m for m in {heavy!r} if m in sys.modules])"

    answer = subprocess.run(
        [sys.executable, "-c", question], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "[]"


def mapped_in_the_readme() -> set[Path]:
    """Read the tree in the README: folders end in a slash, four spaces are one level."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tree = readme.partition("## The map of the code")[2].split("```")[1]
    found, above = set(), [ROOT]
    for line in tree.strip().splitlines():
        name = line.split()[0]
        depth = (len(line) - len(line.lstrip())) // 4
        above = [*above[: depth + 1], above[depth] / name]
        if name.endswith(".py"):
            found.add(above[-1])
    return found


def test_the_readme_maps_every_source_file_and_no_other() -> None:
    files = set(sources("bot", "pipeline"))

    mapped = mapped_in_the_readme()

    assert mapped <= files
    assert {path for path in files - mapped if path.name != "__init__.py"} == set()


def test_every_setting_is_explained() -> None:
    lines = (ROOT / "config" / "default.toml").read_text(encoding="utf-8").splitlines()
    unexplained = [
        line
        for above, line in pairwise(lines)
        if re.match(r"\w+ = ", line) and not above.startswith("# ")
    ]

    assert not unexplained


def test_no_user_reads_a_sentence_that_stands_in_code() -> None:
    literal = re.compile(r"(reply_text|send_message|edit_message_text|answer)\(\s*f?[\"']")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources("bot")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if literal.search(line)
    ]

    assert not found
