"""Makes the locks from pyproject.toml: `make lock`. README.md here says how and why.

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
DEVICE = re.compile(r"nvidia-|cuda-|triton==")
"""What only the CUDA build of torch declares; it stands in that build's own lock."""
CPU_BUILDS = {
    "2.13.0": {
        "cp311-manylinux_2_28_aarch64": (
            "84453b69508ec79902f899c5ed9495acb9e2bbe9fda5f1d5d6f19e3c3842e1a7"
        ),
        "cp311-manylinux_2_28_x86_64": (
            "6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b"
        ),
        "cp312-manylinux_2_28_aarch64": (
            "6f307c2c32d764ffc6ff6893b801fad6d4752f3e67966cb8abf1843427c02604"
        ),
        "cp312-manylinux_2_28_x86_64": (
            "4ca4a9394b0c771238a4f73590fdbbc4debad85ed0fa63d026ae1b085da7d6e2"
        ),
    },
}
"""torch's builds for the CPU, as PyTorch's own index lists them: PyPI has none for Linux.

Written by hand, the only thing here that is: README.md says how they are checked.
"""


def main() -> None:
    """Resolve, and write all files."""
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    base = [*project["project"]["dependencies"], *BUILD]
    dev = project["dependency-groups"]["dev"]
    model = project["project"]["optional-dependencies"]["latentsync"]
    everything = resolve([*base, *dev, *model])
    pins = [f"{name}=={version}" for name, version in everything.items()]
    of_base, of_dev, of_model = (resolve(lines, pins) for lines in (base, [*base, *dev], model))
    torch = of_model.pop("torch")
    locks = {
        "base.lock": hashed(of_base),
        "dev.lock": hashed({n: v for n, v in of_dev.items() if n not in {*of_base, *LEFT_OUT}}),
        "latentsync.lock": hashed(
            {n: v for n, v in of_model.items() if not DEVICE.match(f"{n}==")}
        ),
        "torch-cpu.lock": for_the_cpu(torch),
        "torch-cuda.lock": for_cuda(torch, pins),
    }
    for name, lines in locks.items():
        (HERE / name).write_text(HEADER + lines, encoding="utf-8")


def for_the_cpu(torch: str) -> str:
    """Name torch's builds for the CPU; they declare nothing that `latentsync.lock` lacks."""
    if torch not in CPU_BUILDS:
        raise SystemExit(f"CPU_BUILDS does not know torch {torch}: see {HERE / 'README.md'}")
    digests = "".join(f" \\\n    --hash=sha256:{digest}" for digest in CPU_BUILDS[torch].values())
    return f"torch=={torch}+cpu{digests}\n"


def for_cuda(torch: str, pins: Sequence[str]) -> str:
    """Name PyPI's builds of torch, and what those for CUDA declare for the graphics card."""
    needed = compiled([f"torch=={torch}"], [pin for pin in pins if not DEVICE.match(pin)])
    packages = map(str.rstrip, re.split(r"\n(?=[a-z0-9])", needed))
    of_torch = re.compile(f"{DEVICE.pattern}|torch==")
    return "".join(f"{package}\n" for package in packages if of_torch.match(package))


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


def hashed(versions: dict[str, str]) -> str:
    """Write exact versions with the SHA-256 of every file of each."""
    pins = [f"{name}=={version}" for name, version in versions.items()]
    return compiled(pins, (), "--no-deps")


def compiled(requirements: Sequence[str], pins: Sequence[str], *options: str) -> str:
    """Let uv name PyPI's files, for all machines and both Pythons; pip then takes no other."""
    asked, constraints = HERE / "asked.tmp", HERE / "constraints.tmp"
    asked.write_text("\n".join(requirements), encoding="utf-8")
    constraints.write_text("\n".join(pins), encoding="utf-8")
    try:
        answer = subprocess.run(  # noqa: S603  our own interpreter, our own arguments
            [
                *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", *options),
                *("--generate-hashes", "--no-header", "--no-annotate", "--universal"),
                *("--python-version", "3.11", "--constraint", str(constraints), str(asked)),
            ],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    finally:
        asked.unlink()
        constraints.unlink()
    return answer.stdout


if __name__ == "__main__":
    main()
