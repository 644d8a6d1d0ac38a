"""Who signs: a chain made here once and kept to oneself, or the operator's own."""

import logging
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from pipeline import errors
from pipeline.safety import certificate, issuing
from pipeline.safety.certificate import load_credentials, load_trust
from pipeline.safety.seal import SIGNER
from pipeline.settings import ProvenanceSettings

NOW = datetime.now(UTC)


def in_folder(folder: Path) -> ProvenanceSettings:
    return ProvenanceSettings(folder=str(folder))


def of_operator(folder: Path, content: bytes, key: bytes | None = None) -> ProvenanceSettings:
    """Lay out a chain and a key as an operator has them, in two files."""
    chain = b"".join(
        c.public_bytes(serialization.Encoding.PEM)
        for c in x509.load_pem_x509_certificates(content)
    )
    (folder / "chain.pem").write_bytes(chain)
    (folder / "key.pem").write_bytes(key or content.partition(b"-----BEGIN CERT")[0])
    (folder / "key.pem").chmod(0o600)
    return ProvenanceSettings(
        folder=str(folder / "made"),
        certificate=str(folder / "chain.pem"),
        key=str(folder / "key.pem"),
    )


def test_a_chain_is_made_at_first_use_said_once_and_readable_by_nobody_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = in_folder(tmp_path / "provenance")

    with caplog.at_level(logging.WARNING):
        first, second = load_credentials(settings), load_credentials(settings)

    signer = tmp_path / "provenance" / SIGNER
    assert first.key_pem == second.key_pem
    assert stat.S_IMODE(signer.stat().st_mode) == 0o600
    assert stat.S_IMODE(signer.parent.stat().st_mode) == 0o700
    assert [r.getMessage() for r in caplog.records] == [
        f"made a certificate to sign videos with, and its private key: {signer}"
    ]
    assert [path.name for path in signer.parent.iterdir()] == [SIGNER]


def test_the_keys_that_could_issue_more_are_kept_nowhere(tmp_path: Path) -> None:
    load_credentials(in_folder(tmp_path))

    assert (tmp_path / SIGNER).read_bytes().count(b"PRIVATE KEY-----") == 2, "begin and end"


def test_two_that_begin_together_sign_with_one_chain(tmp_path: Path) -> None:
    assert certificate.ensure_chain(tmp_path)
    before = (tmp_path / SIGNER).read_bytes()

    assert not certificate.ensure_chain(tmp_path)
    assert (tmp_path / SIGNER).read_bytes() == before


def test_what_is_shipped_is_leaf_and_intermediate_without_the_root(tmp_path: Path) -> None:
    credentials = load_credentials(in_folder(tmp_path))

    shipped = x509.load_pem_x509_certificates(credentials.chain_pem)
    assert [c.subject.rfc4514_string().split(",")[0] for c in shipped] == [
        "CN=Bolti video signer",
        "CN=Bolti intermediate",
    ]
    assert b"PRIVATE" not in credentials.chain_pem
    assert b"CERTIFICATE" not in credentials.key_pem
    assert "PRIVATE" not in repr(credentials)


def test_a_new_chain_keeps_trusting_the_old_root(tmp_path: Path) -> None:
    settings = in_folder(tmp_path)
    old = load_credentials(settings)
    old_roots = load_trust(settings).roots_pem

    certificate.replace_chain(tmp_path)

    assert load_credentials(settings).key_pem != old.key_pem
    assert old_roots in load_trust(settings).roots_pem
    assert load_trust(settings).roots_pem.count("BEGIN CERTIFICATE") == 2


def test_nothing_is_trusted_before_there_is_a_certificate(tmp_path: Path) -> None:
    assert load_trust(in_folder(tmp_path)).roots_pem == ""
    assert certificate.describe(in_folder(tmp_path)) is None
    assert list(tmp_path.iterdir()) == [], "looking makes nothing"


def test_the_operators_chain_signs_and_none_is_made(tmp_path: Path) -> None:
    settings = of_operator(tmp_path, issuing.make_chain(NOW))

    credentials = load_credentials(settings)

    assert credentials.algorithm == "es256"
    assert not (tmp_path / "made").exists()
    signer = certificate.describe(settings)
    assert signer is not None
    assert not signer.is_self_made
    assert load_trust(settings).names == {("Bolti (self-made)", "Bolti video signer")}


def pem_of(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@pytest.mark.parametrize(
    ("key", "says"),
    [
        (b"no key at all", "holds no key without a password"),
        (pem_of(ec.generate_private_key(ec.SECP256R1())), "belongs to the certificate"),
        (pem_of(rsa.generate_private_key(65537, 2048)), "belongs to the certificate"),
    ],
)
def test_a_key_that_does_not_fit_is_refused_with_advice(
    tmp_path: Path, key: bytes, says: str
) -> None:
    settings = of_operator(tmp_path, issuing.make_chain(NOW), key)

    with pytest.raises(errors.SettingsInvalid, match=says) as refused:
        load_credentials(settings)
    assert "bolti provenance init" in str(refused.value)


def test_an_expired_certificate_is_refused_before_a_video_is_made(tmp_path: Path) -> None:
    long_ago = issuing.make_chain(NOW - timedelta(days=20), leaf_days=10)

    with pytest.raises(errors.SettingsInvalid, match="ended on"):
        load_credentials(of_operator(tmp_path, long_ago))


def test_files_that_are_not_there_or_hold_something_else_are_named(tmp_path: Path) -> None:
    settings = of_operator(tmp_path, issuing.make_chain(NOW))
    (tmp_path / "chain.pem").write_bytes(b"hello")
    with pytest.raises(errors.SettingsInvalid, match=r"chain\.pem holds no certificate"):
        load_credentials(settings)
    (tmp_path / "chain.pem").unlink()
    with pytest.raises(errors.SettingsInvalid, match=r"chain\.pem cannot be read"):
        load_credentials(settings)


def test_a_key_that_everybody_can_read_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = of_operator(tmp_path, issuing.make_chain(NOW))
    (tmp_path / "key.pem").chmod(0o644)

    load_credentials(settings)

    assert "can read the signing key" in caplog.text


@pytest.mark.parametrize("half", [{"certificate": "a.pem"}, {"key": "a.pem"}])
def test_certificate_and_key_are_set_together(half: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="set both or neither"):
        ProvenanceSettings(**half)
