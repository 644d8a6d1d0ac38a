"""The certificate that signs every video: the operator's own, or a chain made here.

A self-made chain has a root, an intermediate and a leaf of ECDSA P-256, after the certificate
profile of C2PA. The keys of root and intermediate are forgotten at once: nobody can issue anything
in its name, and a new chain is a new root. Old roots stay trusted, so old videos stay ours. Knows
keys and certificates; knows no video.
"""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

from pipeline import errors
from pipeline.safety.issuing import ORGANISATION, SIGNER_NAME, make_chain
from pipeline.safety.seal import SIGNER, signer_file
from pipeline.settings import ProvenanceSettings

OLD_ROOTS = "root-*.pem"
READ_BY_ALL = 0o004
AGAIN = "Run `bolti provenance init --again`, or set provenance.certificate and provenance.key."

_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Credentials:
    """What signs: never shown, never logged."""

    algorithm: str
    """In the words of C2PA: es256, es384, es512, ps256, ed25519."""
    chain_pem: bytes
    """The leaf first, without the root."""
    key_pem: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What makes a signature ours: a root, and the name of the leaf under it."""

    roots_pem: str
    names: frozenset[tuple[str, str]]
    """(organisation, common name)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """Who signs, for people: names and dates, no key."""

    name: str
    ends_at: datetime
    file: Path
    is_self_made: bool


def load_credentials(settings: ProvenanceSettings) -> Credentials:
    """Read chain and key; where none is set and none is there, they are made first.

    Raises ``SettingsInvalid`` when they cannot sign: not readable, no match, expired.
    """
    if not settings.certificate:
        ensure_chain(Path(settings.folder))
    chain_file, key_file = _files(settings)
    chain, key_pem = _certificates(chain_file), _read(key_file)
    algorithm = _algorithm(key_pem, chain[0], key_file)
    if chain[0].not_valid_after_utc <= datetime.now(UTC):
        raise errors.SettingsInvalid(
            f"The certificate {chain_file} ended on {chain[0].not_valid_after_utc:%d %b %Y}, so "
            f"no video can be signed. {AGAIN}"
        )
    if key_file.stat().st_mode & READ_BY_ALL:
        log.warning("every user of this machine can read the signing key %s", key_file)
    shipped = [c for c in chain if c is chain[0] or c.subject != c.issuer]
    return Credentials(
        algorithm=algorithm,
        chain_pem=b"".join(c.public_bytes(serialization.Encoding.PEM) for c in shipped),
        key_pem=_key_alone(key_pem),
    )


def load_trust(settings: ProvenanceSettings) -> Trust:
    """Say what makes a signature ours; nothing where no certificate was ever set or made.

    Of the operator's chain its last certificate; of chains made here, old ones too, the root.
    """
    folder = Path(settings.folder)
    chains = [_certificates(path) for path in sorted(folder.glob(OLD_ROOTS))]
    names = {(ORGANISATION, SIGNER_NAME)} if chains else set()
    chain_file, _ = _files(settings)
    for path in {folder / SIGNER, chain_file}:
        if path.is_file() or settings.certificate == str(path):
            chains.append(_certificates(path))
            names.add(_name(chains[-1][0]))
    roots = [chain[-1].public_bytes(serialization.Encoding.PEM).decode() for chain in chains]
    return Trust(roots_pem="".join(roots), names=frozenset(names))


def describe(settings: ProvenanceSettings) -> Signatory | None:
    """Say who signs; None where nothing is set and no chain was made yet."""
    chain_file, _ = _files(settings)
    if not settings.certificate and not chain_file.is_file():
        return None
    leaf = _certificates(chain_file)[0]
    return Signatory(
        name=leaf.subject.rfc4514_string(),
        ends_at=leaf.not_valid_after_utc,
        file=chain_file,
        is_self_made=not settings.certificate,
    )


def ensure_chain(folder: Path) -> bool:
    """Make a chain where there is none; True if it was made here.

    Of two processes that begin together one wins, and both sign with its chain.
    """
    signer = folder / SIGNER
    if signer.is_file():
        return False
    beside = _written_beside(signer)
    try:
        os.link(beside, signer)
    except FileExistsError:
        return False
    finally:
        beside.unlink()
    log.warning("made a certificate to sign videos with, and its private key: %s", signer)
    return True


def replace_chain(folder: Path) -> None:
    """Make a new chain in place of the one that is there; the old root stays trusted."""
    signer = folder / SIGNER
    if signer.is_file():
        root = _certificates(signer)[-1]
        kept = folder / OLD_ROOTS.replace("*", f"{root.serial_number:x}"[:12])
        kept.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    _written_beside(signer).replace(signer)


def _written_beside(signer: Path) -> Path:
    signer.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".signer-", dir=signer.parent)  # mode 0600
    with os.fdopen(handle, "wb") as file:
        file.write(make_chain(datetime.now(UTC)))
        file.flush()
        os.fsync(handle)
    return Path(name)


def _files(settings: ProvenanceSettings) -> tuple[Path, Path]:
    """Name the files of chain and key. A self-made signer is one file: key, leaf, intermediate
    and root can only change together."""
    signer = signer_file(settings)
    return signer, Path(settings.key) if settings.certificate else signer


def _certificates(path: Path) -> Sequence[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(_read(path))
    except ValueError as e:
        raise errors.SettingsInvalid(f"{path} holds no certificate in PEM. {AGAIN}") from e


def _name(leaf: x509.Certificate) -> tuple[str, str]:
    """Give organisation and common name, as C2PA's reader shows them."""
    of = [
        next((str(a.value) for a in leaf.subject.get_attributes_for_oid(oid)), "")
        for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)
    ]
    return of[0], of[1]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as e:
        raise errors.SettingsInvalid(
            f"The signing certificate {path} cannot be read: {e.strerror}. {AGAIN}"
        ) from e


def _algorithm(key_pem: bytes, leaf: x509.Certificate, path: Path) -> str:
    """Name the algorithm of a key that belongs to the leaf."""
    key = None
    with contextlib.suppress(ValueError, TypeError):  # said below, in one sentence
        key = serialization.load_pem_private_key(key_pem, password=None)
    if key is None or key.public_key() != leaf.public_key():
        raise errors.SettingsInvalid(
            f"{path} holds no key without a password that belongs to the certificate. {AGAIN}"
        )
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _CURVES:
        return _CURVES[key.curve.name]
    if isinstance(key, rsa.RSAPrivateKey):
        return "ps256"
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    raise errors.SettingsInvalid(f"C2PA takes no key of the kind in {path}. {AGAIN}")


def _key_alone(key_pem: bytes) -> bytes:
    """Take the key out of a file that may hold certificates too."""
    key = serialization.load_pem_private_key(key_pem, password=None)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
