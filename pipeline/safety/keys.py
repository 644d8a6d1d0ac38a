"""Keys of this deployment: from a secret setting, or made once and kept in a file.

Where the next one goes: another key is a secret in the settings, a file name, and a call of
``secret_key``.
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

log = logging.getLogger(__name__)


def secret_key(secret: SecretStr | None, path: Path, purpose: str) -> bytes:
    """Give 32 bytes for a purpose: from the secret, else from the file, which is made if absent.

    Blocking. Raises ``SettingsInvalid`` where the file cannot be read or kept.
    """
    if secret is not None and secret.get_secret_value():
        root = secret.get_secret_value().encode()
    else:
        root = _kept(path)
    return hmac.digest(root, purpose.encode(), hashlib.sha256)


def _kept(path: Path) -> bytes:
    try:
        if not path.is_file():
            _make(path)
        return bytes.fromhex(path.read_text(encoding="ascii"))
    except (OSError, ValueError) as e:
        raise errors.SettingsInvalid(
            f"The key {path} cannot be read. Put it back from a copy of the data folder."
        ) from e


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(prefix=".key-", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
        os.link(beside, path)  # of two processes one wins, and nobody reads half a key
        log.info("made the key %s", path.name)
    except FileExistsError:
        log.debug("another process made the key %s", path.name)
    finally:
        Path(beside).unlink()
