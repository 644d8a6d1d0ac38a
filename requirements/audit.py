"""Look the locked versions up in the database of known holes, where it can be reached.

Part of `make check`. Offline it says so and is content: a check must not need the network. A hole
that is known ends it with 1, except those of ACCEPTED, each with its reason in README.md here.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
LOCKS = ("base.lock", "dev.lock", "latentsync.lock")
ACCEPTED = frozenset({"CVE-2025-50817", "GHSA-xqrq-4mgf-ff32"})
"""Of `future`, which ffmpeg-python declares: README.md here."""
LIMIT_S, ANSWER_S = 120, 10


def main() -> int:
    """Ask, and print what was found."""
    failed = 0
    for name in LOCKS:
        found = holes(HERE / name)
        if found is None:
            say(f"audit: the database of known holes cannot be reached; {name} is not checked")
            return failed
        for hole in found:
            say(f"audit: {hole}")
        failed |= bool(found)
        say(f"audit: {name}: {len(found)} known holes beside the accepted ones")
    return failed


def say(line: str) -> None:
    """Tell whoever runs the check."""
    sys.stdout.write(f"{line}\n")


def holes(lock: Path) -> list[str] | None:
    """List what is known about a lock's versions; None where nobody answers."""
    try:
        answer = subprocess.run(  # noqa: S603  our own interpreter, our own arguments
            [
                *(sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps"),
                *("--progress-spinner", "off", "--timeout", str(ANSWER_S)),
                *("--format", "json", "--requirement", str(lock)),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        packages = json.loads(answer.stdout)["dependencies"]
    except (ValueError, KeyError, subprocess.TimeoutExpired):
        return None
    looked_up = [package for package in packages if "skip_reason" not in package]
    if not looked_up:  # a mirror without the database answers so
        return None
    return [
        f"{package['name']} {package['version']}: {hole['id']}, mended in {hole['fix_versions']}"
        for package in looked_up
        for hole in package.get("vulns", ())
        if not ACCEPTED & {hole["id"], *hole.get("aliases", ())}
    ]


if __name__ == "__main__":
    sys.exit(main())
