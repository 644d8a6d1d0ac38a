"""What comes from elsewhere is named by what it is, not only by what it is called."""

import re
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pipeline.latentsync import releases
from pipeline.settings import read_settings

ROOT = Path(__file__).parents[3]
LOCKS = sorted(path.name for path in (ROOT / "requirements").glob("*.lock"))
TOGETHER = (
    ("base.lock",),
    ("base.lock", "dev.lock"),
    ("base.lock", "latentsync.lock", "torch-cpu.lock"),
    ("base.lock", "latentsync.lock", "torch-cuda.lock"),
)
"""What is installed for the product, for its tests, and for LatentSync without and with a GPU."""
LEFT_OUT = {
    "mediapipe": {"jax", "jaxlib", "opencv-contrib-python", "sounddevice", "sentencepiece"},
    "scikit-image": {"scipy", "networkx", "imageio", "tifffile", "lazy-loader"},
    "pip-api": {"pip"},  # of pip-audit
}
"""Declared and not wanted; ``requirements/README.md`` says why of each."""


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_its_digests(name: str) -> None:
    lock = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    packages = re.split(r"\n(?=[a-z0-9])", lock.partition("\n")[2].strip(), flags=re.IGNORECASE)

    for package in packages:
        assert re.match(r"[\w.-]+==[\w.!+]+", package), package
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", package), package.splitlines()[0]
    assert "pip==" not in lock


@pytest.mark.parametrize("together", TOGETHER, ids="+".join)
def test_what_is_locked_finds_all_that_it_needs_in_the_locks(together: tuple[str, ...]) -> None:
    """They are installed without dependencies: what a lock forgets is simply not there."""
    locked = set[str]()
    for name in together:
        lock = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        locked |= {canonicalize_name(n) for n in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)}
    waiting, seen, missing = [(name, frozenset[str]()) for name in sorted(locked)], set(), {}
    while waiting:
        package = waiting.pop()
        if package in seen:
            continue
        seen.add(package)
        for needed in _needs(*package):
            name = canonicalize_name(needed.name)
            if name in locked:
                waiting.append((name, frozenset(needed.extras)))
            elif name not in LEFT_OUT.get(package[0], ()):
                missing[name] = package[0]

    assert missing == {}


def _needs(name: str, extras: frozenset[str]) -> list[Requirement]:
    try:
        declared = [Requirement(line) for line in metadata.requires(name) or ()]
    except metadata.PackageNotFoundError:
        return []  # not installed here, so nobody can say
    worlds = [{"extra": extra} for extra in ("", *sorted(extras))]
    return [
        needed
        for needed in declared
        if needed.marker is None or any(needed.marker.evaluate(world) for world in worlds)
    ]


def test_each_build_of_torch_has_a_lock_of_its_own() -> None:
    cpu, cuda = (
        (ROOT / "requirements" / f"torch-{build}.lock").read_text(encoding="utf-8")
        for build in ("cpu", "cuda")
    )

    (version,) = re.findall(r"^torch==([\d.]+)\+cpu \\$", cpu, re.MULTILINE)
    assert f"\ntorch=={version} \\\n" in cuda
    assert len(re.findall(r"--hash=sha256:", cpu)) == 4, "two Pythons, two kinds of machine"
    assert "\nnvidia-cublas==" in cuda
    assert "\ntriton==" in cuda
    assert set(re.findall(r"^[\w.-]+==", cpu, re.MULTILINE)) == {"torch=="}


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


