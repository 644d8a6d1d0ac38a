"""Videos of every fate are told apart, in a process that can do nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from pipeline import errors
from pipeline.media.read import read_frames
from pipeline.safety.desk import VerifyDesk
from pipeline.safety.seal import Seal, Sealing
from pipeline.safety.verdict import Finding, Verdict
from pipeline.safety.watermark import Watermark
from pipeline.settings import ProvenanceSettings, Settings, child_environment
from pipeline.types import EngineName, Job, JobId, JobState, Owner
from tests import faces
from tests.films import write_film
from tests.measure.reencoded import OURS, Way, reencoded

JOB = JobId("tg-000000000042")
WAY = Way(name="a messenger", crf=28)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


async def sealed(settings: Settings, into: Path) -> tuple[Path, Sealing]:
    """Make a video as a job does: marked, encoded, signed."""
    seal = Seal(settings.provenance_in_place)
    sealing = await seal.begin(JOB)
    photo = faces.pixels(faces.hopper(), 512)[:, :436]
    mark = Watermark(sealing.mark_key, sealing.mark_id, 436, 512)
    frames = [np.ascontiguousarray(photo) for _ in range(20)]
    for frame in frames:
        mark.onto(frame)
    write_film(into, frames, options=OURS)
    await seal.sign(into, sealing, EngineName.WARP)
    return into, sealing


async def examined(settings: Settings, video: Path) -> Finding:
    return await VerifyDesk(settings, child_environment()).examine(video)


async def test_a_video_as_we_gave_it_is_intact(settings: Settings, tmp_path: Path) -> None:
    video, sealing = await sealed(settings, tmp_path / "a.mp4")

    finding = await examined(settings, video.rename(tmp_path / "forwarded.bin"))

    assert finding == Finding(
        verdict=Verdict.INTACT,
        made_on=sealing.made_at.date(),
        engine=EngineName.WARP,
        job_id=JOB,
    )


async def test_a_changed_byte_makes_it_altered(settings: Settings, tmp_path: Path) -> None:
    video, _ = await sealed(settings, tmp_path / "a.mp4")
    content = bytearray(video.read_bytes())
    content[-20] ^= 1
    video.write_bytes(content)

    finding = await examined(settings, video)

    assert (finding.verdict, finding.job_id) == (Verdict.ALTERED, JOB)


async def test_encoded_again_it_is_known_by_its_mark_and_leads_to_its_job(
    settings: Settings, tmp_path: Path
) -> None:
    video, sealing = await sealed(settings, tmp_path / "a.mp4")
    again = reencoded(video, tmp_path / "again.mp4", WAY)
    desk = VerifyDesk(settings, child_environment())

    finding = await desk.examine(again)

    assert (finding.verdict, finding.job_id) == (Verdict.ALTERED, None)
    assert finding.made_on == sealing.made_at.date()
    job = await desk.job_of(finding, Rows([JobId("tg-000000000041"), JOB]))
    assert job is not None
    assert job.id == JOB
    assert await desk.job_of(finding, Rows([])) is None


class Rows:
    """Orders that are final."""

    def __init__(self, ids: Sequence[JobId]) -> None:
        self._ids = list(ids)

    async def find(self, id: JobId) -> Job | None:
        """Make one of an id."""
        return Job(
            id=id,
            owner=Owner("telegram:1"),
            reply_to="",
            state=JobState.SUCCEEDED,
            created_at=datetime.now(UTC),
        )

    async def accepted_between(self, since: datetime, until: datetime) -> list[JobId]:
        """List them, on the day that a video tells."""
        return self._ids if since <= datetime.now(UTC) <= until else []


async def test_anybodys_video_is_unknown(settings: Settings, tmp_path: Path) -> None:
    video, _ = await sealed(settings, tmp_path / "a.mp4")
    others = Settings(data_dir=tmp_path / "others")
    plain = write_film(tmp_path / "plain.mp4", list(read_frames(video))[:1] * 5)
    plain = write_film(plain, [np.full((256, 256, 3), 90, np.uint8)] * 5)

    of_another_bot = await examined(others, video)
    unsigned = await examined(settings, plain)

    assert (of_another_bot.verdict, of_another_bot.signed_by_other) == (Verdict.UNKNOWN, True)
    assert (unsigned.verdict, unsigned.signed_by_other) == (Verdict.UNKNOWN, False)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\0\0\0\x20ftypisom" + bytes(900), b"#EXTM3U\n/etc/passwd\n"]
)
async def test_what_is_no_video_is_one_error_and_leaves_nothing(
    settings: Settings, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "a.mp4").write_bytes(content)

    with pytest.raises(errors.FootageError):
        await examined(settings, tmp_path / "a.mp4")

    assert (tmp_path / "a.mp4").read_bytes() == content


async def test_a_missing_file_and_a_large_one_are_refused_before_anything_runs(
    tmp_path: Path,
) -> None:
    footage = Settings().footage.model_copy(update={"max_bytes": 1000})
    settings = Settings(data_dir=tmp_path / "data", footage=footage)
    (tmp_path / "a.mp4").write_bytes(bytes(1001))

    with pytest.raises(errors.VideoUnreadable, match="no such file"):
        await examined(settings, tmp_path / "gone.mp4")
    with pytest.raises(errors.VideoTooLarge):
        await examined(settings, tmp_path / "a.mp4")
    assert not (tmp_path / "data").exists()


async def test_a_certificate_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    gone = ProvenanceSettings(certificate=str(tmp_path / "c.pem"), key=str(tmp_path / "k.pem"))
    settings = Settings(data_dir=tmp_path / "data", provenance=gone)
    video = write_film(tmp_path / "a.mp4", [np.full((128, 128, 3), 90, np.uint8)] * 3)

    with pytest.raises(errors.SettingsInvalid):
        await examined(settings, video)
