"""Sign a finished video with C2PA, and read what a video says about itself.

The manifest says that a model made the video, which one, and for which job: no user, no word, no
picture of the face. It must come last: whatever writes the file again drops it. Reading asks no
network. Knows files and certificates; does not look at any picture.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import c2pa
from pydantic import BaseModel, ValidationError

from pipeline import errors
from pipeline.safety.certificate import Credentials, Trust
from pipeline.types import EngineName, JobId
from pipeline.version import version

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
JOB_ASSERTION = "org.bolti.job"
MIME = "video/mp4"
QUIET: dict[str, Any] = {
    "verify": {"ocsp_fetch": False, "remote_manifest_fetch": False},
    "builder": {"thumbnail": {"enabled": False}},
}
"""A stranger's file must not make us ask any address; no picture goes into the manifest."""

TRUSTED, GENUINE = "signingCredential.trusted", "claimSignature.validated"
CHANGED_CLAIM = "assertion.hashedURI.mismatch"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a manifest says about a video."""

    job_id: JobId
    engine: EngineName
    mark_id: int
    """What the invisible mark says, 32 bits."""
    made_at: datetime


class Signature(StrEnum):
    """What a video's C2PA manifest tells us."""

    NONE = "none"
    OURS_INTACT = "ours_intact"
    OURS_ALTERED = "ours_altered"
    """Our manifest, in a file that was changed since."""
    OTHER = "other"
    """Somebody else's manifest, or one that cannot be believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What was read; the claim only of a manifest of ours."""

    signature: Signature
    claim: Claim | None = None


class _JobData(BaseModel):
    job_id: str
    engine: EngineName
    mark: str
    made_at: datetime


def sign(video: Path, credentials: Credentials, claim: Claim) -> int:
    """Sign a video of ours in place and return its new size in bytes.

    Written to a new file, read back, then renamed: the video is signed and valid, or as it was.
    Raises ``VideoNotSigned``, ``DiskFull``. Blocking, a few milliseconds.
    """
    part = video.with_name(f".{video.name}.{os.getpid()}.signed")
    try:
        _sign(video, part, credentials, claim)
        _require_valid(part)
        part.replace(video)
    except c2pa.C2paError as e:
        if "No space left" in str(e) or "File too large" in str(e):
            raise errors.DiskFull("the signed video") from e
        raise errors.VideoNotSigned(_short(e)) from e
    finally:
        part.unlink(missing_ok=True)
    return video.stat().st_size


def read(video: Path, trust: Trust) -> Provenance:
    """Say whose signature a video has, and whether it still fits.

    Whatever cannot be read is no signature. Blocking; for strangers' files, in the confined child.
    """
    settings = QUIET | {"verify": QUIET["verify"] | {"verify_trust": True}}
    if trust.roots_pem:
        settings["trust"] = {"user_anchors": trust.roots_pem}
    try:
        with c2pa.Context.from_dict(settings) as context, video.open("rb") as file:
            reader = c2pa.Reader.try_create(MIME, file, context=context)
            if reader is None:
                return Provenance(signature=Signature.NONE)
            with reader:
                return _judged(json.loads(reader.json()), trust)
    except (c2pa.C2paError, ValueError, OSError) as e:
        log.info("no manifest that can be read: %s", type(e).__name__)
        return Provenance(signature=Signature.NONE)


def _sign(video: Path, part: Path, credentials: Credentials, claim: Claim) -> None:
    info = c2pa.C2paSignerInfo(
        credentials.algorithm.encode(), credentials.chain_pem, credentials.key_pem, None
    )
    with (
        c2pa.Signer.from_info(info) as signer,
        c2pa.Context.from_dict(QUIET) as context,
        c2pa.Builder(_manifest(claim), context=context) as builder,
        video.open("rb") as source,
        part.open("w+b") as target,
    ):
        builder.sign(signer, MIME, source, target)
        target.flush()
        os.fsync(target.fileno())


def _manifest(claim: Claim) -> dict[str, Any]:
    made_at = claim.made_at.astimezone(UTC).isoformat(timespec="seconds")
    maker = {"name": f"Bolti {claim.engine.value}", "version": version()}
    created = {
        "action": "c2pa.created",
        "digitalSourceType": SOURCE_TYPE,
        "softwareAgent": maker,
        "when": made_at,
    }
    job = _JobData(
        job_id=claim.job_id,
        engine=claim.engine,
        mark=f"{claim.mark_id:08x}",
        made_at=claim.made_at,
    )
    return {
        "claim_generator_info": [{"name": "Bolti", "version": version()}],
        "format": MIME,
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [created]}},
            {"label": JOB_ASSERTION, "data": job.model_dump(mode="json")},
        ],
    }


def _require_valid(part: Path) -> None:
    """Read back what was signed, as any reader would."""
    with (
        c2pa.Context.from_dict(QUIET) as context,
        part.open("rb") as file,
        c2pa.Reader(MIME, file, context=context) as reader,
    ):
        state = reader.get_validation_state()
    if state not in ("Valid", "Trusted"):
        raise errors.VideoNotSigned(f"what was signed reads back as {state}")


def _judged(store: dict[str, Any], trust: Trust) -> Provenance:
    manifest = store.get("manifests", {}).get(store.get("active_manifest"), {})
    results = store.get("validation_results", {}).get("activeManifest", {})
    good = {entry.get("code") for entry in results.get("success", ())}
    bad = {entry.get("code") for entry in results.get("failure", ())}
    signer = manifest.get("signature_info", {})
    named = (signer.get("issuer"), signer.get("common_name")) in trust.names
    claim = _claim(manifest)
    # A root may have issued to others too: name and root together make a signature ours.
    if claim is None or not named or not {TRUSTED, GENUINE} <= good:
        return Provenance(signature=Signature.OTHER)
    if store.get("validation_state") == "Trusted" and not bad:
        return Provenance(signature=Signature.OURS_INTACT, claim=claim)
    # What the claim says was signed only if it still is what was hashed.
    believed = claim if CHANGED_CLAIM not in bad else None
    return Provenance(signature=Signature.OURS_ALTERED, claim=believed)


def _claim(manifest: dict[str, Any]) -> Claim | None:
    for assertion in manifest.get("assertions", ()):
        if assertion.get("label") == JOB_ASSERTION:
            try:
                data = _JobData.model_validate(assertion.get("data"))
                return Claim(
                    job_id=JobId(data.job_id),
                    engine=data.engine,
                    mark_id=int(data.mark, 16),
                    made_at=data.made_at,
                )
            except (ValidationError, ValueError):
                return None
    return None


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
