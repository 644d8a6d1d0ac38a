"""The commit is told as it is, and "unknown" where nobody can know."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.version import UNKNOWN, commit_of, named

ID = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def code(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout" / "pipeline"
    folder.mkdir(parents=True)
    return folder


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n")


def test_an_image_carries_it_in_a_file(code: Path) -> None:
    write(code / "COMMIT", ID)
    write(code.parent / ".git" / "HEAD", "f" * 40)

    assert commit_of(code) == ID


def test_a_checkout_tells_it_on_a_branch_packed_or_not_and_between_branches(code: Path) -> None:
    git = code.parent / ".git"
    write(git / "HEAD", "ref: refs/heads/main")
    write(git / "packed-refs", f"# pack-refs\n{ID} refs/heads/main\n{'e' * 40} refs/heads/other")
    assert commit_of(code) == ID

    write(git / "refs/heads/main", "a" * 40)
    assert commit_of(code) == "a" * 40

    write(git / "HEAD", "b" * 40)
    assert commit_of(code) == "b" * 40


def test_a_worktree_tells_it(code: Path, tmp_path: Path) -> None:
    own = tmp_path / "main" / ".git" / "worktrees" / "x"
    write(code.parent / ".git", f"gitdir: {own}")
    write(own / "HEAD", "ref: refs/heads/x")
    write(own / "commondir", "../..")
    write(tmp_path / "main" / ".git" / "refs" / "heads" / "x", ID)

    assert commit_of(code) == ID


@pytest.mark.parametrize("written", ["unknown", "", "not a commit", "0123"])
def test_what_is_no_commit_is_unknown(code: Path, written: str) -> None:
    assert commit_of(code) == UNKNOWN

    write(code / "COMMIT", written)
    assert commit_of(code) == UNKNOWN


def test_the_running_code_is_named() -> None:
    assert named().endswith(")")
