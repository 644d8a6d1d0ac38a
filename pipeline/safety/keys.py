"""Keys of this deployment: from a secret setting, or made once and kept in a file.

Where the next one goes: another key is a secret in the settings, a file name, and a call of
``secret_key``, or of ``kept_key`` where the setting makes its key in another way.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
import tempfile
from pathlib import Path

from pydantic import SecretStr

from pipeline import errors

KEY_BYTES = 32

log = logging.getLogger(__name__)


def secret_key(secret: SecretStr | None, path: Path, purpose: str) -> bytes:
    """Give 32 bytes for a purpose: from the secret, else from the file, which is made if absent.

    Blocking. Raises ``SettingsInvalid`` where the file cannot be read or kept.
    """
    if secret is not None and secret.get_secret_value():
        root = secret.get_secret_value().encode()
    else:
        root = kept_key(path, "Put it back from a copy of the data folder.")
    return hmac.digest(root, purpose.encode(), hashlib.sha256)


def kept_key(path: Path, advice: str) -> bytes:
    """Give the 32 bytes that a file keeps; it is made if absent. Blocking.

    Raises ``SettingsInvalid``, with the advice, where it cannot be read or kept.
    """
    try:
        if not path.is_file():
            _make(path)
        return _whole(bytes.fromhex(path.read_text(encoding="ascii")))
    except (OSError, ValueError) as e:
        raise errors.SettingsInvalid(f"The key {path} cannot be read. {advice}") from e


def _whole(key: bytes) -> bytes:
    """Return a key; one that was cut off, or is empty, would be guessed."""
    if len(key) != KEY_BYTES:
        raise ValueError(f"A key has {KEY_BYTES} bytes, and this one {len(key)}.")
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(prefix=".key-", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(KEY_BYTES))
            file.flush()
            os.fsync(handle)  # its name may outlive a power cut that its bytes do not
        os.link(beside, path)  # of two processes one wins, and nobody reads half a key
        log.warning("made the key %s: keep a copy of it", path)
    except FileExistsError:
        log.debug("another process made the key %s", path.name)
    finally:
        Path(beside).unlink()
