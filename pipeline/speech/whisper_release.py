"""The model that writes recordings down: which files, from where, how large, with which sums.

Plain data, so that a command line can list and verify it in no time. It is OpenAI's Whisper small
in the form that faster-whisper runs (MIT), at a pinned revision. How it comes is the business of
``bolti models``; who runs it stands in ``whisper.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

NAME = "whisper-small"
"""Its name in ``bolti models``, and of its folder."""
REPOSITORY = "Systran/faster-whisper-small"
REVISION = "536b0662742c02347bc0e980a01041f333bce120"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """One file as it was published."""

    name: str
    size_bytes: int
    sha256: str


FILES = (
    ModelFile(
        name="config.json",
        size_bytes=2_370,
        sha256="b55496ac7940a7ae47d2c01eab40edfd8701feec1229d9cce3b40014383fb828",
    ),
    ModelFile(
        name="tokenizer.json",
        size_bytes=2_203_239,
        sha256="fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    ),
    ModelFile(
        name="vocabulary.txt",
        size_bytes=459_861,
        sha256="34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
    ),
    ModelFile(
        name="model.bin",
        size_bytes=483_546_902,
        sha256="3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671",
    ),
)
