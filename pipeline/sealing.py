"""Seal bytes with a key kept apart: one scheme for stored files, kept speech and rows.

AES-256-GCM over pieces of one megabyte. Each piece carries its number and whether it is the last,
so that none can be changed, swapped or cut off unseen. What was kept before sealing was turned on
is given back as it is. Each purpose has a key of its own, made of the same secret. Not known here:
what is sealed, and where it lies.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pipeline.settings import StoreSettings

MAGIC: Final = b"BOLTI-SEALED-1\n"
KEY_ID_BYTES: Final = 8
SALT_BYTES: Final = 7
PIECE_BYTES: Final = 1 << 20
TAG_BYTES: Final = 16
HEAD_BYTES: Final = len(MAGIC) + KEY_ID_BYTES + SALT_BYTES
FILES: Final = ""
"""The purpose of stored files: their key is the secret's own."""
ROWS: Final = "rows"
SHELF: Final = "speech"


class Sealer:
    """Seals with the newest of some secrets, and opens what any of them sealed."""

    def __init__(self, passwords: Sequence[str], purpose: str = FILES) -> None:
        keys = [_key_of(secret, purpose) for secret in passwords]
        self._newest, self._keys = keys[0], {_id_of(key): key for key in keys}

    def seal(self, data: bytes) -> bytes:
        """Seal a few bytes."""
        return b"".join(self.sealed(cut(data)))

    def open(self, data: bytes) -> bytes:
        """Open what ``seal`` made; what was never sealed stays as it is. Raises ``InvalidTag``."""
        if not data.startswith(MAGIC):
            return data
        pieces = cut(data[HEAD_BYTES:], PIECE_BYTES + TAG_BYTES)
        return b"".join(self.opened(data[:HEAD_BYTES], pieces))

    def sealed(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Seal pieces of one megabyte each, the last may be shorter; the head comes first."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        salt, cipher = secrets.token_bytes(SALT_BYTES), AESGCM(self._newest)
        yield MAGIC + _id_of(self._newest) + salt
        for nonce, piece in _numbered(salt, pieces):
            yield cipher.encrypt(nonce, piece, MAGIC)

    def opened(self, head: bytes, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Open the pieces behind a head.

        Raises ``InvalidTag`` for what was changed or cut, and for what no known secret sealed.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key = self._keys.get(head[len(MAGIC) : len(MAGIC) + KEY_ID_BYTES])
        if key is None or len(head) != HEAD_BYTES:
            raise InvalidTag
        cipher = AESGCM(key)
        for nonce, piece in _numbered(head[-SALT_BYTES:], pieces):
            yield cipher.decrypt(nonce, piece, MAGIC)

    def blinded(self, name: str) -> str:
        """Give 64 hex digits for a name that would tell whoever guesses what it was made of."""
        return hmac.new(self._newest, b"name " + name.encode(), hashlib.sha256).hexdigest()


def sealer_of(settings: StoreSettings, purpose: str = FILES) -> Sealer | None:
    """Make the sealer of the settings' secrets; None where nothing is sealed."""
    if settings.encryption_key is None:
        return None
    kept = (settings.encryption_key, settings.former_encryption_key)
    return Sealer([secret.get_secret_value() for secret in kept if secret is not None], purpose)


def cut(data: bytes, size: int = PIECE_BYTES) -> Iterator[bytes]:
    """Cut bytes into pieces; the last may be shorter."""
    return (data[i : i + size] for i in range(0, len(data), size))


def _key_of(secret: str, purpose: str) -> bytes:
    key = hashlib.sha256(secret.encode()).digest()
    if purpose == FILES:
        return key
    return hmac.new(key, f"for {purpose}".encode(), hashlib.sha256).digest()


def _id_of(key: bytes) -> bytes:
    return hashlib.sha256(b"id of " + key).digest()[:KEY_ID_BYTES]


def _numbered(salt: bytes, pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Give each piece its nonce: the salt, its number, and whether it is the last."""
    number, waiting = 0, b""
    for number, piece in enumerate(pieces):
        if number:
            yield salt + (number - 1).to_bytes(4) + b"\0", waiting
        waiting = piece
    yield salt + number.to_bytes(4) + b"\1", waiting
