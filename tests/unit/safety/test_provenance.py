"""A signed video tells what made it, to us and to the C2PA project's own reader; never who asked.

Everything is signed with throw-away certificates.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import c2pa
import pytest

from pipeline import errors
from pipeline.media.read import read_frames
from pipeline.safety.certificate import Credentials, Trust, load_credentials, load_trust
from pipeline.safety.provenance import Claim, Provenance, Signature, read, sign
from pipeline.safety.seal import ROOM_BYTES
from pipeline.settings import ProvenanceSettings
from pipeline.types import EngineName, JobId
from tests.films import column, write_film

CLAIM = Claim(
    job_id=JobId("tg-000000000042"),
    engine=EngineName.WARP,
    mark_id=0xDEADBEEF,
    made_at=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> tuple[Credentials, Trust]:
    settings = ProvenanceSettings(folder=str(tmp_path_factory.mktemp("ours")))
    return load_credentials(settings), load_trust(settings)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return write_film(tmp_path / "out.mp4", map(column, range(12)))


def test_a_signed_video_is_ours_and_intact_and_plays_the_same(
    film: Path, ours: tuple[Credentials, Trust]
) -> None:
    before, frames = film.stat().st_size, [f.tobytes() for f in read_frames(film)]

    size_bytes = sign(film, ours[0], CLAIM)

    assert read(film, ours[1]) == Provenance(signature=Signature.OURS_INTACT, claim=CLAIM)
    assert [f.tobytes() for f in read_frames(film)] == frames
    assert film.stat().st_size == size_bytes
    assert 0 < size_bytes - before < ROOM_BYTES
    assert [path.name for path in film.parent.iterdir()] == ["out.mp4"]


def test_the_projects_own_reader_finds_what_the_law_asks_for_and_nothing_personal(
    film: Path, ours: tuple[Credentials, Trust]
) -> None:
    sign(film, ours[0], CLAIM)

    with c2pa.Reader(str(film)) as reader:
        assert reader.get_validation_state() == "Valid"
        store = json.loads(reader.json())
    manifest = store["manifests"][store["active_manifest"]]
    assertions = {entry["label"]: entry["data"] for entry in manifest["assertions"]}
    (action,) = assertions["c2pa.actions.v2"]["actions"]
    assert action["action"] == "c2pa.created"
    assert action["digitalSourceType"].endswith("/trainedAlgorithmicMedia")
    assert action["softwareAgent"]["name"] == "Bolti warp"
    assert assertions["org.bolti.job"] == {
        "job_id": "tg-000000000042",
        "engine": "warp",
        "mark": "deadbeef",
        "made_at": "2026-11-22T09:30:00Z",
    }
    assert set(assertions) == {"c2pa.actions.v2", "c2pa.hash.bmff.v3", "org.bolti.job"}
    assert "thumbnail" not in manifest, "no picture of the face"
    assert "ingredients" not in manifest


def test_one_changed_byte_of_the_pictures_is_seen(
    film: Path, ours: tuple[Credentials, Trust]
) -> None:
    sign(film, ours[0], CLAIM)
    content = bytearray(film.read_bytes())
    content[-50] ^= 1
    film.write_bytes(content)

    assert read(film, ours[1]) == Provenance(signature=Signature.OURS_ALTERED, claim=CLAIM)


def test_a_changed_claim_is_not_believed(film: Path, ours: tuple[Credentials, Trust]) -> None:
    sign(film, ours[0], CLAIM)
    film.write_bytes(film.read_bytes().replace(b"tg-000000000042", b"tg-000000000043"))

    assert read(film, ours[1]) == Provenance(signature=Signature.OURS_ALTERED, claim=None)


def test_a_truncated_one_is_altered_or_unknown(
    film: Path, ours: tuple[Credentials, Trust]
) -> None:
    sign(film, ours[0], CLAIM)
    whole = film.read_bytes()

    for length in range(0, len(whole), 997):
        film.write_bytes(whole[:length])
        assert read(film, ours[1]).signature is not Signature.OURS_INTACT


def test_a_re_encoded_video_has_no_signature(film: Path, ours: tuple[Credentials, Trust]) -> None:
    sign(film, ours[0], CLAIM)

    again = write_film(film.with_name("again.mp4"), read_frames(film))

    assert read(again, ours[1]) == Provenance(signature=Signature.NONE)


@pytest.mark.parametrize("trusts_anybody", [True, False])
def test_somebody_elses_signature_is_not_ours_even_with_our_names_in_it(
    tmp_path: Path, film: Path, ours: tuple[Credentials, Trust], *, trusts_anybody: bool
) -> None:
    others = load_credentials(ProvenanceSettings(folder=str(tmp_path / "others")))
    sign(film, others, CLAIM)
    trust = ours[1] if trusts_anybody else Trust(roots_pem="", names=frozenset())

    assert read(film, trust) == Provenance(signature=Signature.OTHER)


def test_another_name_under_our_root_is_not_ours(
    film: Path, ours: tuple[Credentials, Trust]
) -> None:
    sign(film, ours[0], CLAIM)
    stricter = replace(ours[1], names=frozenset({("Somebody", "else")}))

    assert read(film, stricter) == Provenance(signature=Signature.OTHER)


@pytest.mark.parametrize("content", [b"", b"hello", b"\0\0\0\x20ftypisom" + bytes(600)])
def test_what_is_no_video_has_no_signature(
    tmp_path: Path, ours: tuple[Credentials, Trust], content: bytes
) -> None:
    (tmp_path / "a.mp4").write_bytes(content)

    assert read(tmp_path / "a.mp4", ours[1]) == Provenance(signature=Signature.NONE)
    assert read(tmp_path / "gone.mp4", ours[1]) == Provenance(signature=Signature.NONE)


def test_a_video_that_cannot_be_signed_stays_as_it_was_and_is_an_error(
    film: Path, ours: tuple[Credentials, Trust]
) -> None:
    before = film.read_bytes()
    broken = replace(ours[0], chain_pem=b"-----BEGIN CERTIFICATE-----\nnonsense\n")

    with pytest.raises(errors.VideoNotSigned, match="could not be signed"):
        sign(film, broken, CLAIM)

    assert film.read_bytes() == before
    assert [path.name for path in film.parent.iterdir()] == ["out.mp4"]


def test_what_is_no_mp4_cannot_be_signed(tmp_path: Path, ours: tuple[Credentials, Trust]) -> None:
    (tmp_path / "out.mp4").write_bytes(b"no video at all")

    with pytest.raises(errors.VideoNotSigned):
        sign(tmp_path / "out.mp4", ours[0], CLAIM)

    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]
