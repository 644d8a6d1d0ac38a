"""Look the locked versions up in the database of known holes, where it can be reached.

Part of `make check`. Offline it says so, and why, and is content: a check must not need the
network. A hole that is known ends it with 1, except those of ACCEPTED, each with its reason in
README.md here.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LOCKS = ("base.lock", "dev.lock", "latentsync.lock", "torch-cuda.lock")
"""Not ``torch-cpu.lock``: the database knows public versions only, and that one is the same."""
ACCEPTED = frozenset({"CVE-2025-50817", "GHSA-xqrq-4mgf-ff32"})
"""Of `future`, which ffmpeg-python declares: README.md here."""
LIMIT_S, ANSWER_S = 120, 10


def main() -> int:
    """Ask, and print what was found."""
    failed = unasked = 0
    for name in LOCKS:
        try:
            packages = ask(HERE / name)
        except Unanswered as e:
            say(f"{name} is NOT checked: {e}")
            unasked += 1
            continue
        found = holes(packages)
        for hole in found:
            say(hole)
        failed |= bool(found)
        unknown = [package["name"] for package in packages if "skip_reason" in package]
        beside = f"; the database does not know {', '.join(unknown)}" if unknown else ""
        say(f"{name}: {len(found)} known holes beside the accepted ones{beside}")
    if unasked:
        say(f"{unasked} of {len(LOCKS)} locks were not checked for known holes; ask again online")
    return failed


def say(line: str) -> None:
    """Tell whoever runs the check."""
    sys.stdout.write(f"audit: {line}\n")
    sys.stdout.flush()


class Unanswered(Exception):
    """Nobody looked the versions up; says why."""


def ask(lock: Path) -> list[dict[str, Any]]:
    """Let pip-audit look a lock's versions up: one package an entry, as it writes them."""
    try:
        answer = subprocess.run(  # noqa: S603  our own interpreter, our own arguments
            [
                *(sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps"),
                *("--progress-spinner", "off", "--timeout", str(ANSWER_S)),
                *("--format", "json", "--requirement", str(lock)),
            ],
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as e:
        raise Unanswered(f"no answer within {LIMIT_S} s") from e
    try:
        packages: list[dict[str, Any]] = json.loads(answer.stdout)["dependencies"]
    except (ValueError, KeyError) as e:
        last = (answer.stderr.strip().splitlines() or [f"exit status {answer.returncode}"])[-1]
        raise Unanswered(f"pip-audit failed: {last}") from e
    if all("skip_reason" in package for package in packages):  # a mirror answers so
        raise Unanswered("the index that is reached here has no database of known holes")
    return packages


def holes(packages: list[dict[str, Any]]) -> list[str]:
    """List what is known about these versions, a line each."""
    return [
        f"{package['name']} {package['version']}: {hole['id']}, mended in {hole['fix_versions']}"
        for package in packages
        for hole in package.get("vulns", ())
        if not ACCEPTED & {hole["id"], *hole.get("aliases", ())}
    ]


if __name__ == "__main__":
    sys.exit(main())