def test_the_containers_run_as_nobody_and_install_what_is_locked() -> None:
    steps = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    images = re.split(r"^FROM ", steps, flags=re.MULTILINE)[1:]
    made = {image.split()[2]: image for image in images}

    assert {"bot", "worker-cpu", "worker-gpu"} <= set(made)
    assert all("\nUSER 10001\n" in made[name] for name in ("worker-cpu", "worker-gpu"))
    assert made["bot"].startswith("worker-cpu AS bot")
    assert "USER" not in made["bot"], "it is its parent's"
    for order in ("HEALTHCHECK", "STOPSIGNAL SIGTERM", "VOLUME /data", "tini"):
        assert order in made["runtime"]
    assert "fonts-noto-core libfribidi0" in made["runtime"], "captions in the letters of India"
    assert "gcc libc6-dev" in made["worker-gpu"], "Triton builds its launchers with it"
    assert "base.lock" in steps
    assert "-r requirements/latentsync.lock -r requirements/torch-cuda.lock" in made["locked-gpu"]
    assert steps.count("--no-deps") >= 3, "what a lock does not name is not installed"
    assert not re.search(r"^ADD |curl |wget ", steps, flags=re.MULTILINE)
    assert "--read-only" in steps, "how it is run says so"


def test_everything_that_a_container_starts_from_is_named_by_its_digest() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    started_from = [
        *re.findall(r"^ARG BASE=(\S+)", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE),
        *(s["image"] for s in compose["services"].values() if "build" not in s),
    ]

    assert len(started_from) == 4
    assert all(re.search(r"@sha256:[0-9a-f]{64}$", name) for name in started_from)


def test_every_container_of_ours_is_hardened_and_holds_its_secrets_in_files() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    ours = {name: s for name, s in compose["services"].items() if "build" in s}

    assert {s["build"]["target"] for s in ours.values()} == {"bot", "worker-cpu", "worker-gpu"}
    for name, service in ours.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert any("noexec" in folder for folder in service["tmpfs"]), name
        assert service["stop_grace_period"] == "60s", name
        assert "ports" not in service, name
        variables = service["environment"]
        assert not [v for v in variables if re.search("TOKEN|PASSWORD|S3_KEY$|DATABASE", v)]
        read_settings({v: str(x) for v, x in variables.items() if v != "BOLTI_SECRETS"})
    single = [name for name, service in ours.items() if "profiles" not in service]
    assert single == ["bot"], "one machine is the default"


def test_every_secret_of_a_container_can_be_read_without_rights() -> None:
    """A file is seen with its owner and mode, and root without capabilities reads as anybody."""
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    compose = yaml.safe_load(text)

    for name, service in compose["services"].items():
        assert set(service.get("secrets", ())) <= set(compose["secrets"]), name
    for told in (text, readme):
        assert "chmod 444 secrets/*" in told
        assert "chown" not in told
    assert "mkdir -m 700 secrets" in readme, "on the host nobody else reads them"


def test_the_keeper_of_files_is_asked_under_the_name_that_it_knows() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    server = compose["services"]["s3"]
    (command,) = server["command"]
    _, mounted = server["volumes"][0].split(":")

    for name in ("bot-cluster", "worker-1", "worker-2"):
        variables = compose["services"][name]["environment"]
        key_id = variables["BOLTI_STORE__S3_KEY_ID"]
        assert f"ROOT_ACCESS_KEY={key_id} " in command
        assert key_id != "bolti", "redacted wherever it stands in a log"
        assert variables["BOLTI_STORE__URL"] == f"s3://{Path(mounted).name}", (
            "a folder is a bucket"
        )
        assert command.split("--port ")[1].split()[0] in variables["BOLTI_STORE__S3_ENDPOINT"]


def test_prometheus_asks_every_container_of_ours_that_answers() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    collected = yaml.safe_load((ROOT / "config/prometheus.yml").read_text(encoding="utf-8"))
    (job,) = collected["scrape_configs"]
    (asked,) = job["dns_sd_configs"]

    listens = {
        f"{name}:{service['environment']['BOLTI_HEALTH__LISTEN'].rpartition(':')[2]}"
        for name, service in services.items()
        if "BOLTI_HEALTH__LISTEN" in service.get("environment", {})
    }
    assert listens == {f"{name}:{asked['port']}" for name in asked["names"]}
    prometheus = services["prometheus"]
    assert prometheus["profiles"] == ["monitoring"]
    assert "./config/prometheus.yml:/etc/prometheus/prometheus.yml:ro" in prometheus["volumes"]
    assert all(port.startswith("127.0.0.1:") for port in prometheus["ports"]), "it has no password"
    assert prometheus["read_only"] is True
