"""What comes from elsewhere is named by what it is, not only by what it is called."""

import re
from pathlib import Path

import pytest

from pipeline.latentsync import releases

ROOT = Path(__file__).parents[3]
HASHED = ("base.lock", "dev.lock")


@pytest.mark.parametrize("name", HASHED)
def test_every_locked_package_has_its_digests(name: str) -> None:
    lock = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    packages = re.split(r"\n(?=[a-z0-9])", lock.partition("\n")[2].strip(), flags=re.IGNORECASE)

    for package in packages:
        assert re.match(r"[\w.-]+==[\w.!]+", package), package
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", package), package.splitlines()[0]
    assert "pip==" not in lock


def test_the_lock_without_digests_says_why_beside_it() -> None:
    why = (ROOT / "requirements" / "README.md").read_text(encoding="utf-8")

    assert "`latentsync.lock` has none" in why


def test_weights_are_named_by_revision_and_digest() -> None:
    source = Path(releases.__file__).read_text(encoding="utf-8")

    assert re.search(r"\b[0-9a-f]{40}\b", source)
    assert len(re.findall(r"\b[0-9a-f]{64}\b", source)) >= 3


def test_nothing_that_is_loaded_can_run_code() -> None:
    dangerous = re.compile(r"weights_only=False|pickle\.load|allow_pickle=True|trust_remote_code")
    found = [
        str(path.relative_to(ROOT))
        for folder in ("bot", "pipeline")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if dangerous.search(path.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_actions_of_continuous_integration_are_pinned_by_commit() -> None:
    for workflow in sorted((ROOT / ".github" / "workflows").glob("*.yml")):
        for action in re.findall(r"uses: (\S+)", workflow.read_text(encoding="utf-8")):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action), action


def test_the_container_runs_as_nobody_and_installs_what_is_locked() -> None:
    steps = (ROOT / "Dockerfile").read_text(encoding="utf-8")

    users = re.findall(r"^USER (\S+)", steps, flags=re.MULTILINE)
    assert users
    assert users[-1].split(":")[0].isdigit()
    assert users[-1].split(":")[0] != "0"
    assert "base.lock" in steps
    assert not re.search(r"^ADD |curl |wget ", steps, flags=re.MULTILINE)
    assert "--read-only" in steps, "how it is run says so"
