"""Issue a certificate chain that C2PA accepts: root, intermediate, leaf, and the leaf's key.

After the certificate profile of the C2PA specification: X.509 v3, P-256, the leaf without CA
rights, with digitalSignature, emailProtection and both key identifiers. Knows no file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LEAF_DAYS, ROOT_DAYS = 3650, 7300
"""Without a time stamp a signature ends with its certificate, so it lives long."""
BACKDATED = timedelta(hours=1)
"""Clocks of readers may be late."""
ORGANISATION, SIGNER_NAME = "Bolti (self-made)", "Bolti video signer"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Issued:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def make_chain(now: datetime, *, leaf_days: int = LEAF_DAYS) -> bytes:
    """Make a fresh chain as PEM: the leaf's key, leaf, intermediate, root."""
    root = _issue("Bolti root", None, now, days=ROOT_DAYS, depth=1)
    between = _issue("Bolti intermediate", root, now, days=ROOT_DAYS, depth=0)
    leaf = _issue(SIGNER_NAME, between, now, days=leaf_days, depth=None)
    key_pem = leaf.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    chain = (leaf.certificate, between.certificate, root.certificate)
    return key_pem + b"".join(c.public_bytes(serialization.Encoding.PEM) for c in chain)


def _issue(
    name: str, issuer: _Issued | None, now: datetime, *, days: int, depth: int | None
) -> _Issued:
    """Issue one certificate; ``depth`` is None for a leaf, ``issuer`` None for a root."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(name)
    issuer_key = issuer.key if issuer else key
    start = now - BACKDATED
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=depth is not None, path_length=depth), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False
        )
        .add_extension(_usage(signs_certificates=depth is not None), True)
    )
    if depth is None:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(purpose, False)
    return _Issued(certificate=builder.sign(issuer_key, hashes.SHA256()), key=key)


def _name(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
