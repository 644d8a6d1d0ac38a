"""Makes the three locks from pyproject.toml: `make lock`. README.md here says how and why.

One resolve for all files, so that they agree. Packages in ALONE are locked without what they
declare; what they really need stands beside them.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
BUILD = ["hatchling>=1.27", "editables>=0.5"]
ALONE = {
    # Declared and never used here: jax, jaxlib, opencv-contrib-python (it would overwrite
    # opencv-python-headless), sounddevice, sentencepiece, and numpy<2.
    "mediapipe": ["absl-py", "attrs", "flatbuffers", "protobuf>=4.25.3,<5", "matplotlib"],
    # Only two of its pictures are read, by the tests.
    "scikit-image": [],
}
LEFT_OUT = {"pip"}
"""What pip-audit declares and every environment has: a lock must not replace what reads it."""
HEADER = "# Exact public versions, made by `make lock` from pyproject.toml; see README.md here.\n"
DEVICE = re.compile(r"nvidia-|cuda-|triton$")
"""What torch declares where its build needs it. Not locked: another build needs none of it."""


def main() -> None:
    """Resolve, and write all files."""
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    base = [*project["project"]["dependencies"], *BUILD]
    dev = project["dependency-groups"]["dev"]
    model = project["project"]["optional-dependencies"]["latentsync"]
    everything = resolve([*base, *dev, *model])
    pins = [f"{name}=={version}" for name, version in everything.items()]
    of_base, of_dev = resolve(base, pins), resolve([*base, *dev], pins)
    of_model = {n: v for n, v in resolve(model, pins).items() if not DEVICE.match(n)}
    write(HERE / "base.lock", hashed(of_base))
    write(
        HERE / "dev.lock",
        hashed({n: v for n, v in of_dev.items() if n not in {*of_base, *LEFT_OUT}}),
    )
    # Without hashes: README.md here says why.
    write(HERE / "latentsync.lock", pinned(of_model))


def resolve(requirements: Sequence[str], pins: Sequence[str] = ()) -> dict[str, str]:
    """Ask pip which versions it would install; packages of ALONE without their dependencies."""
    alone = {name: line for line in requirements for name in ALONE if line.startswith(name)}
    others = [line for line in requirements if line not in alone.values()]
    for name in alone:
        others += ALONE[name]
    found = report(others, pins) | report(list(alone.values()), pins, "--no-deps")
    return dict(sorted(found.items()))


def report(requirements: Sequence[str], pins: Sequence[str], *options: str) -> dict[str, str]:
    """Run pip without installing anything; return name -> public version."""
    if not requirements:
        return {}
    constraints = HERE / "constraints.tmp"
    constraints.write_text("\n".join(pins), encoding="utf-8")
    try:
        answer = subprocess.run(  # noqa: S603  our own interpreter, our own arguments
            [
                *(sys.executable, "-m", "pip", "install", "--quiet", "--dry-run"),
                *("--ignore-installed", "--report", "-", "--constraint", str(constraints)),
                *options,
                *requirements,
            ],
            check=True,
            stdout=subprocess.PIPE,
        )
    finally:
        constraints.unlink()
    packages = [item["metadata"] for item in json.loads(answer.stdout)["install"]]
    # A local version (+cpu) sorts above its public one and exists on one index only.
    return {p["name"].lower().replace("_", "-"): p["version"].split("+")[0] for p in packages}


def pinned(versions: dict[str, str]) -> str:
    """Write exact versions, one a line."""
    return "".join(f"{name}=={version}\n" for name, version in versions.items())


def hashed(versions: dict[str, str]) -> str:
    """Write exact versions with the SHA-256 of every file of each, for all machines and Pythons.

    pip then refuses any other file, from wherever it comes.
    """
    pins = HERE / "pins.tmp"
    pins.write_text(pinned(versions), encoding="utf-8")
    try:
        answer = subprocess.run(  # noqa: S603  our own interpreter, our own arguments
            [
                *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-deps"),
                *("--generate-hashes", "--no-header", "--no-annotate", "--universal"),
                *("--python-version", "3.11", str(pins)),
            ],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    finally:
        pins.unlink()
    return answer.stdout


def write(path: Path, lines: str) -> None:
    """Write one lock."""
    path.write_text(HEADER + lines, encoding="utf-8")


if __name__ == "__main__":
    main()
