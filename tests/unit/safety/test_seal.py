"""The seal of a job: decided once, its keys made once and kept to oneself."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from pipeline import errors
from pipeline.safety import provenance
from pipeline.safety.certificate import load_trust
from pipeline.safety.mark import read_mark, tag_of
from pipeline.safety.provenance import Signature
from pipeline.safety.seal import MARK_KEY, Seal, mark_key
from pipeline.settings import ProvenanceSettings
from pipeline.types import EngineName, JobId
from tests.films import column, write_film

JOB = JobId("tg-000000000042")


async def test_a_job_is_sealed_with_what_was_decided_for_it(tmp_path: Path) -> None:
    settings = ProvenanceSettings(folder=str(tmp_path / "keys"))
    film = write_film(tmp_path / "out.mp4", map(column, range(5)))
    seal = Seal(settings)

    sealing = await seal.begin(JOB)
    size_bytes = await seal.sign(film, sealing, EngineName.LATENTSYNC)

    found = provenance.read(film, load_trust(settings))
    assert found.signature is Signature.OURS_INTACT
    assert found.claim is not None
    assert (found.claim.job_id, found.claim.engine) == (JOB, EngineName.LATENTSYNC)
    mark = read_mark(found.claim.mark_id)
    assert mark is not None
    assert mark.tag == tag_of(mark_key(settings), JOB)
    assert mark.day == sealing.made_at.date() <= datetime.now(UTC).date()
    assert film.stat().st_size == size_bytes


async def test_a_certificate_that_cannot_sign_is_said_before_the_work(tmp_path: Path) -> None:
    seal = Seal(ProvenanceSettings(certificate=str(tmp_path / "gone"), key=str(tmp_path / "k")))

    with pytest.raises(errors.SettingsInvalid, match="cannot be read"):
        await seal.begin(JOB)


def test_the_key_of_the_mark_is_made_once_and_readable_by_nobody_else(tmp_path: Path) -> None:
    settings = ProvenanceSettings(folder=str(tmp_path / "keys"))

    first = mark_key(settings)

    assert mark_key(settings) == first
    assert len(first) == 32
    assert stat.S_IMODE((tmp_path / "keys" / MARK_KEY).stat().st_mode) == 0o600
    assert mark_key(ProvenanceSettings(folder=str(tmp_path / "more"))) != first


def test_the_key_of_the_settings_counts_on_every_machine(tmp_path: Path) -> None:
    secret = SecretStr("a long secret of the operator")
    one, other = (
        ProvenanceSettings(folder=str(tmp_path / name), mark_key=secret) for name in "ab"
    )

    assert mark_key(one) == mark_key(other)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="16 characters"):
        ProvenanceSettings(mark_key=SecretStr("short"))


def test_a_damaged_key_is_said_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / MARK_KEY).write_text("not hexadecimal")

    with pytest.raises(errors.SettingsInvalid, match="Put it back from a copy"):
        mark_key(ProvenanceSettings(folder=str(tmp_path)))

    assert (tmp_path / MARK_KEY).read_text() == "not hexadecimal"
