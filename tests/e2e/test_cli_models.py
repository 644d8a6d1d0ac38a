"""``bolti models`` as a person or a program runs it: as a process, without network."""

import json
from pathlib import Path

import pytest

from pipeline.cli.writer_model import PARTS
from pipeline.latentsync.releases import Release, parts
from pipeline.lipsync.weights import write_receipt
from tests.e2e.test_cli import bolti, files

NAMES = ["latentsync-1.5", "latentsync-1.6", "whisper-small"]


def lay_out(folder: Path, release: Release) -> Path:
    """Files of the published names and sizes, which take no room on the disk."""
    for part in parts(release):
        path = folder / release / part.name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.truncate(part.size_bytes)
    return folder / release


def test_list_tells_what_is_here_and_leaves_nothing(tmp_path: Path) -> None:
    ended = bolti(tmp_path, "models", "list")

    lines = ended.stdout.splitlines()
    assert ended.returncode == 0
    assert [line.split()[0] for line in lines] == NAMES
    assert all("absent" in line for line in lines)
    assert [line.split()[3] for line in lines] == ["5.5", "5.5", "0.5"] or "5.5 GB" in lines[0]
    assert lines[1].endswith("(default)")
    assert files(tmp_path) == []


def test_list_as_json_is_one_object_per_release(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "weights", Release.V15)
    write_receipt(folder, Release.V15)

    ended = bolti(
        tmp_path, "models", "list", "--json", settings=[("BOLTI_LATENTSYNC__WEIGHTS", "weights")]
    )

    told = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [one["name"] for one in told] == NAMES
    assert [one["state"] for one in told] == ["verified", "absent", "absent"]
    assert told[0]["folder"] == str(folder)


def test_path_is_where_the_settings_say(tmp_path: Path) -> None:
    place = [("BOLTI_DATA_DIR", "elsewhere")]

    whole = bolti(tmp_path, "models", "path", settings=place)
    one = bolti(tmp_path, "models", "path", "latentsync-1.5", settings=place)

    assert whole.stdout.strip() == str(tmp_path / "elsewhere" / "weights")
    assert one.stdout.strip() == str(tmp_path / "elsewhere" / "weights" / "latentsync-1.5")


def test_pull_from_a_folder_without_the_files_says_which(tmp_path: Path) -> None:
    (tmp_path / "mirror").mkdir()

    ended = bolti(tmp_path, "models", "pull", "--from", "mirror", "--json")

    assert ended.returncode == 46
    error = json.loads(ended.stdout.splitlines()[-1])["error"]
    assert error["code"] == "weights_not_pulled"
    assert "mirror has no latentsync_unet.pt" in error["text"]


def test_pull_refuses_files_of_another_size_before_copying_5_gb(tmp_path: Path) -> None:
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "latentsync_unet.pt").write_bytes(b"short")

    ended = bolti(tmp_path, "models", "pull", "latentsync-1.5", "--from", "mirror")

    assert ended.returncode == 46
    assert "has 5 bytes; the published file has 5072348184" in ended.stderr


def test_verify_names_what_is_wrong(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "data" / "weights", Release.V16)
    (folder / "latentsync_unet.pt").write_bytes(b"short")
    (folder / "vae/diffusion_pytorch_model.safetensors").unlink()

    ended = bolti(tmp_path, "models", "verify", "--json")

    steps = [json.loads(line) for line in ended.stdout.splitlines()]
    assert ended.returncode == 45
    assert "latentsync_unet.pt: wrong size" in steps[-1]["error"]["text"]
    assert "whisper/tiny.pt: wrong checksum" in steps[-1]["error"]["text"]
    assert steps[0]["progress"]["file"] == "whisper/tiny.pt"
    assert steps[-2]["progress"]["bytes"] == steps[-2]["progress"]["of_bytes"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["verify"], "No release is in"),
        (["pull", "latentsync-1.0"], "'latentsync-1.5', 'latentsync-1.6'"),
        (["pull", "--from", "nowhere"], "'nowhere' does not exist"),
        (["path", "sd"], "latentsync-1.6"),
    ],
)
def test_a_wrong_word_is_told_with_status_2(
    tmp_path: Path, arguments: list[str], told: str
) -> None:
    ended = bolti(tmp_path, "models", *arguments)

    assert ended.returncode == 2
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr


def lay_out_whisper(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for part in PARTS:
        with (folder / part.name).open("wb") as file:
            file.truncate(part.size_bytes)
    return folder


def test_the_model_that_hears_words_is_pulled_from_a_mirror_and_compared(tmp_path: Path) -> None:
    lay_out_whisper(tmp_path / "mirror")

    ended = bolti(tmp_path, "models", "pull", "whisper-small", "--from", "mirror", "--json")

    assert ended.returncode == 46  # files of the right size, of zeros
    error = json.loads(ended.stdout.splitlines()[-1])["error"]
    assert "config.json: wrong checksum after the transfer" in error["text"]
    assert not (tmp_path / "data" / "weights" / "whisper-small" / "config.json").exists()


def test_verify_compares_the_model_that_hears_words(tmp_path: Path) -> None:
    lay_out_whisper(tmp_path / "data" / "weights" / "whisper-small")

    ended = bolti(tmp_path, "models", "verify", "whisper-small")

    assert ended.returncode == 45
    assert "model.bin: wrong checksum" in ended.stderr
    assert "bolti models pull whisper-small" in ended.stderr


def test_the_model_that_hears_words_has_no_half(tmp_path: Path) -> None:
    ended = bolti(tmp_path, "models", "pull", "whisper-small", "--half")

    assert ended.returncode == 2
    assert "leave --half out" in ended.stderr


def test_every_published_file_is_pinned() -> None:
    assert {part.revision for part in PARTS} == {"536b0662742c02347bc0e980a01041f333bce120"}
    assert all(len(part.sha256) == 64 and part.size_bytes for part in PARTS)
