"""Every video that a job makes is signed as its last step, or there is no video."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import c2pa
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from PIL import Image

from pipeline import errors
from pipeline.bootstrap import open_workshop
from pipeline.records import open_records
from pipeline.render import Renderer
from pipeline.safety import provenance
from pipeline.safety.certificate import load_trust
from pipeline.safety.provenance import Signature
from pipeline.settings import ProvenanceSettings, Settings
from pipeline.types import ArtifactKey, JobId, RenderRequest, RenderResult, TextScript
from tests import faces, offline
from tests.agreed import CONSENT

JOB = JobId("tg-000000000077")
PORTRAIT = ArtifactKey(f"jobs/{JOB}/portrait.png")
WORDS = "A secret recipe."
Change = Callable[[RenderRequest], RenderRequest]


async def rendered(
    folder: Path, settings: Settings, change: Change = lambda request: request
) -> tuple[RenderResult, Path]:
    """Render a job as a worker does; give the result and the stored video."""
    async with open_workshop(settings) as workshop, open_records(settings) as records:
        Image.fromarray(faces.pixels(faces.hopper())).save(folder / "portrait.png")
        await records.store.put(folder / "portrait.png", PORTRAIT)
        renderer = Renderer(workshop.speaker, workshop.studio, records.store, settings)
        request = RenderRequest(
            consent=CONSENT, portrait=PORTRAIT, script=TextScript(text=WORDS), size_px=256
        )
        try:
            result = await renderer.render(change(request), JOB, lambda progress: None)
        except errors.BoltiError:
            with pytest.raises(errors.ArtifactMissing):
                await records.store.read(ArtifactKey(f"jobs/{JOB}/out.mp4"))
            assert not list(settings.scratch_dir.glob("*/*"))
            raise
        return result, await records.store.fetch(result.video, folder / "video.mp4")


def settings_in(folder: Path) -> Settings:
    return Settings(data_dir=folder / "data", speech=offline.SPEECH)


async def test_the_video_of_a_job_names_the_job_and_nobody(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)

    result, video = await rendered(tmp_path, settings)

    found = provenance.read(video, load_trust(settings.provenance_in_place))
    assert found.signature is Signature.OURS_INTACT
    assert found.claim is not None
    assert (found.claim.job_id, found.claim.engine) == (JOB, result.made_by)
    assert result.size_bytes == video.stat().st_size
    with c2pa.Reader(str(video)) as reader:
        assert reader.get_validation_state() == "Valid"
        manifest = json.loads(reader.json())
    assert WORDS not in json.dumps(manifest)
    assert "thumbnail" not in json.dumps(manifest)


async def test_the_limit_of_bytes_counts_the_signature(tmp_path: Path) -> None:
    most = 90_000

    result, video = await rendered(
        tmp_path, settings_in(tmp_path), lambda request: replace(request, max_bytes=most)
    )

    assert video.stat().st_size == result.size_bytes <= most


def certificate_of_a_web_server(folder: Path) -> ProvenanceSettings:
    """Make a certificate that signs, but not videos: C2PA refuses its purpose."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "www.example.org")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=9))
        .sign(key, hashes.SHA256())
    )
    (folder / "chain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    (folder / "key.pem").chmod(0o600)
    return ProvenanceSettings(certificate=str(folder / "chain.pem"), key=str(folder / "key.pem"))


async def test_a_video_that_cannot_be_signed_fails_its_job_and_is_given_to_nobody(
    tmp_path: Path,
) -> None:
    settings = settings_in(tmp_path).model_copy(
        update={"provenance": certificate_of_a_web_server(tmp_path)}
    )

    with pytest.raises(errors.VideoNotSigned) as refused:
        await rendered(tmp_path, settings)

    assert not refused.value.retryable
