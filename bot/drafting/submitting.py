"""Hand a request in: the last look at its photo, the job, the entry in the audit trail.

Everything that makes a video ends here, whether a draft or a button under an earlier video asked
for it. Its sender has been charged before; a refusal gives that back and leaves nothing behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.address import owner_of
from pipeline import errors
from pipeline.safety.audit import Event
from pipeline.scratch import scratch_folder
from pipeline.types import ArtifactKey, Job, JobId, PhotoPrint, RenderRequest

if TYPE_CHECKING:
    from bot.drafting.drafts import Sender
    from pipeline.bootstrap import Services


async def hand_in(services: Services, sender: Sender, request: RenderRequest) -> Job:
    """Order what is requested, under the sender's order id; its artifacts are stored already.

    Raises ``TooManyJobs``, ``LineFull``, ``IntakeClosed``, ``DiskFull``, ``PhotoBlocked``.
    """
    job_id = sender.order_id
    try:
        photo = await _admitted(services, job_id, request.portrait)
        job = await services.jobs.submit(
            request,
            id=job_id,
            owner=owner_of(sender.user_id),
            reply_to=sender.address.pack(),
        )
    except (
        errors.TooManyJobs,
        errors.LineFull,
        errors.IntakeClosed,
        errors.DiskFull,
        errors.PhotoBlocked,
    ):
        await services.community.quotas.give_back(job_id)
        await services.store.delete_under(f"jobs/{job_id}")
        raise
    await services.audit.record(
        Event.ORDERED, who=job.owner, about=job.id, consent=request.consent, photo=photo.sha256
    )
    return job


async def _admitted(services: Services, job_id: JobId, portrait: ArtifactKey) -> PhotoPrint:
    """Look once more whether the photo may speak: it may have been blocked since it came."""
    async with scratch_folder(services.settings.scratch_dir, f"admit-{job_id}") as folder:
        picture = await services.store.fetch(portrait, folder / "portrait.png")
        return await services.blocks.admit(job_id, picture)
