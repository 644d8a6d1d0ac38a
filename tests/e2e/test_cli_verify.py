"""``bolti verify`` and ``bolti provenance`` as a person or a script runs them."""

import json
from pathlib import Path

import numpy as np

from tests.e2e.test_cli import bolti, files
from tests.films import write_film


def test_a_strangers_video_is_unknown_and_the_status_says_so(tmp_path: Path) -> None:
    write_film(tmp_path / "a.mp4", [np.full((128, 128, 3), 90, np.uint8)] * 3)

    told, asked = bolti(tmp_path, "verify", "a.mp4"), bolti(tmp_path, "verify", "a.mp4", "--json")

    assert told.returncode == asked.returncode == 3
    assert "That proves nothing" in told.stdout
    assert json.loads(asked.stdout)["verdict"] == "unknown"


def test_what_is_no_video_gets_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"hello")

    ended, gone = bolti(tmp_path, "verify", "a.mp4"), bolti(tmp_path, "verify", "gone.mp4")

    assert (ended.returncode, gone.returncode) == (71, 2)
    assert ended.stderr.startswith("bolti: This file cannot be opened as a video")
    assert "There is no video gone.mp4" in gone.stderr


def test_a_certificate_is_made_once_shown_and_made_again(tmp_path: Path) -> None:
    none = bolti(tmp_path, "provenance", "show")
    made = bolti(tmp_path, "provenance", "init")
    before = (tmp_path / "data/provenance/signer.pem").read_bytes()
    kept = bolti(tmp_path, "provenance", "init")
    assert (tmp_path / "data/provenance/signer.pem").read_bytes() == before
    again = bolti(tmp_path, "provenance", "init", "--again")
    shown = json.loads(bolti(tmp_path, "provenance", "show", "--json").stdout)

    assert "No certificate yet" in none.stdout
    assert made.stdout.startswith("Made a certificate.")
    assert kept.stdout.startswith("There is a certificate already.")
    assert again.stdout.startswith("Made a certificate.")
    assert (tmp_path / "data/provenance/signer.pem").read_bytes() != before
    assert shown["signer"]["is_self_made"] is True
    left = files(tmp_path / "data/provenance")
    assert [name.partition("-")[0] for name in left] == ["mark.key", "root", "signer.pem"]
    assert (tmp_path / "data/provenance/mark.key").stat().st_mode & 0o077 == 0
